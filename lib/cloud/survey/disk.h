/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SURVEY_DISK_H
#define VBC_SURVEY_DISK_H

#include "metrics/collector.h"
#include "vbox/op.h"

/*
 * What is free in the file system that the machines of a host are in, in bytes, by figures of
 * VirtualBox's collector; VBC_METRIC_UNKNOWN where none of them tells it.
 */
int vbc_disk_free_of(struct vbc_op *op, vbc_ref ihost, const struct vbc_figures *figures,
		     int64_t *ret_bytes);

/*
 * The same by what VirtualBox has collected so far, which it does from its first question for
 * metrics on. That it cannot tell is no error.
 */
int vbc_disk_free(struct vbc_op *op, vbc_ref ihost, int64_t *ret_bytes);

#endif
