/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the finding of a node's addresses. An input is what a host tells of it, in lines: the
 * guest's properties ("NAME=VALUE@TIME"), a lease of a DHCP server ("lease IP STATE SECONDS"), when
 * the machine changed ("changed MS"), and a port forward ("forward TEXT"). It is built as
 * fuzz-soap-decode.c is.
 */
#include <vboxcloud/node.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "http/http.h"
#include "machine/adapter.h"
#include "machine/address.h"
#include "machine/nat-rule.h"

#define PROPERTIES_MAX 32

/* The linker hands these calls of lib/cloud to us, see meson.build. */
int __wrap_vbc_IMachine_enumerateGuestProperties(struct vbc_op *op, vbc_ref self,
						 const char *patterns, struct vbc_strs *ret_names,
						 struct vbc_strs *ret_values,
						 struct vbc_i64s *ret_times,
						 struct vbc_strs *ret_flags);
int __wrap_vbc_IMachine_getLastStateChange(struct vbc_op *op, vbc_ref self, int64_t *ret);
int __wrap_vbc_IVirtualBox_findDHCPServerByNetworkName(struct vbc_op *op, vbc_ref self,
						       const char *name, vbc_ref *ret);
int __wrap_vbc_IDHCPServer_findLeaseByMAC(struct vbc_op *op, vbc_ref self, const char *mac,
					  int32_t type, const char **ret_ip, const char **ret_state,
					  int64_t *ret_issued, int64_t *ret_expire);
int __wrap_vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms);

static const char *names[PROPERTIES_MAX], *values[PROPERTIES_MAX], *forwards[PROPERTIES_MAX];
static int64_t times[PROPERTIES_MAX], changed_ms, lease_ends_s;
static size_t n_properties, n_values, n_forwards;
static char lease_ip[64], lease_state[16];

static volatile size_t seen;

int __wrap_vbc_IMachine_enumerateGuestProperties(struct vbc_op *op, vbc_ref self,
						 const char *patterns, struct vbc_strs *ret_names,
						 struct vbc_strs *ret_values,
						 struct vbc_i64s *ret_times,
						 struct vbc_strs *ret_flags)
{
	(void)op;
	(void)self;
	(void)patterns;
	*ret_names = (struct vbc_strs){.n = n_properties, .v = names};
	/* What a host gives need not be of one length. */
	*ret_values = (struct vbc_strs){.n = n_values, .v = values};
	*ret_times = (struct vbc_i64s){.n = n_properties, .v = times};
	*ret_flags = (struct vbc_strs){.n = 0};
	return VBC_OK;
}

int __wrap_vbc_IMachine_getLastStateChange(struct vbc_op *op, vbc_ref self, int64_t *ret)
{
	(void)op;
	(void)self;
	*ret = changed_ms;
	return VBC_OK;
}

int __wrap_vbc_IVirtualBox_findDHCPServerByNetworkName(struct vbc_op *op, vbc_ref self,
						       const char *name, vbc_ref *ret)
{
	(void)self;
	(void)name;
	if (!lease_ip[0])
		return vbc_fail(&op->error, VBC_E_NOTFOUND, "there is none");
	ret->s = "server";
	return VBC_OK;
}

int __wrap_vbc_IDHCPServer_findLeaseByMAC(struct vbc_op *op, vbc_ref self, const char *mac,
					  int32_t type, const char **ret_ip, const char **ret_state,
					  int64_t *ret_issued, int64_t *ret_expire)
{
	(void)op;
	(void)self;
	(void)type;
	seen += strlen(mac);
	*ret_ip = lease_ip;
	*ret_state = lease_state;
	*ret_issued = 0;
	*ret_expire = lease_ends_s;
	return VBC_OK;
}

int __wrap_vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms)
{
	(void)op;
	*ret_utc_ms = 1700000000000;
	return VBC_OK;
}

static void take_property(char *line)
{
	char *value = strchr(line, '='), *time = value ? strrchr(value, '@') : NULL;

	if (!time || n_properties == PROPERTIES_MAX)
		return;
	*value++ = *time++ = '\0';
	names[n_properties] = line;
	values[n_properties] = value;
	times[n_properties++] = strtoll(time, NULL, 10);
}

static void take_line(char *line)
{
	if (vbc_starts_with(line, "forward ")) {
		if (n_forwards < PROPERTIES_MAX)
			forwards[n_forwards++] = line + strlen("forward ");
	} else if (vbc_starts_with(line, "changed ")) {
		changed_ms = strtoll(line + strlen("changed "), NULL, 10);
	} else if (vbc_starts_with(line, "lease ")) {
		long long ends = 0;

		sscanf(line, "lease %63s %15s %lld", lease_ip, lease_state, &ends);
		lease_ends_s = ends;
	} else {
		take_property(line);
	}
}

/* The arena keeps what was parsed. */
static bool take_forwards(struct vbc_op *op, struct vbc_forwards *ret)
{
	const struct vbc_forward **v =
		VBC_ARENA_ARRAY(&op->arena, const struct vbc_forward *, n_forwards);

	for (size_t i = 0; v && i < n_forwards; i++) {
		struct vbc_forward *f = VBC_ARENA_NEW(&op->arena, struct vbc_forward);
		struct vbc_redirect r;

		if (!f)
			return false;
		if (vbc_redirect_parse(op, forwards[i], &r) &&
		    vbc_forward_fill(&op->arena, "node", 0, &r, f))
			v[ret->n++] = f;
	}
	ret->v = v;
	return v != NULL;
}

static void find(struct vbc_host *host)
{
	static const struct vbc_adapter adapters[] = {
		{.type = VBC_NetworkAttachmentType_HostOnly, .network = "h", .mac = "080027000001"},
		{.type = VBC_NetworkAttachmentType_NAT, .slot = 1, .mac = "080027000002"},
		{.type = VBC_NetworkAttachmentType_Bridged, .slot = 2, .mac = "080027000003"},
	};
	struct vbc_op op = {.host = host};
	struct vbc_node node = {.state = VBC_NODE_STATE_RUNNING};

	if (take_forwards(&op, &node.forwards) &&
	    !vbc_addresses_find(&op, (vbc_ref){"m"}, adapters, VBC_COUNT(adapters), &node)) {
		for (size_t i = 0; i < node.addresses.n; i++)
			seen += strlen(node.addresses.v[i]->host);
		for (size_t i = 0; i < node.public_ips.n; i++)
			seen += strlen(node.public_ips.v[i]);
		for (size_t i = 0; i < node.private_ips.n; i++)
			seen += strlen(node.private_ips.v[i]);
	} else if (!op.error.code || !op.error.text[0]) {
		abort();
	}
	vbc_arena_done(&op.arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct vbc_http *http;
	const struct vbc_http_opts opts = {.url = "http://127.0.0.1:9"};
	struct vbc_endpoint endpoint;
	struct vbc_host host = {.endpoint = &endpoint};
	char *text = strndup((const char *)data, size);

	if (!http && vbc_http_new(&opts, &http, NULL))
		abort();
	endpoint.http = http;
	n_properties = n_forwards = 0;
	changed_ms = lease_ends_s = 0;
	lease_ip[0] = lease_state[0] = '\0';
	for (char *next = text, *line; text && (line = strsep(&next, "\n"));)
		take_line(line);
	n_values = n_properties - (n_properties && size % 2);
	if (text)
		find(&host);
	free(text);
	return 0;
}

#include "replay.h"
