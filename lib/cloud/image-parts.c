/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VMDK disks that lie in several files: a text names the extents, which are plain or leave empty
 * grains out. They are put together here, so that what is uploaded is one raw disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "image-file.h"
#include "str.h"

#define SECTOR     512u
#define TEXT_MAX   262144u
#define GRAIN_MIN  4096u /* as the format has it */
#define GRAIN_MAX  (1u << 20)
#define TABLE_MAX  (1u << 20)   /* entries */
#define EXTENT_MAX (1ull << 32) /* sectors: 2 TiB, as of the whole */

/* An extent as the text describes it: RW 4192256 SPARSE "disk-s001.vmdk" */
struct extent {
	unsigned long long sectors, at;
	char type[16], name[256];
};

static int fail_extent(const struct vbc_probe *p, const char *name, const char *why)
{
	return vbc_fail(p->err, VBC_E_ARG, "'%s' needs the file '%s' beside it, which %s", p->path,
			name, why);
}

/* Among other things, there may be more parts than files that a process may open. */
static int fail_open(const struct vbc_probe *p, const char *name, int number)
{
	char why[200];

	if (number == ENOENT || number == ENOTDIR)
		return fail_extent(p, name, "is not there");
	snprintf(why, sizeof(why), "cannot be opened: %s", strerror(number));
	return fail_extent(p, name, why);
}

