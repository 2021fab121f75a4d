/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

struct parallel {
	size_t n;
	atomic_size_t next;
	void (*work)(void *arg, size_t i);
	void *arg;
};

static void *parallel_work(void *arg)
{
	struct parallel *p = arg;

	for (size_t i; (i = atomic_fetch_add(&p->next, 1)) < p->n;)
		p->work(p->arg, i);
	return NULL;
}

/* Threads have the signal mask of the one that makes them. */
static size_t threads_start(pthread_t *threads, size_t most, struct parallel *p)
{
	sigset_t all, was;
	size_t n = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	while (n < most && !pthread_create(&threads[n], NULL, parallel_work, p))
		n++;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return n;
}

void vbc_parallel(size_t n, void (*work)(void *arg, size_t i), void *arg)
{
	struct parallel p = {.n = n, .work = work, .arg = arg};
	size_t wanted = n < VBC_PARALLEL_MAX ? n : VBC_PARALLEL_MAX;
	pthread_t threads[VBC_PARALLEL_MAX];
	size_t started = wanted ? threads_start(threads, wanted - 1, &p) : 0;

	parallel_work(&p);
	while (started)
		pthread_join(threads[--started], NULL);
}
