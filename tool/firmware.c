/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

const struct choice firmwares[] = {{"bios", 1}, {"efi", 2}, {"efi-secure", 3}, {NULL, 0}};

const char *firmware_of(const struct args *args)
{
	return args->firmware ? firmwares[args->firmware - 1].name : NULL;
}
