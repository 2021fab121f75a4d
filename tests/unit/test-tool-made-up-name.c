/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names that are made up: all different, and fit to be a host's name.
 */
#include <stdlib.h>

#include "made-up-name.h"
#include "tap.h"
#include "util.h"

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void)
{
	unsigned n = made_up_names(), bad = 0, same = 0;
	char **names = must(calloc(n, sizeof(*names)));

	for (unsigned i = 0; i < n; i++) {
		const char *dash;

		names[i] = made_up_name(i);
		dash = strchr(names[i], '-');
		bad += !dash || dash == names[i] || strchr(dash + 1, '-') || !dash[1] ||
		       strlen(names[i]) > 20 ||
		       names[i][strspn(names[i], "abcdefghijklmnopqrstuvwxyz-")];
	}
	qsort(names, n, sizeof(*names), name_compare);
	for (unsigned i = 1; i < n; i++)
		same += streq(names[i - 1], names[i]);
	ok(n >= 3000, "there are %u", n);
	ok(bad == 0, "each is two words: %u are not", bad);
	ok(same == 0, "each is another: %u are not", same);
	char *first FREE = made_up_name(0), *again FREE = made_up_name(n);

	is_str(again, first, "and then they begin again");
	for (unsigned i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return tap_done();
}
