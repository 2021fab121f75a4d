/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_HEADERS_H
#define VBC_IMAGEFILE_HEADERS_H

struct vbc_probe;

int vbc_probe_vdi(const struct vbc_probe *p);
int vbc_probe_vhd(const struct vbc_probe *p);
int vbc_probe_vmdk(const struct vbc_probe *p);

/* Of the text of a VMDK: VBC_E_ARG when the disk needs another one, or a key. */
int vbc_vmdk_check_text(const struct vbc_probe *p, const char *text);

#endif
