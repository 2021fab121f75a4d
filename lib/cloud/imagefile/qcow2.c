/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a qcow2 image is one that VirtualBox reads, and all there. Numbers are big-endian.
 */
#include "imagefile/qcow2.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error-private.h"
#include "base/number.h"
#include "imagefile/probe.h"

/* The format's own limits, and qemu's. */
enum { HEADER = 48, MIN_CLUSTER_BITS = 9, MAX_CLUSTER_BITS = 21, L1_MAX = 1 << 22 };

#define SIZE_MOST   ((uint64_t)2 << 40)
#define OFFSET_MASK 0x00fffffffffffe00u
#define COMPRESSED  (1ull << 62)
#define NO_SENSE    "is damaged: its header is invalid"
#define REPAIR      "; repair it first with 'qemu-img check -r all'"

#define EMPTY                                                                                      \
	"is an empty disk, which VirtualBox cannot read in the qcow2 format; convert it first, "   \
	"for example with 'qemu-img convert -O vdi OLD NEW'"
#define SNAPSHOTS                                                                                  \
	"contains snapshots, which VirtualBox cannot read; copy its current state, with "          \
	"'qemu-img convert -O qcow2 OLD NEW', or delete them, with 'qemu-img snapshot -d "         \
	"SNAPSHOT FILE'"
/* Without the key qemu-img takes nothing of it. */
#define ENCRYPTED                                                                                  \
	"is encrypted; decrypt it first, with 'qemu-img convert --object "                         \
	"secret,id=key,file=PASSPHRASE_FILE --image-opts "                                         \
	"driver=qcow2,file.filename=OLD,encrypt.key-secret=key -O qcow2 NEW'"

/* VirtualBox knows no incompatible feature at all. */
static const struct {
	uint64_t bit;
	const char *why;
} features[] = {
	{1u << 0, "was not closed properly" REPAIR},
	{1u << 1, "is marked as damaged" REPAIR},
	{1u << 2, VBC_NEEDS_OTHERS},
	{1u << 3, "is compressed in a way that VirtualBox cannot read" VBC_CONVERT},
	{1u << 4, "has extended L2 entries, which VirtualBox cannot read" VBC_CONVERT},
	{~0ull, "has features that VirtualBox cannot read" VBC_CONVERT},
};

struct walk {
	const struct vbc_probe *p;
	unsigned cluster_bits;
	unsigned char *table; /* one L2 table */
};

/* Where the data of an L2 entry begins; 0: it has none. */
static uint64_t qcow2_data_offset(const struct walk *w, uint64_t entry)
{
	if (entry & COMPRESSED)
		return entry & ((1ull << (62 - (w->cluster_bits - 8))) - 1);
	return entry & OFFSET_MASK;
}

static int qcow2_check_l2(const struct walk *w, uint64_t l2_offset)
{
	size_t cluster = (size_t)1 << w->cluster_bits;
	int code = vbc_probe_read(w->p, l2_offset, w->table, cluster);

	for (size_t i = 0; !code && i < cluster; i += 8)
		if (qcow2_data_offset(w, vbc_be(w->table + i, 8)) >= w->p->size_bytes)
			code = vbc_probe_cut_short(w->p);
	return code;
}

/* VirtualBox reads whole clusters of it, while the file of an empty disk ends with its entries. */
static int qcow2_check_l1_end(const struct vbc_probe *p, uint64_t end, uint64_t cluster, bool empty)
{
	if ((end + cluster - 1) / cluster * cluster <= p->size_bytes)
		return VBC_OK;
	if (empty)
		return vbc_probe_refuse(p, EMPTY);
	return vbc_probe_refuse(p, "ends within a table, which VirtualBox cannot read" VBC_CONVERT);
}

