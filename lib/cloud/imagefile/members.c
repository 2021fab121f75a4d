/* SPDX-License-Identifier: Apache-2.0 */
#include "imagefile/members.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/inside.h"
#include "imagefile/ovf.h"
#include "imagefile/probe.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

#define MEMBERS_MAX 10000u
#define STEP        65536u
#define TEXTS_MAX   (VBC_OVF_MAX * 2) /* all descriptions and manifests of an archive */
#define NAMES_MAX   (8u << 20)        /* all names in it, also of folders */

bool vbc_entry_has_suffix(const struct vbc_entry *e, const char *suffix)
{
	return vbc_has_suffix(e->name, suffix);
}

/* macOS puts what it knows of a file into a second one. */
static bool entry_is_noise(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

	return !base[0] || vbc_starts_with(base, "._") || vbc_starts_with(name, "__MACOSX/") ||
	       streq(base, ".DS_Store");
}

static bool entry_is_text(const char *name)
{
	return vbc_has_suffix(name, ".ovf") || vbc_has_suffix(name, ".mf") ||
	       vbc_has_suffix(name, ".nvram");
}

static int entries_refuse_texts(struct vbc_inside *in, const struct vbc_entry *e)
{
	return vbc_fail(in->err, VBC_E_ARG,
			"'%s' in '%s' is too large: with the other descriptions, manifests and "
			"NVRAM files there it exceeds %zu MiB, the limit",
			e->name, in->path, TEXTS_MAX >> 20);
}

/* As long as it is, whatever the archive says. */
static int entry_read_all_text(struct vbc_inside *in, struct vbc_packed *packed,
			       const struct vbc_entry *e, struct vbc_buf *text)
{
	size_t n = STEP;
	int code = VBC_OK;

	while (!code && n == STEP) {
		if (!vbc_buf_reserve(text, STEP))
			return text->len + STEP > text->max ? entries_refuse_texts(in, e)
							    : vbc_fail_nomem(in->err);
		code = vbc_packed_read(packed, text->len, text->data + text->len, STEP, &n,
				       in->err);
		text->len += code ? 0 : n;
	}
	return code;
}

static int entry_read_text(struct vbc_inside *in, struct vbc_packed *packed, struct vbc_entry *e,
			   size_t *left)
{
	struct vbc_buf VBC_BUF text;
	int code;

	vbc_buf_init(&text, *left + STEP);
	if (e->size_bytes != VBC_SIZE_UNKNOWN && e->size_bytes > *left)
		return entries_refuse_texts(in, e);
	if (e->encrypted)
		return VBC_OK;
	code = entry_read_all_text(in, packed, e, &text);
	if (code)
		return code;
	if (text.len > *left)
		return entries_refuse_texts(in, e);
	e->text = vbc_arena_strndup(in->arena, text.data, text.len);
	e->text_n = text.len;
	*left -= text.len;
	return e->text ? VBC_OK : vbc_fail_nomem(in->err);
}

/* To its end. *e gets its true size. */
static int entry_read_whole(struct vbc_inside *in, struct vbc_packed *packed, struct vbc_entry *e)
{
	unsigned char *VBC_FREE data = malloc(STEP);
	unsigned char *end = vbc_arena_alloc(in->arena, VBC_PROBE);
	uint64_t at = 0;
	size_t n = STEP;
	int code = data && end ? VBC_OK : vbc_fail_nomem(in->err);

	while (!code && n == STEP) {
		code = vbc_packed_read(packed, at, data, STEP, &n, in->err);
		if (code)
			break;
		vbc_keep_end(end, data, n);
		at += n;
	}
	e->size_bytes = at;
	e->end = end;
	return code;
}

static int entries_append_entry(struct vbc_inside *in, struct vbc_entries *list,
				const struct vbc_entry *e)
{
	struct vbc_entry *v = list->v;

	if (list->n == MEMBERS_MAX)
		return vbc_inside_refuse(in, "holds too many files; unpack it and import the disk "
					     "image in it");
	if ((list->n & (list->n - 1)) == 0)
		v = reallocarray(v, list->n ? list->n * 2 : 1, sizeof(*v));
	if (!v)
		return vbc_fail_nomem(in->err);
	list->v = v;
	list->v[list->n++] = *e;
	return VBC_OK;
}

