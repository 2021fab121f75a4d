/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ports as they are written; those of a forward: HOST:GUEST, or GUEST alone.
 */
#ifndef TOOL_PORTS_H
#define TOOL_PORTS_H

struct vbc_error;

/* Return 0 or VBC_E_ARG, with err filled. *ret_host is 0 when only the guest's port is given. */
int parse_port(const char *text, unsigned *ret_port, struct vbc_error *err);
int parse_ports(const char *text, unsigned *ret_host, unsigned *ret_guest, struct vbc_error *err);

#endif
