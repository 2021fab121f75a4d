/* SPDX-License-Identifier: Apache-2.0 */
#include "alias.h"

#include <strings.h>

#include "text.h"
#include "util.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Spaces of other scripts are no letters, but shown as they are. */
static bool alias_has_space(const char *name)
{
	static const char *const spaces[] = {
		"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
		"\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000"};

	for (size_t i = 0; i < COUNT(spaces); i++)
		if (strstr(name, spaces[i]))
			return true;
	return false;
}

bool alias_is_safe(const char *name)
{
	if (!*name || strchr(".-_", *name) || !text_is_plain(name) || alias_has_space(name))
		return false;
	for (const char *c = name; *c; c++)
		if (!((unsigned char)*c >= 0x80 || strchr(LETTERS "._-", *c)))
			return false;
	return true;
}

bool alias_is_safe_unasked(const char *name)
{
	return alias_is_safe(name) && !strchr(name, '.') && strcasecmp(name, "localhost") != 0 &&
	       strspn(name, "0123456789") < strlen(name);
}
