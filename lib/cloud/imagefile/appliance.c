/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The steps into packed images. An archive may hold a description of a machine, which names the
 * disk; else it is the one disk image in it. A description alone has its disk beside it.
 */
#include "imagefile/appliance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/beside.h"
#include "imagefile/inside.h"
#include "imagefile/manifest.h"
#include "imagefile/members.h"
#include "imagefile/named.h"
#include "imagefile/ovf-text.h"
#include "imagefile/ovf.h"
#include "imagefile/probe.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

/* From now on what is read comes through the reader, which takes what was read before with it. */
static int appliance_read_packed(struct vbc_inside *in, struct vbc_packed *packed, const char *path,
				 const char *name)
{
	const struct vbc_piece piece = {
		.fd = -1, .size_bytes = VBC_SIZE_UNKNOWN, .reader = vbc_packed_reader(packed)};
	struct vbc_stream content = {0};
	int code;

	vbc_packed_own(packed, &in->content);
	code = vbc_stream_add(&content, &piece, in->err);
	if (!code)
		vbc_inside_move(in, &content, path, name);
	return code;
}

/* What lies in a tar as it is, is read from there. */
static int appliance_read_in_place(struct vbc_inside *in, const struct vbc_entry *e,
				   const char *path, bool *ret_done)
{
	const struct vbc_stream *c = &in->content;
	struct vbc_piece piece = {.fd = -1, .size_bytes = e->size_bytes};
	struct vbc_stream content = {0};
	int code;

	*ret_done = false;
	if (!e->at || c->n != 1 || c->v[0].fd < 0 || c->v[0].grains || !e->size_bytes)
		return VBC_OK;
	if (e->at > c->size_bytes || e->size_bytes > c->size_bytes - e->at)
		return vbc_inside_refuse(in, "is damaged: it is cut short (was it copied "
					     "completely?)");
	piece.fd = fcntl(c->v[0].fd, F_DUPFD_CLOEXEC, 0);
	piece.at = c->v[0].at + e->at;
	if (piece.fd < 0)
		return vbc_fail(in->err, VBC_E_NOMEM, "too many files are open");
	code = vbc_stream_add(&content, &piece, in->err);
	if (!code)
		vbc_inside_move(in, &content, path, e->name);
	*ret_done = !code;
	return code;
}

/* Whether the reader has the same at its beginning as there is in that place. */
static int appliance_lies_in_place(struct vbc_inside *in, struct vbc_packed *packed,
				   const struct vbc_entry *e, bool *ret)
{
	unsigned char unpacked[VBC_PROBE], there[VBC_PROBE];
	size_t n = 0, got = 0;
	int code = VBC_OK;

	*ret = false;
	if (!e->at)
		return VBC_OK;
	vbc_packed_select(packed, e->index);
	code = vbc_packed_read(packed, 0, unpacked, sizeof(unpacked), &n, in->err);
	if (!code)
		code = vbc_stream_read_some(&in->content, e->at, there, n, &got, in->err);
	*ret = !code && got == n && memcmp(unpacked, there, n) == 0;
	return code;
}

/* Goes to a file in the archive; the reader is used up, also by a failure. */
static int appliance_go_to(struct vbc_inside *in, struct vbc_packed *packed,
			   const struct vbc_entry *e)
{
	/* For errors alone, where it is to leave room for the reason. */
	const char *path = vbc_arena_printf(in->arena, "%.200s' in '%s", e->name, in->path);
	bool in_place = false;
	int code = path ? VBC_OK : vbc_fail_nomem(in->err);

	in->alone = true;
	if (!code && e->encrypted)
		code = vbc_fail(in->err, VBC_E_ARG, "'%s' is encrypted; unpack it first", path);
	if (!code)
		code = appliance_lies_in_place(in, packed, e, &in_place);
	if (!code && in_place)
		code = appliance_read_in_place(in, e, path, &in_place);
	if (code || in_place) {
		vbc_packed_close(packed);
		return code;
	}
	vbc_packed_select(packed, e->index);
	code = appliance_read_packed(in, packed, path, e->name);
	if (!code && e->end) {
		memcpy(in->end, e->end, sizeof(in->end));
		in->content.size_bytes = in->content.v[0].size_bytes = e->size_bytes;
		in->measured = true;
	}
	return code;
}

