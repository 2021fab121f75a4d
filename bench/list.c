/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-list ROUNDS [all]: lists the nodes again and again on one open handle, as a long-lived
 * program does: their names, or all that is known of them. Prints milliseconds: "warm 41.3".
 */
#include "base/clock.h"
#include "base/str.h"
#include "common.h"

int main(int argc, char **argv)
{
	unsigned rounds = argument(argc, argv, 1);
	unsigned fields = argc > 2 && streq(argv[2], "all") ? (unsigned)VBC_NODE_FIELD_ALL
							    : VBC_NODE_FIELD_NAME;
	struct vbc_host *host = open_host();
	struct vbc_error error = {0};

	for (unsigned i = 0; i <= rounds; i++) {
		int64_t began = vbc_now_us();
		struct vbc_nodes *nodes = NULL;

		must(vbc_node_list(host, fields, &nodes, &error), &error);
		if (i > 0) /* the first one logs on */
			printf("warm %.3f\n", (double)(vbc_now_us() - began) / 1000);
		vbc_nodes_free(nodes);
	}
	vbc_host_close(host);
	return 0;
}
