/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_DISK_MACHINE_REMAINS_H
#define VBC_DISK_MACHINE_REMAINS_H

#include "vbox/op.h"

/*
 * What is known of a machine's settings: whether VirtualBox can read them, if they are still there.
 * Its service may not survive to try; so where an earlier try may have ended it, or they are not
 * readable, they are not opened. READABLE and UNOPENED: nobody needs the machine's disks.
 */
enum vbc_settings { VBC_SETTINGS_UNREADABLE, VBC_SETTINGS_READABLE, VBC_SETTINGS_UNOPENED };

/*
 * Removes what is left of a machine that is not registered. In the folder of a node of ours that is
 * all that machines make; elsewhere, others may have their files in the same folder: there it is
 * what the settings tell of. What may be dear to somebody stays, and is named in the log.
 */
int vbc_machine_remove_files(struct vbc_op *op, const char *settings, enum vbc_settings are);

#endif
