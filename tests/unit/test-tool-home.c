/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where a user's files are, with and without the variables that say so.
 */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "home.h"
#include "tap.h"
#include "util.h"

static const char *account;

/* A variable's value; NULL: it is not set. */
static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void test_home(void)
{
	const struct {
		const char *value, *home;
	} rows[] = {
		{"/h", "/h"},  {"/h ü", "/h ü"}, {NULL, account},
		{"", account}, {"h", account},   {".", account},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		set("HOME", rows[i].value);
		char *home FREE = home_folder();

		is_str(home, rows[i].home, "HOME is %s", rows[i].value ? rows[i].value : "unset");
	}
}

static void test_subfolder(void)
{
	char *by_account FREE = format("%s/.x/y", account);
	const struct {
		const char *xdg, *home, *folder;
	} rows[] = {
		{"/c", "/h", "/c"},      {"/c", NULL, "/c"},     {NULL, "/h", "/h/.x/y"},
		{"", "/h", "/h/.x/y"},   {"c", "/h", "/h/.x/y"}, {NULL, NULL, by_account},
		{"c", NULL, by_account}, {"", "h", by_account},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		set("XDG_X", rows[i].xdg);
		set("HOME", rows[i].home);
		char *folder FREE = home_subfolder("XDG_X", ".x/y");

		is_str(folder, rows[i].folder, "row %zu", i);
	}
}

int main(void)
{
	const struct passwd *entry = getpwuid(getuid());
	char *kept FREE = must(strdup(entry ? entry->pw_dir : ""));

	if (kept[0] != '/') {
		printf("1..0 # SKIP the caller has no home directory\n");
		return 77;
	}
	account = kept;
	test_home();
	test_subfolder();
	return tap_done();
}
