/* SPDX-License-Identifier: Apache-2.0 */
#include "base/name.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

int vbc_text_check(const char *what, const char *text, struct vbc_error *err)
{
	size_t at = 0;
	long c = 0;

	if (vbc_text_ok(text, strlen(text), &at, &c))
		return VBC_OK;
	if (c < 0)
		return vbc_fail(err, VBC_E_ARG, "%s is not UTF-8 at byte %zu", what, at + 1);
	return vbc_fail(err, VBC_E_ARG, "%s cannot hold the character U+%04lX", what,
			(unsigned long)c);
}

int vbc_name_check(const char *noun, const char *name, struct vbc_error *err)
{
	const char *line_break;
	char what[64];
	int code;
	size_t n;

	if (!name || !name[0])
		return vbc_fail(err, VBC_E_ARG, "the %s needs a name of 1 to %d characters", noun,
				VBC_NAME_MAX);
	snprintf(what, sizeof(what), "the %s's name", noun);
	code = vbc_text_check(what, name, err);
	if (code)
		return code;
	line_break = strpbrk(name, "\t\n\r");
	if (line_break)
		return vbc_fail(err, VBC_E_ARG, "%s cannot hold the character U+%04X", what,
				*line_break);
	n = vbc_utf8_count(name);
	if (n > VBC_NAME_MAX)
		return vbc_fail(err, VBC_E_ARG, "%s has %zu characters; the most is %d", what, n,
				VBC_NAME_MAX);
	return VBC_OK;
}

int vbc_login_check(const char *login, struct vbc_error *err)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@-";
	size_t n = strlen(login);

	if (n && n <= VBC_LOGIN_MAX && strspn(login, letters) == n && login[0] != '-')
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is not the name of a user who logs in: 1 to %d letters, digits and "
			"_.@-, not beginning with -",
			login, VBC_LOGIN_MAX);
}
