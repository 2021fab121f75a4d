/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way to a node's SSH server, on a real host; a guest that has one is in
 * tests/cli/test_guest.py.
 */
#include <stdlib.h>

#include "nodes.h"

static struct vbc_host *host;

static bool is_here(void)
{
	return strstr(getenv("VBOXCLOUD_HOST"), "//127.") != NULL;
}

static void test_found(const char *id)
{
	struct vbc_forwards *forwards = NULL;
	struct vbc_ssh *ssh = NULL;
	struct vbc_error err = {0};

	ok(!vbc_ssh_find(host, id, &ssh, &err), "a new node has a way to it %s", err.text);
	if (!ssh || vbc_forward_list(host, id, &forwards, NULL))
		return;
	is_str(ssh->node, id, "of that node");
	is_str(ssh->address, "127.0.0.1", "on this machine");
	is_str(ssh->origin, "forward", "by its forward");
	ok(forwards->n == 1 && forwards->v[0]->host_port == ssh->port, "with its port");
	vbc_forwards_free(forwards);
	vbc_ssh_free(ssh);
}

static void test_wait(const char *id)
{
	const struct vbc_wait wait = {.timeout_ms = 3000};
	struct vbc_ssh *ssh = NULL;
	struct vbc_error err = {0};

	is_int(vbc_ssh_wait(host, id, &wait, &ssh, &err), VBC_E_STATE, "not stopped: %s", err.text);
	ok(!vbc_node_start(host, id, NULL, NULL, NULL), "it starts");
	is_int(vbc_ssh_wait(host, id, &wait, &ssh, NULL), VBC_E_TIMEOUT,
	       "a guest that never answers");
	ok(!ssh, "the output is left alone");
}

static void test_none(const char *id)
{
	struct vbc_ssh *ssh = NULL;
	struct vbc_error err = {0};

	ok(!vbc_forward_delete(host, id, "ssh", NULL, NULL), "without the forward");
	is_int(vbc_ssh_find(host, id, &ssh, &err), VBC_E_STATE, "there is none: %s", err.text);
	is_int(vbc_ssh_find(host, "no such node", &ssh, NULL), VBC_E_NOTFOUND, "nor to no node");
}

int main(void)
{
	struct vbc_node *node;

	host = host_open();
	make_image(host);
	node = make_node(host, own_name("ssh"), false);
	if (!node)
		bail_out("no node");
	if (is_here()) {
		test_found(node->id);
		test_wait(node->id);
	} else {
		tap_skip("the way to a node",
			 "forwards are open to their host itself, which is not this");
	}
	test_none(node->id);
	ok(destroy_node(host, node->id), "destroyed");
	vbc_node_free(node);
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
