/* SPDX-License-Identifier: Apache-2.0 */
#include "last-line.h"

#include <stdbool.h>
#include <string.h>

enum { TEXT, ESCAPED, SEQUENCE, STRING, STRING_ESCAPED };

#define ESC '\x1b'
#define BEL '\a'

static int escape_begin(char c)
{
	if (c >= ' ' && c <= '/')
		return ESCAPED;
	if (c == '[')
		return SEQUENCE;
	return c && strchr("]PX^_", c) ? STRING : TEXT;
}

/* ESC [ ... letter; ESC ] ... BEL, or ESC \; ESC ( B; ESC and any other character. */
static int escape_next(int state, char c)
{
	switch (state) {
	case ESCAPED: return escape_begin(c);
	case SEQUENCE: return c >= '@' && c <= '~' ? TEXT : SEQUENCE;
	case STRING: return c == BEL ? TEXT : c == ESC ? STRING_ESCAPED : STRING;
	default: return c == '\\' ? TEXT : c == ESC ? STRING_ESCAPED : STRING;
	}
}

static bool line_is_blank(const struct last_line *line)
{
	return strspn(line->open, " ") == line->n;
}

/* A blank line says nothing of what goes on. */
static void line_end(struct last_line *line)
{
	if (!line_is_blank(line))
		memcpy(line->whole, line->open, sizeof(line->whole));
	line->n = 0;
	line->open[0] = '\0';
}

static void line_add_byte(struct last_line *line, char c)
{
	if (line->n == LAST_LINE_MAX)
		return;
	line->open[line->n++] = c;
	line->open[line->n] = '\0';
}

void last_line_add(struct last_line *line, const char *text, size_t size)
{
	for (const char *at = text; size--; at++) {
		if (line->escape && *at != '\n') /* some have no end: none goes on in a new line */
			line->escape = escape_next(line->escape, *at);
		else if (*at == ESC)
			line->escape = ESCAPED;
		else if (*at == '\n' || *at == '\r') { /* what follows is written over it */
			line->escape = TEXT;
			line_end(line);
		} else if (*at == '\t')
			line_add_byte(line, ' ');
		else if ((unsigned char)*at >= ' ' && *at != 0x7f)
			line_add_byte(line, *at);
	}
}

const char *last_line_text(const struct last_line *line)
{
	const char *text = line_is_blank(line) ? line->whole : line->open;

	return text + strspn(text, " ");
}
