/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sending an image from one host to another, through here: an operation on the host that has it,
 * and one on the other inside it. What is read of the one goes into an import of the other as it
 * comes, and what that has then is read back and compared before it is an image there.
 *
 * Programs that send the same content to one host work under one id, so that one of them sends it,
 * and the others wait for it.
 */
#include <vboxcloud/image.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/name.h"
#include "base/path.h"
#include "base/str.h"
#include "base/wait.h"
#include "disk/kinds.h"
#include "image/import.h"
#include "image/query.h"
#include "image/record.h"
#include "journal/run.h"
#include "journal/work.h"
#include "move/room.h"
#include "transfer/relay.h"
#include "transfer/stream.h"
#include "transfer/upload.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

#define PAUSE_MS 1000

struct sending {
	const char *id_or_name, *name; /* name: NULL, the same */
	struct vbc_host *to;
	const struct vbc_wait *wait;
	/* of one run */
	struct vbc_op *from, *target;
	struct vbc_image image, planned;
	bool is_file; /* its sha256 is that of its content */
	char id[37];
	vbc_ref session; /* on `from` */
	struct vbc_relay *relay;
	char sha256[VBC_CHECKSUM_TEXT]; /* of what was sent; "": nothing was */
	bool occupied;                  /* another program sends it */
	bool there;                     /* or has sent it, just then */
	struct vbc_image *made;
};

/* An error of the operation on one host becomes that of the other's. */
static int sending_fail_as(struct vbc_op *op, const struct vbc_error *error, int code)
{
	return op->error.code
		       ? code
		       : vbc_fail_hint(&op->error, code, vbc_error_hint(error), "%s", error->text);
}

/* The same id for the same content, as far as that can be known before it is read. */
static int sending_make_id(struct vbc_op *op, struct sending *s)
{
	const char *content = s->image.sha256[0] ? s->image.sha256 : s->image.id;
	const char *thing = vbc_arena_printf(&op->arena, "%s/%s", content, s->name ? s->name : "");

	return thing ? vbc_work_make_id(op, "image-sent", thing, s->id)
		     : vbc_fail_nomem(&op->error);
}

/* Whether an image of the other host, of this id, is what would be sent. */
static int sending_compare(struct vbc_op *op, const struct sending *s, const char *id,
			   const struct vbc_meta *meta, vbc_ref *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_image image;
	vbc_ref medium = {NULL};
	bool same = s->image.sha256[0] && streq(s->image.sha256, vbc_meta_str(meta, "sha256"));
	int code;

	if ((s->image.sha256[0] && !same) ||
	    (s->name && !streq(s->name, vbc_meta_name(meta, "name"))))
		return VBC_OK;
	code = vbc_image_find(op, id, &image, &medium);
	if (!code && (same || vbc_starts_with(vbc_path_base(image.location), s->id)))
		*ret = medium;
	return vbc_aside_absent(&aside, code);
}

/*
 * Looks for it by what is recorded now: where disks are, a handle may have asked before another
 * program's was complete.
 */
static int sending_find_there(struct vbc_op *op, const struct sending *s, vbc_ref *ret)
{
	struct vbc_strs keys = {0}, ids = {0};
	const char **texts = NULL;
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	*ret = (vbc_ref){NULL};
	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_IMAGE_KIND, &ids);
	if (!code && ids.n)
		code = vbc_meta_texts(op, VBC_IMAGE_KIND, &ids, &texts);
	for (size_t i = 0; !code && vbc_ref_is_null(*ret) && i < ids.n; i++) {
		struct vbc_meta *VBC_META meta = vbc_meta_parse(texts[i]);

		if (meta && vbc_is_uuid(ids.v[i]))
			code = sending_compare(op, s, ids.v[i], meta, ret);
	}
	return code;
}

/* Since it was looked for, another program may have sent it. */
static int sending_begun(struct vbc_op *op, void *data)
{
	struct sending *s = data;
	vbc_ref medium = {NULL};
	int code = sending_find_there(op, s, &medium);

	s->there = !code && !vbc_ref_is_null(medium);
	return s->there ? vbc_fail(&op->error, VBC_E_EXISTS, "it is there by now") : code;
}

static int sending_check(struct vbc_op *op, void *data, vbc_ref session, const char *path,
			 const struct vbc_checksum *sum)
{
	struct sending *s = data;

	if (!vbc_checksum_text(sum, s->sha256))
		return vbc_fail_nomem(&op->error);
	if (s->is_file && !streq(s->sha256, s->image.sha256))
		return vbc_fail(&op->error, VBC_E_FAULT,
				"it is not what was imported: its SHA-256 is %s, not %s", s->sha256,
				s->image.sha256);
	return vbc_relay_check(s->relay, op, session, path, sum);
}

/* On the host that has it, in a web session of its own, which is in the journal. */
static int sending_relay(struct vbc_op *from, void *arg)
{
	struct sending *s = arg;
	struct vbc_stream content = {0};
	const struct vbc_relay_from source = {.op = from,
					      .from = {.session = s->session,
						       .disk = s->image.id,
						       .noun = "image",
						       .name = s->image.name}};
	const struct vbc_image_given given = {.id = s->id,
					      .name = s->planned.name,
					      .content = &content,
					      .planned = &s->planned,
					      .begun = sending_begun,
					      .check = sending_check,
					      .data = s};
	int code = vbc_relay_open(&source, &content, &s->relay);

	if (code)
		return code;
	vbc_relay_set_to(s->relay, s->target);
	code = vbc_image_import_given(s->target, &given, &s->made);
	vbc_stream_close(&content);
	s->occupied = code == VBC_E_BUSY && !s->sha256[0];
	if (!code) /* before the entry goes, which tells of it; else the undo ends it */
		vbc_upload_end(from, s->session);
	return code ? sending_fail_as(from, &s->target->error, code) : VBC_OK;
}

