/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists the nodes of a host: list-nodes [URL]
 *
 *     cc list-nodes.c $(pkg-config --cflags --libs vboxcloud)
 */
#include <stdio.h>

#include <vboxcloud/vboxcloud.h>

int main(int argc, char **argv)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	struct vbc_nodes *nodes = NULL;
	int code;

	opts.url = argc > 1 ? argv[1] : NULL;
	code = vbc_host_open(&opts, &host, &err);
	if (!code)
		code = vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, &err);
	if (code)
		fprintf(stderr, "list-nodes: %s\n", err.text);
	for (size_t i = 0; nodes && i < nodes->n; i++)
		printf("%s  %-10s %s\n", nodes->v[i]->id, vbc_node_state_name(nodes->v[i]->state),
		       nodes->v[i]->name);
	vbc_nodes_free(nodes);
	vbc_host_close(host);
	return code ? 1 : 0;
}
