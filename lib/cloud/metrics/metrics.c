/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics of a host and its nodes.
 */
#include <vboxcloud/metrics.h>

#include "base/given.h"
#include "base/result.h"
#include "base/str.h"
#include "host/size.h"
#include "machine/read-again.h"
#include "machine/state.h"
#include "metrics/collector.h"
#include "metrics/counters.h"
#include "vbox/run.h"

#define KIB 1024.0
#define MIB (1024.0 * 1024.0)

/* "FS/{/var}/Usage/Total" is of the file system /var. */
#define FS_BEFORE "FS/{"
#define FS_TOTAL  "}/Usage/Total"

struct metrics_job {
	struct vbc_metrics_opts opts;
	struct vbc_metrics *metrics;
};

/* What is asked about: the host, and behind it the machines that are up. */
struct subjects {
	struct vbc_limits limits;
	struct vbc_refs objects;
	const char **ids; /* of the machines */
};

static int64_t figure_bytes(const struct vbc_figures *f, vbc_ref object, const char *name,
			    double unit)
{
	double value = vbc_figure_get(f, object, name);

	return value < 0 ? VBC_METRIC_UNKNOWN : (int64_t)(value * unit);
}

static double figure_ratio(const struct vbc_figures *f, vbc_ref object, const char *name)
{
	double percent = vbc_figure_get(f, object, name);

	return percent < 0 ? VBC_METRIC_UNKNOWN : percent / 100;
}

/* The host leads: its place is kept free. */
static int subjects_find_up(struct vbc_op *op, struct subjects *s)
{
	struct vbc_refs machines = {0};
	struct vbc_enums states = {0};
	vbc_ref *objects;
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (!code)
		code = vbc_machine_states(op, &machines, &states);
	if (code)
		return code;
	objects = VBC_ARENA_ARRAY(&op->arena, vbc_ref, machines.n + 1);
	if (!objects)
		return vbc_fail_nomem(&op->error);
	objects[0] = s->limits.host;
	s->objects = (struct vbc_refs){.n = 1, .v = objects};
	for (size_t i = 0; i < machines.n; i++)
		if (vbc_state_is_up(vbc_node_state_from((enum vbc_MachineState)states.v[i])))
			objects[s->objects.n++] = machines.v[i];
	return VBC_OK;
}

/* "" for a machine that is gone meanwhile. */
static int subjects_ask_ids(struct vbc_op *op, struct subjects *s)
{
	size_t n = s->objects.n - 1;
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);

	s->ids = VBC_ARENA_ARRAY(&op->arena, const char *, n);
	if (!calls || !s->ids)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		s->ids[i] = "";
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IMachine_getId,
						   .self = s->objects.v[i + 1],
						   .out = &s->ids[i],
						   .fixed = true};
	}
	return vbc_batch(op, calls, n);
}

static bool metrics_add_filesystem(struct vbc_arena *a, const struct vbc_figures *f, vbc_ref host,
				   const char *total, struct vbc_metrics_filesystem *fs)
{
	size_t n = strlen(total) - strlen(FS_TOTAL);
	const char *used = vbc_arena_printf(a, "%.*s}/Usage/Used", (int)n, total);
	const char *unused = vbc_arena_printf(a, "%.*s}/Usage/Free", (int)n, total);

	fs->path = vbc_arena_strndup(a, total + strlen(FS_BEFORE), n - strlen(FS_BEFORE));
	if (!used || !unused || !fs->path)
		return false;
	fs->total_bytes = figure_bytes(f, host, total, MIB);
	fs->used_bytes = figure_bytes(f, host, used, MIB);
	fs->free_bytes = figure_bytes(f, host, unused, MIB);
	return true;
}

static bool figure_is_filesystem(const struct vbc_figure *figure, vbc_ref host)
{
	return streq(figure->object.s, host.s) && vbc_starts_with(figure->name, FS_BEFORE) &&
	       vbc_ends_with(figure->name, FS_TOTAL);
}

static bool metrics_add_filesystems(struct vbc_metrics *m, const struct vbc_figures *f,
				    vbc_ref host)
{
	struct vbc_arena *a = vbc_result_arena(m);
	const struct vbc_metrics_filesystem **all =
		VBC_ARENA_ARRAY(a, const struct vbc_metrics_filesystem *, f->n);

	m->filesystems = all;
	for (size_t i = 0; all && i < f->n; i++) {
		struct vbc_metrics_filesystem *fs;

		if (!figure_is_filesystem(&f->v[i], host))
			continue;
		fs = VBC_ARENA_NEW(a, struct vbc_metrics_filesystem);
		if (!fs || !metrics_add_filesystem(a, f, host, f->v[i].name, fs))
			return false;
		all[m->n_filesystems++] = fs;
	}
	return all;
}

