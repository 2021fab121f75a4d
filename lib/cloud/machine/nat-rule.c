/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The rules of NAT engines, which are port forwards.
 */
#include "machine/nat-rule.h"

#include <vboxcloud/forward.h>

#include "base/str.h"

static bool redirect_parse_port(const char *s, unsigned *ret)
{
	uint64_t number;

	if (!vbc_parse_u64(s, 65535, &number))
		return false;
	*ret = (unsigned)number;
	return true;
}

bool vbc_redirect_parse(struct vbc_op *op, const char *text, struct vbc_redirect *ret)
{
	enum { NAME, PROTOCOL, HOST_IP, HOST_PORT, GUEST_IP, GUEST_PORT, FIELDS };
	const char *fields[FIELDS];
	char *at = vbc_arena_strdup(&op->arena, text);

	for (size_t i = 0; i < FIELDS; i++) {
		char *comma = at ? strchr(at, ',') : NULL;

		if (!at || (!comma && i + 1 < FIELDS))
			return false;
		fields[i] = at;
		if (comma)
			*comma = '\0';
		at = comma ? comma + 1 : NULL;
	}
	*ret = (struct vbc_redirect){.name = fields[NAME],
				     .host_ip = fields[HOST_IP],
				     .guest_ip = fields[GUEST_IP],
				     .protocol = streq(fields[PROTOCOL], "0")
							 ? VBC_NATProtocol_UDP
							 : VBC_NATProtocol_TCP};
	return redirect_parse_port(fields[HOST_PORT], &ret->host_port) &&
	       redirect_parse_port(fields[GUEST_PORT], &ret->guest_port);
}

const char *vbc_protocol_name(enum vbc_NATProtocol protocol)
{
	return protocol == VBC_NATProtocol_UDP ? "udp" : "tcp";
}

int vbc_redirect_add(struct vbc_op *op, vbc_ref engine, const struct vbc_redirect *r)
{
	return vbc_INATEngine_addRedirect(op, engine, r->name, r->protocol, r->host_ip,
					  (uint16_t)r->host_port, r->guest_ip,
					  (uint16_t)r->guest_port);
}

bool vbc_forward_fill(struct vbc_arena *a, const char *node, unsigned adapter,
		      const struct vbc_redirect *r, struct vbc_forward *ret)
{
	*ret = (struct vbc_forward){.node = vbc_arena_strdup(a, node),
				    .name = vbc_arena_strdup(a, r->name),
				    .adapter = adapter,
				    .protocol = vbc_protocol_name(r->protocol),
				    .host_ip = vbc_arena_strdup(a, r->host_ip),
				    .host_port = r->host_port,
				    .guest_ip = vbc_arena_strdup(a, r->guest_ip),
				    .guest_port = r->guest_port};
	return ret->node && ret->name && ret->host_ip && ret->guest_ip;
}