/* The one description in an archive; *ret NULL: it has none. */
static int appliance_find_ovf(struct vbc_inside *in, const struct vbc_entries *list,
			      const struct vbc_entry **ret)
{
	unsigned n = 0;

	*ret = NULL;
	for (size_t i = 0; i < list->n; i++) {
		if (!vbc_entry_has_suffix(&list->v[i], ".ovf"))
			continue;
		*ret = &list->v[i];
		n++;
	}
	if (n > 1)
		return vbc_fail(in->err, VBC_E_ARG,
				"'%s' holds %u machines, but an image is the disk of one; unpack "
				"it and import the disk you want",
				in->path, n);
	if (*ret && !(*ret)->text)
		return vbc_inside_refuse(in, "is encrypted; unpack it first");
	return VBC_OK;
}

/* The file that is called so where `beside` lies; NULL: there is none, or no memory. */
static const struct vbc_entry *appliance_find_beside(struct vbc_inside *in,
						     const struct vbc_entries *list,
						     const char *beside, const char *name)
{
	const char *slash = strrchr(beside, '/');
	const char *path = vbc_arena_printf(in->arena, "%.*s%s",
					    slash ? (int)(slash - beside) + 1 : 0, beside, name);

	path = path ? vbc_path_inside(in->arena, path) : NULL;
	return path && path[0] ? vbc_entry_find(list, path) : NULL;
}

/* As it is written in a description: with its odd characters in another form, mostly. */
static const struct vbc_entry *appliance_find_href(struct vbc_inside *in,
						   const struct vbc_entries *list, const char *ovf,
						   const char *href)
{
	const char *name = vbc_href_decode(in->arena, href);
	const struct vbc_entry *e = name ? appliance_find_beside(in, list, ovf, name) : NULL;

	return e ? e : appliance_find_beside(in, list, ovf, href);
}

/* The only one of its folder with that suffix; NULL: there is none, or there are several. */
static const struct vbc_entry *appliance_find_only(const struct vbc_entries *list,
						   const char *beside, const char *suffix)
{
	const struct vbc_entry *only = NULL;
	const char *slash = strrchr(beside, '/');
	size_t folder = slash ? (size_t)(slash - beside) + 1 : 0;

	for (size_t i = 0; i < list->n; i++) {
		const char *name = list->v[i].name;

		if (!vbc_entry_has_suffix(&list->v[i], suffix) ||
		    strncmp(name, beside, folder) != 0 || strchr(name + folder, '/'))
			continue;
		if (only)
			return NULL;
		only = &list->v[i];
	}
	return only;
}

static int appliance_take_manifest(struct vbc_inside *in, const char *text, size_t n,
				   struct vbc_manifest *ret)
{
	ret->n = n;
	ret->text = vbc_ovf_utf8(in->arena, text, &ret->n);
	return ret->text ? VBC_OK : vbc_fail_nomem(in->err);
}

/* The manifest of a description has its name, but for the suffix; else it is the only one. */
static int appliance_find_manifest(struct vbc_inside *in, const struct vbc_entries *list,
				   const char *ovf, struct vbc_manifest *ret)
{
	const char *name = vbc_arena_printf(in->arena, "%.*s.mf", (int)strlen(ovf) - 4, ovf);
	const struct vbc_entry *e = name ? vbc_entry_find(list, name) : NULL;

	if (!name)
		return vbc_fail_nomem(in->err);
	e = e ? e : appliance_find_only(list, ovf, ".mf");
	if (!e)
		return VBC_OK;
	if (!e->text)
		return vbc_fail(in->err, VBC_E_ARG, "'%s' in '%s' is encrypted; unpack it first",
				e->name, in->path);
	return appliance_take_manifest(in, e->text, e->text_n, ret);
}

