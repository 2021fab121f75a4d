/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Calls as SOAP: arguments to an envelope, a reply to outputs or a fault. Bytes in, bytes out; no
 * sockets. All memory of a result comes from the caller's arena.
 */
#ifndef VBC_SOAP_SOAP_H
#define VBC_SOAP_SOAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error-private.h"
#include "soap/wire.h"

/* vboxwebsrv closes the connection without a word when a request is larger. */
enum { VBC_SOAP_REQUEST_MAX = 16 << 20 };

/* The most bytes that a reply to m may have: what a host sends beyond them has no sense, and would
 * cost memory. */
size_t vbc_soap_reply_max(const struct vbc_method *m);

/*
 * Writes the request that calls m with `in` on the object `self` (ignored where m belongs to
 * none). `out` is emptied first and its maximum raised. What would crash or confuse the service,
 * and what that release does not have, is refused: VBC_E_ARG, VBC_E_VERSION. An argument that
 * the release lacks is left out when it is empty or 0.
 */
int vbc_soap_encode(struct vbc_buf *out, const struct vbc_method *m, uint32_t version,
		    const char *self, const union vbc_in *in, struct vbc_error *err);

enum vbc_fault_kind {
	VBC_FAULT_NONE,
	VBC_FAULT_RUNTIME,        /* VirtualBox failed: result, info_ref               */
	VBC_FAULT_INVALID_OBJECT, /* it does not know the reference bad_ref            */
	VBC_FAULT_CLIENT,         /* no details, only text: the request was not liked  */
	VBC_FAULT_EMPTY           /* not even text: a refused logon, or VBoxSVC died   */
};

/* Strings are "" when there is nothing. */
struct vbc_fault {
	enum vbc_fault_kind kind;
	int32_t result;       /* VirtualBox's result code, 0 if none                   */
	const char *text;     /* one line, without "VirtualBox error:" and the numbers */
	const char *info_ref; /* an IVirtualBoxErrorInfo; must be released             */
	const char *bad_ref;
};

/*
 * Reads the reply to m. 0 when it is one: outputs are filled, or, when ret_fault->kind says so,
 * nothing but *ret_fault. `out` has one pointer for each output, NULL for those not wanted. Names
 * we do not know are skipped, an unknown enum member becomes -1, what is missing becomes 0, ""
 * or empty; strings are never NULL. Anything but a reply is VBC_E_PROTOCOL, as is an id that is no
 * UUID, and one that is deeper, or has more elements or members in an array, than any host's.
 * Besides the reply it takes at most as much memory as that is long, and 16 MB.
 */
int vbc_soap_decode(const char *xml, size_t n, const struct vbc_method *m, uint32_t version,
		    struct vbc_arena *a, void *const *out, struct vbc_fault *ret_fault,
		    struct vbc_error *err);

#endif
