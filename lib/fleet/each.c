/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/each.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/result.h"
#include "fleet/parallel.h"

/* One call to all hosts. */
struct round {
	struct vbc_fleet *fleet;
	vbc_fleet_call *call;
	void *data;
	struct vbc_error *errors;
	unsigned cancelled; /* of the fleet, when the round began */
};

/* One host in it. */
struct turn {
	const struct round *round;
	const struct vbc_member *member;
	int64_t deadline_ms;
};

/* What the call asks while it waits, in its own thread or in others that it makes. */
static int turn_tick(void *data)
{
	struct turn *turn = data;
	const struct vbc_host_opts *opts = &turn->member->opts;

	if (atomic_load(&turn->round->fleet->cancelled) != turn->round->cancelled)
		return 1;
	if (vbc_now_ms() >= turn->deadline_ms)
		return 1;
	return opts->tick ? opts->tick(opts->tick_data) : 0;
}

/* Who cancelled it: the time, or somebody. */
static int turn_explain(const struct turn *turn, int code, struct vbc_error *err)
{
	const struct vbc_fleet *fleet = turn->round->fleet;

	if ((code != VBC_E_CANCELLED && code != VBC_E_TIMEOUT) ||
	    vbc_now_ms() < turn->deadline_ms ||
	    atomic_load(&fleet->cancelled) != turn->round->cancelled)
		return code;
	*err = (struct vbc_error){0};
	return vbc_fail(err, VBC_E_TIMEOUT, "%s did not answer within %g s",
			vbc_host_url(turn->member->handle), fleet->timeout_ms / 1000.0);
}

static void round_ask_host(void *arg, size_t i)
{
	const struct round *round = arg;
	struct vbc_member *member = &round->fleet->members[i];
	struct turn turn = {.round = round,
			    .member = member,
			    .deadline_ms = vbc_now_ms() + round->fleet->timeout_ms};
	struct vbc_host_opts opts = member->opts;
	struct vbc_error *err = &round->errors[i];
	struct vbc_host *host = NULL;
	int code;

	/* The tick ends what waits; with the time that is left it is known what not to wait for. */
	opts.total_timeout_ms = round->fleet->timeout_ms;
	opts.tick = turn_tick;
	opts.tick_data = &turn;
	code = vbc_host_open(&opts, &host, err);
	if (!code)
		code = round->call(round->data, i, host, err);
	code = turn_explain(&turn, code, err);
	if (code && !err->code)
		vbc_fail(err, code, "it failed without a reason");
	if (!code)
		*err = (struct vbc_error){0};
	vbc_host_close(host);
}

void vbc_fleet_call_each(struct vbc_fleet *fleet, vbc_fleet_call *call, void *data,
			 struct vbc_error *errors)
{
	struct round round = {.fleet = fleet,
			      .call = call,
			      .data = data,
			      .errors = errors,
			      .cancelled = atomic_load(&fleet->cancelled)};

	vbc_parallel(fleet->n, round_ask_host, &round);
}

static const struct vbc_fleet_failure *failure_new(struct vbc_arena *arena, const char *host,
						   size_t number, const struct vbc_error *error)
{
	struct vbc_fleet_failure *failure = VBC_ARENA_NEW(arena, struct vbc_fleet_failure);

	if (!failure)
		return NULL;
	failure->host = vbc_arena_strdup(arena, host);
	failure->number = number;
	failure->error = *error;
	return failure->host ? failure : NULL;
}

bool vbc_fleet_take_failures(const struct vbc_fleet *fleet, const struct vbc_error *errors,
			     struct vbc_arena *arena, struct vbc_fleet_failures *ret)
{
	const struct vbc_fleet_failure **v =
		VBC_ARENA_ARRAY(arena, const struct vbc_fleet_failure *, fleet->n);
	size_t n = 0;

	for (size_t i = 0; v && i < fleet->n; i++) {
		if (!errors[i].code)
			continue;
		v[n] = failure_new(arena, fleet->members[i].name, i, &errors[i]);
		if (!v[n++])
			v = NULL;
	}
	if (!v)
		return false;
	*ret = (struct vbc_fleet_failures){.n = n, .v = v};
	return true;
}

int vbc_fleet_each(struct vbc_fleet *fleet,
		   int (*call)(void *data, size_t number, struct vbc_host *host,
			       struct vbc_error *err),
		   void *data, struct vbc_fleet_failures **ret_failures, struct vbc_error *err)
{
	if (vbc_lacks(err, fleet, ret_failures))
		return VBC_E_ARG;
	if (!call)
		return vbc_fail(err, VBC_E_ARG, "'call' must not be NULL");

	struct vbc_error *errors VBC_FREE = calloc(fleet->n, sizeof(*errors));
	struct vbc_fleet_failures *failures = vbc_result_new(NULL, sizeof(*failures));

	/* There is no way to say who failed without it, so the hosts are asked after that. */
	if (!errors || !failures) {
		vbc_result_free(failures);
		return vbc_fail_nomem(err);
	}
	vbc_fleet_call_each(fleet, call, data, errors);
	if (!vbc_fleet_take_failures(fleet, errors, vbc_result_arena(failures), failures)) {
		vbc_result_free(failures);
		return vbc_fail_nomem(err);
	}
	*ret_failures = failures;
	return VBC_OK;
}

void vbc_fleet_failures_free(struct vbc_fleet_failures *failures)
{
	vbc_result_free(failures);
}
