/* SPDX-License-Identifier: Apache-2.0 */
#include "resume.h"

#include <stdio.h>
#include <stdlib.h>

#include "doing.h"
#include "medium.h"
#include "owner.h"
#include "str.h"
#include "websession.h"

#define SENT  "sent"
#define TOTAL "total"
#define SUM   "sent_sha256"
#define CHUNK 1048576u

int vbc_resume_note(struct vbc_op *op, uint64_t sent, uint64_t total,
		    const struct vbc_checksum *sum)
{
	char text[VBC_CHECKSUM_TEXT];
	int64_t utc_ms = 0;
	int code = vbc_websession_clock(op, &utc_ms);

	if (code || !op->keep_entry)
		return code;
	if (!vbc_checksum_text(sum, text))
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_int(op->keep_entry, SENT, (int64_t)sent);
	vbc_meta_set_int(op->keep_entry, TOTAL, (int64_t)total);
	vbc_meta_set_int(op->keep_entry, VBC_DOING_KEPT, utc_ms + VBC_RESUME_KEEP_MS);
	return vbc_doing_note(op, SUM, text);
}

void vbc_resume_done(struct vbc_op *op)
{
	if (!op->keep_entry)
		return;
	vbc_meta_set_int(op->keep_entry, SENT, 0);
	vbc_meta_set_int(op->keep_entry, VBC_DOING_KEPT, 0);
}

bool vbc_resume_can(const struct vbc_meta *entry)
{
	int64_t sent = vbc_meta_int(entry, SENT);

	return sent > 0 && sent <= vbc_meta_int(entry, TOTAL);
}

/* Whether the content begins with what was sent; *sum gets those bytes. */
static int compare(struct vbc_op *op, const struct vbc_content *content,
		   const struct vbc_meta *entry, struct vbc_checksum *sum, bool *ret_same)
{
	unsigned char *VBC_FREE data = malloc(CHUNK);
	uint64_t sent = (uint64_t)vbc_meta_int(entry, SENT);
	char text[VBC_CHECKSUM_TEXT];
	int code = data ? VBC_OK : vbc_fail_nomem(&op->error);

	for (uint64_t at = 0; !code && at < sent; at += CHUNK) {
		size_t n = sent - at < CHUNK ? (size_t)(sent - at) : CHUNK;

		code = vbc_content_read(content, at, data, n, &op->error);
		if (!code && !vbc_checksum_add(sum, data, n))
			code = vbc_fail_nomem(&op->error);
		if (!code)
			code = vbc_op_tick(op);
	}
	if (!code && !vbc_checksum_text(sum, text))
		code = vbc_fail_nomem(&op->error);
	*ret_same = !code && streq(text, vbc_meta_str(entry, SUM));
	return code;
}

static bool take(struct vbc_op *op, const char *id, const struct vbc_meta *entry,
		 struct vbc_resume *ret)
{
	snprintf(ret->id, sizeof(ret->id), "%s", id);
	ret->source = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "source"));
	ret->target = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "target"));
	ret->session = vbc_arena_strdup(&op->arena, vbc_meta_str(entry, "session"));
	ret->sent = (uint64_t)vbc_meta_int(entry, SENT);
	return ret->source && ret->target && ret->session;
}

/* Looks at one entry of the journal. */
static int look_at(struct vbc_op *op, const char *id, const struct vbc_content *content,
		   int64_t utc_ms, struct vbc_resume *ret)
{
	struct vbc_meta *VBC_META entry = NULL;
	struct vbc_checksum *VBC_CHECKSUM sum = NULL;
	vbc_ref medium = {NULL};
	bool same = false;
	int code = vbc_meta_get(op, VBC_DOING_KIND, id, &entry);

	if (code || !vbc_resume_can(entry) || !vbc_owner_gone(entry, utc_ms) ||
	    (uint64_t)vbc_meta_int(entry, TOTAL) != content->size_bytes)
		return code;
	sum = vbc_checksum_new();
	code = sum ? compare(op, content, entry, sum, &same) : vbc_fail_nomem(&op->error);
	if (!code && same)
		code = vbc_medium_known(op, vbc_meta_str(entry, "source"), &medium);
	if (code || !same || vbc_ref_is_null(medium))
		return code;
	if (!take(op, id, entry, ret))
		return vbc_fail_nomem(&op->error);
	ret->sum = vbc_steal(sum);
	return VBC_OK;
}

int vbc_resume_find(struct vbc_op *op, const struct vbc_content *content, struct vbc_resume *ret)
{
	struct vbc_strs keys = {0}, ids = {0};
	int64_t utc_ms = 0;
	int code = vbc_sweep(op, &keys);

	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_DOING_KIND, &ids);
	if (!code && ids.n)
		code = vbc_websession_clock(op, &utc_ms);
	for (size_t i = 0; !code && !ret->sent && i < ids.n; i++)
		code = look_at(op, ids.v[i], content, utc_ms, ret);
	return code;
}
