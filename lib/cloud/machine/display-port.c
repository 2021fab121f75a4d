/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The port of the host that a machine's remote display has.
 */
#include "machine/display-port.h"

#include "base/str.h"

#define PORT_MAX 65535

/* VirtualBox keeps it as text, which may be a list or a range; 0: it is none of them. */
static unsigned display_first_port(struct vbc_op *op, const char *ports)
{
	const char *first = vbc_arena_strndup(&op->arena, ports, strspn(ports, "0123456789"));
	uint64_t port = 0;

	return first && vbc_parse_u64(first, PORT_MAX, &port) ? (unsigned)port : 0;
}

int vbc_display_read_port(struct vbc_op *op, vbc_ref server, unsigned *ret_port)
{
	const char *ports = "";
	int code = vbc_IVRDEServer_getVRDEProperty(op, server, VBC_DISPLAY_PORT, &ports);

	if (!code)
		*ret_port = display_first_port(op, ports);
	return code;
}

int vbc_display_port(struct vbc_op *op, vbc_ref machine, unsigned *ret_port)
{
	vbc_ref server = {NULL};
	bool enabled = false;
	int code = vbc_IMachine_getVRDEServer(op, machine, &server);

	if (!code)
		code = vbc_IVRDEServer_getEnabled(op, server, &enabled);
	*ret_port = 0;
	return code || !enabled ? code : vbc_display_read_port(op, server, ret_port);
}
