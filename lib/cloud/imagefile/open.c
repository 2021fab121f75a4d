/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening a disk image file and telling its format.
 */
#include "imagefile/open.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/extents.h"
#include "imagefile/headers.h"
#include "imagefile/inside.h"
#include "imagefile/ovf.h"
#include "imagefile/probe.h"
#include "imagefile/qcow2.h"
#include "imagefile/raw.h"
#include "imagefile/unpack.h"
#include "transfer/packed.h"

struct magic {
	const char *bytes;
	size_t n;
	int at; /* negative: from the end */
};

static const struct {
	struct magic magic;
	const char *format;
	int (*check)(const struct vbc_probe *p);
} known[] = {
	{{"QFI\xfb", 4, 0}, "qcow2", vbc_probe_qcow2},
	{{"KDMV", 4, 0}, "vmdk", vbc_probe_vmdk},
	{{"\x7f\x10\xda\xbe", 4, 64}, "vdi", vbc_probe_vdi},
	{{"conectix", 8, 0}, "vhd", vbc_probe_vhd},
	{{"conectix", 8, -512}, "vhd", vbc_probe_vhd},
};

static int image_file_fail_errno(const struct vbc_probe *p, int number)
{
	int code = number == ENOENT || number == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG;

	vbc_fail(p->err, code, "cannot read '%s': %s", p->path, strerror(number));
	if (p->err && p->err->code == code)
		p->err->os = number;
	return code;
}

static bool probe_has_magic(const struct vbc_probe *p, const struct magic *m)
{
	const unsigned char *from = m->at < 0 ? p->end + VBC_PROBE + m->at : p->start + m->at;

	return memcmp(from, m->bytes, m->n) == 0;
}

/* A raw disk, whatever it lay in. */
static void image_file_is_raw(struct vbc_image_file *file, const char *format)
{
	file->format = format;
	file->suffix = "hdd"; /* the only name under which VirtualBox opens one */
}

static int image_file_find_format(const struct vbc_probe *p, struct vbc_image_file *file)
{
	static const struct magic text = {"# Disk Descr", 12, 0};
	int code;

	if (probe_has_magic(p, &text)) {
		image_file_is_raw(file, "vmdk");
		code = vbc_probe_expect(p, file->format);
		return code ? code : vbc_probe_extents(p, &file->content);
	}
	for (size_t i = 0; i < VBC_COUNT(known); i++) {
		if (probe_has_magic(p, &known[i].magic)) {
			file->format = file->suffix = known[i].format;
			code = vbc_probe_expect(p, file->format);
			return code ? code : known[i].check(p);
		}
	}
	image_file_is_raw(file, "raw");
	return vbc_probe_raw(p);
}

static int probe_read_start(struct vbc_probe *p)
{
	return vbc_probe_read(p, 0, p->start,
			      p->size_bytes < VBC_PROBE ? (size_t)p->size_bytes : VBC_PROBE);
}

static int probe_read_end(struct vbc_probe *p)
{
	size_t n = p->size_bytes < VBC_PROBE ? (size_t)p->size_bytes : VBC_PROBE;

	return vbc_probe_read(p, p->size_bytes - n, p->end + VBC_PROBE - n, n);
}

/* What lies in several files is put together, and replaces the text that names them. */
static int image_file_take_format(const struct vbc_probe *p, struct vbc_image_file *file)
{
	struct vbc_image_file told = {.format = NULL};
	int code = image_file_find_format(p, &told);

	if (code) {
		vbc_stream_close(&told.content);
		return code;
	}
	file->format = told.format;
	file->suffix = told.suffix;
	if (told.content.n) {
		vbc_stream_close(&file->content);
		file->content = told.content;
	}
	return VBC_OK;
}

