/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_EXTENTS_H
#define VBC_IMAGEFILE_EXTENTS_H

struct vbc_stream;
struct vbc_probe;

/* A part of a VMDK that holds nothing but data, told by its name. */
int vbc_probe_flat(const struct vbc_probe *p);

/* A VMDK's text: *ret is the disk that it names the parts of. */
int vbc_probe_extents(const struct vbc_probe *p, struct vbc_stream *ret);

#endif
