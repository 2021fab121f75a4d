/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ports of a forward, as they are written: HOST:GUEST, or GUEST alone.
 */
#ifndef TOOL_PORTS_H
#define TOOL_PORTS_H

struct vbc_error;

/* *ret_host is 0 when only the guest's port is given. Returns 0 or VBC_E_ARG, with err filled. */
int parse_ports(const char *text, unsigned *ret_host, unsigned *ret_guest, struct vbc_error *err);

#endif
