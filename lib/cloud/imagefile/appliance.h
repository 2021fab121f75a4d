/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_APPLIANCE_H
#define VBC_IMAGEFILE_APPLIANCE_H

struct vbc_inside;
struct vbc_packing;

/* One step: from a compressed file or an archive to what is in it, and from an OVF to its disk. */
int vbc_inside_unpack(struct vbc_inside *in, const struct vbc_packing *how);
int vbc_inside_follow(struct vbc_inside *in);

#endif
