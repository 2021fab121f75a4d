/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What VirtualBox collects is asked for in one call, of all objects. It collects nothing until a
 * client says so, of each object that exists then: a machine that is started later needs it again.
 * That holds for all clients, until VirtualBox ends, and takes the place of what others have said,
 * so only what has no figures yet is set up.
 */
#include "metrics/collector.h"

#include "base/clock.h"
#include "base/str.h"

/* What is set up, and what is asked for. */
static const char *const collected[] = {"CPU/Load,RAM/Usage,FS/*,Disk/Usage"};
static const char *const asked[] = {
	"CPU/Load/User",  "CPU/Load/Kernel", "CPU/Load/Idle",   "RAM/Usage/Total",
	"RAM/Usage/Used", "RAM/Usage/Free",  "Disk/Usage/Used", "FS/*",
};
#define TELLING "CPU/Load/User" /* the host has it, and each machine that is up */

#define PERIOD_S 1
#define KEPT     2 /* figures of each */
#define POLL_MS  300
#define WAIT_MS  4000

struct answer {
	struct vbc_strs names, units;
	struct vbc_refs objects;
	struct vbc_u32s scales, numbers, indices, lengths;
	struct vbc_i32s values;
};

static bool answer_is_whole(const struct answer *a)
{
	size_t n = a->names.n;

	return a->objects.n == n && a->scales.n == n && a->indices.n == n && a->lengths.n == n;
}

static bool answer_has(const struct answer *a, size_t i)
{
	return a->lengths.v[i] && a->scales.v[i] &&
	       (uint64_t)a->indices.v[i] + a->lengths.v[i] <= a->values.n;
}

static int answer_read(struct vbc_op *op, const struct answer *a, struct vbc_figures *ret)
{
	struct vbc_figure *figures = VBC_ARENA_ARRAY(&op->arena, struct vbc_figure, a->names.n);
	size_t n = 0;

	if (!answer_is_whole(a))
		return vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host's metrics are inconsistent: their names, objects, scales "
				"and places differ in number");
	if (!figures)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < a->names.n; i++) {
		if (!answer_has(a, i))
			continue;
		int32_t latest = a->values.v[a->indices.v[i] + a->lengths.v[i] - 1];

		figures[n++] = (struct vbc_figure){.name = a->names.v[i],
						   .object = a->objects.v[i],
						   .value = (double)latest / a->scales.v[i]};
	}
	*ret = (struct vbc_figures){.n = n, .v = figures};
	return VBC_OK;
}

static int collector_query(struct vbc_op *op, vbc_ref collector, struct vbc_figures *ret)
{
	const struct vbc_strs names = {.n = VBC_COUNT(asked), .v = asked};
	struct answer a = {0};
	int code = vbc_IPerformanceCollector_queryMetricsData(
		op, collector, names, (struct vbc_refs){0}, &a.names, &a.objects, &a.units,
		&a.scales, &a.numbers, &a.indices, &a.lengths, &a.values);

	return code ? code : answer_read(op, &a, ret);
}

double vbc_figure_get(const struct vbc_figures *figures, vbc_ref object, const char *name)
{
	for (size_t i = 0; i < figures->n; i++)
		if (streq(figures->v[i].object.s, object.s) && streq(figures->v[i].name, name))
			return figures->v[i].value;
	return -1;
}

/* Those of which nothing is collected so far. */
static struct vbc_refs objects_without(const struct vbc_refs *objects,
				       const struct vbc_figures *figures, vbc_ref *room)
{
	size_t n = 0;

	for (size_t i = 0; i < objects->n; i++)
		if (vbc_figure_get(figures, objects->v[i], TELLING) < 0)
			room[n++] = objects->v[i];
	return (struct vbc_refs){.n = n, .v = room};
}

/* The first figures of a host's CPUs may all be 0, as of a time in which nothing passed. */
static bool figures_are_empty(const struct vbc_figures *figures, vbc_ref object)
{
	return vbc_figure_get(figures, object, TELLING) == 0 &&
	       vbc_figure_get(figures, object, "CPU/Load/Kernel") == 0 &&
	       vbc_figure_get(figures, object, "CPU/Load/Idle") == 0;
}

static bool objects_have_empty(const struct vbc_refs *objects, const struct vbc_figures *figures)
{
	for (size_t i = 0; i < objects->n; i++)
		if (figures_are_empty(figures, objects->v[i]))
			return true;
	return false;
}

/*
 * One list of names holds for all objects. Of several VirtualBox takes the first for the first
 * object, and so on, and looks beyond the last. What it returns are objects that the host made for
 * us.
 */
static int collector_set_up(struct vbc_op *op, vbc_ref collector, const struct vbc_refs *objects)
{
	const struct vbc_strs names = {.n = VBC_COUNT(collected), .v = collected};
	struct vbc_refs metrics = {0};
	int code = vbc_IPerformanceCollector_setupMetrics(op, collector, names, *objects, PERIOD_S,
							  KEPT, &metrics);

	for (size_t i = 0; !code && i < metrics.n; i++)
		vbc_op_release(op, metrics.v[i]);
	return code;
}

/* A machine that ends meanwhile never has any. */
static int collector_await(struct vbc_op *op, vbc_ref collector, const struct vbc_refs *objects,
			   vbc_ref *room, struct vbc_figures *ret)
{
	int64_t end = vbc_now_ms() + WAIT_MS;
	int code = VBC_OK;

	op->progress.what = "waiting for the first figures";
	while (!code && vbc_now_ms() < end &&
	       (objects_without(objects, ret, room).n || objects_have_empty(objects, ret))) {
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = collector_query(op, collector, ret);
	}
	return code;
}

int vbc_collector_look(struct vbc_op *op, struct vbc_figures *ret_figures)
{
	vbc_ref collector = {NULL};
	int code = vbc_IVirtualBox_getPerformanceCollector(op, op->vbox, &collector);

	return code ? code : collector_query(op, collector, ret_figures);
}

int vbc_collector_ask(struct vbc_op *op, const struct vbc_refs *objects,
		      struct vbc_figures *ret_figures)
{
	vbc_ref *room = VBC_ARENA_ARRAY(&op->arena, vbc_ref, objects->n), collector = {0};
	struct vbc_refs without;
	int code = room ? vbc_IVirtualBox_getPerformanceCollector(op, op->vbox, &collector)
			: vbc_fail_nomem(&op->error);

	if (!code)
		code = collector_query(op, collector, ret_figures);
	if (code)
		return code;
	without = objects_without(objects, ret_figures, room);
	if (without.n)
		code = collector_set_up(op, collector, &without);
	return code ? code : collector_await(op, collector, objects, room, ret_figures);
}
