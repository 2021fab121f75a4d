/* SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vboxcloud/vboxcloud.h>

#include "util.h"

struct listener {
	struct vbc_host *host;
	char *node_id;
	pthread_t thread;
	bool began;
	pthread_mutex_t mutex; /* of what follows */
	struct last_line line;
	bool over;
};

static bool listener_is_over(struct listener *l)
{
	bool over;

	pthread_mutex_lock(&l->mutex);
	over = l->over;
	pthread_mutex_unlock(&l->mutex);
	return over;
}

static int listener_tick(void *data, const struct vbc_progress *progress)
{
	(void)progress;
	return listener_is_over(data);
}

static int listener_tell(void *data, const char *text, size_t size)
{
	struct listener *l = data;

	pthread_mutex_lock(&l->mutex);
	last_line_add(&l->line, text, size);
	pthread_mutex_unlock(&l->mutex);
	return listener_is_over(l);
}

/* Why it cannot be followed is of no interest: it is waited for something else. */
static void *listener_work(void *data)
{
	struct listener *l = data;
	const struct vbc_wait wait = {.tick = listener_tick, .data = l};
	struct vbc_error ignored = {0};

	vbc_node_console_follow(l->host, l->node_id, listener_tell, l, &wait, &ignored);
	return NULL;
}

struct listener *listener_begin(struct vbc_host *host, const char *node_id)
{
	struct listener *l = must(calloc(1, sizeof(*l)));

	l->host = host;
	l->node_id = must(strdup(node_id));
	pthread_mutex_init(&l->mutex, NULL);
	l->began = pthread_create(&l->thread, NULL, listener_work, l) == 0;
	return l;
}

void listener_copy(struct listener *l, char ret[LAST_LINE_MAX + 1])
{
	pthread_mutex_lock(&l->mutex);
	snprintf(ret, LAST_LINE_MAX + 1, "%s", last_line_text(&l->line));
	pthread_mutex_unlock(&l->mutex);
}

void listener_end(struct listener *l)
{
	pthread_mutex_lock(&l->mutex);
	l->over = true;
	pthread_mutex_unlock(&l->mutex);
	if (l->began)
		pthread_join(l->thread, NULL);
	pthread_mutex_destroy(&l->mutex);
	free(l->node_id);
	free(l);
}