static void metrics_fill_node(const struct vbc_figures *f, vbc_ref machine, unsigned cpus,
			      struct vbc_metrics_node *node)
{
	double user = figure_ratio(f, machine, "CPU/Load/User");
	double kernel = figure_ratio(f, machine, "CPU/Load/Kernel");

	node->cpu_cores = user < 0 || kernel < 0 ? VBC_METRIC_UNKNOWN : (user + kernel) * cpus;
	node->memory_used_bytes = figure_bytes(f, machine, "RAM/Usage/Used", KIB);
	node->disk_used_bytes = figure_bytes(f, machine, "Disk/Usage/Used", MIB);
	node->received_bytes = node->transmitted_bytes = VBC_METRIC_UNKNOWN;
	node->read_bytes = node->written_bytes = VBC_METRIC_UNKNOWN;
}

static int metrics_add_nodes(struct vbc_op *op, struct vbc_metrics *m, const struct vbc_figures *f,
			     const struct subjects *s, bool detailed)
{
	struct vbc_arena *a = vbc_result_arena(m);
	const struct vbc_metrics_node **all =
		VBC_ARENA_ARRAY(a, const struct vbc_metrics_node *, s->objects.n);
	int code = all ? VBC_OK : vbc_fail_nomem(&op->error);

	m->nodes = all;
	for (size_t i = 1; !code && i < s->objects.n; i++) {
		struct vbc_metrics_node *node = VBC_ARENA_NEW(a, struct vbc_metrics_node);

		if (!s->ids[i - 1][0])
			continue;
		if (!node || !(node->id = vbc_arena_strdup(a, s->ids[i - 1])))
			return vbc_fail_nomem(&op->error);
		metrics_fill_node(f, s->objects.v[i], m->cpus, node);
		if (detailed)
			code = vbc_counters_ask(op, s->objects.v[i], node->id, node);
		all[m->n_nodes++] = node;
	}
	return code;
}

static int metrics_make(struct vbc_op *op, struct metrics_job *job, const struct subjects *s,
			const struct vbc_figures *f)
{
	struct vbc_metrics *m = vbc_result_new(&op->results, sizeof(*m));
	vbc_ref host = s->limits.host;

	if (!m || !metrics_add_filesystems(m, f, host))
		return vbc_fail_nomem(&op->error);
	m->cpus = s->limits.cpus;
	m->cpu_user = figure_ratio(f, host, "CPU/Load/User");
	m->cpu_kernel = figure_ratio(f, host, "CPU/Load/Kernel");
	m->cpu_idle = figure_ratio(f, host, "CPU/Load/Idle");
	m->memory_total_bytes = figure_bytes(f, host, "RAM/Usage/Total", KIB);
	m->memory_used_bytes = figure_bytes(f, host, "RAM/Usage/Used", KIB);
	m->memory_free_bytes = figure_bytes(f, host, "RAM/Usage/Free", KIB);
	job->metrics = m;
	return metrics_add_nodes(op, m, f, s, job->opts.detailed);
}

static int metrics_get_body(struct vbc_op *op, void *arg)
{
	struct subjects s = {0};
	struct vbc_figures figures = {0};
	int code = vbc_host_limits(op, &s.limits);

	if (!code)
		code = subjects_find_up(op, &s);
	if (!code)
		code = subjects_ask_ids(op, &s);
	if (!code)
		code = vbc_collector_ask(op, &s.objects, &figures);
	return code ? code : metrics_make(op, arg, &s, &figures);
}

int vbc_metrics_get(struct vbc_host *host, const struct vbc_metrics_opts *opts,
		    struct vbc_metrics **ret_metrics, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_metrics))
		return VBC_E_ARG;

	struct metrics_job job = {.opts = VBC_METRICS_OPTS_INIT};

	vbc_opts_read(&job.opts, opts);

	int code = vbc_op_run(host, &vbc_op_brief, err, metrics_get_body, &job);

	if (!code)
		*ret_metrics = job.metrics;
	return code;
}

void vbc_metrics_free(struct vbc_metrics *metrics)
{
	vbc_result_free(metrics);
}
