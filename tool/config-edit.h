/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Changes of the configuration file, while no other vboxcloud changes it. It is replaced as a
 * whole, and only when its reader finds in the new text what was meant.
 */
#ifndef TOOL_CONFIG_EDIT_H
#define TOOL_CONFIG_EDIT_H

#include "config.h"

/* Whether a host can be given that name; `name` is shown. Errors: VBC_E_ARG. */
int config_check_new_name(const char *name, struct vbc_error *err);

/*
 * With `pretend` these write nothing and, where they would, return VBC_E_DRY_RUN.
 *
 * Adds a host; of the target, the paths are absolute and `from` does not count. The first one is
 * the default host from then on: *ret_default. Errors: VBC_E_EXISTS, VBC_E_ARG (a value that cannot
 * be written there, a file that cannot be used), VBC_E_BUSY, VBC_E_SPACE.
 */
int config_add_host(const char *name, const struct target *target, bool pretend, bool *ret_default,
		    struct vbc_error *err);

/* Removes one; where it was the default, there is none then: *ret_default. Errors: VBC_E_NOTFOUND,
   VBC_E_STATE (it is in a fleet), and as above. */
int config_remove_host(const char *name, bool pretend, bool *ret_default, struct vbc_error *err);

/* Makes one, or a fleet, the default; which of both. Errors: VBC_E_NOTFOUND, and as above. */
int config_use_host(const char *name, bool pretend, bool *ret_fleet, struct vbc_error *err);

#endif
