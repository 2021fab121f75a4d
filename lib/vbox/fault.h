/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * From VirtualBox's faults and result codes to ours.
 */
#ifndef VBC_VBOX_FAULT_H
#define VBC_VBOX_FAULT_H

#include "soap/soap.h"
#include "vbox/op.h"

/*
 * E_ACCESSDENIED: what VirtualBox says of an object that is just going, and of a machine that it
 * could not read. It reads such a machine again when it is asked whether the machine is accessible.
 */
#define VBC_RESULT_NOT_READY ((int32_t)0x80070005)

/* Fills the operation's error from a fault, with the whole chain of its error info. */
int vbc_fault_explain(struct vbc_op *op, const struct vbc_method *m, const struct vbc_fault *fault);

/*
 * The host does not know the object of this reference ("": of some). It is gone by itself
 * (VBC_E_NOTFOUND), or with the web session it belongs to (VBC_E_STALE): the operation's, or that
 * of its transfer. VirtualBox says the same of all, so these are asked. Not while `explaining`:
 * then VBC_E_STALE may be either.
 */
int vbc_fault_forgotten(struct vbc_op *op, const char *ref);

/* Fills it from an IVirtualBoxErrorInfo, which is released. `result` is used where it has none. */
int vbc_fault_from_info(struct vbc_op *op, int32_t result, const char *text, vbc_ref info);

/* The code for a VirtualBox result code and, where known, the detail (an IPRT status). */
int vbc_code_from_result(int32_t result, int32_t detail);

#endif
