/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers of the command: memory, error values, and guessing what was meant.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "util.h"

void cleanup_free(void *p)
{
	free(*(void **)p);
}

void *must(void *p)
{
	if (!p) {
		fputs("vboxcloud: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

char *format(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	return must(n < 0 ? NULL : text);
}

int fail(struct vbc_error *err, int code, const char *fmt, ...)
{
	va_list args;

	*err = (struct vbc_error){.code = code};
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return code;
}

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many characters must be changed, added, removed or swapped with their neighbour. */
static unsigned word_distance(const char *a, const char *b)
{
	enum { LONGEST = 32 };
	unsigned rows[3][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > LONGEST || nb > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3],
			 *older = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned change = a[i - 1] != b[j - 1];

			now[j] = least_of(before[j] + 1, now[j - 1] + 1, before[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least_of(now[j], older[j - 2] + 1, now[j]);
		}
	}
	return rows[na % 3][nb];
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
	/* Of a short word little can be wrong, or it is another. */
	unsigned best = (unsigned)strlen(word) / 3 + (strlen(word) > 3);
	const char *name = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned d =
			*word && starts_with(names[i], word) ? 0 : word_distance(word, names[i]);

		if (d <= best && (!name || d < best)) {
			best = d;
			name = names[i];
		}
	}
	return name;
}