static int qcow2_compare_offsets(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* In the order of the file: what is packed is read forwards only. */
static int qcow2_check_l2s(const struct walk *w, const unsigned char *l1, size_t n, bool *ret_empty)
{
	uint64_t *VBC_FREE places = calloc(n + 1, sizeof(*places));
	int code = places ? VBC_OK : vbc_fail_nomem(w->p->err);

	*ret_empty = true;
	for (size_t i = 0; !code && i < n; i++)
		places[i] = vbc_be(l1 + i * 8, 8) & OFFSET_MASK;
	if (!code)
		qsort(places, n, sizeof(*places), qcow2_compare_offsets);
	for (size_t i = 0; !code && i < n; i++) {
		if (!places[i])
			continue;
		*ret_empty = false;
		code = vbc_probe_tick(w->p, (uint64_t)i << w->cluster_bits,
				      (uint64_t)n << w->cluster_bits);
		if (code)
			break;
		/* Tables that overlap would be read as often as one says so. */
		if (places[i] & ((1ull << w->cluster_bits) - 1))
			code = vbc_probe_refuse(w->p,
						"is damaged: one of its tables lies outside of it");
		else if (!i || places[i] != places[i - 1])
			code = qcow2_check_l2(w, places[i]);
	}
	return code;
}

/*
 * A download that broke off is common, and only this finds it. `n` entries of the L1 table are of
 * the disk; more of them may be there.
 */
static int qcow2_check_complete(const struct vbc_probe *p, unsigned cluster_bits, size_t n)
{
	size_t all = (size_t)vbc_be(p->start + 36, 4);
	unsigned char *VBC_FREE table = malloc((size_t)1 << cluster_bits);
	unsigned char *VBC_FREE l1 = malloc(n * 8 + 1);
	struct walk w = {.p = p, .cluster_bits = cluster_bits, .table = table};
	uint64_t at = vbc_be(p->start + 40, 8);
	int code = table && l1 ? vbc_probe_read(p, at, l1, n * 8) : vbc_fail_nomem(p->err);
	bool empty = true;

	if (!code)
		code = qcow2_check_l2s(&w, l1, n, &empty);
	return code ? code : qcow2_check_l1_end(p, at + all * 8, 1ull << cluster_bits, empty);
}

/* It names the file that it says what was changed of. */
static int qcow2_refuse_base(const struct vbc_probe *p)
{
	enum { LONGEST = 1023, SHOWN = 300, WORDS = 200 };
	char name[LONGEST + 1] = "", why[SHOWN + WORDS];
	uint64_t n = vbc_be(p->start + 16, 4);
	int code = n && n <= LONGEST ? vbc_probe_read(p, vbc_be(p->start + 8, 8), name, (size_t)n)
				     : vbc_probe_refuse(p, NO_SENSE);

	if (code)
		return code;
	snprintf(why, sizeof(why),
		 "contains only the changes since '%.*s', and needs that file" VBC_CONVERT, SHOWN,
		 name);
	return vbc_probe_refuse(p, why);
}

static const char *qcow2_find_feature(uint64_t incompatible)
{
	for (size_t i = 0; incompatible && i < VBC_COUNT(features); i++)
		if (incompatible & features[i].bit)
			return features[i].why;
	return NULL;
}

static int qcow2_check_features(const struct vbc_probe *p)
{
	uint64_t version = vbc_be(p->start + 4, 4);
	const char *why = version == 3 ? qcow2_find_feature(vbc_be(p->start + 72, 8)) : NULL;

	if (version == 1)
		return vbc_probe_refuse(p, "is in version 1 of the qcow format, and only later "
					   "versions can be imported" VBC_CONVERT);
	if (version != 2 && version != 3)
		return vbc_probe_refuse(p,
					"is in an unknown version of the qcow format" VBC_CONVERT);
	if (vbc_be(p->start + 8, 8))
		return qcow2_refuse_base(p);
	if (vbc_be(p->start + 32, 4))
		return vbc_probe_refuse(p, ENCRYPTED);
	if (vbc_be(p->start + 60, 4))
		return vbc_probe_refuse(p, SNAPSHOTS);
	return why ? vbc_probe_refuse(p, why) : VBC_OK;
}

const char *vbc_qcow2_refusal(const char *theirs)
{
	static const char features_word[] = "incompatible features (";
	const char *at = strstr(theirs, features_word);

	if (at)
		return qcow2_find_feature(strtoull(at + strlen(features_word), NULL, 16));
	if (strstr(theirs, "contains snapshots"))
		return SNAPSHOTS;
	if (strstr(theirs, "QCow: Encrypted image"))
		return ENCRYPTED;
	if (strstr(theirs, "QCow: Reading the L1 table") && strstr(theirs, "VERR_EOF"))
		return "is an empty disk, contains only the changes to another disk, or is cut "
		       "short; VirtualBox cannot read that; convert it first, for example with "
		       "'qemu-img convert -O vdi OLD NEW'";
	return NULL;
}

int vbc_probe_qcow2(const struct vbc_probe *p)
{
	uint64_t cluster_bits = vbc_be(p->start + 20, 4), size_bytes = vbc_be(p->start + 24, 8);
	uint64_t n_l1 = vbc_be(p->start + 36, 4);
	uint64_t mapped; /* by one L1 entry, as bits */
	int code = p->size_bytes < HEADER ? vbc_probe_cut_short(p) : qcow2_check_features(p);

	if (code)
		return code;
	mapped = 2 * cluster_bits - 3;
	if (cluster_bits < MIN_CLUSTER_BITS || cluster_bits > MAX_CLUSTER_BITS || !size_bytes ||
	    (size_bytes - 1) >> mapped >= n_l1 || n_l1 > L1_MAX)
		return vbc_probe_refuse(p, NO_SENSE);
	if (size_bytes > SIZE_MOST)
		return vbc_probe_refuse(p, "is a disk of more than 2 TiB, VirtualBox's largest");
	if (size_bytes % 512)
		return vbc_probe_refuse(p, "has a size that is not a whole number of sectors, "
					   "which VirtualBox cannot read" VBC_CONVERT);
	return qcow2_check_complete(p, (unsigned)cluster_bits,
				    (size_t)((size_bytes - 1) >> mapped) + 1);
}
