/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The public functions on snapshots that have two kinds: of volumes and of nodes.
 */
#include <vboxcloud/snapshot.h>

#include <stdlib.h>
#include <time.h>

#include "base/given.h"
#include "base/name.h"
#include "base/result.h"
#include "base/str.h"
#include "journal/run.h"
#include "snapshot/node.h"
#include "snapshot/nodes.h"
#include "snapshot/take.h"
#include "snapshot/volume.h"
#include "vbox/host-clock.h"

struct job {
	const char *volume, *node, *snapshot;
	bool all;
	struct vbc_snapshot_take take;
	struct vbc_snapshots *list;
	struct vbc_snapshot *one;
};

static int snapshot_check_one_kind(const struct job *job, bool none_is_fine, struct vbc_error *err)
{
	if (job->volume && job->node)
		return vbc_fail(err, VBC_E_ARG, "snapshots are of a volume or of a node, not both");
	if (!job->volume && !job->node && !none_is_fine)
		return vbc_fail(err, VBC_E_ARG, "a snapshot is of a volume or of a node: name one");
	return VBC_OK;
}

static int snapshot_list_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	int code;

	job->list = vbc_result_new(&op->results, sizeof(*job->list));
	if (!job->list)
		return vbc_fail_nomem(&op->error);
	code = job->node ? vbc_snapshot_list_node(op, job->node, job->list)
			 : vbc_snapshot_list_volume(op, job->volume, job->list);
	if (!code && job->all)
		code = vbc_snapshot_list_nodes(op, job->list);
	return code;
}

int vbc_snapshot_list(struct vbc_host *host, const char *volume, const char *node,
		      struct vbc_snapshots **ret_snapshots, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_snapshots))
		return VBC_E_ARG;

	struct job job = {.volume = volume, .node = node};
	int code = snapshot_check_one_kind(&job, true, err);

	if (!code)
		code = vbc_run_recovered(host, &vbc_op_brief, err, snapshot_list_body, &job);
	if (!code)
		*ret_snapshots = job.list;
	return code;
}

int vbc_snapshot_list_all(struct vbc_host *host, struct vbc_snapshots **ret_snapshots,
			  struct vbc_error *err)
{
	struct job job = {.all = true};
	int code;

	if (vbc_lacks(err, host, ret_snapshots))
		return VBC_E_ARG;
	code = vbc_run_recovered(host, &vbc_op_brief, err, snapshot_list_body, &job);
	if (!code)
		*ret_snapshots = job.list;
	return code;
}

void vbc_snapshots_free(struct vbc_snapshots *snapshots)
{
	vbc_result_free(snapshots);
}

/* "2026-11-22T20:00:00Z", by the host's clock */
static int snapshot_name_by_time(struct vbc_op *op, const char **ret_name)
{
	char text[32];
	int64_t utc_ms = 0;
	struct tm tm;
	time_t s;
	int code = vbc_host_clock(op, &utc_ms);

	if (code)
		return code;
	s = (time_t)(utc_ms / 1000);
	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	*ret_name = vbc_arena_strdup(&op->arena, text);
	return *ret_name ? VBC_OK : vbc_fail_nomem(&op->error);
}

static int snapshot_create_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct vbc_snapshot_take take = job->take;
	int code = take.name ? VBC_OK : snapshot_name_by_time(op, &take.name);

	op->progress.what = "taking the snapshot";
	if (code)
		return code;
	code = job->node ? vbc_snapshot_take_node(op, &take, &job->one)
			 : vbc_snapshot_take_volume(op, &take, &job->one);
	return vbc_error_prefix(&op->error, code, "cannot take a snapshot of '%s'", take.of);
}

/* VirtualBox's own snapshots of these names are not the user's. */
static int snapshot_check_name(const char *name, struct vbc_error *err)
{
	int code = vbc_name_check("snapshot", name, err);

	if (!code && vbc_starts_with(name, VBC_NODE_HIDDEN))
		code = vbc_fail(err, VBC_E_ARG, "the snapshot's name cannot begin with '%s'",
				VBC_NODE_HIDDEN);
	return code;
}

int vbc_snapshot_create(struct vbc_host *host, const char *volume, const char *node,
			const struct vbc_snapshot_create_opts *opts, const struct vbc_wait *wait,
			struct vbc_snapshot **ret_snapshot, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_snapshot))
		return VBC_E_ARG;

	struct vbc_snapshot_create_opts o = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct job job = {.volume = volume, .node = node};
	int code = snapshot_check_one_kind(&job, false, err);

	vbc_opts_read(&o, opts);
	job.take = (struct vbc_snapshot_take){.of = node ? node : volume,
					      .name = o.name,
					      .description = o.description ? o.description : ""};
	if (!code && o.name)
		code = snapshot_check_name(o.name, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, snapshot_create_body, &job);
	if (!code)
		*ret_snapshot = job.one;
	return code;
}

void vbc_snapshot_free(struct vbc_snapshot *snapshot)
{
	vbc_result_free(snapshot);
}

static int snapshot_delete_body(struct vbc_op *op, void *arg)
{
	const struct job *job = arg;
	int code;

	op->progress.what = "deleting the snapshot";
	code = job->node ? vbc_snapshot_delete_node(op, job->node, job->snapshot)
			 : vbc_snapshot_delete_volume(op, job->snapshot);
	return vbc_error_prefix(&op->error, code, "cannot delete snapshot '%s'",
				job->snapshot ? job->snapshot : "");
}

int vbc_snapshot_delete(struct vbc_host *host, const char *node, const char *snapshot,
			const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host) || (!node && vbc_lacks(err, snapshot)))
		return VBC_E_ARG;

	struct job job = {.node = node, .snapshot = snapshot};

	return vbc_run_recovered(host, wait, err, snapshot_delete_body, &job);
}
