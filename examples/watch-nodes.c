/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prints the states of all nodes, then each change until Ctrl-C: watch-nodes URL
 *
 * VBC_EVENT_TYPE_WATCHING comes first, and again after the host was away. What happened before it
 * is not known, so that is when to list.
 *
 *     cc watch-nodes.c $(pkg-config --cflags --libs vboxcloud)
 */
#include <signal.h>
#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int tick(void *data, const struct vbc_progress *progress)
{
	(void)data;
	(void)progress;
	return interrupted;
}

/* An event's callback may use the handle that is being watched. */
static void list(struct vbc_host *host)
{
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};

	if (vbc_node_list(host, 0, &nodes, &err))
		fprintf(stderr, "watch-nodes: %s\n", err.text);
	for (size_t i = 0; nodes && i < nodes->n; i++)
		printf("%s  %s\n", nodes->v[i]->id, vbc_node_state_name(nodes->v[i]->state));
	vbc_nodes_free(nodes);
}

static int tell(void *data, const struct vbc_event *event)
{
	/* Newer libraries have more events; only those that are known are of interest. */
	switch (event->type) {
	case VBC_EVENT_TYPE_WATCHING: list(data); break;
	case VBC_EVENT_TYPE_NODE_ADDED: printf("%s  added\n", event->id); break;
	case VBC_EVENT_TYPE_NODE_REMOVED: printf("%s  removed\n", event->id); break;
	case VBC_EVENT_TYPE_NODE_STATE:
		printf("%s  %s\n", event->id, vbc_node_state_name(event->state));
		break;
	default: break;
	}
	fflush(stdout);
	return 0; /* anything else ends the watch */
}

int main(int argc, char **argv)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_wait wait = {.tick = tick};
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	int code;

	signal(SIGINT, on_signal);
	opts.url = argc > 1 ? argv[1] : NULL;
	code = vbc_host_open(&opts, &host, &err);
	if (!code)
		code = vbc_watch(host, tell, host, &wait, &err);
	if (code == VBC_E_CANCELLED) /* by Ctrl-C */
		code = VBC_OK;
	if (code)
		fprintf(stderr, "watch-nodes: %s\n", err.text);
	vbc_host_close(host);
	return code ? 1 : 0;
}