static int image_file_open_fd(struct vbc_probe *p, struct vbc_stream *content)
{
	/* Without waiting, lest a FIFO stop us. */
	struct vbc_piece piece = {.fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	struct stat st = {0};
	int code = VBC_OK;

	if (piece.fd < 0)
		return image_file_fail_errno(p, errno);
	if (fstat(piece.fd, &st) != 0)
		code = image_file_fail_errno(p, errno);
	else if (!S_ISREG(st.st_mode))
		code = vbc_probe_refuse(p, "is not a regular file");
	else if (st.st_size == 0)
		code = vbc_probe_refuse(p, "is empty");
	if (code) {
		close(piece.fd);
		return code;
	}
	p->size_bytes = piece.size_bytes = (uint64_t)st.st_size;
	return vbc_stream_add(content, &piece, p->err);
}

/* Tells the format of a file that was opened, which is closed on failure. */
static int image_file_tell(struct vbc_probe *p, struct vbc_image_file *file)
{
	int code = probe_read_start(p);

	if (!code)
		file->packed = vbc_packing_of(p->start, sizeof(p->start)) ||
			       vbc_is_ovf(p->name, p->start, sizeof(p->start));
	if (!code && !file->packed)
		code = probe_read_end(p);
	if (!code && !file->packed)
		code = image_file_take_format(p, file);
	if (code)
		vbc_image_file_close(file);
	return code;
}

int vbc_image_file_open(const char *path, const char *format, const struct vbc_looking *looking,
			struct vbc_image_file *ret, struct vbc_error *err)
{
	struct vbc_image_file file = {.format = NULL};
	struct vbc_probe p = {.content = &file.content,
			      .path = path,
			      .name = path,
			      .format = format,
			      .looking = looking,
			      .err = err};
	int code = image_file_open_fd(&p, &file.content);

	if (!code)
		code = image_file_tell(&p, &file);
	if (!code)
		*ret = file;
	return code;
}

int vbc_image_file_take(struct vbc_stream *content, const char *path, const char *name,
			const char *format, const struct vbc_looking *looking,
			struct vbc_image_file *ret, struct vbc_error *err)
{
	struct vbc_image_file file = {.content = *content, .name = name};
	struct vbc_probe p = {.content = &file.content,
			      .size_bytes = content->size_bytes,
			      .path = path,
			      .name = name,
			      .format = format,
			      .alone = true,
			      .looking = looking,
			      .err = err};
	int code;

	*content = (struct vbc_stream){0};
	if (!p.size_bytes) {
		vbc_image_file_close(&file);
		return vbc_probe_refuse(&p, "is empty");
	}
	code = image_file_tell(&p, &file);
	if (!code)
		*ret = file;
	return code;
}

static void image_file_copy_word(char *to, size_t size, const char *from)
{
	if (from && strlen(from) < size)
		memcpy(to, from, strlen(from) + 1);
}

static void image_file_take_machine(const struct vbc_ovf *ovf, struct vbc_image_file *file)
{
	image_file_copy_word(file->os_type, sizeof(file->os_type), ovf->os_type);
	image_file_copy_word(file->firmware, sizeof(file->firmware), ovf->firmware);
	image_file_copy_word(file->chipset, sizeof(file->chipset), ovf->chipset);
	image_file_copy_word(file->tpm, sizeof(file->tpm), ovf->tpm);
	file->nvram = ovf->nvram && ovf->nvram[0] && vbc_starts_with(file->firmware, "efi");
	file->cpus = ovf->cpus;
	file->memory_mib = ovf->memory_mib;
}

/* The format of what was found in the end. */
static int image_file_probe_inside(const struct vbc_inside *in, const char *format,
				   struct vbc_image_file *file)
{
	struct vbc_probe p = {.content = &file->content,
			      .size_bytes = file->content.size_bytes,
			      .path = in->path,
			      .name = in->name,
			      .format = format,
			      .alone = in->alone,
			      .looking = in->looking,
			      .err = in->err};
	int code = p.size_bytes ? probe_read_start(&p) : vbc_probe_refuse(&p, "is empty");

	if (in->measured)
		memcpy(p.end, in->end, sizeof(p.end));
	else if (!code)
		code = probe_read_end(&p);
	return code ? code : image_file_take_format(&p, file);
}

int vbc_image_file_unpack(const char *path, const char *format, const struct vbc_looking *looking,
			  struct vbc_image_file *file, struct vbc_error *err)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_inside in = {.content = file->content,
				.path = path,
				.name = file->name ? file->name : path,
				.alone = file->name != NULL,
				.arena = &arena,
				.looking = looking,
				.err = err};
	int code = vbc_inside_enter(&in);

	file->content = in.content;
	if (!code)
		code = image_file_probe_inside(&in, format, file);
	if (code)
		return code;
	image_file_take_machine(&in.ovf, file);
	file->packed = false;
	return VBC_OK;
}

void vbc_image_file_close(struct vbc_image_file *file)
{
	vbc_stream_close(&file->content);
}
