/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening a disk image file and telling its format.
 */
#include "image-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "ova.h"
#include "str.h"

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

static const struct magic archive = {"ustar", 5, 257};

int vbc_probe_refuse(const struct vbc_probe *p, const char *why)
{
	return vbc_fail(p->err, VBC_E_ARG, "'%s' %s", p->path, why);
}

int vbc_probe_cut_short(const struct vbc_probe *p)
{
	return vbc_probe_refuse(p, "is damaged: it is cut short (was it copied completely?)");
}

static int fail_errno(const struct vbc_probe *p, int number)
{
	int code = number == ENOENT || number == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG;

	vbc_fail(p->err, code, "cannot read '%s': %s", p->path, strerror(number));
	if (p->err && p->err->code == code)
		p->err->os = number;
	return code;
}

int vbc_probe_read(const struct vbc_probe *p, uint64_t offset, void *to, size_t n)
{
	unsigned char *at = to;

	if (offset > p->size_bytes || n > p->size_bytes - offset)
		return vbc_probe_cut_short(p);
	while (n) {
		ssize_t got = pread(p->fd, at, n, (off_t)(p->at + offset));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(p, errno);
		if (got == 0)
			return vbc_probe_cut_short(p);
		at += got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return VBC_OK;
}

static bool has(const struct vbc_probe *p, const struct magic *m)
{
	const unsigned char *from = m->at < 0 ? p->end + VBC_PROBE + m->at : p->start + m->at;

	return memcmp(from, m->bytes, m->n) == 0;
}

/* A raw disk, whatever it lay in. */
static void is_raw(struct vbc_image_file *file, const char *format)
{
	file->format = format;
	file->suffix = "hdd"; /* the only name under which VirtualBox opens one */
}

static int tell_format(const struct vbc_probe *p, struct vbc_image_file *file)
{
	static const struct magic text = {"# Disk Descr", 12, 0};
	int code;

	if (has(p, &text)) {
		is_raw(file, "vmdk");
		code = vbc_probe_expect(p, file->format);
		return code ? code : vbc_probe_parts(p, &file->content);
	}
	for (size_t i = 0; i < VBC_COUNT(known); i++) {
		if (has(p, &known[i].magic)) {
			file->format = file->suffix = known[i].format;
			code = vbc_probe_expect(p, file->format);
			return code ? code : known[i].check(p);
		}
	}
	is_raw(file, "raw");
	return vbc_probe_raw(p);
}

static int enter_archive(struct vbc_probe *p, struct vbc_image_file *file);

static int probe_at(struct vbc_probe *p, struct vbc_image_file *file)
{
	size_t n = p->size_bytes < VBC_PROBE ? (size_t)p->size_bytes : VBC_PROBE;
	int code = vbc_probe_read(p, 0, p->start, n);

	if (!code)
		code = vbc_probe_read(p, p->size_bytes - n, p->end + VBC_PROBE - n, n);
	if (!code && !p->at && has(p, &archive))
		return enter_archive(p, file);
	return code ? code : tell_format(p, file);
}

static int open_probe(struct vbc_probe *p)
{
	struct stat st;

	if (fstat(p->fd, &st) != 0)
		return fail_errno(p, errno);
	if (!S_ISREG(st.st_mode))
		return vbc_probe_refuse(p, "is no regular file");
	if (st.st_size == 0)
		return vbc_probe_refuse(p, "is empty");
	p->size_bytes = (uint64_t)st.st_size;
	return VBC_OK;
}

/* The probe moves to the disk in an archive. */
static int enter_archive(struct vbc_probe *p, struct vbc_image_file *file)
{
	struct vbc_ovf ovf;
	int code = vbc_ova_find_disk(p, &ovf, &p->at, &p->size_bytes);

	if (code)
		return code;
	memcpy(file->os_type, ovf.os_type, sizeof(file->os_type));
	file->cpus = ovf.cpus;
	file->memory_mb = ovf.memory_mb;
	memset(p->start, 0, sizeof(p->start));
	memset(p->end, 0, sizeof(p->end));
	return probe_at(p, file);
}

/* What lies in one file is uploaded as it is. */
static int take_whole(const struct vbc_probe *p, struct vbc_content *content)
{
	const struct vbc_piece piece = {.fd = p->fd, .at = p->at, .size_bytes = p->size_bytes};

	return vbc_content_add(content, &piece, p->err);
}

int vbc_image_file_open(const char *path, const char *format, struct vbc_image_file *ret,
			struct vbc_error *err)
{
	struct vbc_probe p = {.path = path, .format = format, .err = err};
	struct vbc_image_file file = {0};
	int code;

	/* Without waiting, lest a FIFO stop us. */
	p.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (p.fd < 0)
		return fail_errno(&p, errno);
	code = open_probe(&p);
	if (!code)
		code = probe_at(&p, &file);
	if (!code && !file.content.n)
		code = take_whole(&p, &file.content);
	else
		close(p.fd);
	if (!code)
		*ret = file;
	return code;
}

void vbc_image_file_close(struct vbc_image_file *file)
{
	vbc_content_close(&file->content);
}
