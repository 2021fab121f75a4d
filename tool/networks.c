/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The options of networks and forwards that several commands have.
 */
#include "networks.h"

#include "ports.h"

const struct choice adapter_choices[] = {
	{"0", 1}, {"1", 2}, {"2", 3}, {"3", 4}, {"4", 5}, {"5", 6}, {"6", 7}, {"7", 8}, {NULL, 0},
};

int networks_read(const struct args *args, struct networks *room, struct vbc_node_create_opts *opts,
		  struct vbc_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < args->networks.n; i++)
		rc = vbc_network_parse(args->networks.v[i], &room->choices[i], err);
	for (size_t i = 0; !rc && i < args->forwards.n; i++) {
		struct vbc_forward_add_opts *f = &room->forwards[i];

		*f = (struct vbc_forward_add_opts)VBC_FORWARD_ADD_OPTS_INIT;
		rc = parse_ports(args->forwards.v[i], &f->host_port, &f->guest_port, err);
		room->pointers[i] = f;
	}
	opts->networks = room->choices;
	opts->n_networks = args->networks.n;
	opts->forwards = room->pointers;
	opts->n_forwards = args->forwards.n;
	return rc;
}
