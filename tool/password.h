/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The password: from a file or from the terminal, never from an argument or the environment.
 */
#ifndef TOOL_PASSWORD_H
#define TOOL_PASSWORD_H

#include "config.h"

/*
 * Gets the password for a target: from its file; or, when there is only a user, from the
 * terminal; or NULL when there is neither. Errors: VBC_E_NOTFOUND (no such file),
 * VBC_E_ARG (it cannot be used, or there is none to be had).
 */
int password_get(const struct target *target, char **ret_password, struct vbc_error *err);

/* Overwrites and frees it; may be a clean-up function. */
void password_forget(char **password);

#endif
