/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FORWARD_LOG_H
#define VBC_FORWARD_LOG_H

#include "vbox/op.h"

struct vbc_redirect;

/* What a machine's log tells of a port of the host; the order matters. */
enum vbc_port_fate { VBC_PORT_UNHEARD, VBC_PORT_ASKED, VBC_PORT_HAD, VBC_PORT_REFUSED };
enum vbc_port_fate vbc_port_fate(const char *log, enum vbc_NATProtocol protocol, unsigned port);
/* Whether it tells of any port that was refused. */
bool vbc_port_refusals(const char *log);

/* A machine's log from some byte on, in the operation's arena, not more than some pages of it. */
int vbc_port_log(struct vbc_op *op, vbc_ref machine, int64_t from, const char **ret_text);
int vbc_port_log_end(struct vbc_op *op, vbc_ref machine, int64_t *ret);
/* After a forward was added to a running machine whose log ended there: whether it was refused. */
int vbc_port_await(struct vbc_op *op, vbc_ref machine, int64_t from, const struct vbc_redirect *r,
		   bool *ret_refused);

#endif