static int appliance_find_sums(struct vbc_inside *in, const struct vbc_manifest *mf,
			       const char *const *names, const char *holder,
			       struct vbc_manifest_sums *ret)
{
	bool clear = vbc_manifest_find(mf, names, ret);

	if (!mf->text || (clear && ret->n))
		return VBC_OK;
	if (clear && ret->unknown[0])
		return vbc_fail(in->err, VBC_E_ARG,
				"the manifest of '%s' has only the %s of '%s', but only SHA1, "
				"SHA256, SHA384 and SHA512 can be checked; if that file is known "
				"to be intact, import the disk itself",
				holder, ret->unknown, names[0]);
	return vbc_fail(in->err, VBC_E_ARG,
			"the manifest of '%s' %s the checksum of '%s'; if that file is known to be "
			"intact, import the disk itself",
			holder, clear ? "lacks" : "does not clearly state", names[0]);
}

/* What is looked at is the disk now, which the description calls so. */
static int appliance_check_sums(struct vbc_inside *in, const struct vbc_manifest *mf,
				const char *name, const char *in_folder, const char *holder)
{
	const char *href = in->ovf.disk;
	const char *const names[] = {name, in_folder, href, vbc_href_decode(in->arena, href), NULL};
	struct vbc_manifest_sums want;
	int code = names[3] ? appliance_find_sums(in, mf, names, holder, &want)
			    : vbc_fail_nomem(in->err);

	return !code && want.n ? vbc_inside_measure(in, &want, holder, name) : code;
}

static int appliance_check_ovf_sums(struct vbc_inside *in, const struct vbc_manifest *mf,
				    const char *name, const char *text, size_t n)
{
	const char *slash = strrchr(name, '/');
	const char *const names[] = {name, slash ? slash + 1 : name, NULL};
	struct vbc_manifest_sums want;
	int code = appliance_find_sums(in, mf, names, in->path, &want);

	return code ? code : vbc_inside_check_text(in, &want, text, n, name);
}

/* VirtualBox keeps in the firmware's variables whether only signed systems are started. */
static void appliance_take_nvram(struct vbc_inside *in, const struct vbc_entry *nvram)
{
	static const char key[] = "S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0E\0n\0a\0b\0l\0e\0\0";
	enum { HEADER = 60, STATE = 2, VALID = 0x3f, KEY = sizeof(key) };
	const char *at = nvram->text, *end = at + nvram->text_n;

	while (streq(in->ovf.firmware, "efi") && (at = memmem(at, (size_t)(end - at), key, KEY))) {
		bool valid = at - nvram->text >= HEADER &&
			     memcmp(at - HEADER, "\xaa\x55", 2) == 0 && at[STATE - HEADER] == VALID;

		at += KEY;
		if (valid && at < end && *at == 1)
			in->ovf.firmware = "efi-secure";
	}
}

static int appliance_refuse_no_disk(struct vbc_inside *in, const struct vbc_entries *list)
{
	const char *left = vbc_entries_left_out(in, list);

	if (!left)
		return vbc_fail_nomem(in->err);
	return vbc_fail(in->err, VBC_E_ARG,
			"'%s' is damaged: the disk '%s' that it names is not in it%s%s", in->path,
			in->ovf.disk, left[0] ? " as a file" : "", left);
}

/* To the disk of the machine that is described; the reader is used up. */
static int appliance_go_to_disk(struct vbc_inside *in, struct vbc_packed *packed,
				const struct vbc_entries *list, const struct vbc_entry *ovf)
{
	const struct vbc_entry *disk = NULL, *nvram;
	const char *holder = in->path, *slash = strrchr(ovf->name, '/');
	size_t folder = slash ? (size_t)(slash - ovf->name) + 1 : 0;
	struct vbc_manifest mf = {.text = NULL};
	int code = appliance_find_manifest(in, list, ovf->name, &mf);

	if (!code)
		code = appliance_check_ovf_sums(in, &mf, ovf->name, ovf->text, ovf->text_n);
	if (!code)
		code = vbc_named_in_archive(in, &mf, list, ovf->name);
	if (!code)
		code = vbc_ovf_parse(in->arena, in->path, ovf->text, ovf->text_n, &in->ovf,
				     in->err);
	if (!code)
		disk = appliance_find_href(in, list, ovf->name, in->ovf.disk);
	if (!code && !disk)
		code = appliance_refuse_no_disk(in, list);
	if (code) {
		vbc_packed_close(packed);
		return code;
	}
	nvram = in->ovf.nvram[0] ? appliance_find_href(in, list, ovf->name, in->ovf.nvram) : NULL;
	if (nvram && nvram->text)
		appliance_take_nvram(in, nvram);
	code = appliance_go_to(in, packed, disk);
	return code ? code : appliance_check_sums(in, &mf, disk->name, disk->name + folder, holder);
}

