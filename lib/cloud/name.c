/* SPDX-License-Identifier: Apache-2.0 */
#include "name.h"

#include "str.h"

int vbc_name_check(const char *noun, const char *name, struct vbc_error *err)
{
	const char *line_break;
	size_t at = 0, n;
	long c = 0;

	if (!name || !name[0])
		return vbc_fail(err, VBC_E_ARG, "the %s needs a name of 1 to %d characters", noun,
				VBC_NAME_MAX);
	line_break = strpbrk(name, "\t\n\r");
	if (!vbc_text_ok(name, strlen(name), &at, &c) && c < 0)
		return vbc_fail(err, VBC_E_ARG, "the %s's name is no UTF-8 at byte %zu", noun,
				at + 1);
	c = c || !line_break ? c : *line_break;
	if (c)
		return vbc_fail(err, VBC_E_ARG, "the %s's name cannot hold the character U+%04lX",
				noun, (unsigned long)c);
	n = vbc_utf8_count(name);
	if (n > VBC_NAME_MAX)
		return vbc_fail(err, VBC_E_ARG, "the %s's name has %zu characters; %d are the most",
				noun, n, VBC_NAME_MAX);
	return VBC_OK;
}
