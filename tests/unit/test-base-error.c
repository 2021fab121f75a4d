/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Errors: the first one wins, texts end at a whole character.
 */
#include "base/error-private.h"
#include "base/str.h"
#include "tap.h"

static void test_first_wins(void)
{
	struct vbc_error err = {0};

	is_int(vbc_fail(&err, VBC_E_BUSY, "node '%s' is %s", "a", "locked"), VBC_E_BUSY,
	       "an error returns its code");
	is_int(err.code, VBC_E_BUSY, "and keeps it");
	is_str(err.text, "node 'a' is locked", "with its text");
	is_int(vbc_fail(&err, VBC_E_NOTFOUND, "other"), VBC_E_NOTFOUND, "a second returns its own");
	is_int(err.code, VBC_E_BUSY, "but the first stays");
	is_str(err.text, "node 'a' is locked", "with its text");
	is_int(vbc_fail_nomem(&err), VBC_E_NOMEM, "so it is when memory is short");
	is_int(err.code, VBC_E_BUSY, "too");
	is_int(vbc_fail(NULL, VBC_E_TLS, "%s", "nobody asks"), VBC_E_TLS, "NULL is nobody");
	is_int(vbc_fail_nomem(NULL), VBC_E_NOMEM, "also when memory is short");
}

static void test_hint(void)
{
	struct vbc_error err = {0};

	is_int(vbc_error_hint(NULL), VBC_HINT_NONE, "nobody, no hint");
	is_int(vbc_fail_hint(&err, VBC_E_NOTFOUND, VBC_HINT_LIST_NODES, "no node '%s'", "a"),
	       VBC_E_NOTFOUND, "an error with a hint returns its code");
	is_str(err.text, "no node 'a'", "has its text");
	vbc_fail_hint(&err, VBC_E_ARG, VBC_HINT_URL, "other");
	vbc_error_prefix(&err, VBC_E_ARG, "cannot show it");
	is_int(vbc_error_hint(&err), VBC_HINT_LIST_NODES, "and keeps its hint");
	err.code = VBC_OK;
	vbc_fail(&err, VBC_E_STATE, "it is stopped");
	is_int(vbc_error_hint(&err), VBC_HINT_NONE, "one in its place does not");
}

static void test_prefix(void)
{
	struct vbc_error err = {0};

	is_int(vbc_error_prefix(&err, VBC_E_FAULT, "x"), VBC_E_FAULT, "no error, no prefix");
	is_str(err.text, "", "and no text");
	is_int(vbc_error_prefix(NULL, VBC_OK, "x"), VBC_OK, "nobody, no prefix");
	vbc_fail(&err, VBC_E_SPACE, "the disk is full");
	is_int(vbc_error_prefix(&err, VBC_E_FAULT, "cannot create '%s'", "n"), VBC_E_SPACE,
	       "a prefix returns the error's code");
	is_str(err.text, "cannot create 'n': the disk is full", "and stands in front");
}

static void test_restate(void)
{
	struct vbc_error err = {.component = "Medium"};

	vbc_fail(&err, VBC_E_FAULT, "it is broken");
	is_int(vbc_error_restate(&err, VBC_E_ARG, "'%s' is no disk: %s", "f", err.text), VBC_E_ARG,
	       "an error in other words returns its new code");
	is_int(err.code, VBC_E_ARG, "which is the error's");
	is_str(err.text, "'f' is no disk: it is broken", "has its text in them");
	is_str(err.component, "Medium", "and keeps what else is known");
}

static bool is_whole_text(const char *text)
{
	size_t at;
	long c;

	return vbc_text_ok(text, strlen(text), &at, &c);
}