static int appliance_open_archive(struct vbc_inside *in, struct vbc_packed *packed)
{
	struct vbc_entries list = {0};
	const struct vbc_entry *ovf = NULL, *disk = NULL;
	int code = vbc_entries_read(in, packed, &list);

	if (!code)
		code = appliance_find_ovf(in, &list, &ovf);
	if (!code && !ovf)
		code = vbc_entry_choose(in, &list, &disk);
	if (code)
		vbc_packed_close(packed);
	else
		code = ovf ? appliance_go_to_disk(in, packed, &list, ovf)
			   : appliance_go_to(in, packed, disk);
	free(list.v);
	return code;
}

int vbc_inside_unpack(struct vbc_inside *in, const struct vbc_packing *how)
{
	struct vbc_packed *packed = vbc_packed_new(&in->content, how, in->path, in->looking);
	/* What is compressed is called so: "disk.vdi" of "disk.vdi.xz". */
	const char *name =
		vbc_arena_strndup(in->arena, in->name, vbc_packing_bare_length(in->name));

	if (!packed || !name) {
		vbc_packed_close(packed);
		return vbc_fail_nomem(in->err);
	}
	if (vbc_packing_is_archive(how))
		return appliance_open_archive(in, packed);
	return appliance_read_packed(in, packed, in->path, name);
}

static int appliance_refuse_beside(struct vbc_inside *in, const char *name, const char *why)
{
	return vbc_fail(in->err, VBC_E_ARG, "'%s' needs the file '%s' beside it, which %s",
			in->path, name, why);
}

