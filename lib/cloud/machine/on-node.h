/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_ON_NODE_H
#define VBC_MACHINE_ON_NODE_H

#include "machine/node-ref.h"
#include "vbox/op.h"

/*
 * As vbc_run_recovered(), for what is done with one node: finds it, see vbc_node_find(), and then
 * runs the body.
 */
int vbc_run_on_node(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		    struct vbc_error *err,
		    int (*body)(struct vbc_op *op, const struct vbc_node_ref *node, void *arg),
		    void *arg);

#endif