/* What could not be shown in a line of text becomes '?'. */
static char *entry_clean_name(struct vbc_arena *a, const char *name)
{
	char *copy = vbc_arena_strdup(a, name), *next = copy;
	size_t at, left = strlen(name);
	long c;

	for (; next && !vbc_text_ok(next, left, &at, &c); left -= at + 1) {
		next += at;
		*next++ = '?';
	}
	for (next = copy; next && *next; next++)
		*next = *next == '\n' || *next == '\r' || *next == '\t' ? '?' : *next;
	return copy;
}

/* "'a.vdi' (a link)": what is not a file of the user's, as long as that is worth telling. */
static int entries_note_left_out(struct vbc_inside *in, const struct vbc_packed_file *m,
				 const char *shown, const char *name, struct vbc_entries *list)
{
	size_t n = strlen(shown);
	const char *why = !m->is_file ? "a link or a device"
			  : !name[0]  ? "its name points outside the archive"
				      : "metadata of macOS";

	if (!m->is_file && n && shown[n - 1] == '/') {
		list->folders = true;
		return VBC_OK;
	}
	if (list->left_out++ >= 3)
		return VBC_OK;
	list->left = vbc_arena_printf(in->arena, "%s%s'%.100s' (%s)", list->left,
				      list->left[0] ? ", " : "", shown, why);
	return list->left ? VBC_OK : vbc_fail_nomem(in->err);
}

static int entry_take_member(struct vbc_inside *in, struct vbc_packed *packed,
			     const struct vbc_packed_file *m, size_t index, size_t *left,
			     struct vbc_entries *list)
{
	const char *shown = entry_clean_name(in->arena, m->name);
	const char *name = shown ? vbc_path_inside(in->arena, shown) : NULL;
	struct vbc_entry e = {.name = name,
			      .size_bytes = m->size_bytes,
			      .at = m->at,
			      .index = index,
			      .encrypted = m->encrypted};
	int code = VBC_OK;

	if (!name)
		return vbc_fail_nomem(in->err);
	if (!m->is_file || entry_is_noise(name))
		return entries_note_left_out(in, m, shown, name, list);
	if (entry_is_text(name))
		code = entry_read_text(in, packed, &e, left);
	else if (!vbc_stream_is_plain(&in->content) && !e.encrypted)
		code = entry_read_whole(in, packed, &e); /* to pass it over would take as long */
	return code ? code : entries_append_entry(in, list, &e);
}

int vbc_entries_read(struct vbc_inside *in, struct vbc_packed *packed, struct vbc_entries *ret)
{
	struct vbc_entries list = {.left = ""};
	size_t left = TEXTS_MAX, names = 0;
	int code = VBC_OK;
	bool end = false;

	for (size_t i = 0; !code && !end; i++) {
		struct vbc_packed_file m;

		code = vbc_packed_next(packed, &m, &end, in->err);
		names += code || end ? 0 : strlen(m.name);
		if (!code && (i > 10 * MEMBERS_MAX || names > NAMES_MAX)) /* folders */
			code = vbc_inside_refuse(in, "holds too many files, or ones with too long "
						     "names; unpack it first");
		if (!code && !end)
			code = entry_take_member(in, packed, &m, i, &left, &list);
	}
	if (code)
		free(list.v);
	else
		*ret = list;
	return code;
}

const struct vbc_entry *vbc_entry_find(const struct vbc_entries *e, const char *name)
{
	const struct vbc_entry *similar = NULL;

	for (size_t i = 0; i < e->n; i++) {
		if (streq(e->v[i].name, name))
			return &e->v[i];
		if (strcasecmp(e->v[i].name, name) == 0)
			similar = &e->v[i];
	}
	return similar;
}

enum kind { OTHER, PACKED, PART, DISK };

/* disk-s001.vmdk, disk-f001.vmdk, disk-flat.vmdk: named by the text of another file */
static bool entry_is_part(const char *name)
{
	size_t n = strlen(name), digits = 0;

	if (vbc_has_suffix(name, "-flat.vmdk"))
		return true;
	if (!vbc_has_suffix(name, ".vmdk"))
		return false;
	n -= strlen(".vmdk");
	while (digits < n && name[n - digits - 1] >= '0' && name[n - digits - 1] <= '9')
		digits++;
	return digits >= 3 && n > digits + 2 && strchr("sfSF", name[n - digits - 1]) &&
	       name[n - digits - 2] == '-';
}

