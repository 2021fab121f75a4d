/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A call of a fleet waits for many hosts in threads of the library, which Python knows nothing of.
 * So the caller's thread does not wait with them, but for them.
 */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "fleet.h"

#define LOOK_MS 100 /* how often it is asked what came up */

struct runner {
	struct round *round;
	pthread_mutex_t lock;
	pthread_cond_t ended; /* by CLOCK_MONOTONIC */
	bool over;
	int code;
};

static void *runner_work(void *arg)
{
	struct runner *runner = arg;
	int code = runner->round->run(runner->round);

	pthread_mutex_lock(&runner->lock);
	runner->code = code;
	runner->over = true;
	pthread_cond_signal(&runner->ended);
	pthread_mutex_unlock(&runner->lock);
	return NULL;
}

/* Signals are for Python's threads. */
static int runner_start(struct runner *runner, pthread_t *ret_thread)
{
	sigset_t all, was;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	failed = pthread_create(ret_thread, NULL, runner_work, runner);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return failed;
}

static struct timespec time_after_ms(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

/* Whether it is over; else after a while. */
static bool runner_wait(struct runner *runner)
{
	struct timespec until = time_after_ms(LOOK_MS);
	bool over;

	pthread_mutex_lock(&runner->lock);
	while (!runner->over && !pthread_cond_timedwait(&runner->ended, &runner->lock, &until))
		;
	over = runner->over;
	pthread_mutex_unlock(&runner->lock);
	return over;
}

static void runner_init(struct runner *runner)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

int round_run(struct round *round)
{
	struct runner runner = {.round = round};
	bool cancelled = false;
	pthread_t thread;

	runner_init(&runner);
	round->call.thread = PyEval_SaveThread();
	if (runner_start(&runner, &thread)) {
		runner_work(&runner); /* which nothing ends then but the time */
	} else {
		while (!runner_wait(&runner)) {
			if (!cancelled && call_tick(&round->call, NULL)) {
				vbc_fleet_cancel(round->fleet);
				cancelled = true;
			}
		}
		pthread_join(thread, NULL);
	}
	PyEval_RestoreThread(round->call.thread);
	pthread_cond_destroy(&runner.ended);
	pthread_mutex_destroy(&runner.lock);
	return runner.code;
}
