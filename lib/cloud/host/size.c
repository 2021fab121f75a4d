/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sizes.
 */
#include "host/size.h"

#include <vboxcloud/size.h>

#include <stdio.h>
#include <string.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "vbox/run.h"

#define CPUS_MAX     64u /* VirtualBox's own limits */
#define RAM_MIN_MIB  4u
#define RAM_MAX_MIB  2097152u
#define DISK_MAX_GIB 2048u

/* The catalogue, smallest first; rows beyond the host's CPUs or memory are left out. */
static const struct {
	unsigned cpus, ram_mib, disks_gib[3];
} catalogue[] = {
	{1, 256, {10, 30, 100}},  {1, 512, {10, 30, 100}},   {1, 1024, {10, 30, 100}},
	{1, 2048, {10, 30, 100}}, {2, 2048, {10, 30, 100}},  {2, 4096, {10, 30, 100}},
	{2, 8192, {10, 30, 100}}, {4, 4096, {30, 100, 0}},   {4, 8192, {30, 100, 0}},
	{4, 16384, {30, 100, 0}}, {8, 8192, {30, 100, 0}},   {8, 16384, {30, 100, 0}},
	{8, 32768, {30, 100, 0}}, {16, 32768, {30, 100, 0}}, {16, 65536, {30, 100, 0}},
};

static int size_fail_form(const char *id, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is not a size; sizes look like 1_cpu-1024_ram-10_disk (CPUs, MiB of "
			"memory, GiB of disk)",
			id);
}

/* Which of its parts it has, as bits; 0: it is not a size. */
static unsigned size_read_parts(const char *id, unsigned parts[3])
{
	static const char *const units[] = {"_cpu", "_ram", "_disk"};
	char again[64] = "";
	const char *at = id;
	unsigned has = 0;
	size_t length = 0;

	for (size_t i = 0; i < VBC_COUNT(units); i++) {
		int n = 0;

		if (sscanf(at, "%9u%n", &parts[i], &n) != 1 || !vbc_starts_with(at + n, units[i]))
			continue;
		length += (size_t)snprintf(again + length, sizeof(again) - length, "%s%u%s",
					   has ? "-" : "", parts[i], units[i]);
		has |= 1u << i;
		at += (size_t)n + strlen(units[i]);
		at += *at == '-';
	}
	return streq(id, again) ? has : 0;
}

static int size_check_limits(const char *id, const struct vbc_size *s, struct vbc_error *err)
{
	if (s->cpus < 1 || s->cpus > CPUS_MAX)
		return vbc_fail(err, VBC_E_ARG, "size '%s': VirtualBox allows 1 to %u CPUs", id,
				CPUS_MAX);
	if (s->ram_mib < RAM_MIN_MIB || s->ram_mib > RAM_MAX_MIB)
		return vbc_fail(err, VBC_E_ARG,
				"size '%s': VirtualBox allows %u to %u MiB of memory", id,
				RAM_MIN_MIB, RAM_MAX_MIB);
	if (s->disk_gib < 1 || s->disk_gib > DISK_MAX_GIB)
		return vbc_fail(err, VBC_E_ARG, "size '%s': disks have 1 to %u GiB", id,
				DISK_MAX_GIB);
	return VBC_OK;
}

int vbc_size_parse(const char *id, struct vbc_size *ret_size, struct vbc_error *err)
{
	unsigned parts[3] = {0};

	if (vbc_lacks(err, id, ret_size))
		return VBC_E_ARG;
	if (size_read_parts(id, parts) != 7)
		return size_fail_form(id, err);
	*ret_size = (struct vbc_size){.cpus = parts[0], .ram_mib = parts[1], .disk_gib = parts[2]};
	return VBC_OK;
}

int vbc_size_parse_parts(const char *id, struct vbc_size *ret_size, struct vbc_error *err)
{
	unsigned parts[3] = {0}, has = size_read_parts(id, parts);
	const struct vbc_size size = {.cpus = has & 1 ? parts[0] : 1,
				      .ram_mib = has & 2 ? parts[1] : RAM_MIN_MIB,
				      .disk_gib = has & 4 ? parts[2] : 1};
	int code = has ? size_check_limits(id, &size, err) : size_fail_form(id, err);

	if (code)
		return code;
	*ret_size = (struct vbc_size){.cpus = has & 1 ? parts[0] : 0,
				      .ram_mib = has & 2 ? parts[1] : 0,
				      .disk_gib = has & 4 ? parts[2] : 0};
	return VBC_OK;
}

bool vbc_size_is_whole(const struct vbc_size *size)
{
	return size->cpus && size->ram_mib && size->disk_gib;
}

int vbc_host_limits(struct vbc_op *op, struct vbc_limits *ret)
{
	struct vbc_limits limits = {0};
	int code = vbc_op_ihost(op, &limits.host);

	if (!code)
		code = vbc_IHost_getProcessorOnlineCount(op, limits.host, &limits.cpus);
	if (!code)
		code = vbc_IHost_getMemorySize(op, limits.host, &limits.memory_mib);
	if (!code)
		*ret = limits;
	return code;
}

