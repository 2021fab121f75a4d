/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The tar file: headers of 512 bytes, each followed by its file, padded to as much.
 */
#include "ova.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "str.h"

#define BLOCK       512u
#define OVF_MAX     (4u << 20)
#define MEMBERS_MAX 10000u
#define UNPACK      "; unpack it with 'tar -xf' and import the disk that is wanted"

struct member {
	char name[101];
	uint64_t at, size_bytes;
};

/* Octal digits, or, with the first bit set, a binary number. */
static uint64_t number(const unsigned char *field, size_t n)
{
	uint64_t value = 0;

	if (field[0] & 0x80)
		return vbc_be(field + n - 8, 8);
	for (size_t i = 0; i < n && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (uint64_t)(field[i] - '0');
	return value;
}

/* The file whose header is at *at, which moves on to the next; *ret_end: there is none. */
static int next_member(const struct vbc_probe *p, uint64_t *at, struct member *ret, bool *ret_end)
{
	unsigned char header[BLOCK];
	int code;

	*ret_end = *at >= p->size_bytes;
	if (*ret_end)
		return VBC_OK;
	code = vbc_probe_read(p, *at, header, sizeof(header));
	if (code)
		return code;
	*ret_end = header[0] == 0;
	memcpy(ret->name, header, 100);
	ret->name[100] = '\0';
	ret->at = *at + BLOCK;
	ret->size_bytes = number(header + 124, 12);
	if (*ret_end)
		return VBC_OK;
	if (memcmp(header + 257, "ustar", 5) != 0 || ret->size_bytes > p->size_bytes - ret->at)
		return vbc_probe_cut_short(p);
	*at = ret->at + (ret->size_bytes + BLOCK - 1) / BLOCK * BLOCK;
	return VBC_OK;
}

/* The first file of that name, or of any that ends so; VBC_E_NOTFOUND, without words. */
static int find_member(const struct vbc_probe *p, const char *name, bool suffix, struct member *ret)
{
	uint64_t at = 0;
	bool end = false;

	for (unsigned i = 0; i < MEMBERS_MAX; i++) {
		int code = next_member(p, &at, ret, &end);

		if (code || end)
			return code ? code : VBC_E_NOTFOUND;
		if (suffix ? vbc_ends_with(ret->name, name) : streq(ret->name, name))
			return VBC_OK;
	}
	return VBC_E_NOTFOUND;
}

static int read_ovf(const struct vbc_probe *p, const struct member *m, struct vbc_ovf *ret)
{
	char *VBC_FREE text = m->size_bytes < OVF_MAX ? malloc(m->size_bytes + 1) : NULL;
	int code;

	if (!text)
		return vbc_fail_nomem(p->err);
	code = vbc_probe_read(p, m->at, text, m->size_bytes);
	text[m->size_bytes] = '\0';
	return code ? code : vbc_ovf_parse(p, text, ret);
}

int vbc_ova_find_disk(const struct vbc_probe *p, struct vbc_ovf *ret, uint64_t *ret_at,
		      uint64_t *ret_bytes)
{
	struct member m;
	int code = find_member(p, ".ovf", true, &m);

	if (code == VBC_E_NOTFOUND)
		return vbc_probe_refuse(p, "is a tar archive, but no OVA" UNPACK);
	if (!code)
		code = read_ovf(p, &m, ret);
	if (!code)
		code = find_member(p, ret->disk, false, &m);
	if (code == VBC_E_NOTFOUND)
		return vbc_fail(p->err, VBC_E_ARG,
				"'%s' is damaged: the disk '%s' that it names is not in it",
				p->path, ret->disk);
	if (!code) {
		*ret_at = m.at;
		*ret_bytes = m.size_bytes;
	}
	return code;
}
