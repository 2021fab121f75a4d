/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The exit status of each error, and the sentence of each hint.
 */
#include <vboxcloud/error.h>

#include "hint.h"
#include "report.h"
#include "tap.h"
#include "util.h"

static void test_hints(void)
{
	int n = 1;

	for (; !streq(vbc_hint_name(n), "unknown"); n++)
		ok(hint_text(n)[0], "%s: %s", vbc_hint_name(n), hint_text(n));
	ok(n > VBC_HINT_HOST_NAME, "all that the library knows");
	is_str(hint_text(VBC_HINT_NONE), "", "no hint, no sentence");
	is_str(hint_text(n), "", "nor one of a newer library");
	is_str(hint_text(-1), "", "nor anything else");
}

int main(void)
{
	static const struct {
		int code, status;
	} rows[] = {
		{VBC_OK, 0},         {VBC_E_ARG, 2},     {VBC_E_NOMEM, 1},   {VBC_E_CONNECT, 4},
		{VBC_E_TLS, 4},      {VBC_E_AUTH, 4},    {VBC_E_TIMEOUT, 5}, {VBC_E_CANCELLED, 5},
		{VBC_E_PROTOCOL, 4}, {VBC_E_VERSION, 1}, {VBC_E_STALE, 1},   {VBC_E_NOTFOUND, 3},
		{VBC_E_EXISTS, 6},   {VBC_E_BUSY, 6},    {VBC_E_STATE, 6},   {VBC_E_SPACE, 1},
		{VBC_E_FAULT, 1},    {VBC_E_FETCH, 1},   {VBC_E_DRY_RUN, 0}, {VBC_E_DRY_RUN - 1, 1},
		{VBC_OK + 1, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(exit_status(rows[i].code), rows[i].status, "code %d", rows[i].code);
	test_hints();
	return tap_done();
}
