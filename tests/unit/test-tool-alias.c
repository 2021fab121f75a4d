/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which names of nodes become aliases in a configuration of ssh.
 */
#include "alias.h"
#include "tap.h"
#include "text.h"
#include "util.h"

static const struct row {
	const char *name;
	bool safe, unasked;
} rows[] = {
	{"web1", true, true},       {"W\u00fcrfel_\u4e2d-2", true, true},
	{"a.b", true, false},       {"github.com", true, false},
	{"localhost", true, false}, {"LocalHost", true, false},
	{"10", true, false},        {"10x", true, true},
	{"", false, false},         {"-oProxyCommand=x", false, false},
	{".x", false, false},       {"_x", false, false},
	{"!x", false, false},       {"a b", false, false},
	{"a\tb", false, false},     {"a\nb", false, false},
	{"a\u00a0b", false, false}, {"a\u3000b", false, false},
	{"a\u202eb", false, false}, {"a\x80", false, false},
	{"*", false, false},        {"a?", false, false},
	{"a,b", false, false},      {"a#b", false, false},
	{"a\"b", false, false},     {"a'b", false, false},
	{"a\\b", false, false},     {"a:b", false, false},
	{"a/b", false, false},      {"a@b", false, false},
	{"a%b", false, false},      {"${x}", false, false},
	{"a=b", false, false},      {"a;b", false, false},
};

int main(void)
{
	text_init();
	for (size_t i = 0; i < COUNT(rows); i++) {
		ok(alias_is_safe(rows[i].name) == rows[i].safe, "'%s': %d", rows[i].name,
		   rows[i].safe);
		ok(alias_is_safe_unasked(rows[i].name) == rows[i].unasked, "not asked for: %d",
		   rows[i].unasked);
	}
	return tap_done();
}
