/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Folders of the user.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "util.h"

/* Only an absolute path is one: a relative one would mean another folder from day to day. */
static const char *path_if_absolute(const char *path)
{
	return path && path[0] == '/' ? path : NULL;
}

static char *account_find_home(void)
{
	size_t size = 1024;
	char *room FREE = must(malloc(size));
	struct passwd entry, *found = NULL;

	while (getpwuid_r(getuid(), &entry, room, size, &found) == ERANGE)
		room = must(realloc(room, size *= 2));
	return found && path_if_absolute(found->pw_dir) ? must(strdup(found->pw_dir)) : NULL;
}

char *home_folder(void)
{
	const char *home = path_if_absolute(getenv("HOME"));

	return home ? must(strdup(home)) : account_find_home();
}

char *home_subfolder(const char *variable, const char *usual)
{
	const char *given = path_if_absolute(getenv(variable));

	if (given)
		return must(strdup(given));
	char *home FREE = home_folder();

	return home ? format("%s/%s", home, usual) : NULL;
}

char *home_state_path(const char *name)
{
	char *state FREE = home_subfolder("XDG_STATE_HOME", ".local/state");

	return state ? format("%s/vboxcloud/%s", state, name) : NULL;
}

char *home_cache_folder(void)
{
	char *cache FREE = home_subfolder("XDG_CACHE_HOME", ".cache");

	return cache ? format("%s/vboxcloud", cache) : NULL;
}

void home_make_folders(const char *path)
{
	char *part FREE = must(strdup(path));

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(part, 0700);
		*slash = '/';
	}
}
