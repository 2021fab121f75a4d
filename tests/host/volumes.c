/* SPDX-License-Identifier: Apache-2.0 */
#include "volumes.h"

#include <fcntl.h>
#include <unistd.h>

#define GIB            (1ull << 30)
#define DATA_OFFSET_AT 344 /* in the header of a VDI; one of fixed size goes on from there */

static const uint64_t places[] = {0, 5 * (1ull << 20) + 512, GIB - 4096};

struct vbc_volume *make_volume(struct vbc_host *host, const char *name, unsigned size_gib,
			       bool dynamic, const char *snapshot)
{
	struct vbc_volume_create_opts opts = VBC_VOLUME_CREATE_OPTS_INIT;
	struct vbc_volume *volume = NULL;
	struct vbc_error err = {0};

	opts.size_gib = size_gib;
	opts.dynamic = dynamic;
	opts.snapshot = snapshot;
	if (vbc_volume_create(host, name, &opts, NULL, &volume, &err))
		printf("# no volume: %s: %s\n", vbc_code_name(err.code), err.text);
	return volume;
}

struct vbc_volume *get_volume(struct vbc_host *host, const char *id)
{
	struct vbc_volume *volume = NULL;
	struct vbc_error err = {0};

	if (vbc_volume_get(host, id, &volume, &err))
		bail_out(err.text);
	return volume;
}

bool destroy_volume(struct vbc_host *host, const char *id)
{
	struct vbc_error err = {0};

	if (!vbc_volume_destroy(host, id, NULL, &err))
		return true;
	printf("# not destroyed: %s: %s\n", vbc_code_name(err.code), err.text);
	return false;
}

bool is_attached_to(struct vbc_host *host, const char *id, const char *node)
{
	struct vbc_volume *v = get_volume(host, id);
	bool same = strcmp(v->node, node) == 0 && !*v->device == !*node;

	if (!same)
		printf("# it is at '%s' of node '%s'\n", v->device, v->node);
	vbc_volume_free(v);
	return same;
}

static off_t data_offset(int fd)
{
	uint32_t offset = 0;

	if (pread(fd, &offset, sizeof(offset), DATA_OFFSET_AT) != sizeof(offset))
		bail_out("a volume's file cannot be read");
	return (off_t)offset;
}

static void fill(unsigned char *bytes, size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(seed >> 16);
	}
}

void write_pattern(const struct vbc_volume *volume, unsigned seed)
{
	int fd = open(volume->location, O_RDWR | O_CLOEXEC);
	unsigned char bytes[4096];

	if (fd < 0)
		return; /* the host's disk is not this machine's */
	fill(bytes, sizeof(bytes), seed);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (pwrite(fd, bytes, sizeof(bytes), data_offset(fd) + (off_t)places[i]) !=
		    (ssize_t)sizeof(bytes))
			bail_out("a volume's file cannot be written");
	close(fd);
}

int look_for_pattern(struct vbc_host *host, const char *id, unsigned seed)
{
	struct vbc_volume *volume = get_volume(host, id);
	int fd = open(volume->location, O_RDONLY | O_CLOEXEC);
	unsigned char bytes[4096], want[4096];
	bool same = true;

	vbc_volume_free(volume);
	if (fd < 0)
		return -1;
	fill(want, sizeof(want), seed);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		same = same &&
		       pread(fd, bytes, sizeof(bytes), data_offset(fd) + (off_t)places[i]) ==
			       (ssize_t)sizeof(bytes) &&
		       memcmp(bytes, want, sizeof(want)) == 0;
	close(fd);
	return same;
}
