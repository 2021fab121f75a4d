/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A host that falls silent in the middle of work, so that a program gives it up and goes on living:
 * its next operation, with the host awake, undoes what was begun.
 */
#include <stdio.h>
#include <string.h>

#include "nodes.h"
#include "proxy.h"

static struct proxy proxy;

/* No answer to the nth call of this method; the host may have done it, or have never seen it. */
static void fall_silent(const char *method, unsigned nth, bool done)
{
	char rule[200];

	proxy_reset(&proxy);
	snprintf(rule, sizeof(rule), "[{\"method\": \"%s\", \"nth\": %u, \"do\": \"%s\"}]", method,
		 nth, done ? "hang-after" : "hang");
	proxy_rules(&proxy, rule);
}

/* Cancels when the call that gets no answer has come. */
static int tick(void *data, const struct vbc_progress *p)
{
	(void)data;
	(void)p;
	return proxy_has_fired(&proxy);
}

/* Nobody has looked at the host since that would clean up, but to count. */
static bool has_leftovers(struct vbc_host *host, size_t n)
{
	struct vbc_leftovers *leftovers = NULL;
	struct vbc_error err = {0};
	bool same;

	if (vbc_gc(host, &dry_run, NULL, &leftovers, &err))
		bail_out(err.text);
	same = leftovers->n == n;
	vbc_leftovers_free(leftovers);
	return same;
}

static void test_create(struct vbc_host *host, struct vbc_host *other, const char *image,
			const char *method, unsigned nth, bool done)
{
	const struct vbc_wait wait = {.tick = tick};
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct holdings before = look(other);
	struct vbc_nodes *nodes = NULL;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};
	const char *name = own_name("silent");
	int code;

	opts.image = image;
	opts.node_size = SMALL;
	fall_silent(method, nth, done);
	code = vbc_node_create(host, name, &opts, &wait, &node, &err);
	is_str(vbc_code_name(code), "VBC_E_CANCELLED", "no answer to %s %u, %s: %s", method, nth,
	       done ? "done" : "unseen", err.text);
	ok(strstr(err.text, "the next operation on this host cleans up") != NULL,
	   "which says what is next");
	proxy_reset(&proxy);
	err = (struct vbc_error){0};
	ok(!vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, &err),
	   "the same program lists nodes %s", err.text);
	vbc_nodes_free(nodes);
	ok(has_leftovers(other, before.leftovers), "which has cleaned up");
	is_as_before(other, &before, method);
	ok(!vbc_node_create(host, name, &opts, NULL, &node, &err), "and makes the node %s",
	   err.text);
	ok(node && destroy_node(host, node->id), "and destroys it");
	vbc_node_free(node);
	is_as_before(other, &before, "then");
}

int main(void)
{
	static const struct {
		const char *method;
		unsigned nth;
		bool done;
	} silences[] = {
		{"IVirtualBox_setExtraData", 1, true},    {"IVirtualBox_setExtraData", 2, false},
		{"IVirtualBox_registerMachine", 1, true}, {"IMachine_lockMachine", 1, true},
		{"IMachine_attachDevice", 1, false},      {"IProgress_waitForCompletion", 1, true},
		{"IMachine_saveSettings", 1, false},      {"ISession_unlockMachine", 1, false},
		{"IMachine_launchVMProcess", 1, true},
	};
	struct vbc_host *other = host_open(), *host;
	const char *image = make_image(other);

	proxy_start(&proxy);
	host = proxy_open(&proxy, 0);
	for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++)
		test_create(host, other, image, silences[i].method, silences[i].nth,
			    silences[i].done);
	vbc_host_close(host);
	delete_image(other);
	vbc_host_close(other);
	proxy_stop(&proxy);
	return tap_done();
}
