/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_NODE_ADAPTERS_H
#define VBC_NODE_ADAPTERS_H

#include "vbox/op.h"

struct vbc_node_create_opts;

/*
 * The network adapters and forwards of a machine that is not registered yet, of the node `id` that
 * the journal knows; names: of the networks, resolved. The first: what can be judged without a
 * host.
 */
int vbc_node_check_adapters(const struct vbc_node_create_opts *opts, struct vbc_error *err);
int vbc_node_set_adapters(struct vbc_op *op, vbc_ref machine, const char *id,
			  const struct vbc_node_create_opts *opts, const char *const *names);

#endif
