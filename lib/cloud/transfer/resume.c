/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/resume.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "disk/kinds.h"
#include "disk/medium.h"
#include "host/keys.h"
#include "journal/entry.h"
#include "journal/work.h"
#include "transfer/checksum.h"
#include "transfer/stream.h"
#include "vbox/host-clock.h"
#include "vbox/lease-holder.h"
#include "vbox/meta.h"

#define SENT  "sent"
#define TOTAL "total"
#define SUM   "sent_sha256"
#define CHUNK 1048576u

int vbc_resume_note(struct vbc_op *op, uint64_t sent, uint64_t total,
		    const struct vbc_checksum *sum)
{
	char text[VBC_CHECKSUM_TEXT];
	int64_t utc_ms = 0;
	int code = vbc_host_clock(op, &utc_ms);

	if (code || !vbc_work_entry(op))
		return code;
	if (!vbc_checksum_text(sum, text))
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_int(vbc_work_entry(op), SENT, (int64_t)sent);
	vbc_meta_set_int(vbc_work_entry(op), TOTAL, (int64_t)total);
	vbc_meta_set_int(vbc_work_entry(op), VBC_JOURNAL_KEPT, utc_ms + VBC_RESUME_KEEP_MS);
	return vbc_work_note(op, SUM, text);
}

void vbc_resume_done(struct vbc_op *op)
{
	if (!vbc_work_entry(op))
		return;
	vbc_meta_set_int(vbc_work_entry(op), SENT, 0);
	vbc_meta_set_int(vbc_work_entry(op), VBC_JOURNAL_KEPT, 0);
}

bool vbc_resume_can(const struct vbc_meta *entry)
{
	int64_t sent = vbc_meta_int(entry, SENT);

	return streq(vbc_meta_str(entry, "kind"), VBC_IMAGE_KIND) && sent > 0 &&
	       sent <= vbc_meta_int(entry, TOTAL);
}

/* Whether the content begins with what was sent; *sum gets those bytes. */
static int resume_compare_sent(struct vbc_op *op, const struct vbc_stream *stream,
			       const struct vbc_meta *entry, struct vbc_checksum *sum,
			       bool *ret_same)
{
	unsigned char *VBC_FREE data = malloc(CHUNK);
	uint64_t sent = (uint64_t)vbc_meta_int(entry, SENT);
	char text[VBC_CHECKSUM_TEXT];
	int code = data ? VBC_OK : vbc_fail_nomem(&op->error);

	for (uint64_t at = 0; !code && at < sent; at += CHUNK) {
		size_t n = sent - at < CHUNK ? (size_t)(sent - at) : CHUNK;

		code = vbc_stream_read(stream, at, data, n, &op->error);
		if (!code && !vbc_checksum_add(sum, data, n))
			code = vbc_fail_nomem(&op->error);
		vbc_op_keep(op);
		if (!code)
			code = vbc_op_tick(op);
	}
	if (!code && !vbc_checksum_text(sum, text))
		code = vbc_fail_nomem(&op->error);
	*ret_same = !code && streq(text, vbc_meta_str(entry, SUM));
	return code;
}

static bool resume_copy_entry(struct vbc_op *op, const char *id, const struct vbc_meta *entry,
			      struct vbc_resume *ret)
{
	snprintf(ret->id, sizeof(ret->id), "%s", id);
	ret->source = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "source"));
	ret->target = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "target"));
	ret->session = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "session"));
	ret->sent = (uint64_t)vbc_meta_int(entry, SENT);
	return ret->source && ret->target && ret->session;
}

/* Whether the upload is complete in so far as it goes, and is of these bytes; *ret_sum of them. */
static int resume_find_same(struct vbc_op *op, const struct vbc_stream *stream,
			    const struct vbc_meta *entry, struct vbc_checksum **ret_sum)
{
	struct vbc_checksum *VBC_CHECKSUM sum = vbc_checksum_new();
	vbc_ref medium = {NULL};
	bool same = false;
	int code = sum ? resume_compare_sent(op, stream, entry, sum, &same)
		       : vbc_fail_nomem(&op->error);

	if (!code && same)
		code = vbc_medium_known(op, vbc_meta_str(entry, "source"), &medium);
	if (!code && same && !vbc_ref_is_null(medium))
		*ret_sum = vbc_steal(sum);
	return code;
}

/* Who is gone may have ended the work before; of others it is not known before, see
 * vbox/lease-holder.h. */
static int resume_find_gone(struct vbc_op *op, const char *id, struct vbc_meta **entry,
			    enum vbc_holder holder, bool *ret)
{
	bool waited = true;
	int code = holder == VBC_HOLDER_SILENT ? vbc_holder_wait(op, &waited) : VBC_OK;

	if (code || !waited)
		return code;
	return vbc_holder_reread(op, VBC_JOURNAL_KIND, id, entry, ret);
}

/* Looks at one entry of the journal. */
static int resume_check_entry(struct vbc_op *op, const char *id, const struct vbc_stream *stream,
			      struct vbc_resume *ret)
{
	struct vbc_meta *VBC_META entry = NULL;
	struct vbc_checksum *VBC_CHECKSUM sum = NULL;
	enum vbc_holder holder = VBC_HOLDER_LIVES;
	bool gone = false;
	int code = vbc_meta_get(op, VBC_JOURNAL_KIND, id, &entry);

	if (code || !vbc_resume_can(entry) ||
	    (uint64_t)vbc_meta_int(entry, TOTAL) != stream->size_bytes)
		return code;
	code = vbc_holder_judge(op, entry, &holder);
	if (!code && holder != VBC_HOLDER_LIVES)
		code = resume_find_same(op, stream, entry, &sum);
	if (!code && sum)
		code = resume_find_gone(op, id, &entry, holder, &gone);
	if (code || !gone)
		return code;
	if (!resume_copy_entry(op, id, entry, ret))
		return vbc_fail_nomem(&op->error);
	ret->sum = vbc_steal(sum);
	return VBC_OK;
}

int vbc_resume_find(struct vbc_op *op, const struct vbc_stream *stream, struct vbc_resume *ret)
{
	struct vbc_strs keys = {0}, ids = {0};
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_JOURNAL_KIND, &ids);
	for (size_t i = 0; !code && !ret->sent && i < ids.n; i++)
		code = resume_check_entry(op, ids.v[i], stream, ret);
	return code;
}