/* What it lacks; its id says all then. */
static int size_complete(struct vbc_op *op, const struct vbc_size *rest, const char **id,
			 struct vbc_size *size)
{
	if (!rest || vbc_size_is_whole(size))
		return VBC_OK;
	if (!size->cpus)
		size->cpus = rest->cpus;
	if (!size->ram_mib)
		size->ram_mib = rest->ram_mib;
	if (!size->disk_gib)
		size->disk_gib = rest->disk_gib;
	*id = vbc_arena_printf(&op->arena, "%u_cpu-%u_ram-%u_disk", size->cpus, size->ram_mib,
			       size->disk_gib);
	return *id ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int size_fail_host(struct vbc_op *op, const char *id)
{
	struct vbc_limits limits;
	int code = vbc_host_limits(op, &limits);

	return code ? code
		    : vbc_fail(&op->error, VBC_E_ARG,
			       "size '%s' is larger than the host, which has %u CPUs and %u MiB of "
			       "memory",
			       id, limits.cpus, limits.memory_mib);
}

/* A host has one CPU, without being asked. */
static int size_check_host(struct vbc_op *op, const char *id, const struct vbc_size *size)
{
	vbc_ref host = {NULL};
	uint32_t cpus = 1, memory_mib = 0;
	int code = vbc_op_ihost(op, &host);

	if (!code && size->cpus > 1)
		code = vbc_IHost_getProcessorOnlineCount(op, host, &cpus);
	if (!code)
		code = vbc_IHost_getMemorySize(op, host, &memory_mib);
	if (code)
		return code;
	return size->cpus > cpus || size->ram_mib > memory_mib ? size_fail_host(op, id) : VBC_OK;
}

int vbc_size_choose(struct vbc_op *op, const char *id, const struct vbc_size *rest,
		    struct vbc_size *ret_size)
{
	struct vbc_size size = {0};
	int code = VBC_OK;

	if (id || !rest)
		code = rest ? vbc_size_parse_parts(id, &size, &op->error)
			    : vbc_size_parse(id, &size, &op->error);
	if (!code)
		code = size_complete(op, rest, &id, &size);
	if (!code)
		code = size_check_limits(id, &size, &op->error);
	if (code)
		return code;
	size.id = size.name = id;
	*ret_size = size;
	return VBC_OK;
}

int vbc_size_for_host(struct vbc_op *op, const char *id, const struct vbc_size *rest,
		      struct vbc_size *ret_size)
{
	struct vbc_size size;
	int code = vbc_size_choose(op, id, rest, &size);

	if (!code)
		code = size_check_host(op, size.id, &size);
	if (!code)
		*ret_size = size;
	return code;
}

static const struct vbc_size *size_make_row(struct vbc_arena *a, unsigned cpus, unsigned ram_mib,
					    unsigned disk_gib)
{
	struct vbc_size *s = VBC_ARENA_NEW(a, struct vbc_size);

	if (!s)
		return NULL;
	s->cpus = cpus;
	s->ram_mib = ram_mib;
	s->disk_gib = disk_gib;
	s->id = cpus ? vbc_arena_printf(a, "%u_cpu-%u_ram-%u_disk", cpus, ram_mib, disk_gib) : "";
	s->name = cpus ? s->id : "Unknown";
	return s->id ? s : NULL;
}

/* The smallest rows are offered by every host, however small. */
static bool size_fits_host(size_t row, const struct vbc_limits *limits)
{
	return row == 0 || (catalogue[row].cpus <= limits->cpus &&
			    catalogue[row].ram_mib <= limits->memory_mib);
}

static struct vbc_sizes *size_make_catalogue(struct vbc_op *op, const struct vbc_limits *limits)
{
	struct vbc_sizes *sizes = vbc_result_new(&op->results, sizeof(*sizes));
	struct vbc_arena *a = sizes ? vbc_result_arena(sizes) : NULL;
	const struct vbc_size **v;
	size_t n = 0;

	v = a ? VBC_ARENA_ARRAY(a, const struct vbc_size *, VBC_COUNT(catalogue) * 3 + 1) : NULL;
	if (!v)
		return NULL;
	for (size_t row = 0; row < VBC_COUNT(catalogue); row++) {
		for (size_t d = 0;
		     d < 3 && size_fits_host(row, limits) && catalogue[row].disks_gib[d]; d++) {
			v[n] = size_make_row(a, catalogue[row].cpus, catalogue[row].ram_mib,
					     catalogue[row].disks_gib[d]);
			if (!v[n++])
				return NULL;
		}
	}
	v[n] = size_make_row(a, 0, 0, 0);
	if (!v[n++])
		return NULL;
	sizes->n = n;
	sizes->v = v;
	return sizes;
}

static int size_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_sizes **ret = arg;
	struct vbc_limits limits;
	int code = vbc_host_limits(op, &limits);

	if (code)
		return code;
	*ret = size_make_catalogue(op, &limits);
	return *ret ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_size_list(struct vbc_host *host, struct vbc_sizes **ret_sizes, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_sizes))
		return VBC_E_ARG;

	struct vbc_sizes *sizes = NULL;
	int code = vbc_op_run(host, &vbc_op_brief, err, size_list_body, &sizes);

	if (!code)
		*ret_sizes = sizes;
	return code;
}

void vbc_sizes_free(struct vbc_sizes *sizes)
{
	vbc_result_free(sizes);
}
