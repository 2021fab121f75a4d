/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is looked at on the way to the disk in a packed file.
 */
#include "imagefile/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/manifest.h"
#include "transfer/checksum.h"
#include "transfer/packed.h"

#define STEP 1048576u

int vbc_inside_refuse(const struct vbc_inside *in, const char *why)
{
	return vbc_fail(in->err, VBC_E_ARG, "'%s' %s", in->path, why);
}

void vbc_inside_move(struct vbc_inside *in, const struct vbc_stream *to, const char *path,
		     const char *name)
{
	vbc_stream_close(&in->content);
	in->content = *to;
	in->path = path;
	in->name = name;
	in->measured = false;
}

void vbc_keep_end(unsigned char end[VBC_PROBE], const unsigned char *data, size_t n)
{
	if (n < VBC_PROBE) {
		memmove(end, end + n, VBC_PROBE - n);
		memcpy(end + VBC_PROBE - n, data, n);
	} else {
		memcpy(end, data + n - VBC_PROBE, VBC_PROBE);
	}
}

static int inside_tick_plain(const struct vbc_inside *in, uint64_t at)
{
	const struct vbc_looking *l = in->looking;
	int code = VBC_OK;

	if (l && vbc_stream_is_plain(&in->content))
		code = l->tick(l->data, at, in->content.size_bytes);
	return code ? vbc_fail(in->err, code, "stopped") : VBC_OK;
}

/* The sums that are made of a file, to compare with those of its manifest. */
struct summing {
	const struct vbc_manifest_sums *want; /* NULL: none */
	struct vbc_checksum *made[VBC_MANIFEST_SUMS];
};

static void inside_end_sums(struct summing *s)
{
	for (size_t i = 0; i < VBC_COUNT(s->made); i++)
		vbc_checksum_free(s->made[i]);
}

/* False: no memory. */
static bool inside_begin_sums(struct summing *s, const struct vbc_manifest_sums *want)
{
	s->want = want;
	for (size_t i = 0; want && i < want->n; i++) {
		s->made[i] = vbc_checksum_new_as(want->v[i].algorithm);
		if (!s->made[i])
			return false;
	}
	return true;
}

static bool inside_add_to_sums(struct summing *s, const void *data, size_t n)
{
	for (size_t i = 0; s->want && i < s->want->n; i++)
		if (!vbc_checksum_add(s->made[i], data, n))
			return false;
	return true;
}

static int inside_compare_sums(const struct summing *s, const char *path, const char *name,
			       struct vbc_error *err)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && s->want && i < s->want->n; i++)
		code = vbc_manifest_check(&s->want->v[i], s->made[i], path, name, err);
	return code;
}

static int inside_read_through(struct vbc_inside *in, struct summing *sums, uint64_t *ret_bytes)
{
	unsigned char *VBC_FREE data = malloc(STEP);
	uint64_t at = 0;
	size_t n = STEP;
	int code = data ? VBC_OK : vbc_fail_nomem(in->err);

	while (!code && n == STEP) {
		code = vbc_stream_read_some(&in->content, at, data, STEP, &n, in->err);
		if (code)
			break;
		vbc_keep_end(in->end, data, n);
		at += n;
		if (!inside_add_to_sums(sums, data, n))
			code = vbc_fail_nomem(in->err);
		if (!code)
			code = inside_tick_plain(in, at);
	}
	*ret_bytes = at;
	return code;
}

int vbc_inside_measure(struct vbc_inside *in, const struct vbc_manifest_sums *want,
		       const char *holder, const char *name)
{
	struct summing VBC_CLEANUP(inside_end_sums) sums = {.want = NULL};
	uint64_t bytes = 0;
	int code;

	if (!inside_begin_sums(&sums, want))
		return vbc_fail_nomem(in->err);
	memset(in->end, 0, sizeof(in->end));
	code = inside_read_through(in, &sums, &bytes);
	if (!code)
		code = inside_compare_sums(&sums, holder, name, in->err);
	if (code)
		return code;
	in->measured = true;
	if (!vbc_stream_is_plain(&in->content))
		in->content.size_bytes = in->content.v[0].size_bytes = bytes;
	return VBC_OK;
}

int vbc_inside_check_text(struct vbc_inside *in, const struct vbc_manifest_sums *want,
			  const char *text, size_t n, const char *name)
{
	struct summing VBC_CLEANUP(inside_end_sums) sums = {.want = NULL};

	if (!inside_begin_sums(&sums, want) || !inside_add_to_sums(&sums, text, n))
		return vbc_fail_nomem(in->err);
	return inside_compare_sums(&sums, in->path, name, in->err);
}

static bool inside_has_word(const unsigned char *start, size_t n, const char *word)
{
	return memmem(start, n, word, strlen(word)) != NULL;
}

bool vbc_is_ovf(const char *name, const unsigned char *start, size_t n)
{
	static const char *const marks[] = {"schemas.dmtf.org/ovf", "vmware.com/schema/ovf",
					    "ovf:version"};

	if (vbc_has_suffix(name, ".ovf"))
		return true;
	if (!start || !n || (start[0] != '<' && start[0] != 0xEF) ||
	    (!inside_has_word(start, n, "<Envelope") && !inside_has_word(start, n, ":Envelope")))
		return false; /* an envelope is also in SOAP, and the word in any page */
	for (size_t i = 0; i < VBC_COUNT(marks); i++)
		if (inside_has_word(start, n, marks[i]))
			return true;
	return false;
}

static int inside_hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

const char *vbc_href_decode(struct vbc_arena *a, const char *href)
{
	char *all = vbc_arena_strdup(a, href), *to = all;

	for (const char *s = href; all && *s; s++) {
		if (*s == '%' && inside_hex_value(s[1]) >= 0 && inside_hex_value(s[2]) >= 0 &&
		    (inside_hex_value(s[1]) || inside_hex_value(s[2]))) {
			*to++ = (char)(inside_hex_value(s[1]) << 4 | inside_hex_value(s[2]));
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	if (all)
		*to = '\0';
	return all;
}

const char *vbc_path_inside(struct vbc_arena *a, const char *name)
{
	char *all = vbc_arena_strdup(a, name), *to = all;

	while (all && *name) {
		size_t n = strcspn(name, "/");

		if (n == 2 && memcmp(name, "..", 2) == 0)
			return "";
		if (n && !(n == 1 && *name == '.')) {
			if (to > all)
				*to++ = '/';
			memcpy(to, name, n);
			to += n;
		}
		name += n + (name[n] == '/');
	}
	if (all)
		*to = '\0';
	return all;
}
