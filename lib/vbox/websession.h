/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logging on and off.
 */
#ifndef VBC_VBOX_WEBSESSION_H
#define VBC_VBOX_WEBSESSION_H

#include "vbox/op.h"

/* The last release of the newest series that idl/vbox.idl knows; later ones are taken for it. */
#define VBC_NEWEST_KNOWN 70299

/* "7.2.22_Debian" as 70222; 0 when it is none. */
uint32_t vbc_version_parse(const char *text);

/* Gives the operation the host's web session, logging on if there is none. */
int vbc_websession_take(struct vbc_op *op);
/* Gives it back; `lost` when the host has forgotten it. */
void vbc_websession_give_back(struct vbc_op *op, bool lost);
/*
 * Whether the host still knows the web session of this IVirtualBox, be it the operation's or
 * another; op->stale tells the same of the operation's.
 */
int vbc_websession_lives(struct vbc_op *op, vbc_ref vbox, bool *ret);
#define VBC_LOGOFF_MS 1000 /* and a moment, see call.c */
/*
 * Logs the host's session off, waiting until the deadline and a second, if this process logged on;
 * not at all after it.
 */
void vbc_websession_end(struct vbc_host *host, int64_t deadline_ms);
/*
 * It is not logged off, but left to end by itself: a lock of it could not be given back, or the
 * host not be told that an undo of it has failed.
 */
void vbc_websession_spare(struct vbc_op *op);
/*
 * What the layer above keeps with the operation's session, until that ends: made where there is
 * none yet. NULL: there is no memory.
 */
void *vbc_websession_keep(struct vbc_op *op, void *(*make)(void), void (*free_it)(void *kept));
/* It forgets the answers that it remembers: an object that was one is no more. */
void vbc_websession_forget(struct vbc_op *op);

#endif
