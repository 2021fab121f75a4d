/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the options of a command want of a remote display.
 */
#ifndef TOOL_DISPLAY_H
#define TOOL_DISPLAY_H

#include "cmd.h"

struct display_wish {
	struct vbc_display_opts opts; /* for the library */
	char *password;
};

/*
 * Reads the port (NULL or "auto": any) and the password's file. Errors: VBC_E_NOTFOUND, VBC_E_ARG;
 * display_wish_done() is needed then too.
 */
int display_wish_read(const struct args *args, const char *port, struct display_wish *ret,
		      struct vbc_error *err);
void display_wish_done(struct display_wish *wish);

#endif
