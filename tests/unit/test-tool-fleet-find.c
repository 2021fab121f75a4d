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

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct vbc_error err = {0};
		size_t host = 9;

		is_int(spread_judge("node", "web", names, row->codes, 3, row->strict, &host, &err),
		       row->code, "row %zu", i);
		is_str(err.text, row->text, "what is said of it");
		is_int((int)host, row->code ? 9 : (int)row->host, "where it is");
	}
	return tap_done();
}
