/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_OVF_OS_H
#define VBC_IMAGEFILE_OVF_OS_H

/* VirtualBox's id for VMware's ("ubuntu64Guest"), or for the number of CIM; "" where there is none.
 */
const char *vbc_ovf_os_type(const char *vmware, unsigned cim);

#endif
