/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A host's address as people give it: NAME, NAME:PORT or a URL. What is taken and what is not is
 * decided here alone, for the command, its configuration, C and Python.
 */
#ifndef VBC_URL_H
#define VBC_URL_H

#include "base/error-private.h"

/* Its parts, as they are used; all the struct's own. */
struct vbc_url {
	char *text;      /* "http://NAME:PORT/PATH", without the path "/" */
	char *authority; /* "NAME:PORT", for the Host header              */
	char *path;      /* "/" at least                                  */
};

/*
 * Parses it; the scheme is http where none is given, the port 18083. Errors: VBC_E_ARG, with a
 * sentence that repeats nothing which may be a password.
 */
int vbc_url_parse(const char *text, struct vbc_url *ret, struct vbc_error *err);
void vbc_url_done(struct vbc_url *url);

#endif
