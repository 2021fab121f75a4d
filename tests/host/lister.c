/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program that lists nodes as often as it is told, in one process, for tests in Python: each line
 * of its input is a word and numbers, each answer ends with a line that is a dot.
 *
 *   list FIELDS        with one handle that is kept
 *   poll FIELDS        with a handle that is opened for it
 *   threads N FIELDS   N threads at once, with the handle that is kept; lists one of their answers,
 *                      or says how many differ
 *   fork FIELDS        the child lists, with its parent's handle
 *
 * A node is a line of its values, between tabs, see node_print(). A failure is a line "! CODE
 * TEXT".
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static void text_print(const char *text)
{
	static const char marked[] = "\t\n\r\\", marks[] = "tnr\\";

	for (; *text; text++) {
		const char *at = strchr(marked, *text);

		if (at)
			printf("\\%c", marks[at - marked]);
		else
			putchar(*text);
	}
	putchar('\t');
}

static void adapters_print(const struct vbc_node *node)
{
	for (size_t i = 0; i < node->adapters.n; i++) {
		const struct vbc_network_adapter *a = node->adapters.v[i];

		printf("%u,%s,%s,%s;", a->slot, vbc_network_kind_name(a->kind), a->network, a->mac);
	}
	putchar('\t');
	for (size_t i = 0; i < node->forwards.n; i++)
		printf("%s,%u,%u;", node->forwards.v[i]->name, node->forwards.v[i]->host_port,
		       node->forwards.v[i]->guest_port);
	putchar('\t');
	for (size_t i = 0; i < node->addresses.n; i++)
		printf("%s,%u;", node->addresses.v[i]->host, node->addresses.v[i]->port);
	putchar('\t');
}

static void node_print(const struct vbc_node *node)
{
	text_print(node->id);
	text_print(node->name);
	text_print(node->machine_state);
	text_print(node->size);
	text_print(node->os_type);
	text_print(node->description);
	text_print(node->settings_file);
	text_print(node->error);
	text_print(node->image);
	text_print(node->username);
	adapters_print(node);
	for (size_t i = 0; i < node->tags.n; i++)
		printf("%s=%s;", node->tags.v[i]->key, node->tags.v[i]->value);
	putchar('\n');
}

static void nodes_print(const struct vbc_nodes *nodes, int code, const struct vbc_error *err)
{
	if (code)
		printf("! %s %s\n", vbc_code_name(code), err->text);
	for (size_t i = 0; !code && i < nodes->n; i++)
		node_print(nodes->v[i]);
}

static void list(struct vbc_host *host, unsigned fields)
{
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};
	int code = vbc_node_list(host, fields, &nodes, &err);

	nodes_print(nodes, code, &err);
	vbc_nodes_free(nodes);
}

static void poll_once(unsigned fields)
{
	struct vbc_host *host = host_open();

	list(host, fields);
	vbc_host_close(host);
}

#define THREADS_MAX 64

struct lister {
	struct vbc_host *host;
	unsigned fields;
	struct vbc_nodes *nodes;
	struct vbc_error err;
	int code;
};

static void *lister_run(void *arg)
{
	struct lister *l = arg;

	l->code = vbc_node_list(l->host, l->fields, &l->nodes, &l->err);
	return NULL;
}

static bool lists_are_same(const struct lister *a, const struct lister *b)
{
	bool same = !a->code && !b->code && a->nodes->n == b->nodes->n;

	for (size_t i = 0; same && i < a->nodes->n; i++)
		same = strcmp(a->nodes->v[i]->id, b->nodes->v[i]->id) == 0 &&
		       strcmp(a->nodes->v[i]->name, b->nodes->v[i]->name) == 0 &&
		       strcmp(a->nodes->v[i]->size, b->nodes->v[i]->size) == 0;
	return same;
}

static void list_in_threads(struct vbc_host *host, unsigned n, unsigned fields)
{
	struct lister listers[THREADS_MAX] = {{.host = NULL}};
	pthread_t threads[THREADS_MAX];
	unsigned differ = 0;

	for (unsigned i = 0; i < n; i++) {
		listers[i] = (struct lister){.host = host, .fields = fields};
		if (pthread_create(&threads[i], NULL, lister_run, &listers[i]))
			bail_out("no thread");
	}
	for (unsigned i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < n; i++)
		differ += !lists_are_same(&listers[0], &listers[i]);
	if (differ)
		printf("! %u of %u lists differ: %s\n", differ, n, listers[0].err.text);
	else
		nodes_print(listers[0].nodes, listers[0].code, &listers[0].err);
	for (unsigned i = 0; i < n; i++)
		vbc_nodes_free(listers[i].nodes);
}

static void list_in_child(struct vbc_host *host, unsigned fields)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		list(host, fields);
		vbc_host_close(host);
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		printf("! the child ended with status %d\n", status);
}

static void obey(struct vbc_host *host, const char *line)
{
	unsigned n, fields;

	if (sscanf(line, "list %u", &fields) == 1)
		list(host, fields);
	else if (sscanf(line, "poll %u", &fields) == 1)
		poll_once(fields);
	else if (sscanf(line, "threads %u %u", &n, &fields) == 2 && n <= THREADS_MAX)
		list_in_threads(host, n, fields);
	else if (sscanf(line, "fork %u", &fields) == 1)
		list_in_child(host, fields);
	else
		printf("! what is '%s'?\n", line);
	puts(".");
	fflush(stdout);
}

int main(void)
{
	struct vbc_host *host = host_open();
	char line[128];

	while (fgets(line, sizeof(line), stdin))
		obey(host, line);
	vbc_host_close(host);
	return 0;
}
