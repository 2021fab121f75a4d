/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * On which of several hosts an object is, of what these say.
 */
#include <vboxcloud/error.h>

#include "fleet-find.h"
#include "tap.h"

static const char *const names[] = {"vb1", "vb2", "vb3"};

enum {
	HERE = 0,
	NONE = VBC_E_NOTFOUND,
	AWAY = VBC_E_CONNECT,
	LATE = VBC_E_TIMEOUT,
	MANY = VBC_E_ARG
};

static const struct row {
	int codes[3];
	bool strict;
	int code; /* or, of 0, the host: */
	size_t host;
	const char *text;
} rows[] = {
	{{HERE, NONE, NONE}, false, 0, 0, ""},
	{{NONE, NONE, HERE}, true, 0, 2, ""},
	{{NONE, HERE, AWAY}, false, 0, 1, ""},
	{{NONE, MANY, NONE}, false, 0, 1, ""},
	{{NONE, HERE, AWAY},
	 true,
	 VBC_E_CONNECT,
	 0,
	 "there is a node 'web' on vb2, but whether on vb3, too, is not known"},
	{{NONE, NONE, NONE}, false, VBC_E_NOTFOUND, 0, "there is no node 'web' on any of 3 hosts"},
	{{NONE, AWAY, NONE},
	 false,
	 VBC_E_CONNECT,
	 0,
	 "no node 'web' was found on the hosts that answered, and vb2 does not"},
	{{LATE, NONE, VBC_E_AUTH},
	 false,
	 VBC_E_CONNECT,
	 0,
	 "no node 'web' was found on the hosts that answered, and vb1 and vb3 do not"},
	{{AWAY, AWAY, AWAY}, false, VBC_E_CONNECT, 0, "none of 3 hosts answered"},
	{{HERE, NONE, HERE},
	 false,
	 VBC_E_ARG,
	 0,
	 "there is a node 'web' on vb1 and vb3: name the one that is meant, like 'vb1:web'"},
	{{HERE, MANY, HERE},
	 false,
	 VBC_E_ARG,
	 0,
	 "there is a node 'web' on vb1, vb2 and vb3: name the one that is meant, like "
	 "'vb1:web'"},
	{{AWAY, HERE, HERE},
	 false,
	 VBC_E_ARG,
	 0,
	 "there is a node 'web' on vb2 and vb3: name the one that is meant, like 'vb2:web'"},
};

static const char *const near[] = {"lab", "lab:18084", "[::1]", "[::1]:18083", "vb:2", "vb"};

/* What names a host in it. */
static const struct named {
	const char *word, *rest; /* rest NULL: no host */
	size_t host;
} named[] = {
	{"lab:web1", "web1", 0},
	{"lab:18084:web1", "web1", 1},
	{"lab:18083:web1", "18083:web1", 0},
	{"lab:18084", "18084", 0},
	{"lab:18084:", "18084:", 0},
	{"[::1]:web1", "web1", 2},
	{"[::1]:18083:web1", "web1", 3},
	{"vb:2:a:b", "a:b", 4},
	{"vb:3", "3", 5},
	{"lab", NULL, 0},
	{"lab:", NULL, 0},
	{"lab2:web", NULL, 0},
	{"web1", NULL, 0},
	{"", NULL, 0},
};

static void test_words(void)
{
	const size_t n = sizeof(near) / sizeof(near[0]);

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		const char *rest = NULL;
		size_t host = spread_read_word(near, n, named[i].word, &rest);

		is_int((int)host, named[i].rest ? (int)named[i].host : (int)n, "host in '%s'",
		       named[i].word);
		is_str(rest ? rest : "none", named[i].rest ? named[i].rest : "none",
		       "and the rest");
	}
}

int main(void)
{
	test_words();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct vbc_error err = {0};
		size_t host = 9;

		is_int(spread_judge("node", "web", names, row->codes, 3, row->strict, &host, &err),
		       row->code, "row %zu", i);
		is_str(err.text, row->text, "what is said of it");
		is_int((int)host, row->code ? 9 : (int)row->host, "where it is");
	}

	struct vbc_error err = {0};
	size_t host = 9;

	is_int(spread_judge("node", "web", names, (int[]){NONE}, 1, false, &host, &err), NONE,
	       "of one host");
	is_str(err.text, "there is no node 'web' on vb1", "it is named");
	return tap_done();
}
