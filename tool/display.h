/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the options of a command want of a remote display.
 */
#ifndef TOOL_DISPLAY_H
#define TOOL_DISPLAY_H

#include "cmd.h"

struct display_request {
	struct vbc_display_opts opts; /* for the library */
	char *password;
};

/*
 * Reads the port (NULL or "auto": any) and the password's file. Errors: VBC_E_NOTFOUND, VBC_E_ARG;
 * display_request_free() is needed then too.
 */
int display_request_read(const struct args *args, const char *port, struct display_request *ret,
			 struct vbc_error *err);
void display_request_free(struct display_request *request);

#endif
