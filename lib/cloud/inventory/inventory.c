/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/inventory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "host/known.h"
#include "machine/keys.h"
#include "vbox/aside.h"
#include "vbox/fence.h"
#include "vbox/meta.h"
#include "vbox/websession.h"

#define STEP_MS      500
#define FAILURES_MAX 3  /* in a row, after which the host's events are not trusted any more */
#define EVENTS_MIN   64 /* and two for each machine: hearing more costs more than reading all */

struct vbc_inventory {
	pthread_mutex_t mutex; /* guards what follows; never held during I/O */
	pthread_cond_t freed;
	bool taken;
	unsigned begun, passed; /* numbers of the fences set, and of the last that came */
	/* His who has taken it. */
	struct vbc_fence fence;
	struct vbc_stock stock;
	struct vbc_arena key_arena;
	struct vbc_strs keys;                /* of the host's extra data                  */
	bool keys_changed, machines_changed; /* or not known yet                       */
	bool refused;                        /* the host cannot have one                  */
	unsigned failures, lists;
};

static const int kinds_of_events[] = {
	VBC_VBoxEventType_OnMachineDataChanged,   VBC_VBoxEventType_OnMachineStateChanged,
	VBC_VBoxEventType_OnMachineRegistered,    VBC_VBoxEventType_OnExtraDataChanged,
	VBC_VBoxEventType_OnGuestPropertyChanged, VBC_VBoxEventType_OnSnapshotRestored,
	VBC_VBoxEventType_OnMediumConfigChanged,
};

static void *inventory_make(void)
{
	struct vbc_inventory *inventory = calloc(1, sizeof(*inventory));
	pthread_condattr_t attr;

	if (!inventory)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&inventory->mutex, NULL);
	pthread_cond_init(&inventory->freed, &attr);
	pthread_condattr_destroy(&attr);
	return inventory;
}

static void inventory_free(void *kept)
{
	struct vbc_inventory *inventory = kept;

	vbc_fence_forget(&inventory->fence);
	vbc_stock_done(&inventory->stock);
	vbc_arena_done(&inventory->key_arena);
	pthread_mutex_destroy(&inventory->mutex);
	pthread_cond_destroy(&inventory->freed);
	free(inventory);
}

static struct vbc_inventory *inventory_of_session(struct vbc_op *op)
{
	return vbc_websession_keep(op, inventory_make, inventory_free);
}

/* One step of waiting for another thread, with the mutex held. */
static void inventory_await(struct vbc_inventory *inventory)
{
	int64_t until_ms = vbc_now_ms() + STEP_MS;
	const struct timespec until = {.tv_sec = until_ms / 1000,
				       .tv_nsec = (long)(until_ms % 1000) * 1000000};

	pthread_cond_timedwait(&inventory->freed, &inventory->mutex, &until);
}

/* *ret_fence: a fence of at least this number is set after now. */
static int inventory_own(struct vbc_op *op, struct vbc_inventory *inventory, unsigned *ret_fence)
{
	int code = VBC_OK;

	pthread_mutex_lock(&inventory->mutex);
	*ret_fence = inventory->begun + 1;
	while (!code && inventory->taken) {
		inventory_await(inventory);
		pthread_mutex_unlock(&inventory->mutex);
		code = vbc_op_tick(op);
		pthread_mutex_lock(&inventory->mutex);
	}
	if (!code)
		inventory->taken = true;
	pthread_mutex_unlock(&inventory->mutex);
	return code;
}

void vbc_inventory_give_back(struct vbc_inventory *inventory)
{
	if (!inventory)
		return;
	pthread_mutex_lock(&inventory->mutex);
	inventory->taken = false;
	pthread_cond_signal(&inventory->freed);
	pthread_mutex_unlock(&inventory->mutex);
}

static bool inventory_is_open(const struct vbc_inventory *inventory)
{
	return inventory->fence.events.session;
}

/* Nothing is known any more. */
static void inventory_forget(struct vbc_inventory *inventory)
{
	vbc_stock_done(&inventory->stock);
	inventory->keys_changed = inventory->machines_changed = true;
}

