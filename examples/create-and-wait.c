/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Creates a node from an image, starts it, and waits until it has an address:
 * create-and-wait URL IMAGE NAME
 *
 *     cc create-and-wait.c $(pkg-config --cflags --libs vboxcloud)
 */
#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

#define SECONDS 1000u

static void print_node(const struct vbc_node *node)
{
	printf("%s  %s  %s\n", node->id, vbc_node_state_name(node->state), node->name);
	for (size_t i = 0; i < node->addresses.n; i++) {
		const struct vbc_address *address = node->addresses.v[i];

		printf("port %u of the guest: %s:%u (%s)\n", address->guest_port, address->host,
		       address->port, vbc_address_source_name(address->source));
	}
}

int main(int argc, char **argv)
{
	struct vbc_host_opts host_opts = VBC_HOST_OPTS_INIT;
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_wait create_wait = {.timeout_ms = 600 * SECONDS};
	struct vbc_wait address_wait = {.timeout_ms = 120 * SECONDS};
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	struct vbc_node *created = NULL, *reached = NULL;
	int code;

	if (argc != 4) {
		fprintf(stderr, "usage: create-and-wait URL IMAGE NAME\n");
		return 2;
	}
	host_opts.url = argv[1];
	opts.image = argv[2];
	opts.node_size = "1_cpu-64_ram-1_disk";
	code = vbc_host_open(&host_opts, &host, &err);
	if (!code)
		code = vbc_node_create(host, argv[3], &opts, &create_wait, &created, &err);
	/* The new node by its id: several nodes may share a name. */
	if (!code)
		code = vbc_node_wait_address(host, created->id, &address_wait, &reached, &err);
	if (!code)
		print_node(reached);
	else
		fprintf(stderr, "create-and-wait: %s\n", err.text);
	vbc_node_free(reached);
	vbc_node_free(created);
	vbc_host_close(host);
	return code ? 1 : 0;
}
