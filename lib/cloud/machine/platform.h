/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the guest on a disk needs of the machine that it starts on, in words that images remember.
 */
#ifndef VBC_MACHINE_PLATFORM_H
#define VBC_MACHINE_PLATFORM_H

#include "vbox/op.h"

#define VBC_FIRMWARE_SECURE "efi-secure" /* with VirtualBox's and Microsoft's keys enrolled */

/* Each "" where it is not known: what VirtualBox gives a machine counts then. */
struct vbc_platform {
	const char *firmware; /* "bios", "efi", "efi-secure", "efi32", "efi64", "efidual" */
	const char *chipset;  /* "piix3", "ich9", "armv8virtual"                          */
	const char *tpm;      /* "none", "1.2", "2.0", "host"                             */
	bool nvram;  /* of a machine: its firmware may have written down what a copy of the disk
			lacks */
	bool unread; /* of a machine: that cannot be read, so secure boot is unknown, and the
			firmware said to be the one without */
};

/* Whether it is a firmware that one can ask for; "" is. */
int vbc_firmware_check(const char *firmware, struct vbc_error *err);

/* Whether the host can give machines that firmware; else VBC_E_VERSION. */
int vbc_firmware_check_host(struct vbc_op *op, const char *firmware);

/* What a machine has; static strings. */
int vbc_platform_read(struct vbc_op *op, vbc_ref machine, struct vbc_platform *ret);
/* A part of that. */
int vbc_firmware_read(struct vbc_op *op, vbc_ref machine, const char **ret_firmware,
		      bool *ret_nvram);

/* Gives it to a machine that is not registered yet; what the host has not is told as a warning. */
int vbc_platform_set(struct vbc_op *op, vbc_ref machine, const struct vbc_platform *p);

/* Warns of what a copy of the machine's disk alone lacks. */
void vbc_platform_tell(struct vbc_op *op, const struct vbc_platform *p, const char *noun,
		       const char *name);

#endif
