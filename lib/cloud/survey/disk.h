/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SURVEY_DISK_H
#define VBC_SURVEY_DISK_H

#include "vbox/op.h"

/*
 * What is free in the file system that a folder of the host is in, in bytes; VBC_METRIC_UNKNOWN
 * where VirtualBox does not collect that, which it does from its first question for metrics on.
 */
int vbc_disk_free(struct vbc_op *op, vbc_ref host, const char *folder, int64_t *ret_bytes);

#endif
