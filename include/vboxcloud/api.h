/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VirtualBox's own web service, call by call, for what the other functions do not do. Names are
 * those of its documentation, values are text: true and false, decimal numbers, the names of
 * enums' members, base64 for octets.
 */
#ifndef VBOXCLOUD_API_H
#define VBOXCLOUD_API_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A name and its value. Since 0.1. */
struct vbc_api_value {
	const char *name;
	const char *value;
};

/*
 * One call: "IMachine_getName", and its arguments in any order, a list's members each by itself.
 * Objects are references: one that VirtualBox gave, or "@N" for what the N-th call of the same
 * sequence returned, "@0" for IVirtualBox. The object of the call is the argument "_this". Where
 * it is left out it is IVirtualBox for calls of that, else what the newest call returned that
 * returned an object. Since 0.1.
 */
struct vbc_api_call {
	const char *method;
	const struct vbc_api_value *args;
	size_t n_args;
};

/*
 * The outputs of a call, in order: "returnval", of a list "returnval[0]", of a struct
 * "returnval.controller". What an enum has that this library does not know is "Unknown". Since 0.1.
 */
struct vbc_api_reply {
	size_t n;
	const struct vbc_api_value *v;
};

/*
 * Makes `n` calls in turn, the outputs of the last are the reply. All are checked before the first
 * is made: what is wrong in them changes nothing on the host. A machine locked here stays locked
 * until it is unlocked, by ISession_unlockMachine in the same sequence at best. *ret_reply is the
 * caller's, free it with vbc_api_reply_free(). References stay valid as long as the handle.
 * Errors: VBC_E_ARG (an unknown name, a wrong value), VBC_E_VERSION (the host's release lacks it),
 * and all that VirtualBox says. Any thread. Since 0.1.
 */
int vbc_api_call(struct vbc_host *host, const struct vbc_api_call *calls, size_t n,
		 const struct vbc_wait *wait, struct vbc_api_reply **ret_reply,
		 struct vbc_error *err);
void vbc_api_reply_free(struct vbc_api_reply *reply);

/* The i-th method's name, in alphabetical order; NULL behind the last. Any thread. Since 0.1. */
const char *vbc_api_method_name(size_t i);

#ifdef __cplusplus
}
#endif
#endif
