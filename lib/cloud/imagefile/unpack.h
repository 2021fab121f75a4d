/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_UNPACK_H
#define VBC_IMAGEFILE_UNPACK_H

struct vbc_inside;

/* From the file to the disk in it. What is packed is read once, to its end. */
int vbc_inside_enter(struct vbc_inside *in);

#endif
