/* SPDX-License-Identifier: Apache-2.0 */
#include "would.h"

#include <stdio.h>
#include <stdlib.h>

#include "report.h"
#include "util.h"

/* The N-th plain word, for %N; NULL: it was left out. */
static const char *would_find_word(const struct args *args, size_t n, const char *word)
{
	if (n == 0 && word)
		return word;
	return n < args->n_words ? args->words[n] : NULL;
}

char *would_text(const struct cmd *cmd, const struct args *args, const char *word)
{
	char *text = NULL;
	size_t size;
	FILE *to = must(open_memstream(&text, &size));

	for (const char *at = cmd->would; *at; at++) {
		const char *named;

		if (*at != '%') {
			fputc(*at, to);
			continue;
		}
		named = would_find_word(args, (size_t)(*++at - '1'), word);
		if (named)
			fprintf(to, "'%s'", named);
	}
	fclose(to);
	must(text);
	while (size && text[size - 1] == ' ')
		text[--size] = '\0';
	return text;
}

void would_note(const struct cmd *cmd, const struct args *args, const char *word)
{
	char *text FREE = would_text(cmd, args, word);

	note("would %s", text);
}