/* What its name promises; of a compressed one, what remains of the name. */
static enum kind entry_kind_by_name(struct vbc_inside *in, const char *name)
{
	static const char *const disks[] = {".vdi", ".vmdk", ".vhd", ".vhdx", ".qcow2", ".qcow",
					    ".img", ".raw",  ".hdd", ".qed",  ".ova",   ".vpc"};
	static const char *const archives[] = {".tar", ".tgz", ".txz", ".box", ".zip", ".7z"};
	const char *bare = vbc_arena_strndup(in->arena, name, vbc_packing_bare_length(name));

	if (!bare)
		return OTHER;
	for (size_t i = 0; i < VBC_COUNT(disks); i++)
		if (vbc_has_suffix(bare, disks[i]))
			return entry_is_part(bare) ? PART : DISK;
	for (size_t i = 0; i < VBC_COUNT(archives); i++)
		if (vbc_has_suffix(bare, archives[i]))
			return PACKED;
	return OTHER;
}

/* "'a', 'b' and 5 more" */
static const char *entries_join_names(struct vbc_inside *in, const struct vbc_entries *e,
				      enum kind kind)
{
	const char *names = "";
	size_t n = 0;

	for (size_t i = 0; names && i < e->n; i++) {
		if (kind != OTHER && entry_kind_by_name(in, e->v[i].name) != kind)
			continue;
		if (n++ < 3)
			names = vbc_arena_printf(in->arena, "%s%s'%.100s'", names,
						 names[0] ? ", " : "", e->v[i].name);
	}
	if (names && n > 3)
		names = vbc_arena_printf(in->arena, "%s and %zu more", names, n - 3);
	return names;
}

const char *vbc_entries_left_out(struct vbc_inside *in, const struct vbc_entries *e)
{
	if (!e->left_out)
		return "";
	if (e->left_out <= 3)
		return vbc_arena_printf(in->arena, ", and %s, which is not read", e->left);
	return vbc_arena_printf(in->arena, ", and %s and %zu more, which are not read", e->left,
				e->left_out - 3);
}

static int entries_refuse_empty(struct vbc_inside *in, const struct vbc_entries *e,
				const char *left)
{
	if (!e->left_out)
		return vbc_inside_refuse(in, e->folders ? "is an archive that contains only folders"
							: "is an empty archive");
	return vbc_fail(in->err, VBC_E_ARG,
			"'%s' holds no file%s; unpack it and import the disk image itself",
			in->path, left);
}

static int entries_refuse_none(struct vbc_inside *in, const struct vbc_entries *e, size_t parts)
{
	const char *names = entries_join_names(in, e, parts ? PART : OTHER);
	const char *left = vbc_entries_left_out(in, e);

	if (!names || !left)
		return vbc_fail_nomem(in->err);
	if (!e->n)
		return entries_refuse_empty(in, e, left);
	if (parts)
		return vbc_fail(in->err, VBC_E_ARG,
				"'%s' holds parts of a disk (%s) without the text file that names "
				"them%s",
				in->path, names, left);
	return vbc_fail(in->err, VBC_E_ARG, "'%s' holds no disk image, but %s%s", in->path, names,
			left);
}

int vbc_entry_choose(struct vbc_inside *in, const struct vbc_entries *e,
		     const struct vbc_entry **ret)
{
	size_t counts[DISK + 1] = {0};
	enum kind kind;

	for (size_t i = 0; i < e->n; i++)
		counts[entry_kind_by_name(in, e->v[i].name)]++;
	kind = counts[DISK] ? DISK : counts[PACKED] ? PACKED : OTHER;
	if (kind == OTHER && (counts[PART] || e->n != 1))
		return entries_refuse_none(in, e, counts[PART]);
	if (counts[kind] > 1) {
		const char *names = entries_join_names(in, e, kind);

		return !names ? vbc_fail_nomem(in->err)
			      : vbc_fail(in->err, VBC_E_ARG,
					 "'%s' holds %zu disk images (%s); unpack it and import "
					 "the one you want",
					 in->path, counts[kind], names);
	}
	for (size_t i = 0; i < e->n; i++)
		if (entry_kind_by_name(in, e->v[i].name) == kind)
			*ret = &e->v[i];
	return VBC_OK;
}
