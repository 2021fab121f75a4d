/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * First boot by two strings in the DMI tables of a machine's firmware, as the original driver for
 * libcloud told its guests: a mark, then "<disk in GiB> <password>". They are extra data of the
 * machine: its settings, and VirtualBox's log of each of its runs, keep the password readable. So
 * this is done for images alone that are marked for it.
 */
#ifndef VBC_FIRSTBOOT_DMI_H
#define VBC_FIRSTBOOT_DMI_H

#include "vbox/op.h"

struct vbc_first_boot;

#define VBC_DMI_INIT "dmi" /* of an image: its guest reads them */

/*
 * The second string, in the operation's arena; from may be NULL: there is no password. VBC_E_ARG
 * when something is to be told that the strings cannot carry.
 */
int vbc_dmi_prepare(struct vbc_op *op, const struct vbc_first_boot *from, unsigned disk_gib,
		    const char **ret_text);

/* Writes them, in place of others; machine: of a lock. */
int vbc_dmi_write(struct vbc_op *op, vbc_ref machine, const char *text);

/* Whether a machine has them. */
int vbc_dmi_has(struct vbc_op *op, vbc_ref machine, bool *ret_has);

/* Cuts the second string out of a log of VirtualBox's, which lists the settings of each run. */
void vbc_dmi_hide(struct vbc_buf *log);

#endif
