/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * First boot on a real host: a seed is made with a node, replaced, and gone with it; what is
 * refused. What is in a seed, is in tests/unit/test-cloud-seed.c and tests/cli/test_first_boot.py;
 * that a guest takes it, in tests/cli/test_guest.py.
 */
#include <stdlib.h>

#include "image-files.h"
#include "nodes.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJd2N3QlFNa8Wk2pQ3Wn0bX7dK1qkYV1nQ5w8y2Zr9sT me"

static struct vbc_host *host;
static const char *image;

static struct vbc_node *make_seeded(const char *name, const struct vbc_first_boot *first_boot,
				    int want)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	opts.image = image;
	opts.node_size = SMALL;
	opts.no_start = true;
	opts.first_boot = first_boot;
	is_int(vbc_node_create(host, own_name(name), &opts, NULL, &node, &err), want, "%s: %s",
	       name, err.text);
	ok((node != NULL) == !want, "%s: a node, or none", name);
	return node;
}

static void test_life(void)
{
	static const char *const keys[] = {KEY};
	struct vbc_first_boot first_boot = VBC_FIRST_BOOT_INIT;
	struct vbc_error err = {0};
	struct vbc_node *node;

	first_boot.ssh_keys = keys;
	first_boot.n_ssh_keys = 1;
	first_boot.password = "s3cret \xc3\xa9";
	first_boot.user_data = "#!/bin/sh\necho hello\n";
	node = make_seeded("seeded", &first_boot, VBC_OK);
	if (!node)
		return;
	ok(!vbc_first_boot_replace(host, node->id, &first_boot, NULL, &err), "replaced %s",
	   err.text);
	ok(!vbc_node_start(host, node->id, NULL, NULL, &err), "it starts %s", err.text);
	is_int(vbc_first_boot_replace(host, node->id, &first_boot, NULL, &err), VBC_E_STATE,
	       "not while it runs: %s", err.text);
	ok(destroy_node(host, node->id), "and is destroyed");
	vbc_node_free(node);
}

/* The seed that a snapshot has stays for it; both go with the node. */
static void test_snapshot(void)
{
	struct vbc_first_boot first_boot = VBC_FIRST_BOOT_INIT;
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_snapshot *snapshot = NULL;
	struct vbc_error err = {0};
	struct vbc_node *node = make_seeded("snapshot", &first_boot, VBC_OK);

	if (!node)
		return;
	opts.name = "s";
	ok(!vbc_snapshot_create(host, NULL, node->id, &opts, NULL, &snapshot, &err),
	   "a snapshot %s", err.text);
	ok(!vbc_first_boot_replace(host, node->id, &first_boot, NULL, &err), "replaced %s",
	   err.text);
	ok(!vbc_snapshot_revert(host, node->id, "s", NULL, &err), "reverted %s", err.text);
	ok(!vbc_first_boot_replace(host, node->id, &first_boot, NULL, &err), "and again %s",
	   err.text);
	ok(destroy_node(host, node->id), "destroyed");
	vbc_snapshot_free(snapshot);
	vbc_node_free(node);
}

/* A node that was made without one; and one of a program that knows no such thing as user data. */
static void test_later(void)
{
	struct vbc_first_boot first_boot = VBC_FIRST_BOOT_INIT;
	struct vbc_node *node = make_seeded("later", NULL, VBC_OK);
	struct vbc_error err = {0};

	if (!node)
		return;
	first_boot.size = offsetof(struct vbc_first_boot, user_data);
	first_boot.user_data = (const char *)1;
	ok(!vbc_first_boot_replace(host, node->name, &first_boot, NULL, &err), "a seed, later %s",
	   err.text);
	ok(destroy_node(host, node->id), "destroyed");
	vbc_node_free(node);
}

static void refused(const struct vbc_first_boot *first_boot, int want, const char *what)
{
	make_seeded(what, first_boot, want);
	is_int(vbc_first_boot_replace(host, "no such node", first_boot, NULL, NULL),
	       want == VBC_E_ARG ? want : VBC_E_NOTFOUND, "%s: nor replaced", what);
}

static void test_refused(void)
{
	struct vbc_first_boot first_boot = VBC_FIRST_BOOT_INIT;
	const char *key = "no such key";

	first_boot.ssh_keys = &key;
	first_boot.n_ssh_keys = 1;
	refused(&first_boot, VBC_E_NOTFOUND, "an unknown key");
	key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n";
	make_seeded("a private key", &first_boot, VBC_E_ARG);
	key = "ssh-rsa AAAA!!";
	make_seeded("half a key", &first_boot, VBC_E_ARG);
	first_boot.n_ssh_keys = 0;
	first_boot.hostname = "not_a_name";
	refused(&first_boot, VBC_E_ARG, "a host name with a line");
	first_boot.hostname = NULL;
	first_boot.password = "";
	refused(&first_boot, VBC_E_ARG, "an empty password");
	first_boot.password = "two\nlines";
	refused(&first_boot, VBC_E_ARG, "a password of two lines");
}

/* VirtualBox 5 takes no seed, with a new node or later. */
static void test_old_host(void)
{
	struct vbc_first_boot first_boot = VBC_FIRST_BOOT_INIT;
	struct vbc_node *node = make_seeded("untold", NULL, VBC_OK);
	struct vbc_error err = {0};

	first_boot.user_data = "#!/bin/sh\n";
	make_seeded("told", &first_boot, VBC_E_VERSION);
	if (!node)
		return;
	is_int(vbc_first_boot_replace(host, node->id, &first_boot, NULL, &err), VBC_E_VERSION,
	       "nor later: %s", err.text);
	ok(destroy_node(host, node->id), "destroyed");
	vbc_node_free(node);
}

int main(void)
{
	struct holdings before;

	host = host_open();
	image = make_image(host);
	before = look(host);
	if (takes_uploads(host)) {
		test_life();
		is_as_before(host, &before, "a life");
		test_snapshot();
		is_as_before(host, &before, "a snapshot");
		test_later();
		test_refused();
	} else {
		test_old_host();
	}
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
