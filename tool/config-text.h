/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Changes of the text of a configuration file that its reader understands. All that is not changed
 * stays as it was written: comments, order, line ends. Each returns a new text.
 */
#ifndef TOOL_CONFIG_TEXT_H
#define TOOL_CONFIG_TEXT_H

#include "config.h"

/* With a section for a host at the end. */
char *config_text_add_host(const char *text, const char *name, const struct target *target);

/* Without the sections of a host, from their first lines to their last values. */
char *config_text_remove_host(const char *text, const char *name);

/* With another default host, or with none where `name` is NULL. */
char *config_text_set_default(const char *text, const char *name);

#endif
