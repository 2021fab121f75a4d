/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/advisory-lock.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "vbox/lease-holder.h"

#define PATIENCE_MS  5000
#define PAUSE_MS     20
#define PAUSE_MAX_MS 200

struct held {
	struct held *next;
	char id[];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static struct held *all_held;

static void advisory_init_cond(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attr);
	pthread_condattr_destroy(&attr);
}

static void advisory_before_fork(void)
{
	pthread_mutex_lock(&mutex);
}

static void advisory_after_fork(void)
{
	pthread_mutex_unlock(&mutex);
}

/* The child has none of the threads whose locks these are, nor of those that wait. */
static void advisory_after_fork_child(void)
{
	while (all_held) {
		struct held *c = all_held;

		all_held = c->next;
		free(c);
	}
	advisory_init_cond();
	pthread_mutex_unlock(&mutex);
}

static void advisory_set_up(void)
{
	advisory_init_cond();
	pthread_atfork(advisory_before_fork, advisory_after_fork, advisory_after_fork_child);
}

static struct held **advisory_find_held(const char *machine_id)
{
	struct held **at = &all_held;

	while (*at && !streq((*at)->id, machine_id))
		at = &(*at)->next;
	return at;
}

int vbc_thread_lock(const char *machine_id, int64_t until_ms)
{
	const struct timespec until = {.tv_sec = until_ms / 1000,
				       .tv_nsec = (long)(until_ms % 1000) * 1000000};
	size_t n = strlen(machine_id) + 1;
	struct held *held = malloc(sizeof(*held) + n);
	int rc = 0;

	if (!held)
		return VBC_E_NOMEM;
	memcpy(held->id, machine_id, n);
	pthread_once(&once, advisory_set_up);
	pthread_mutex_lock(&mutex);
	while (*advisory_find_held(machine_id) && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&changed, &mutex, &until);
	if (*advisory_find_held(machine_id)) {
		pthread_mutex_unlock(&mutex);
		free(held);
		return VBC_E_BUSY;
	}
	held->next = all_held;
	all_held = held;
	pthread_mutex_unlock(&mutex);
	return VBC_OK;
}

void vbc_thread_unlock(const char *machine_id)
{
	struct held **at, *held;

	pthread_once(&once, advisory_set_up);
	pthread_mutex_lock(&mutex);
	at = advisory_find_held(machine_id);
	held = *at;
	if (held)
		*at = held->next;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	free(held);
}

/* Whether another program that lives has an entry. Our own, of locks that went wrong, do not count:
 * this thread has the lock among ours. */
static int advisory_find_rival(struct vbc_op *op, const char *machine_id, const char *own,
			       bool *ret_busy)
{
	struct vbc_strs keys = {0};
	bool busy = false;
	int code = vbc_meta_ids(op, VBC_LOCK_KIND, &keys);

	for (size_t i = 0; !code && !busy && i < keys.n; i++) {
		struct vbc_meta *VBC_META entry = NULL;
		enum vbc_holder holder = VBC_HOLDER_GONE;

		if (!vbc_starts_with(keys.v[i], machine_id) || streq(keys.v[i], own))
			continue;
		code = vbc_meta_get(op, VBC_LOCK_KIND, keys.v[i], &entry);
		if (!code && entry && !vbc_holder_is_me(entry))
			code = vbc_holder_judge(op, entry, &holder);
		busy = holder == VBC_HOLDER_LIVES;
	}
	*ret_busy = busy;
	return code;
}

/* Lets the other go first: of two that see each other both do, for times that differ. */
static int advisory_step_back(struct vbc_op *op, const char *machine_id, const char *key,
			      int64_t deadline)
{
	unsigned pause_ms = PAUSE_MS + (unsigned)(vbc_now_us() % PAUSE_MS);
	bool busy = true;
	int code = vbc_meta_delete(op, VBC_LOCK_KIND, key);

	while (!code && busy && vbc_now_ms() < deadline) {
		code = vbc_op_sleep(op, pause_ms);
		if (!code)
			code = advisory_find_rival(op, machine_id, key, &busy);
		pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
	}
	return code;
}

/* Each writes before it looks: so of two at least one sees the other. */
int vbc_advisory_lock_take(struct vbc_op *op, const char *machine_id, const struct vbc_lease *lease)
{
	int64_t deadline = vbc_now_ms() + PATIENCE_MS;

	for (;;) {
		bool busy = false;
		int code = vbc_lease_write(op, lease);

		if (!code)
			code = advisory_find_rival(op, machine_id, lease->id, &busy);
		if (!code && busy && op->recovering)
			return vbc_fail(&op->error, VBC_E_BUSY,
					"another program is working on machine %s", machine_id);
		if (code || !busy || vbc_now_ms() >= deadline)
			return code;
		code = advisory_step_back(op, machine_id, lease->id, deadline);
		if (code)
			return code;
	}
}
