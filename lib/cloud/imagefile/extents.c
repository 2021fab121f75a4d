/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VMDK disks that lie in several files: a text names the extents, which are plain or leave empty
 * grains out (grains.c). They are put together here, so that what is uploaded is one raw
 * disk.
 */
#include "imagefile/extents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/str.h"
#include "imagefile/beside.h"
#include "imagefile/grains.h"
#include "imagefile/headers.h"
#include "imagefile/probe.h"
#include "transfer/stream.h"

#define SECTOR     512u
#define TEXT_MAX   262144u
#define EXTENT_MAX (1ull << 32) /* sectors: 2 TiB, as of the whole */

/* An extent as the text describes it: RW 4192256 SPARSE "disk-s001.vmdk" */
struct extent {
	unsigned long long sectors, at;
	char type[16], name[256];
};

/* Among other things, there may be more parts than files that a process may open. */
static int extent_fail_open(const struct vbc_probe *p, const char *name, int number)
{
	char why[200];

	if (number == ENOENT || number == ENOTDIR)
		return vbc_probe_fail_part(p, name, "is not there");
	if (number == EXDEV)
		return vbc_probe_fail_part(p, name, VBC_BESIDE_LEAVES);
	snprintf(why, sizeof(why), "cannot be opened: %s", strerror(number));
	return vbc_probe_fail_part(p, name, why);
}

/* Only files beside the text are read, whatever it says. */
static int extent_open_file(const struct vbc_probe *p, const char *name, uint64_t *ret_bytes,
			    int *ret_fd)
{
	struct stat st;
	int fd;

	if (strchr(name, '/') || streq(name, "..") || !name[0])
		return vbc_probe_fail_part(p, name, "is in another folder");
	fd = vbc_open_beside(p->path, name);
	if (fd < 0)
		return extent_fail_open(p, name, errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return vbc_probe_fail_part(p, name, "is not a regular file");
	}
	*ret_bytes = (uint64_t)st.st_size;
	*ret_fd = fd;
	return VBC_OK;
}

/* VMFS is ESXi's word for a part of its file system, which is a plain file elsewhere. */
static bool extent_is_flat(const struct extent *e)
{
	return streq(e->type, "FLAT") || streq(e->type, "VMFS");
}

static int extent_refuse_type(const struct vbc_probe *p, const struct extent *e)
{
	if (streq(e->type, "VMFSRDM") || streq(e->type, "VMFSRAW"))
		return vbc_probe_refuse(p, "refers to a device of the ESXi host it was made on; "
					   "copy the disk there, with 'vmkfstools -i OLD NEW'");
	if (streq(e->type, "VMFSSPARSE") || streq(e->type, "SESPARSE"))
		return vbc_probe_refuse(p, "is a sparse disk or a snapshot of ESXi" VBC_CONVERT);
	return vbc_probe_refuse(p, "has parts of an unknown kind" VBC_CONVERT);
}

static int extent_take_file(const struct vbc_probe *p, const struct extent *e,
			    struct vbc_stream *to)
{
	struct vbc_piece piece = {.fd = -1, .size_bytes = e->sectors * SECTOR};
	uint64_t bytes = 0;
	int code = VBC_OK;

	if (streq(e->type, "ZERO"))
		return vbc_stream_add(to, &piece, p->err);
	if (!extent_is_flat(e) && !streq(e->type, "SPARSE"))
		return extent_refuse_type(p, e);
	code = extent_open_file(p, e->name, &bytes, &piece.fd);
	if (code)
		return code;
	if (streq(e->type, "SPARSE"))
		code = vbc_probe_grains(p, e->name, piece.fd, e->sectors, &piece.grains);
	else if (e->at > EXTENT_MAX || e->at * SECTOR + piece.size_bytes > bytes)
		code = vbc_probe_fail_part(p, e->name, "is cut short");
	else
		piece.at = e->at * SECTOR;
	if (code) {
		close(piece.fd);
		return code;
	}
	return vbc_stream_add(to, &piece, p->err);
}

/* Whether the line describes an extent. */
static bool extent_parse_line(const char *at, struct extent *e)
{
	char access[16], line[512];

	/* sscanf() would go on in the next line. */
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r\n"), at);
	*e = (struct extent){0};
	return sscanf(line, "%15s %llu %15s \"%255[^\"\n]\" %llu", access, &e->sectors, e->type,
		      e->name, &e->at) >= 3 &&
	       (streq(access, "RW") || streq(access, "RDONLY") || streq(access, "NOACCESS"));
}

static int extents_take_all(const struct vbc_probe *p, const char *text, struct vbc_stream *to)
{
	int code = VBC_OK;

	for (const char *line = text; !code && line; line = strchr(line, '\n')) {
		struct extent e;

		line += *line == '\n';
		if (!extent_parse_line(line, &e))
			continue;
		if (!e.sectors || e.sectors > EXTENT_MAX)
			return vbc_probe_refuse(p, "is damaged: one of its parts has no size");
		if (to->size_bytes / SECTOR + e.sectors > EXTENT_MAX)
			return vbc_probe_refuse(
				p, "describes more than 2 TiB, VirtualBox's largest disk");
		code = extent_take_file(p, &e, to);
	}
	if (!code && !to->n)
		code = vbc_probe_refuse(p, "is damaged: it names no file that holds the disk");
	return code;
}

static bool extent_has_type(const char *text, const char *type)
{
	static const char key[] = "createType=\"";
	const char *at = strstr(text, key);

	return at && vbc_starts_with(at + strlen(key), type);
}

int vbc_probe_extents(const struct vbc_probe *p, struct vbc_stream *ret)
{
	size_t n = p->size_bytes < TEXT_MAX ? (size_t)p->size_bytes : TEXT_MAX;
	struct vbc_stream content = {0};
	char *VBC_FREE text = malloc(n + 1);
	int code = text ? vbc_probe_read(p, 0, text, n) : vbc_fail_nomem(p->err);

	if (p->alone)
		return vbc_probe_refuse(p, "names other files that hold the disk; unpack the "
					   "archive, or fetch them all, and import it beside them");
	if (code)
		return code;
	text[n] = '\0';
	code = vbc_vmdk_check_text(p, text);
	if (!code &&
	    (extent_has_type(text, "fullDevice") || extent_has_type(text, "partitionedDevice")))
		code = vbc_probe_refuse(p,
					"stands for a device of the machine it was made on; make "
					"an image of that, with 'qemu-img convert -O qcow2 OLD "
					"NEW' there");
	if (!code)
		code = extents_take_all(p, text, &content);
	if (code)
		vbc_stream_close(&content);
	else
		*ret = content;
	return code;
}

/* How the data that a text tells of is called: disk-flat.vmdk, disk-f001.vmdk. */
static size_t extent_flat_stem(const char *name)
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
	size_t n = extent_flat_stem(name);
	char *VBC_FREE path = NULL;

	if (!n)
		return VBC_OK;
	if (asprintf(&path, "%.*s.vmdk", (int)(name - p->path + (ptrdiff_t)n), p->path) < 0) {
		path = NULL;
		return vbc_fail_nomem(p->err);
	}
	if (access(path, R_OK) == 0)
		return vbc_fail(p->err, VBC_E_ARG,
				"'%s' is only the content of a disk; import the small text file "
				"'%s' beside it, which describes it",
				p->path, path);
	return vbc_fail_hint(p->err, VBC_E_ARG, VBC_HINT_FORMAT_RAW,
			     "'%s' is only the content of a disk, and the small text file '%s' "
			     "that describes it is not beside it; fetch that and import it",
			     p->path, path);
}
