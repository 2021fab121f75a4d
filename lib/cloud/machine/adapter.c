/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The network adapters of machines, read: each question is put to all of them at once.
 */
#include "machine/adapter.h"

#include <string.h>

#include "machine/adapter-search.h"
#include "vbox/websession.h"

#define MAC_DIGITS 12

struct asking {
	struct vbc_op *op;
	struct vbc_adapter *v;
	size_t n;
	struct vbc_batch_call *calls;
	size_t n_calls;
	bool lost; /* an object that was asked is no more */
};

static void adapter_add_call(struct asking *a, enum vbc_method_id method, vbc_ref self,
			     int64_t number, void *out)
{
	a->calls[a->n_calls++] = (struct vbc_batch_call){
		.method = method, .self = self, .in = {{.i = number}}, .out = out};
}

/* The same about a part of the object, which it has as long as it lives. */
static void adapter_ask_part(struct asking *a, enum vbc_method_id method, vbc_ref self,
			     int64_t number, vbc_ref *out)
{
	adapter_add_call(a, method, self, number, out);
	a->calls[a->n_calls - 1].fixed = true;
}

static int adapter_run_calls(struct asking *a)
{
	size_t n = a->n_calls;
	int code;

	a->n_calls = 0;
	code = vbc_batch(a->op, a->calls, n);
	for (size_t i = 0; i < n; i++)
		a->lost |= a->calls[i].code == VBC_E_NOTFOUND || a->calls[i].code == VBC_E_BUSY;
	return code;
}

/* Those that are switched on, and room for two questions to each. */
static int adapter_search_enabled(struct asking *a, const vbc_ref *machines,
				  const struct vbc_told *told, size_t n, uint32_t **ret_slots)
{
	int code = vbc_adapters_search(a->op, machines, told, n, &a->v, &a->n, ret_slots, &a->lost);

	if (code)
		return code;
	a->calls = VBC_ARENA_ARRAY(&a->op->arena, struct vbc_batch_call, a->n * 2);
	return a->calls ? VBC_OK : vbc_fail_nomem(&a->op->error);
}

static int adapter_ask_types(struct asking *a, unsigned what)
{
	for (size_t i = 0; i < a->n; i++) {
		struct vbc_adapter *v = &a->v[i];

		if (!v->attached)
			adapter_add_call(a, VBC_M_INetworkAdapter_getAttachmentType, v->ref, 0,
					 &v->type);
		if (what & VBC_ADAPTER_MAC)
			adapter_add_call(a, VBC_M_INetworkAdapter_getMACAddress, v->ref, 0,
					 &v->mac);
	}
	return adapter_run_calls(a);
}

static void adapter_ask_network(struct asking *a, struct vbc_adapter *v)
{
	switch ((int)v->type) {
	case VBC_NetworkAttachmentType_Bridged:
		adapter_add_call(a, VBC_M_INetworkAdapter_getBridgedInterface, v->ref, 0,
				 &v->network);
		break;
	case VBC_NetworkAttachmentType_Internal:
		adapter_add_call(a, VBC_M_INetworkAdapter_getInternalNetwork, v->ref, 0,
				 &v->network);
		break;
	case VBC_NetworkAttachmentType_HostOnly:
		adapter_add_call(a, VBC_M_INetworkAdapter_getHostOnlyInterface, v->ref, 0,
				 &v->network);
		break;
	case VBC_NetworkAttachmentType_NATNetwork:
		adapter_add_call(a, VBC_M_INetworkAdapter_getNATNetwork, v->ref, 0, &v->network);
		break;
	case VBC_NetworkAttachmentType_HostOnlyNetwork:
		adapter_add_call(a, VBC_M_INetworkAdapter_getHostOnlyNetwork, v->ref, 0,
				 &v->network);
		a->calls[a->n_calls - 1].may_fail = true; /* of macOS: not there elsewhere */
		break;
	default: break;
	}
}

static int adapter_ask_details(struct asking *a, unsigned what)
{
	for (size_t i = 0; i < a->n; i++) {
		struct vbc_adapter *v = &a->v[i];

		if (v->type == VBC_NetworkAttachmentType_NAT && (what & VBC_ADAPTER_FORWARDS))
			adapter_ask_part(a, VBC_M_INetworkAdapter_getNATEngine, v->ref, 0, &v->nat);
		else if (what & VBC_ADAPTER_NETWORK)
			adapter_ask_network(a, v);
	}
	return adapter_run_calls(a);
}

static int adapter_ask_redirects(struct asking *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (!vbc_ref_is_null(a->v[i].nat))
			adapter_add_call(a, VBC_M_INATEngine_getRedirects, a->v[i].nat, 0,
					 &a->v[i].redirects);
	return adapter_run_calls(a);
}

static int adapter_ask_all(struct asking *a, const vbc_ref *machines, const struct vbc_told *told,
			   size_t n, unsigned what, uint32_t **ret_slots)
{
	int code = adapter_search_enabled(a, machines, told, n, ret_slots);

	if (!code)
		code = adapter_ask_types(a, what);
	if (!code)
		code = adapter_ask_details(a, what);
	return code || !(what & VBC_ADAPTER_FORWARDS) ? code : adapter_ask_redirects(a);
}

int vbc_adapters_get_told(struct vbc_op *op, const vbc_ref *machines, const struct vbc_told *told,
			  size_t n, unsigned what, struct vbc_adapters *ret)
{
	struct asking a = {.op = op};
	uint32_t *slots = NULL;
	int code = adapter_ask_all(&a, machines, told, n, what, &slots);

	if (!code && a.lost) { /* perhaps one that was only remembered */
		vbc_websession_forget(op);
		code = adapter_ask_all(&a, machines, told, n, what, &slots);
	}
	if (!code)
		*ret = (struct vbc_adapters){.n = a.n, .v = a.v, .slots = slots};
	return code;
}

int vbc_adapters_get(struct vbc_op *op, const vbc_ref *machines, size_t n, unsigned what,
		     struct vbc_adapters *ret)
{
	return vbc_adapters_get_told(op, machines, NULL, n, what, ret);
}

static bool adapter_is_mac(const char *mac)
{
	return strlen(mac) == MAC_DIGITS && strspn(mac, "0123456789abcdefABCDEF") == MAC_DIGITS;
}

const char *vbc_mac_text(struct vbc_op *op, const char *mac)
{
	if (!adapter_is_mac(mac))
		return "";

	char *text = vbc_arena_alloc(&op->arena, MAC_DIGITS * 2);
	char *at = text;

	for (size_t i = 0; text && mac[i]; i++) {
		if (i && i % 2 == 0)
			*at++ = ':';
		*at++ = (char)(mac[i] >= 'A' && mac[i] <= 'F' ? mac[i] - 'A' + 'a' : mac[i]);
	}
	return text;
}
