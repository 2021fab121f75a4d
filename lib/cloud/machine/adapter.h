/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_ADAPTER_H
#define VBC_MACHINE_ADAPTER_H

#include "vbox/op.h"

/* What of an adapter is asked for. */
enum { VBC_ADAPTER_FORWARDS = 1, VBC_ADAPTER_NETWORK = 2, VBC_ADAPTER_MAC = 4 };

/* An adapter that is switched on; strings in the operation's arena. */
struct vbc_adapter {
	vbc_ref ref;
	size_t machine; /* its place among those that were asked about */
	unsigned slot;
	bool enabled;
	enum vbc_NetworkAttachmentType type;
	const char *network; /* name of what it is attached to, "" for NAT */
	const char *mac;     /* as VirtualBox has it: vbc_mac_text() */
	vbc_ref nat;         /* NAT engine */
	struct vbc_strs redirects;
};

struct vbc_adapters {
	size_t n;
	const struct vbc_adapter *v; /* by machine, then slot */
	const uint32_t *slots;       /* how many each machine has, also those that are off */
};

/* The adapters of some machines; those that VirtualBox cannot read have none. */
int vbc_adapters_get(struct vbc_op *op, const vbc_ref *machines, size_t n, unsigned what,
		     struct vbc_adapters *ret);

/* "0800271A2B3C" as "08:00:27:1a:2b:3c", in the operation's arena, "" what is no such
 * address; NULL when there is no memory. */
const char *vbc_mac_text(struct vbc_op *op, const char *mac);

#endif