/* A regular file beside the description; *ret_fd -1: it is not there. */
static int appliance_open_beside(struct vbc_inside *in, const char *name, const char **ret_path,
				 int *ret_fd, uint64_t *ret_bytes)
{
	const char *slash = strrchr(in->path, '/');
	const char *path = vbc_arena_printf(
		in->arena, "%.*s%s", slash ? (int)(slash - in->path) + 1 : 0, in->path, name);
	struct stat st;

	if (!path)
		return vbc_fail_nomem(in->err);
	*ret_path = path;
	*ret_fd = vbc_open_beside(in->path, name);
	if (*ret_fd < 0 && errno == EXDEV)
		return appliance_refuse_beside(in, name, VBC_BESIDE_LEAVES);
	if (*ret_fd >= 0 && (fstat(*ret_fd, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size)) {
		close(*ret_fd);
		*ret_fd = -1;
	}
	if (*ret_fd >= 0)
		*ret_bytes = (uint64_t)st.st_size;
	return VBC_OK;
}

/* All of a small file; *ret NULL: it is not there. */
static int appliance_read_beside(struct vbc_inside *in, const char *name, const char **ret,
				 size_t *ret_n)
{
	const char *path;
	uint64_t bytes = 0;
	char *text = NULL;
	int fd = -1, code = appliance_open_beside(in, name, &path, &fd, &bytes);

	if (!code && fd >= 0 && bytes > VBC_OVF_MAX)
		code = vbc_fail(in->err, VBC_E_ARG,
				"'%s' is larger than %zu MiB, the limit for a manifest", path,
				VBC_OVF_MAX >> 20);
	if (!code && fd >= 0) {
		text = vbc_arena_alloc(in->arena, (size_t)bytes + 1);
		code = text ? vbc_read_exactly(fd, 0, text, (size_t)bytes, in->err)
			    : vbc_fail_nomem(in->err);
	}
	if (fd >= 0)
		close(fd);
	*ret = text;
	*ret_n = (size_t)bytes;
	return code;
}

static int appliance_go_beside(struct vbc_inside *in, const char **ret_name)
{
	const char *names[] = {vbc_href_decode(in->arena, in->ovf.disk), in->ovf.disk};
	struct vbc_piece piece = {.fd = -1};
	struct vbc_stream content = {0};
	const char *path = NULL;
	int code = names[0] ? VBC_OK : vbc_fail_nomem(in->err);

	for (size_t i = 0; !code && piece.fd < 0 && i < VBC_COUNT(names); i++) {
		*ret_name = vbc_path_inside(in->arena, names[i]);
		if (!*ret_name)
			return vbc_fail_nomem(in->err);
		if (!**ret_name || names[i][0] == '/' || strstr(names[i], "://"))
			return appliance_refuse_beside(in, in->ovf.disk, "is in another place");
		code = appliance_open_beside(in, *ret_name, &path, &piece.fd, &piece.size_bytes);
	}
	if (!code && piece.fd < 0)
		code = appliance_refuse_beside(in, in->ovf.disk, "is not there");
	if (!code)
		code = vbc_stream_add(&content, &piece, in->err);
	if (!code)
		vbc_inside_move(in, &content, path, path);
	return code;
}

/* The text that is looked at. */
static int appliance_read_description(struct vbc_inside *in, const char **ret, size_t *ret_n)
{
	size_t most =
		in->content.size_bytes < VBC_OVF_MAX ? (size_t)in->content.size_bytes : VBC_OVF_MAX;
	char *text = vbc_arena_alloc(in->arena, most + 1);
	int code = text ? vbc_stream_read_some(&in->content, 0, text, most + 1, ret_n, in->err)
			: vbc_fail_nomem(in->err);

	if (!code && *ret_n > VBC_OVF_MAX)
		code = vbc_fail(
			in->err, VBC_E_ARG,
			"'%s' is larger than %zu MiB, the limit for a machine's description",
			in->path, VBC_OVF_MAX >> 20);
	*ret = text;
	return code;
}

/* The manifest beside a description, if there is one. */
static int appliance_read_manifest(struct vbc_inside *in, const char *base,
				   struct vbc_manifest *ret)
{
	static const char *const suffixes[] = {"mf", "MF"};
	const char *dot = strrchr(base, '.'), *text = NULL;
	int n = (int)(dot ? (size_t)(dot - base) : strlen(base)), code = VBC_OK;
	size_t bytes = 0;

	for (size_t i = 0; !code && !text && i < VBC_COUNT(suffixes); i++) {
		const char *name = vbc_arena_printf(in->arena, "%.*s.%s", n, base, suffixes[i]);

		code = name ? appliance_read_beside(in, name, &text, &bytes)
			    : vbc_fail_nomem(in->err);
	}
	return !code && text ? appliance_take_manifest(in, text, bytes, ret) : code;
}

int vbc_inside_follow(struct vbc_inside *in)
{
	const char *slash = strrchr(in->path, '/'), *base = slash ? slash + 1 : in->path;
	const char *holder = in->path, *text = NULL, *disk = NULL;
	struct vbc_manifest mf = {.text = NULL};
	size_t n = 0;
	int code;

	if (in->alone)
		return vbc_inside_refuse(in, "describes a machine, and its disk is not beside it");
	code = appliance_read_description(in, &text, &n);
	if (!code)
		code = appliance_read_manifest(in, base, &mf);
	if (!code)
		code = appliance_check_ovf_sums(in, &mf, base, text, n);
	if (!code)
		code = vbc_ovf_parse(in->arena, in->path, text, n, &in->ovf, in->err);
	if (!code)
		code = appliance_go_beside(in, &disk);
	if (!code) {
		const char *const known[] = {base, disk, NULL};

		code = vbc_named_beside(in, &mf, holder, known);
	}
	return code ? code : appliance_check_sums(in, &mf, disk, disk, holder);
}
