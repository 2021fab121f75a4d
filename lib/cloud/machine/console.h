/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A guest's console: what it writes to its first serial port. VirtualBox writes that to a file of
 * the host, and its web service reads no file there but its own logs of a machine, by number. So
 * the file is called as one of these, with a number that no log gets: VirtualBox numbers as many as
 * its settings say, three, renames these alone when a machine starts, and deletes these alone with
 * a machine.
 */
#ifndef VBC_MACHINE_CONSOLE_H
#define VBC_MACHINE_CONSOLE_H

#include "vbox/op.h"

#define VBC_CONSOLE_FILE "VBox.log.9000"

/* The file that a machine's console is to be written to, in the operation's arena. */
int vbc_console_path(struct vbc_op *op, vbc_ref machine, const char **ret_path);

/* Whether the machine has a console that can be read. */
int vbc_console_has(struct vbc_op *op, vbc_ref machine, bool *ret_has);

/* VBC_E_NOTFOUND when the machine of this node has no console that can be read. */
int vbc_console_check(struct vbc_op *op, vbc_ref machine, const char *node);

/*
 * The number by which the console is read as a log, see machine/log.h, and the path of its file; 0
 * and "": there is no such file, as before the first start. windows: the host may be one with it.
 */
int vbc_console_find(struct vbc_op *op, vbc_ref machine, bool windows, unsigned *ret_nth,
		     const char **ret_path);

/* Deletes the file, if there is one. folder: of the machine, which is off. */
int vbc_console_remove(struct vbc_op *op, vbc_ref machine, const char *folder);

#endif
