/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Takes a snapshot of a stopped node, changes the node, and goes back: snapshot-revert URL NODE
 *
 *     cc snapshot-revert.c $(pkg-config --cflags --libs vboxcloud)
 */
#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

static void print_node(struct vbc_host *host, const char *when, const char *id)
{
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	if (vbc_node_get(host, id, &node, &err))
		fprintf(stderr, "snapshot-revert: %s\n", err.text);
	else
		printf("%s: %s\n", when, node->size);
	vbc_node_free(node);
}

/* More memory, the same CPUs and disk. */
static int grow(struct vbc_host *host, const struct vbc_node *node, struct vbc_error *err)
{
	char size[64];

	snprintf(size, sizeof(size), "%u_cpu-%u_ram-%u_disk", node->cpus, node->memory_mib + 64,
		 node->disk_gib);
	return vbc_node_resize(host, node->id, size, NULL, err);
}

static int try_and_revert(struct vbc_host *host, const struct vbc_node *node, struct vbc_error *err)
{
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_snapshot *snapshot = NULL;
	int code;

	opts.name = "before";
	opts.description = "before more memory";
	code = vbc_snapshot_create(host, NULL, node->id, &opts, NULL, &snapshot, err);
	if (code)
		return code;
	print_node(host, "before", node->id);
	code = grow(host, node, err);
	print_node(host, "changed", node->id);
	if (!code)
		code = vbc_snapshot_revert(host, node->id, snapshot->id, NULL, err);
	if (!code) {
		print_node(host, "reverted", node->id);
		code = vbc_snapshot_delete(host, node->id, snapshot->id, NULL, err);
	}
	vbc_snapshot_free(snapshot);
	return code;
}

int main(int argc, char **argv)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	struct vbc_node *node = NULL;
	int code;

	if (argc != 3) {
		fprintf(stderr, "usage: snapshot-revert URL NODE\n");
		return 2;
	}
	opts.url = argv[1];
	code = vbc_host_open(&opts, &host, &err);
	if (!code)
		code = vbc_node_get(host, argv[2], &node, &err);
	if (!code)
		code = try_and_revert(host, node, &err);
	if (code)
		fprintf(stderr, "snapshot-revert: %s\n", err.text);
	vbc_node_free(node);
	vbc_host_close(host);
	return code ? 1 : 0;
}