static int event_hear_machine(struct vbc_op *op, struct vbc_inventory *inventory, vbc_ref event)
{
	const char *id = "";
	int code = vbc_IMachineEvent_getMachineId(op, event, &id);

	if (!code)
		vbc_stock_mark(&inventory->stock, id);
	return code;
}

/* The host's own: of which machine there is metadata is in the key. */
static int event_hear_key(struct vbc_op *op, struct vbc_inventory *inventory, vbc_ref event)
{
	const char *prefix = vbc_meta_key(op, VBC_NODE_KIND, ""), *key = "";
	int code = prefix ? vbc_IExtraDataChangedEvent_getKey(op, event, &key)
			  : vbc_fail_nomem(&op->error);

	inventory->keys_changed = true;
	if (!code && vbc_starts_with(key, prefix))
		vbc_stock_mark(&inventory->stock, key + strlen(prefix));
	return code;
}

/* Those that have the medium; one that is gone meanwhile has none. */
static int event_hear_medium(struct vbc_op *op, struct vbc_inventory *inventory, vbc_ref event)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_strs machines = {0};
	vbc_ref medium = {NULL};
	int code = vbc_IMediumConfigChangedEvent_getMedium(op, event, &medium);

	if (!code && !vbc_ref_is_null(medium))
		code = vbc_IMedium_getMachineIds(op, medium, &machines);
	for (size_t i = 0; !code && i < machines.n; i++)
		vbc_stock_mark(&inventory->stock, machines.v[i]);
	return vbc_aside_forgive(&aside, code, op->stale ? 0 : VBC_REFUSALS);
}

static int inventory_hear(struct vbc_op *op, void *arg, vbc_ref event, enum vbc_VBoxEventType type)
{
	struct vbc_inventory *inventory = arg;

	if (type == VBC_VBoxEventType_OnExtraDataChanged)
		return event_hear_key(op, inventory, event);
	if (type == VBC_VBoxEventType_OnMediumConfigChanged)
		return event_hear_medium(op, inventory, event);
	if (type == VBC_VBoxEventType_OnMachineRegistered)
		inventory->machines_changed = true;
	return event_hear_machine(op, inventory, event);
}

/* Hears what was changed before now, unless another thread did, after this one asked for it. */
static int inventory_pass(struct vbc_op *op, struct vbc_inventory *inventory, unsigned fence)
{
	size_t most = EVENTS_MIN + 2 * inventory->stock.n;
	bool passed = false;
	unsigned number;
	int code;

	pthread_mutex_lock(&inventory->mutex);
	number = inventory->passed >= fence ? 0 : ++inventory->begun;
	pthread_mutex_unlock(&inventory->mutex);
	if (!number)
		return VBC_OK;
	code = vbc_fence_pass(op, &inventory->fence, most, inventory_hear, inventory, &passed);
	if (!code)
		inventory->failures = passed ? 0 : inventory->failures + 1;
	if (passed)
		inventory->passed = number;
	else
		inventory_forget(inventory);
	return code;
}

static int inventory_open(struct vbc_op *op, struct vbc_inventory *inventory)
{
	const struct vbc_enums types = {.n = VBC_COUNT(kinds_of_events), .v = kinds_of_events};
	bool is_new = false, open = false;
	int code;

	if (inventory->failures >= FAILURES_MAX)
		inventory->refused = true;
	if (inventory->refused)
		return VBC_OK;
	inventory_forget(inventory);
	code = vbc_fence_open(op, types, &inventory->fence, &is_new, &open);
	inventory->refused = !code && !open;
	return code;
}

/* A program that ends after one list would pay for what it does not use. */
static bool inventory_is_due(const struct vbc_op *op, const struct vbc_inventory *inventory)
{
	return !op->host->one_shot || inventory->lists;
}

static int inventory_refresh(struct vbc_op *op, struct vbc_inventory *inventory, unsigned fence)
{
	int code = inventory_is_open(inventory) ? inventory_pass(op, inventory, fence) : VBC_OK;

	if (!code && !inventory_is_open(inventory) && inventory_is_due(op, inventory))
		code = inventory_open(op, inventory);
	return code;
}

