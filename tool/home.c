/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Folders of the user.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "home.h"
#include "util.h"

/* Only an absolute path is one: a relative one would mean another folder from day to day. */
static const char *absolute(const char *path)
{
	return path && path[0] == '/' ? path : NULL;
}

static char *home_of_account(void)
{
	size_t size = 1024;
	char *room FREE = must(malloc(size));
	struct passwd entry, *found = NULL;

	while (getpwuid_r(getuid(), &entry, room, size, &found) == ERANGE)
		room = must(realloc(room, size *= 2));
	return found && absolute(found->pw_dir) ? must(strdup(found->pw_dir)) : NULL;
}

char *home_folder(void)
{
	const char *home = absolute(getenv("HOME"));

	return home ? must(strdup(home)) : home_of_account();
}

char *home_subfolder(const char *variable, const char *usual)
{
	const char *given = absolute(getenv(variable));

	if (given)
		return must(strdup(given));
	char *home FREE = home_folder();

	return home ? format("%s/%s", home, usual) : NULL;
}
