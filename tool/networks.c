/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The options of networks and forwards that several commands have.
 */
#include "networks.h"

#include "ports.h"

const struct choice adapter_choices[] = {
	{"0", 1},   {"1", 2},   {"2", 3},   {"3", 4},   {"4", 5},   {"5", 6},   {"6", 7},
	{"7", 8},   {"8", 9},   {"9", 10},  {"10", 11}, {"11", 12}, {"12", 13}, {"13", 14},
	{"14", 15}, {"15", 16}, {"16", 17}, {"17", 18}, {"18", 19}, {"19", 20}, {"20", 21},
	{"21", 22}, {"22", 23}, {"23", 24}, {"24", 25}, {"25", 26}, {"26", 27}, {"27", 28},
	{"28", 29}, {"29", 30}, {"30", 31}, {"31", 32}, {"32", 33}, {"33", 34}, {"34", 35},
	{"35", 36}, {NULL, 0},
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
