/* SPDX-License-Identifier: Apache-2.0 */
#include "prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meter.h"
#include "text.h"
#include "util.h"

enum { LONGEST_LINE = 65536 };

/* line[n] may be changed for a moment. */
static void prefixed_write_line(const struct prefixed *s, char *line, size_t n)
{
	char after = line[n];

	flockfile(stderr);
	meter_clear();
	fflush(stderr);
	flockfile(s->to);
	text_show(s->to, s->name);
	fputs(": ", s->to);
	line[n] = '\0';
	if (isatty(fileno(s->to)))
		text_lines(s->to, line, n);
	else
		fwrite(line, 1, n, s->to);
	line[n] = after;
	fputc('\n', s->to);
	fflush(s->to);
	funlockfile(s->to);
	funlockfile(stderr);
}

static void prefixed_write_lines(struct prefixed *s)
{
	size_t at = 0;
	char *end;

	while ((end = memchr(s->text + at, '\n', s->n - at))) {
		prefixed_write_line(s, s->text + at, (size_t)(end - s->text) - at);
		at = (size_t)(end - s->text) + 1;
	}
	s->n -= at;
	memmove(s->text, s->text + at, s->n);
	if (s->n < LONGEST_LINE)
		return;
	prefixed_write_line(s, s->text, s->n);
	s->n = 0;
}

void prefixed_end(struct prefixed *s)
{
	if (s->n)
		prefixed_write_line(s, s->text, s->n);
	if (s->from >= 0)
		close(s->from);
	free(s->text);
	s->text = NULL;
	s->n = 0;
	s->from = -1;
}

void prefixed_read(struct prefixed *s)
{
	ssize_t n;

	if (!s->text)
		s->text = must(malloc(LONGEST_LINE + 1));
	n = read(s->from, s->text + s->n, LONGEST_LINE - s->n);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		prefixed_end(s);
		return;
	}
	s->n += (size_t)n;
	prefixed_write_lines(s);
}
