/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_ADAPTER_H
#define VBC_MACHINE_ADAPTER_H

#include "machine/adapter-row.h"

struct vbc_told;

/* What of an adapter is asked for. */
enum { VBC_ADAPTER_FORWARDS = 1, VBC_ADAPTER_NETWORK = 2, VBC_ADAPTER_MAC = 4 };

/* The adapters of some machines; those that VirtualBox cannot read have none. */
int vbc_adapters_get(struct vbc_op *op, const vbc_ref *machines, size_t n, unsigned what,
		     struct vbc_adapters *ret);

/* The same of machines of which something was told; NULL: of none. */
int vbc_adapters_get_told(struct vbc_op *op, const vbc_ref *machines, const struct vbc_told *told,
			  size_t n, unsigned what, struct vbc_adapters *ret);

/* "0800271A2B3C" as "08:00:27:1a:2b:3c", in the operation's arena, "" what is no such
 * address; NULL when there is no memory. */
const char *vbc_mac_text(struct vbc_op *op, const char *mac);

#endif
