/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The values of options, from their text to their fields in struct args.
 */
#ifndef TOOL_OPT_VALUE_H
#define TOOL_OPT_VALUE_H

#include "cmd.h"

/* Reads the value, which of a flag is not looked at; VBC_E_ARG when it is none for this option. */
int opt_set_value(const struct opt *opt, const char *value, struct args *args,
		  struct vbc_error *err);
bool opt_is_given(const struct opt *opt, const struct args *args);

#endif
