/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The grains of a VMDK's part that leaves empty ones out. A directory names tables, which name
 * grains. What is read and kept of them is not more than the part's file has and the disk needs,
 * whatever they say. Numbers are little-endian, places in sectors.
 */
#include "imagefile/grains.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/number.h"
#include "imagefile/probe.h"
#include "transfer/stream.h"

#define SECTOR    512u
#define GRAIN_MIN 4096u /* as the format has it */
#define GRAIN_MAX (1u << 20)
#define TABLE_MIN 512u /* entries; in files of VMware's there are never others */
#define TABLE_MAX (1u << 20)

struct part {
	const struct vbc_probe *p;
	const char *name; /* of the file */
	int fd;
	uint64_t bytes; /* the file's size                           */
	size_t n;       /* grains that the disk has in it            */
	struct vbc_grains *grains;
};

static int grains_fail_part(const struct part *part, const char *why)
{
	return vbc_probe_fail_part(part->p, part->name, why);
}

static int grains_read_part(const struct part *part, uint64_t at, void *to, size_t n)
{
	if (at > part->bytes || n > part->bytes - at || vbc_read_exactly(part->fd, at, to, n, NULL))
		return grains_fail_part(part, "is cut short");
	return VBC_OK;
}

/* What the disk is put together from is in its header. */
static bool grains_makes_sense(const unsigned char *header, uint64_t sectors)
{
	enum { COMPRESSED = 1 << 16 };
	uint64_t grain = vbc_le(header + 20, 8), per_table = vbc_le(header + 44, 4);

	return memcmp(header, "KDMV", 4) == 0 && vbc_le(header + 12, 8) >= sectors &&
	       grain >= GRAIN_MIN / SECTOR && grain <= GRAIN_MAX / SECTOR &&
	       (grain & (grain - 1)) == 0 && per_table >= TABLE_MIN && per_table <= TABLE_MAX &&
	       !(vbc_le(header + 8, 4) & COMPRESSED);
}

/* The entries of one table; *ret NULL: all its grains are empty. */
static int grains_read_table(const struct part *part, uint64_t at, size_t n, uint32_t **ret)
{
	unsigned char *VBC_FREE raw = malloc(n * 4);
	uint32_t *VBC_FREE table = calloc(n, sizeof(*table));
	bool empty = true;
	int code = raw && table ? grains_read_part(part, at * SECTOR, raw, n * 4)
				: vbc_fail_nomem(part->p->err);

	for (size_t i = 0; !code && i < n; i++) {
		table[i] = (uint32_t)vbc_le(raw + i * 4, 4);
		if ((uint64_t)table[i] * SECTOR >= part->bytes)
			return grains_fail_part(part, "is cut short");
		empty = empty && table[i] <= 1; /* 1: a grain of zeros */
	}
	if (!code && !empty)
		*ret = vbc_steal(table);
	return code;
}

static int grains_compare_sectors(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* A table lies in the file once, so that no more memory is taken than is due to its size. */
static int grains_check_directory(const struct part *part, const uint32_t *directory, size_t n)
{
	uint32_t *VBC_FREE sorted = calloc(n + 1, sizeof(*sorted));

	if (!sorted)
		return vbc_fail_nomem(part->p->err);
	memcpy(sorted, directory, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), grains_compare_sectors);
	for (size_t i = 1; i < n; i++)
		if (sorted[i] && sorted[i] == sorted[i - 1])
			return grains_fail_part(part, "is damaged: it names tables repeatedly");
	return VBC_OK;
}

static int grains_read_directory(const struct part *part, uint64_t at, uint32_t *ret, size_t n)
{
	int code = at > part->bytes / SECTOR ? grains_fail_part(part, "is cut short")
					     : grains_read_part(part, at * SECTOR, ret, n * 4);

	for (size_t i = 0; !code && i < n; i++)
		ret[i] = (uint32_t)vbc_le((const unsigned char *)&ret[i], 4);
	return code ? code : grains_check_directory(part, ret, n);
}

static int grains_read_tables(const struct part *part, uint64_t directory_at)
{
	struct vbc_grains *g = part->grains;
	uint32_t *VBC_FREE directory = calloc(g->n_tables + 1, sizeof(*directory));
	int code = directory ? grains_read_directory(part, directory_at, directory, g->n_tables)
			     : vbc_fail_nomem(part->p->err);

	for (size_t t = 0; !code && t < g->n_tables; t++) {
		size_t left = part->n - t * g->per_table;

		code = vbc_probe_tick(part->p, t, g->n_tables);
		if (!code && directory[t])
			code = grains_read_table(part, directory[t],
						 left < g->per_table ? left : g->per_table,
						 &g->tables[t]);
	}
	return code;
}

static int grains_take_header(struct part *part, const unsigned char *header, uint64_t sectors)
{
	struct vbc_grains *g = calloc(1, sizeof(*g));

	part->grains = g;
	if (!g)
		return vbc_fail_nomem(part->p->err);
	g->grain_bytes = (size_t)vbc_le(header + 20, 8) * SECTOR;
	g->per_table = (size_t)vbc_le(header + 44, 4);
	part->n = (size_t)((sectors * SECTOR + g->grain_bytes - 1) / g->grain_bytes);
	g->n_tables = (part->n + g->per_table - 1) / g->per_table;
	g->tables = calloc(g->n_tables, sizeof(uint32_t *));
	if (g->tables)
		return grains_read_tables(part, vbc_le(header + 56, 8));
	g->n_tables = 0;
	return vbc_fail_nomem(part->p->err);
}

int vbc_probe_grains(const struct vbc_probe *p, const char *name, int fd, uint64_t sectors,
		     struct vbc_grains **ret)
{
	struct part part = {.p = p, .name = name, .fd = fd};
	unsigned char header[512];
	struct stat st;
	int code;

	if (fstat(fd, &st) != 0)
		return grains_fail_part(&part, "is cut short");
	part.bytes = (uint64_t)st.st_size;
	code = grains_read_part(&part, 0, header, sizeof(header));
	if (!code && !grains_makes_sense(header, sectors))
		code = grains_fail_part(&part, "is damaged, or of an unknown kind");
	if (!code)
		code = grains_take_header(&part, header, sectors);
	if (code)
		vbc_grains_free(part.grains);
	else
		*ret = part.grains;
	return code;
}
