/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the reader of SSH keys. An input is the text of a file that somebody takes for a public
 * key. It is built as fuzz-soap-decode.c is.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "key/text.h"

/* What was read is one line, and the same key when it is read again. */
static void check(struct vbc_arena *a, const char *line, const char *fingerprint)
{
	struct vbc_error err = {0};
	const char *again, *same;
	size_t at;
	long c;

	if (strpbrk(line, "\r\n") || !vbc_text_ok(line, strlen(line), &at, &c))
		abort();
	if (vbc_key_read(a, line, &again, &same, &err) || !streq(line, again) ||
	    !streq(fingerprint, same))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct vbc_arena VBC_ARENA arena = {0};
	char *text = vbc_arena_strndup(&arena, (const char *)data, size);
	const char *line = NULL, *fingerprint = NULL;
	struct vbc_error err = {0};
	int code = text ? vbc_key_read(&arena, text, &line, &fingerprint, &err) : VBC_E_NOMEM;

	if (!code)
		check(&arena, line, fingerprint);
	else if (!text || err.code != code || !err.text[0] || strpbrk(err.text, "\r\n"))
		abort();
	return 0;
}

#include "replay.h"