/* Only files beside the text are read, whatever it says. */
static int open_beside(const struct vbc_probe *p, const char *name, uint64_t *ret_bytes,
		       int *ret_fd)
{
	const char *slash = strrchr(p->path, '/');
	int folder = slash ? (int)(slash - p->path) + 1 : 0;
	char *VBC_FREE path = NULL;
	struct stat st;
	int fd;

	if (strchr(name, '/') || streq(name, "..") || !name[0])
		return fail_extent(p, name, "is in another folder");
	if (asprintf(&path, "%.*s%s", folder, p->path, name) < 0) {
		path = NULL;
		return vbc_fail_nomem(p->err);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail_open(p, name, errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail_extent(p, name, "is no regular file");
	}
	*ret_bytes = (uint64_t)st.st_size;
	*ret_fd = fd;
	return VBC_OK;
}

static int read_table(int fd, uint64_t sector, size_t n, unsigned char *to)
{
	return vbc_read_exactly(fd, sector * SECTOR, to, n * 4, NULL);
}

static size_t count_grains(const struct vbc_piece *piece)
{
	return (size_t)((piece->size_bytes + piece->grain_bytes - 1) / piece->grain_bytes);
}

static void take_table(const struct vbc_piece *piece, size_t first, size_t n,
		       const unsigned char *table)
{
	for (size_t g = 0; g < n; g++) {
		uint64_t grain = vbc_le(table + g * 4, 4);

		/* 1: a grain of zeros. Memory that is not written to costs nothing. */
		if (grain > 1)
			piece->grains[first + g] = grain * SECTOR;
	}
}

/*
 * The grain tables of a directory, as places in the file. A table lies in the file once, so that
 * no more memory is taken than is due to its size.
 */
static int read_grains(const struct vbc_probe *p, const struct extent *e,
		       const unsigned char *header, uint64_t bytes, struct vbc_piece *piece)
{
	size_t per_table = (size_t)vbc_le(header + 44, 4);
	size_t n = count_grains(piece), tables = (n + per_table - 1) / per_table;
	size_t left = (size_t)(bytes / 4 / per_table);
	unsigned char *VBC_FREE directory = calloc(tables + 1, 4);
	unsigned char *VBC_FREE table = calloc(per_table, 4);

	piece->grains = calloc(n + 1, sizeof(*piece->grains));
	if (!directory || !table || !piece->grains)
		return vbc_fail_nomem(p->err);
	if (read_table(piece->fd, vbc_le(header + 56, 8), tables, directory))
		return fail_extent(p, e->name, "is cut short");
	for (size_t t = 0; t < tables; t++) {
		uint64_t at = vbc_le(directory + t * 4, 4);
		size_t first = t * per_table;

		if (!at)
			continue;
		if (!left--)
			return fail_extent(p, e->name, "is damaged: it names tables repeatedly");
		if (read_table(piece->fd, at, per_table, table))
			return fail_extent(p, e->name, "is cut short");
		take_table(piece, first, n - first < per_table ? n - first : per_table, table);
	}
	return VBC_OK;
}

/* What the disk is put together from is in its header. */
static bool makes_sense(const unsigned char *header, const struct extent *e)
{
	enum { COMPRESSED = 1 << 16 };
	uint64_t grain = vbc_le(header + 20, 8), per_table = vbc_le(header + 44, 4);

	return memcmp(header, "KDMV", 4) == 0 && vbc_le(header + 12, 8) >= e->sectors &&
	       grain >= GRAIN_MIN / SECTOR && grain <= GRAIN_MAX / SECTOR &&
	       (grain & (grain - 1)) == 0 && per_table && per_table <= TABLE_MAX &&
	       !(vbc_le(header + 8, 4) & COMPRESSED);
}

static int take_sparse(const struct vbc_probe *p, const struct extent *e, uint64_t bytes,
		       struct vbc_piece *piece)
{
	unsigned char header[512];
	size_t n;
	int code;

	if (bytes < sizeof(header) || vbc_read_exactly(piece->fd, 0, header, sizeof(header), NULL))
		return fail_extent(p, e->name, "is cut short");
	if (!makes_sense(header, e))
		return fail_extent(p, e->name, "is damaged, or of a kind that is not known");
	piece->grain_bytes = (size_t)vbc_le(header + 20, 8) * SECTOR;
	code = read_grains(p, e, header, bytes, piece);
	n = code ? 0 : count_grains(piece);
	for (size_t i = 0; i < n; i++)
		if (piece->grains[i] >= bytes)
			return fail_extent(p, e->name, "is cut short");
	return code;
}

/* VMFS is ESXi's word for a part of its file system, which is a plain file elsewhere. */
static bool is_flat(const struct extent *e)
{
	return streq(e->type, "FLAT") || streq(e->type, "VMFS");
}

static int refuse_type(const struct vbc_probe *p, const struct extent *e)
{
	if (streq(e->type, "VMFSRDM") || streq(e->type, "VMFSRAW"))
		return vbc_probe_refuse(p,
					"stands for a device of the ESXi host it was made on; copy "
					"the disk there, with 'vmkfstools -i OLD NEW'");
	if (streq(e->type, "VMFSSPARSE") || streq(e->type, "SESPARSE"))
		return vbc_probe_refuse(p, "is a sparse disk or a snapshot of ESXi" VBC_CONVERT);
	return vbc_probe_refuse(p, "has parts of a kind that is not known" VBC_CONVERT);
}

static int take_extent(const struct vbc_probe *p, const struct extent *e, struct vbc_content *to)
{
	struct vbc_piece piece = {.fd = -1, .size_bytes = e->sectors * SECTOR};
	uint64_t bytes = 0;
	int code = VBC_OK;

	if (streq(e->type, "ZERO"))
		return vbc_content_add(to, &piece, p->err);
	if (!is_flat(e) && !streq(e->type, "SPARSE"))
		return refuse_type(p, e);
	code = open_beside(p, e->name, &bytes, &piece.fd);
	if (code)
		return code;
	if (streq(e->type, "SPARSE"))
		code = take_sparse(p, e, bytes, &piece);
	else if (e->at > EXTENT_MAX || e->at * SECTOR + piece.size_bytes > bytes)
		code = fail_extent(p, e->name, "is cut short");
	else
		piece.at = e->at * SECTOR;
	if (code) {
		free(piece.grains);
		close(piece.fd);
		return code;
	}
	return vbc_content_add(to, &piece, p->err);
}

/* Whether the line describes an extent. */
static bool parse_extent(const char *at, struct extent *e)
{
	char access[16], line[512];

	/* sscanf() would go on in the next line. */
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r\n"), at);
	*e = (struct extent){0};
	return sscanf(line, "%15s %llu %15s \"%255[^\"\n]\" %llu", access, &e->sectors, e->type,
		      e->name, &e->at) >= 3 &&
	       (streq(access, "RW") || streq(access, "RDONLY") || streq(access, "NOACCESS"));
}

static int take_all(const struct vbc_probe *p, const char *text, struct vbc_content *to)
{
	int code = VBC_OK;

	for (const char *line = text; !code && line; line = strchr(line, '\n')) {
		struct extent e;

		line += *line == '\n';
		if (!parse_extent(line, &e))
			continue;
		if (!e.sectors || e.sectors > EXTENT_MAX)
			return vbc_probe_refuse(p, "is damaged: one of its parts has no size");
		if (to->size_bytes / SECTOR + e.sectors > EXTENT_MAX)
			return vbc_probe_refuse(p, "tells of more than 2 TiB, the largest disk of "
						   "VirtualBox");
		code = take_extent(p, &e, to);
	}
	if (!code && !to->n)
		code = vbc_probe_refuse(p, "is damaged: it names no file that the disk lies in");
	return code;
}

static bool has_type(const char *text, const char *type)
{
	static const char key[] = "createType=\"";
	const char *at = strstr(text, key);

	return at && vbc_starts_with(at + strlen(key), type);
}

int vbc_probe_parts(const struct vbc_probe *p, struct vbc_content *ret)
{
	size_t n = p->size_bytes < TEXT_MAX ? (size_t)p->size_bytes : TEXT_MAX;
	struct vbc_content content = {0};
	char *VBC_FREE text = malloc(n + 1);
	int code = text ? vbc_probe_read(p, 0, text, n) : vbc_fail_nomem(p->err);

	if (p->alone)
		return vbc_probe_refuse(p, "names other files that the disk lies in; unpack the "
					   "archive and import it beside them");
	if (code)
		return code;
	text[n] = '\0';
	code = vbc_vmdk_check_text(p, text);
	if (!code && (has_type(text, "fullDevice") || has_type(text, "partitionedDevice")))
		code = vbc_probe_refuse(p,
					"stands for a device of the machine it was made on; make "
					"an image of that, with 'qemu-img convert -O qcow2 OLD "
					"NEW' there");
	if (!code)
		code = take_all(p, text, &content);
	if (code)
		vbc_content_close(&content);
	else
		*ret = content;
	return code;
}

/* How the data that a text tells of is called: disk-flat.vmdk, disk-f001.vmdk. */
static size_t stem_of_flat(const char *name)
{
	size_t n = strlen(name);
	const char *dash = strrchr(name, '-');
	int end = 0;

	if (!dash || dash == name)
		return 0;
	n = (size_t)(dash - name);
	if (strcasecmp(dash, "-flat.vmdk") == 0 || strcasecmp(dash, "-rdm.vmdk") == 0 ||
	    strcasecmp(dash, "-rdmp.vmdk") == 0)
		return n;
	return sscanf(dash, "-f%*3[0-9].vmdk%n", &end) == 0 && end && !dash[end] ? n : 0;
}

int vbc_probe_flat(const struct vbc_probe *p)
{
	const char *slash = strrchr(p->path, '/'), *name = slash ? slash + 1 : p->path;
	size_t n = stem_of_flat(name);
	char *VBC_FREE path = NULL;

	if (!n)
		return VBC_OK;
	if (asprintf(&path, "%.*s.vmdk", (int)(name - p->path + (ptrdiff_t)n), p->path) < 0) {
		path = NULL;
		return vbc_fail_nomem(p->err);
	}
	if (access(path, R_OK) == 0)
		return vbc_fail(
			p->err, VBC_E_ARG,
			"'%s' is only the content of a disk; import the small text file '%s' "
			"beside it, which tells what it is",
			p->path, path);
	return vbc_fail(
		p->err, VBC_E_ARG,
		"'%s' is only the content of a disk, and the small text file '%s' that tells "
		"what it is is not beside it; fetch that and import it, or, if this is the "
		"whole disk, say so with --format raw",
		p->path, path);
}