static int sending_begin(struct vbc_op *from, struct sending *s)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_NEW, "image-export", NULL, entry, NULL};
	int code = entry ? vbc_upload_begin(from, &s->session) : vbc_fail_nomem(&from->error);

	if (code)
		return code;
	vbc_meta_set_str(entry, "session", s->session.s);
	return vbc_work_run(from, &work, sending_relay, s);
}

static int sending_target_body(struct vbc_op *op, void *arg)
{
	struct sending *s = arg;
	vbc_ref medium = {NULL};
	int code = sending_find_there(op, s, &medium);

	op->progress.what = "sending the image";
	s->sha256[0] = '\0';
	s->occupied = s->there = false;
	s->target = op;
	if (!code && !vbc_ref_is_null(medium))
		return vbc_image_read_back(op, medium, &s->made);
	if (!code)
		code = vbc_image_check_new(op, &s->planned);
	if (!code)
		code = vbc_move_check_room(op, s->image.used_bytes, "image", s->image.name);
	if (!code)
		code = sending_begin(s->from, s);
	return code ? sending_fail_as(op, &s->from->error, code) : VBC_OK;
}

/* While another program sends the same, that is waited for. */
static int sending_go(struct vbc_op *op, struct sending *s)
{
	int64_t deadline = op->deadline_ms;

	for (;;) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		struct vbc_wait rest = vbc_wait_rest(s->wait, deadline);
		struct vbc_error error = {0};
		int code = vbc_run_recovered(s->to, &rest, &error, sending_target_body, s);

		if (code)
			sending_fail_as(op, &error, code);
		if (!code || !(s->there || s->occupied) || vbc_error_hint(&error) == VBC_HINT_GC)
			return vbc_aside_end(&aside, code);
		vbc_aside_restore(&aside);
		op->progress = (struct vbc_progress){.what = "waiting for another program"};
		code = s->there ? VBC_OK : vbc_op_sleep(op, PAUSE_MS);
		if (code)
			return code;
	}
}

/* An image whose checksum nobody knew is known by it from now on, here as there. */
static void sending_note_sum(struct vbc_op *op, const struct sending *s)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_meta *VBC_META meta = NULL;

	if (!s->sha256[0] || s->image.sha256[0] ||
	    vbc_meta_get(op, VBC_IMAGE_KIND, s->image.id, &meta))
		return;
	if (!meta)
		meta = vbc_meta_new();
	if (!meta)
		return;
	vbc_meta_set_str(meta, "sha256", s->sha256);
	vbc_meta_set_int(meta, VBC_IMAGE_IS_FILE, 1);
	vbc_meta_put(op, VBC_IMAGE_KIND, s->image.id, meta);
}

static int sending_look(struct vbc_op *op, struct sending *s)
{
	struct vbc_meta *VBC_META meta = NULL;
	vbc_ref medium = {NULL};
	int code = vbc_image_find(op, s->id_or_name, &s->image, &medium);

	if (!code && !vbc_op_has(op, VBC_M_IMedium_openForIO))
		code = vbc_fail(&op->error, VBC_E_VERSION,
				"VirtualBox before 6.0 cannot read disks for its clients; copy "
				"'%s' off the host",
				s->image.location);
	if (!code)
		code = vbc_meta_get(op, VBC_IMAGE_KIND, s->image.id, &meta);
	if (code)
		return code;
	s->is_file = s->image.sha256[0] && meta && vbc_meta_int(meta, VBC_IMAGE_IS_FILE);
	s->planned = s->image;
	if (s->name)
		s->planned.name = s->name;
	return sending_make_id(op, s);
}

static int image_send_body(struct vbc_op *op, void *arg)
{
	struct sending *s = arg;
	int code;

	s->from = op;
	s->session = (vbc_ref){NULL};
	op->progress.what = "sending the image";
	code = sending_look(op, s);
	if (!code)
		code = sending_go(op, s);
	if (!code)
		sending_note_sum(op, s);
	return vbc_error_prefix(&op->error, code, "cannot send image '%s'", s->id_or_name);
}

int vbc_image_send(struct vbc_host *host, const char *id_or_name, struct vbc_host *to,
		   const struct vbc_image_send_opts *opts, const struct vbc_wait *wait,
		   struct vbc_image **ret_image, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, to, ret_image))
		return VBC_E_ARG;

	struct vbc_image_send_opts o = VBC_IMAGE_SEND_OPTS_INIT;
	struct sending s = {.id_or_name = id_or_name, .to = to, .wait = wait};
	int code = VBC_OK;

	vbc_opts_read(&o, opts);
	s.name = o.name;
	if (s.name)
		code = vbc_name_check("image", s.name, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, image_send_body, &s);
	if (!code)
		*ret_image = s.made;
	return code;
}
