/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is taken from a description that VirtualBox makes of a machine, whoever made it up.
 */
#include "base/arena.h"
#include "base/str.h"
#include "machine/told.h"
#include "tap.h"

#define ROWS_MAX 8

struct given {
	int types[ROWS_MAX];
	const char *vbox[ROWS_MAX], *extra[ROWS_MAX];
	size_t n;
};

static struct vbc_op op;

static void row_add(struct given *g, enum vbc_VirtualSystemDescriptionType type, const char *vbox,
		    const char *extra)
{
	g->types[g->n] = (int)type;
	g->vbox[g->n] = vbox;
	g->extra[g->n++] = extra;
}

static struct vbc_told parse(const struct given *g, size_t n_extra)
{
	const struct vbc_told_rows rows = {
		.types = {g->n, g->types}, .vbox = {g->n, g->vbox}, .extra = {n_extra, g->extra}};
	struct vbc_told told = {.known = true};

	is_int(vbc_told_parse(&op, &rows, &told), VBC_OK, "a description");
	return told;
}

static void test_whole(void)
{
	struct given g = {.n = 0};
	struct vbc_told told;

	row_add(&g, VBC_VirtualSystemDescriptionType_OS, "Debian_64", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_Name, "web", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_Description, "some text", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_CPU, "3", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_Memory, "1073741824", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_NetworkAdapter, "3", "type=NAT");
	row_add(&g, VBC_VirtualSystemDescriptionType_NetworkAdapter, "3", "type=Bridged");
	row_add(&g, VBC_VirtualSystemDescriptionType_HardDiskImage, "/a.vdi", "controller=1");
	told = parse(&g, g.n);
	ok(told.known, "something is told");
	is_str(told.os_type, "Debian_64", "the system");
	is_str(told.name, "web", "the name");
	is_str(told.description, "some text", "the description");
	is_int(told.cpus, 3, "CPUs");
	is_int(told.memory_mib, 1024, "memory");
	ok(told.has_disk, "a disk");
	is_int((int)told.n_adapters, 2, "two adapters");
	is_int(told.adapters[0], VBC_NetworkAttachmentType_NAT, "one on NAT");
	is_int(told.adapters[1], VBC_NetworkAttachmentType_Bridged, "one bridged");
}

static void test_odd(void)
{
	struct given g = {.n = 0};
	struct vbc_told told;

	row_add(&g, VBC_VirtualSystemDescriptionType_Name, "a &lt; b", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_CPU, "-1", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_Memory, "1048577", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_NetworkAdapter, "NAT", "");
	row_add(&g, VBC_VirtualSystemDescriptionType_NetworkAdapter, "3", "type=Pigeon");
	row_add(&g, (enum vbc_VirtualSystemDescriptionType) - 1, "new", "new");
	told = parse(&g, g.n);
	ok(told.known, "something is told");
	ok(!told.name, "a name with marks is asked for");
	ok(!told.os_type, "so is a system that is not told");
	is_str(told.description, "", "no description is an empty one");
	is_int(told.cpus, 0, "CPUs that are no number are asked for");
	is_int(told.memory_mib, 0, "and memory of half a MiB");
	ok(!told.has_disk, "no disk");
	ok(told.n_adapters == 2 && told.adapters[0] < 0 && told.adapters[1] < 0,
	   "adapters on what is not known are asked about");
}

static void test_ragged(void)
{
	struct given g = {.n = 0};

	ok(!parse(&g, 0).known, "nothing");
	row_add(&g, VBC_VirtualSystemDescriptionType_Name, "web", "");
	ok(!parse(&g, 0).known, "lists of different lengths tell nothing");
}

int main(void)
{
	test_whole();
	test_odd();
	test_ragged();
	vbc_arena_done(&op.arena);
	return tap_done();
}
