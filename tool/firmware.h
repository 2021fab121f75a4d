/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The firmware of machines, as options name it.
 */
#ifndef VBOXCLOUD_FIRMWARE_H
#define VBOXCLOUD_FIRMWARE_H

#include "cmd.h"

extern const struct choice firmwares[];

/* What --firmware says; NULL: nothing. */
const char *firmware_of(const struct args *args);

#endif
