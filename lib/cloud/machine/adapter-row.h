/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_ADAPTER_ROW_H
#define VBC_MACHINE_ADAPTER_ROW_H

#include "vbox/op.h"

/* An adapter that is switched on; strings in the operation's arena. */
struct vbc_adapter {
	vbc_ref ref;
	size_t machine; /* its place among those that were asked about */
	unsigned slot;
	bool enabled;
	bool attached; /* its type was known before it was asked for */
	enum vbc_NetworkAttachmentType type;
	const char *network; /* name of what it is attached to, "" for NAT */
	const char *mac;     /* as VirtualBox has it: vbc_mac_text() */
	vbc_ref nat;         /* NAT engine */
	struct vbc_strs redirects;
};

struct vbc_adapters {
	size_t n;
	const struct vbc_adapter *v; /* by machine, then slot */
	const uint32_t
		*slots; /* how many each machine has, also those that are off; 0: not asked */
};

#endif