/* Characters of each length, so that the end falls on each of their bytes. */
static void test_cut(const char *character)
{
	const size_t room = sizeof(((struct vbc_error *)0)->text) - 1, n = strlen(character);
	char text[2000], lead[2000];

	for (size_t shift = 0; shift < n; shift++) {
		struct vbc_error err = {0}, prefixed = {0};

		memset(text, 'x', shift);
		for (size_t at = shift; at + n < sizeof(text); at += n)
			memcpy(text + at, character, n + 1);
		vbc_fail(&err, VBC_E_ARG, "%s", text);
		is_int(strlen(err.text), (room - shift) / n * n + shift,
		       "%zu bytes a character, shifted by %zu: as many as fit", n, shift);
		ok(is_whole_text(err.text), "and none in parts");
		memset(lead, 'y', room - 30);
		lead[room - 30] = '\0';
		vbc_fail(&prefixed, VBC_E_ARG, "%s", text);
		vbc_error_prefix(&prefixed, VBC_E_ARG, "%s", lead);
		ok(is_whole_text(prefixed.text) && strlen(prefixed.text) > room - n,
		   "nor with a prefix");
		vbc_error_prefix(&prefixed, VBC_E_ARG, "%s", text);
		ok(is_whole_text(prefixed.text), "nor in the prefix");
	}
}

static void test_short_text(void)
{
	struct vbc_error err = {0};

	vbc_fail(&err, VBC_E_ARG, "h\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80");
	is_str(err.text, "h\xc3\xa9 \xe6\xbc\xa2 \xf0\x9f\x98\x80",
	       "whole characters at the end stay");
	err = (struct vbc_error){0};
	vbc_fail(&err, VBC_E_ARG, "%s", "");
	is_str(err.text, "", "no text is no text");
}

static void test_tidied(void)
{
	struct vbc_error err = {0};

	vbc_fail(&err, VBC_E_ARG, "there is no '%s'", "a\nb\tc\r\x1b\x7f");
	is_str(err.text, "there is no 'a b c   '", "a text is one line");
	vbc_error_prefix(&err, VBC_E_ARG, "in\n%s", "\xff");
	is_str(err.text, "in ?: there is no 'a b c   '", "with its prefix");
	err = (struct vbc_error){0};
	vbc_fail(&err, VBC_E_ARG, "%s",
		 "a\xc2\x9b"
		 "31mb \xc2\xa0\xc2");
	is_str(err.text, "a  31mb \xc2\xa0", "nor are there controls above ASCII");
	err = (struct vbc_error){0};
	vbc_fail(&err, VBC_E_ARG, "none: %s", "h\xe9llo \xed\xa0\x80 \xc0\xaf \xef\xbf\xbe");
	is_str(err.text, "none: h?llo ??? ?? ???", "bytes that are no text are not told on");
}

static void test_names(void)
{
	is_str(vbc_code_name(VBC_OK), "VBC_OK", "the name of no error");
	is_str(vbc_code_name(VBC_E_BUSY), "VBC_E_BUSY", "the name of one in the middle");
	is_str(vbc_code_name(VBC_E_DRY_RUN), "VBC_E_DRY_RUN", "the name of the last");
	is_str(vbc_code_name(VBC_E_DRY_RUN - 1), "unknown", "below the last");
	is_str(vbc_code_name(1), "unknown", "above the first");
	is_str(vbc_hint_name(VBC_HINT_NONE), "VBC_HINT_NONE", "the name of no hint");
	is_str(vbc_hint_name(VBC_HINT_HOST_NAME), "VBC_HINT_HOST_NAME", "of the last");
	is_str(vbc_hint_name(VBC_HINT_HOST_NAME + 1), "unknown", "behind the last");
	is_str(vbc_hint_name(-1), "unknown", "before the first");
	is_str(vbc_code_name(-2147483647 - 1), "unknown", "the smallest number");
}

int main(void)
{
	test_first_wins();
	test_hint();
	test_prefix();
	test_restate();
	test_cut("x");
	test_cut("\xc3\xa9");
	test_cut("\xe6\xbc\xa2");
	test_cut("\xf0\x9f\x98\x80");
	test_short_text();
	test_tidied();
	test_names();
	return tap_done();
}
