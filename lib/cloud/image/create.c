/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images made of what the host has: of a node's system disk, of another image. In order: the
 * journal, the copy, the metadata. Whatever fails, the journal's undo removes it all.
 */
#include <vboxcloud/image.h>

#include "base/given.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "image/query.h"
#include "image/record.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/boot-disk.h"
#include "machine/find.h"
#include "machine/platform.h"
#include "machine/record.h"
#include "snapshot/temporary.h"
#include "vbox/meta.h"

/* How much of the whole each part takes, in percent. */
enum { AT_COPY = 5, AT_MERGE = 90, AT_END = 100 };

/* The disk that is copied. */
struct origin {
	vbc_ref disk;
	const char *path;
	vbc_ref machine; /* that runs with it; null: none */
	const char *machine_id;
	struct vbc_platform platform; /* of the node, for what is not copied of it */
};

struct create {
	const char *of, *name; /* node or image, id or name */
	bool of_node;
	struct vbc_image_create_opts opts;
	struct vbc_image *image; /* the result */
};

/* Who logs in to a node, and how its guest learns of its first boot, is as its image said: this if
 * that is still there. */
static int image_inherit_init(struct vbc_op *op, const char *node_id, struct vbc_image *planned)
{
	struct vbc_meta *VBC_META node = NULL;
	struct vbc_meta *VBC_META image = NULL;
	int code = vbc_node_record_get(op, node_id, &node);

	if (!code && vbc_meta_uuid(node, "image")[0])
		code = vbc_meta_get(op, VBC_IMAGE_KIND, vbc_meta_uuid(node, "image"), &image);
	if (code)
		return code;
	planned->init = vbc_arena_strdup(&op->arena, vbc_meta_name(image, "init"));
	planned->username = vbc_arena_strdup(&op->arena, vbc_meta_login(node, "username"));
	return planned->init && planned->username ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int image_inspect_node(struct vbc_op *op, const char *node, struct vbc_image *planned,
			      struct origin *ret)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	struct vbc_node_ref found;
	int code = vbc_node_find(op, node, &found);

	if (!code)
		code = vbc_node_disk(op, found.machine, &ret->disk);
	if (!code)
		code = vbc_IMachine_getState(op, found.machine, &state);
	if (!code)
		code = vbc_IMachine_getOSTypeId(op, found.machine, &planned->os_type);
	if (!code)
		code = vbc_platform_read(op, found.machine, &ret->platform);
	if (!code)
		code = image_inherit_init(op, found.id, planned);
	if (code)
		return code;
	planned->firmware = ret->platform.firmware;
	planned->chipset = ret->platform.chipset;
	planned->tpm = ret->platform.tpm;
	if (vbc_temporary_is_needed(state)) {
		ret->machine = found.machine;
		ret->machine_id = found.id;
	}
	planned->origin = vbc_arena_printf(&op->arena, "node %s (%s)", found.name, found.id);
	return planned->origin ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int image_inspect_image(struct vbc_op *op, const char *image, struct vbc_image *planned,
			       struct origin *ret)
{
	int code = vbc_image_find(op, image, planned, &ret->disk);

	if (!code && !planned->os_type[0])
		planned->os_type = VBC_IMAGE_OS_TYPE;
	if (code)
		return code;
	planned->origin = vbc_arena_printf(&op->arena, "image %s (%s)", planned->name, planned->id);
	return planned->origin ? VBC_OK : vbc_fail_nomem(&op->error);
}

static void image_apply_opts(const struct vbc_image_create_opts *opts, struct vbc_image *planned)
{
	planned->os_type = opts->os_type ? opts->os_type : planned->os_type;
	planned->description = opts->description ? opts->description : planned->description;
	planned->init = opts->init ? opts->init : planned->init;
	planned->firmware = opts->firmware ? opts->firmware : planned->firmware;
	planned->username = opts->username ? opts->username : planned->username;
	planned->min_cpus = opts->min_cpus ? opts->min_cpus : planned->min_cpus;
	planned->min_memory_mib =
		opts->min_memory_mib ? opts->min_memory_mib : planned->min_memory_mib;
	planned->min_disk_gib = opts->min_disk_gib ? opts->min_disk_gib : planned->min_disk_gib;
}

/* All that can be known before anything is made. */
static int image_prepare_create(struct vbc_op *op, const struct create *c,
				struct vbc_image *planned, struct origin *ret)
{
	uint64_t size_bytes = 0; /* if that is known, it can be read */
	int code = c->of_node ? image_inspect_node(op, c->of, planned, ret)
			      : image_inspect_image(op, c->of, planned, ret);

	if (code)
		return code;
	planned->name = c->name;
	image_apply_opts(&c->opts, planned);
	code = vbc_medium_size(op, ret->disk, c->of_node ? "node" : "image", c->of, &size_bytes);
	if (!code)
		code = vbc_IMedium_getLocation(op, ret->disk, &ret->path);
	return code ? code : vbc_image_check_new(op, planned);
}

/* What is copied, to where. */
struct copying {
	const struct origin *from;
	const struct vbc_image *planned;
	char id[37]; /* of the journal's entry */
	const char *target;
	struct vbc_image *result;
};

static int image_copy(struct vbc_op *op, void *arg)
{
	struct copying *c = arg;
	const struct origin *from = c->from;
	bool hold = !vbc_ref_is_null(from->machine);
	vbc_ref medium = {NULL};
	int code = hold ? vbc_temporary_take(op, from->machine, from->machine_id, c->id, 0, AT_COPY)
			: VBC_OK;

	if (!code)
		code = vbc_medium_copy(op, from->disk, c->target, 0, "copying the disk", AT_COPY,
				       AT_MERGE, &medium);
	if (!code)
		code = vbc_image_record(op, c->planned, false, medium);
	if (!code && hold)
		code = vbc_temporary_delete(op, from->machine_id, c->id, AT_MERGE, AT_END);
	return code ? code : vbc_image_read_back(op, medium, &c->result);
}

static int image_create_body(struct vbc_op *op, void *arg)
{
	struct create *c = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct vbc_image planned = {.description = "", .init = "", .sha256 = ""};
	struct origin from = {.machine_id = "", .platform = {.tpm = ""}};
	struct copying copying = {.from = &from, .planned = &planned};
	const struct vbc_work work = {VBC_WORK_NEW, VBC_IMAGE_KIND, copying.id, entry, NULL};
	int code = entry ? VBC_OK : vbc_fail_nomem(&op->error);

	op->progress.what = "making the image";
	if (!code)
		code = image_prepare_create(op, c, &planned, &from);
	if (!code)
		code = vbc_disk_plan(op, VBC_IMAGE_KIND, from.path, copying.id, entry);
	if (code)
		return code;
	vbc_meta_set_str(entry, "machine", from.machine_id);
	copying.target = vbc_meta_str(entry, "target");
	code = vbc_work_run(op, &work, image_copy, &copying);
	if (code)
		return vbc_error_prefix(&op->error, code, "cannot make image '%s'", c->name);
	c->image = copying.result;
	vbc_platform_tell(op, &from.platform, "image", c->name);
	return VBC_OK;
}

static int image_create_from(struct vbc_host *host, struct create *c,
			     const struct vbc_image_create_opts *opts, const struct vbc_wait *wait,
			     struct vbc_image **ret_image, struct vbc_error *err)
{
	struct vbc_image words = {
		.name = c->name, .description = "", .init = "", .firmware = "", .username = ""};
	int code;

	vbc_opts_read(&c->opts, opts);
	image_apply_opts(&c->opts, &words);
	code = vbc_image_check_words(&words, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, image_create_body, c);
	if (!code)
		*ret_image = c->image;
	return code;
}

int vbc_image_create(struct vbc_host *host, const char *node, const char *name,
		     const struct vbc_image_create_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err)
{
	if (vbc_lacks(err, host, node, name, ret_image))
		return VBC_E_ARG;

	struct create c = {.of = node, .of_node = true, .name = name};

	return image_create_from(host, &c, opts, wait, ret_image, err);
}

int vbc_image_copy(struct vbc_host *host, const char *id_or_name, const char *name,
		   const struct vbc_image_create_opts *opts, const struct vbc_wait *wait,
		   struct vbc_image **ret_image, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, name, ret_image))
		return VBC_E_ARG;

	struct create c = {.of = id_or_name, .name = name};

	return image_create_from(host, &c, opts, wait, ret_image, err);
}
