/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names, and other text, that people give to things.
 */
#ifndef VBC_BASE_NAME_H
#define VBC_BASE_NAME_H

#include "base/error-private.h"

#define VBC_NAME_MAX  255 /* characters */
#define VBC_LOGIN_MAX 64  /* bytes      */

/* Whether VirtualBox's service can carry a text; `what` is it in the sentence ("the path"). */
int vbc_text_check(const char *what, const char *text, struct vbc_error *err);

/*
 * Whether a name can be kept exactly: 1 to 255 characters of Unicode on one line, none that
 * VirtualBox's service cannot carry. `noun` is what it is the name of ("image").
 */
int vbc_name_check(const char *noun, const char *name, struct vbc_error *err);

/* Whether a word can be the name of a user who logs in, also as an argument of ssh. */
int vbc_login_check(const char *login, struct vbc_error *err);

#endif
