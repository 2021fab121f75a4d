/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_QCOW2_H
#define VBC_IMAGEFILE_QCOW2_H

struct vbc_probe;

int vbc_probe_qcow2(const struct vbc_probe *p);

#endif
