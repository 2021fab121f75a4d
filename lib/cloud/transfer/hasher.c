/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/hasher.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "transfer/checksum.h"

/* So much may wait: few bytes that are copied, and zeros for less than a second. */
enum { PARTS = 512, COPIES = 8 };

struct part {
	size_t n, copy; /* of zeros: NO_COPY */
};

#define NO_COPY SIZE_MAX

struct vbc_hasher {
	struct vbc_checksum *sum; /* the thread's, while something waits */
	pthread_t thread;
	bool alone; /* there is no thread: what is added is hashed at once */
	unsigned char *zeros, *copies;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t changed;
	struct part parts[PARTS];
	size_t first, n_parts, n_copies, next_copy;
	bool ending, failed;
};

static const unsigned char *hasher_part_bytes(const struct vbc_hasher *h, const struct part *p)
{
	return p->copy == NO_COPY ? h->zeros : h->copies + p->copy * VBC_HASHER_MAX;
}

/* The first part stays where it is until it is in the sum. */
static void *hasher_run(void *arg)
{
	struct vbc_hasher *h = arg;

	pthread_mutex_lock(&h->mutex);
	while (!h->ending) {
		struct part part = h->parts[h->first];
		bool done;

		if (!h->n_parts) {
			pthread_cond_wait(&h->changed, &h->mutex);
			continue;
		}
		pthread_mutex_unlock(&h->mutex);
		done = vbc_checksum_add(h->sum, hasher_part_bytes(h, &part), part.n);
		pthread_mutex_lock(&h->mutex);
		h->failed = h->failed || !done;
		h->n_copies -= part.copy != NO_COPY;
		h->first = (h->first + 1) % PARTS;
		h->n_parts--;
		pthread_cond_broadcast(&h->changed);
	}
	pthread_mutex_unlock(&h->mutex);
	return NULL;
}

/* The caller's signals are not for this thread. */
static bool hasher_start_thread(struct vbc_hasher *h)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&h->thread, NULL, hasher_run, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

struct vbc_hasher *vbc_hasher_start(struct vbc_checksum *sum)
{
	struct vbc_hasher *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->sum = sum;
	h->zeros = calloc(1, VBC_HASHER_MAX);
	h->copies = malloc((size_t)COPIES * VBC_HASHER_MAX);
	pthread_mutex_init(&h->mutex, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->alone = true;
	if (!h->zeros || !h->copies) {
		vbc_hasher_end(h);
		return NULL;
	}
	h->alone = !hasher_start_thread(h);
	return h;
}

bool vbc_hasher_add(struct vbc_hasher *h, const void *data, size_t n)
{
	struct part part = {.n = n, .copy = NO_COPY};
	bool fine;

	if (h->alone)
		return vbc_checksum_add(h->sum, data ? data : h->zeros, n);
	pthread_mutex_lock(&h->mutex);
	while (h->n_parts == PARTS || (data && h->n_copies == COPIES))
		pthread_cond_wait(&h->changed, &h->mutex);
	if (data) {
		part.copy = h->next_copy;
		h->next_copy = (h->next_copy + 1) % COPIES;
		h->n_copies++;
		memcpy(h->copies + part.copy * VBC_HASHER_MAX, data, n);
	}
	h->parts[(h->first + h->n_parts++) % PARTS] = part;
	fine = !h->failed;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->mutex);
	return fine;
}

bool vbc_hasher_wait(struct vbc_hasher *h)
{
	bool fine;

	pthread_mutex_lock(&h->mutex);
	while (h->n_parts)
		pthread_cond_wait(&h->changed, &h->mutex);
	fine = !h->failed;
	pthread_mutex_unlock(&h->mutex);
	return fine;
}

void vbc_hasher_end(struct vbc_hasher *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->mutex);
	h->ending = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->mutex);
	if (!h->alone)
		pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->mutex);
	free(h->zeros);
	free(h->copies);
	free(h);
}
