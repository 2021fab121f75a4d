/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OVF, as far as an image needs it: which file is the disk, and what the machine was like. It is
 * looked through tag by tag; prefixes and all else are passed over.
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "ova.h"
#include "str.h"

/* A part of the text. */
struct span {
	const char *at;
	size_t n;
};

static const char *end_of(struct span s)
{
	return s.at + s.n;
}

/* The next element of that name, its prefix aside: *ret is its tag from behind the name to '>'. */
static bool next_tag(struct span *in, const char *name, struct span *ret)
{
	size_t n = strlen(name);

	while (in->n) {
		const char *open = memchr(in->at, '<', in->n);
		const char *close = open ? memchr(open, '>', (size_t)(end_of(*in) - open)) : NULL;
		const char *word = open ? open + 1 : NULL, *colon;

		if (!close)
			return false;
		*in = (struct span){close + 1, (size_t)(end_of(*in) - close - 1)};
		colon = word + strcspn(word, " \t\r\n/>:");
		word = *colon == ':' ? colon + 1 : word;
		if ((size_t)(close - word) < n || memcmp(word, name, n) != 0 ||
		    !strchr(" \t\r\n/>", word[n]))
			continue;
		*ret = (struct span){word + n, (size_t)(close - word) - n};
		return true;
	}
	return false;
}

/* Copies what fits whole. */
static bool take(const char *from, size_t n, char *to, size_t size)
{
	if (n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool attribute(struct span tag, const char *name, char *to, size_t size)
{
	char pattern[32];
	const char *at, *end;

	snprintf(pattern, sizeof(pattern), "%s=\"", name);
	at = memmem(tag.at, tag.n, pattern, strlen(pattern));
	if (!at || !strchr(" \t\r\n:", at[-1]))
		return false;
	at += strlen(pattern);
	end = memchr(at, '"', (size_t)(end_of(tag) - at));
	return end && take(at, (size_t)(end - at), to, size);
}

/* The text of the first element of that name; "" when there is none. */
static void text_of(struct span in, const char *name, char *to, size_t size)
{
	struct span tag;
	const char *end;

	to[0] = '\0';
	if (!next_tag(&in, name, &tag))
		return;
	end = memchr(in.at, '<', in.n);
	if (end && !take(in.at, (size_t)(end - in.at), to, size))
		to[0] = '\0';
}

static unsigned number_of(struct span in, const char *name)
{
	char text[24];
	uint64_t value = 0;

	text_of(in, name, text, sizeof(text));
	return vbc_parse_u64(text, UINT32_MAX, &value) ? (unsigned)value : 0;
}

/* How many MiB one of the item's units is; 0: not known. */
static unsigned unit_mib(struct span item)
{
	static const struct {
		const char *name;
		unsigned mib;
	} units[] = {
		{"byte * 2^20", 1}, {"MegaBytes", 1}, {"byte * 2^30", 1024}, {"GigaBytes", 1024}};
	char text[32];

	text_of(item, "AllocationUnits", text, sizeof(text));
	for (size_t i = 0; i < VBC_COUNT(units); i++)
		if (streq(text, units[i].name))
			return units[i].mib;
	return 0;
}

/* Processors and memory are items of hardware, with numbers for their kinds. */
static void read_items(struct span in, struct vbc_ovf *ovf)
{
	enum { PROCESSOR = 3, MEMORY = 4 };
	struct span tag;

	while (next_tag(&in, "Item", &tag)) {
		const char *end = memmem(in.at, in.n, "</Item>", 7);
		struct span item = {in.at, end ? (size_t)(end - in.at) : in.n};
		unsigned type = number_of(item, "ResourceType");
		unsigned quantity = number_of(item, "VirtualQuantity");

		if (type == PROCESSOR)
			ovf->cpus = quantity;
		else if (type == MEMORY && quantity < 1u << 20)
			ovf->memory_mb = quantity * unit_mib(item);
	}
}

/* The file of the one disk that has one. */
static int find_file(const struct vbc_probe *p, struct span in, char ref[64])
{
	unsigned disks = 0;
	struct span tag;

	while (next_tag(&in, "Disk", &tag))
		disks += attribute(tag, "fileRef", ref, 64);
	if (!disks)
		return vbc_probe_refuse(p, "holds a machine without a disk");
	if (disks > 1)
		return vbc_fail(
			p->err, VBC_E_ARG,
			"'%s' holds %u disks, and an image has one; unpack it with 'tar -xf' "
			"and import the one that is wanted",
			p->path, disks);
	return VBC_OK;
}

int vbc_ovf_parse(const struct vbc_probe *p, const char *text, struct vbc_ovf *ret)
{
	const struct span all = {text, strlen(text)};
	struct span in = all, tag;
	char ref[64] = "", id[64], packed[32];
	int code = find_file(p, all, ref);

	*ret = (struct vbc_ovf){0};
	if (code)
		return code;
	while (next_tag(&in, "File", &tag)) {
		if (!attribute(tag, "id", id, sizeof(id)) || !streq(id, ref) ||
		    !attribute(tag, "href", ret->disk, sizeof(ret->disk)))
			continue;
		if (attribute(tag, "compression", packed, sizeof(packed)) ||
		    attribute(tag, "chunkSize", packed, sizeof(packed)))
			return vbc_probe_refuse(p, "holds a disk that is packed or in pieces; "
						   "unpack it and import that");
	}
	if (!ret->disk[0])
		return vbc_probe_refuse(p, "is damaged: it does not name its disk's file");
	text_of(all, "OSType", ret->os_type, sizeof(ret->os_type));
	read_items(all, ret);
	return VBC_OK;
}
