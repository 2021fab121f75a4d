/* SPDX-License-Identifier: Apache-2.0 */
#include "image/fetched.h"

#include "base/path.h"
#include "image/source.h"
#include "transfer/remote.h"
#include "transfer/sum-file.h"

static int source_find_sum(struct vbc_source *source, const struct vbc_looking *looking,
			   struct vbc_error *err)
{
	const char *name =
		source->remote ? vbc_remote_name(source->remote) : vbc_path_base(source->path);

	if (!source->checksum_url || source->want.algorithm[0])
		return VBC_OK;
	return vbc_sum_fetch(source->checksum_url, name, looking, &source->want, err);
}

int vbc_source_check_here(struct vbc_source *source, const struct vbc_looking *looking,
			  struct vbc_error *err)
{
	int code = source_find_sum(source, looking, err);

	if (code || !source->want.algorithm[0])
		return code;
	return vbc_sum_check_local(source->path, &source->want, looking, err);
}

static int source_take_content(struct vbc_op *op, struct vbc_source *source,
			       struct vbc_stream *content, const struct vbc_looking *looking)
{
	return vbc_image_file_take(content, source->file, vbc_remote_name(source->remote),
				   source->format, looking, &source->here, &op->error);
}

static int source_spool_file(struct vbc_op *op, struct vbc_source *source, const char *why,
			     const struct vbc_looking *looking)
{
	struct vbc_stream content = {0};
	const char *folder = NULL;
	int code = vbc_remote_make_room(source->remote, &folder, &op->error);

	if (code)
		return code;
	vbc_op_log(op, 1, "fetching '%s' into a temporary file in '%s': %s", source->file, folder,
		   why);
	code = vbc_remote_spool(source->remote, &content, &op->error);
	return code ? code : source_take_content(op, source, &content, looking);
}

int vbc_source_fetch(struct vbc_op *op, struct vbc_source *source,
		     const struct vbc_looking *looking)
{
	struct vbc_stream content = {0};
	const char *obstacle;
	int code;

	if (!source->remote || source->here.content.n)
		return VBC_OK;
	code = source_find_sum(source, looking, &op->error);
	if (!code)
		code = vbc_remote_begin(source->remote, &source->want, &op->error);
	if (code)
		return code;
	obstacle = vbc_remote_obstacle(source->remote);
	if (!obstacle) {
		code = vbc_remote_stream(source->remote, &content, &op->error);
		if (!code)
			code = source_take_content(op, source, &content, looking);
		if (code || !source->here.packed)
			return code;
		vbc_image_file_close(&source->here);
		obstacle = "it is packed";
	}
	return source_spool_file(op, source, obstacle, looking);
}
