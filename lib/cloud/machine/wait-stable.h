/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_WAIT_STABLE_H
#define VBC_MACHINE_WAIT_STABLE_H

#include <vboxcloud/node.h>

#include "machine/node-ref.h"
#include "vbox/op.h"

struct vbc_lock;

/* The state, once the node is neither starting nor stopping nor being set up. */
enum vbc_node_state vbc_node_wait_stable(struct vbc_op *op, vbc_ref machine, int *ret_code);

/* The same; *ret_free: nobody has its lock, and it has no process. */
enum vbc_node_state vbc_node_wait_at_rest(struct vbc_op *op, vbc_ref machine, bool *ret_free,
					  int *ret_code);

/* Whether it has come to this state, whatever a call has said of it. */
bool vbc_node_is(struct vbc_op *op, vbc_ref machine, enum vbc_node_state wanted);

#define VBC_IN(state) (1u << (state))
/*
 * Finds a node in one of these states, once it is stable; in another it is VBC_E_STATE: cannot be
 * <done>. ret_state may be NULL.
 */
int vbc_node_find_in(struct vbc_op *op, const char *id_or_name, unsigned states, const char *done,
		     struct vbc_node_ref *ret, enum vbc_node_state *ret_state);

/*
 * Finds a node and locks it for changing; one that is not stopped (or is suspended) is
 * VBC_E_STATE: cannot be <done>.
 */
int vbc_node_take_stopped(struct vbc_op *op, const char *id_or_name, const char *done,
			  struct vbc_node_ref *ret, struct vbc_lock *lock);

#endif
