/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creates several nodes at once, one thread each, over one handle: threads URL IMAGE NAME...
 *
 * A handle needs no lock of the program's. Each thread has an error of its own; results belong to
 * whoever received them.
 *
 *     cc threads.c $(pkg-config --cflags --libs vboxcloud) -pthread
 */
#include <pthread.h>
#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

#define MOST 16

struct work {
	struct vbc_host *host; /* shared */
	const char *image, *name;
	struct vbc_node *node; /* the result */
	struct vbc_error err;
	pthread_t thread;
};

static void *create(void *arg)
{
	struct work *work = arg;
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;

	opts.image = work->image;
	opts.node_size = "1_cpu-64_ram-1_disk";
	opts.no_start = true;
	vbc_node_create(work->host, work->name, &opts, NULL, &work->node, &work->err);
	return NULL;
}

/* Waits for it and prints what came of it. Returns whether it went well. */
static bool finish(struct work *work)
{
	bool good;

	pthread_join(work->thread, NULL);
	good = work->node != NULL;
	if (good)
		printf("%s  %s\n", work->node->id, work->node->name);
	else
		fprintf(stderr, "threads: %s\n", work->err.text);
	vbc_node_free(work->node);
	return good;
}

int main(int argc, char **argv)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct work works[MOST] = {{.host = NULL}};
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	int n = argc - 3, started = 0;
	bool good = true;

	if (n < 1 || n > MOST) {
		fprintf(stderr, "usage: threads URL IMAGE NAME... (at most %d)\n", MOST);
		return 2;
	}
	opts.url = argv[1];
	if (vbc_host_open(&opts, &host, &err)) {
		fprintf(stderr, "threads: %s\n", err.text);
		return 1;
	}
	for (; good && started < n; started += good) {
		struct work *work = &works[started];

		work->host = host;
		work->image = argv[2];
		work->name = argv[3 + started];
		good = pthread_create(&work->thread, NULL, create, work) == 0;
	}
	for (int i = 0; i < started; i++)
		good = finish(&works[i]) && good;
	vbc_host_close(host); /* no thread uses it any more */
	return good ? 0 : 1;
}