static bool inventory_keep_keys(struct vbc_inventory *inventory, const struct vbc_strs *keys)
{
	const char **v;

	vbc_arena_done(&inventory->key_arena);
	inventory->keys = (struct vbc_strs){.n = 0};
	v = VBC_ARENA_ARRAY(&inventory->key_arena, const char *, keys->n);
	for (size_t i = 0; v && i < keys->n; i++) {
		v[i] = vbc_arena_strdup(&inventory->key_arena, keys->v[i]);
		if (!v[i])
			v = NULL;
	}
	inventory->keys = (struct vbc_strs){.n = v ? keys->n : 0, .v = v};
	return v;
}

static int inventory_ask_keys(struct vbc_op *op, struct vbc_inventory *inventory)
{
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	if (!code && !inventory_keep_keys(inventory, &keys))
		code = vbc_fail_nomem(&op->error);
	if (!code)
		inventory->keys_changed = false;
	return code;
}

/* The operation's own copy of the keys. */
static int inventory_share_keys(struct vbc_op *op, const struct vbc_strs *keys)
{
	struct vbc_strs *copy = VBC_ARENA_NEW(&op->arena, struct vbc_strs);
	const char **v = VBC_ARENA_ARRAY(&op->arena, const char *, keys->n);
	struct vbc_known known = vbc_known(op);

	for (size_t i = 0; v && i < keys->n; i++) {
		v[i] = vbc_arena_strdup(&op->arena, keys->v[i]);
		if (!v[i])
			v = NULL;
	}
	if (!copy || !v)
		return vbc_fail_nomem(&op->error);
	*copy = (struct vbc_strs){.n = keys->n, .v = v};
	known.keys = copy;
	return vbc_known_set(op, &known);
}

static int inventory_hear_all(struct vbc_op *op, struct vbc_inventory *inventory, unsigned fence)
{
	int code = inventory_refresh(op, inventory, fence);

	if (code || !inventory_is_open(inventory))
		return code;
	if (inventory->keys_changed)
		code = inventory_ask_keys(op, inventory);
	return code ? code : inventory_share_keys(op, &inventory->keys);
}

int vbc_inventory_begin(struct vbc_op *op, unsigned *ret_calls)
{
	struct vbc_inventory *inventory = inventory_of_session(op);
	unsigned fence = 0;
	int code;

	*ret_calls = op->calls;
	if (op->host->dry_run) /* it needs a machine of its own, which counts as a change */
		return VBC_OK;
	code = inventory ? inventory_own(op, inventory, &fence) : vbc_fail_nomem(&op->error);
	if (code)
		return code;
	code = inventory_hear_all(op, inventory, fence);
	inventory->lists++;
	vbc_inventory_give_back(inventory);
	*ret_calls = op->calls;
	return code;
}

static int machines_ask(struct vbc_op *op, struct vbc_inventory *inventory)
{
	struct vbc_refs machines = {0};
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (!code && !vbc_stock_set_machines(&inventory->stock, &machines))
		code = vbc_fail_nomem(&op->error);
	if (!code)
		inventory->machines_changed = false;
	return code;
}

static int inventory_make_ready(struct vbc_op *op, struct vbc_inventory *inventory, unsigned fence,
				bool again)
{
	int code = again && inventory_is_open(inventory) ? inventory_hear_all(op, inventory, fence)
							 : VBC_OK;

	if (!code && inventory_is_open(inventory) && inventory->machines_changed)
		code = machines_ask(op, inventory);
	return code;
}

int vbc_inventory_take(struct vbc_op *op, unsigned calls, struct vbc_inventory **ret,
		       struct vbc_stock **ret_stock)
{
	struct vbc_inventory *inventory = inventory_of_session(op);
	bool again = op->calls != calls;
	unsigned fence = 0;
	int code;

	if (op->host->dry_run)
		return VBC_OK;
	code = inventory ? inventory_own(op, inventory, &fence) : vbc_fail_nomem(&op->error);
	if (code)
		return code;
	code = inventory_make_ready(op, inventory, fence, again);
	if (!code && inventory_is_open(inventory)) {
		*ret = inventory;
		*ret_stock = &inventory->stock;
		return VBC_OK;
	}
	vbc_inventory_give_back(inventory);
	return code;
}
