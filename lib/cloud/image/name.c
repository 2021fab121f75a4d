/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of images that nothing is recorded of. The original driver kept all in the file's name,
 * NAME-OSTYPE-CPU-MEM-DISK; others just have a name.
 */
#include "image/name.h"

#include <vboxcloud/image.h>

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "transfer/packed.h"

/* Cuts what follows the last '-' off; NULL when there is nothing before or after it. */
static char *image_name_cut(char *s)
{
	char *dash = strrchr(s, '-');

	if (!dash || dash == s || !dash[1])
		return NULL;
	*dash = '\0';
	return dash + 1;
}

static bool image_name_cut_number(char *s, unsigned *ret)
{
	const char *digits = image_name_cut(s);
	uint64_t value;

	if (!digits || !vbc_parse_u64(digits, UINT32_MAX, &value))
		return false;
	*ret = (unsigned)value;
	return true;
}

static bool image_name_parse_original(char *s, struct vbc_image *image)
{
	struct vbc_image parts = *image;
	const char *os_type;

	if (!image_name_cut_number(s, &parts.min_disk_gib) ||
	    !image_name_cut_number(s, &parts.min_memory_mib) ||
	    !image_name_cut_number(s, &parts.min_cpus))
		return false;
	os_type = image_name_cut(s);
	/* Every one of VirtualBox's ids starts with a letter; "web-2024-1-2-3" is just a name. */
	if (!os_type || (os_type[0] >= '0' && os_type[0] <= '9'))
		return false;
	parts.name = s;
	parts.os_type = os_type;
	*image = parts;
	return true;
}

/* "debian" of "/images/debian.vdi"; NULL when there is no memory. */
static char *image_cut_suffix(struct vbc_arena *a, const char *path)
{
	const char *base = vbc_path_base(path), *dot = strrchr(base, '.');

	return vbc_arena_strndup(a, base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

char *vbc_image_file_name(struct vbc_arena *a, const char *path)
{
	const char *base = vbc_path_base(path);
	size_t n = vbc_packing_bare_length(base);
	const char *bare = vbc_arena_strndup(a, base, n);
	const char *dot = bare ? strrchr(bare, '.') : NULL;

	/* Compressed without a suffix of its own: the 5 in "debian-12.5.xz" is none. */
	if (base[n] && dot && dot[1] >= '0' && dot[1] <= '9')
		return vbc_arena_strdup(a, bare);
	return bare ? image_cut_suffix(a, bare) : NULL;
}

bool vbc_image_name_from(struct vbc_op *op, const char *location, struct vbc_image *image)
{
	char *name = image_cut_suffix(&op->arena, location);
	char *parts = image_cut_suffix(&op->arena, location);

	if (!name || !parts)
		return false;
	image->name = name;
	image->os_type = "";
	image->description = "";
	image_name_parse_original(parts, image);
	return true;
}
