/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_QCOW2_H
#define VBC_IMAGEFILE_QCOW2_H

struct vbc_probe;

int vbc_probe_qcow2(const struct vbc_probe *p);

/* The same of an image that only VirtualBox has read: why it did not take it; NULL: unknown. */
const char *vbc_qcow2_refusal(const char *theirs);

#endif
