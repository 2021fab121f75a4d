/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Why a machine did not start, as its log tells. What is in a log may be a guest's words.
 */
#include "machine/log-cause.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/str.h"

int64_t vbc_log_opened_ms(const char *log)
{
	static const char says[] = "Log opened ";
	const char *at = strstr(log, says);
	char text[32] = "";
	struct tm tm = {0};

	if (at) /* sscanf() would look for the end of all of it */
		snprintf(text, sizeof(text), "%.31s", at + sizeof(says) - 1);
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) * 1000;
}

/* The last one that the text has; NULL: it has none. */
static const char *log_find_last(const char *text, const char *word)
{
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		last = at;
	return last;
}

/* "ERROR [COM]: … aText={Why.}, preserve=false" */
char *vbc_log_cause(struct vbc_arena *a, const char *log)
{
	static const char text[] = "aText={", end[] = "}, preserve";
	const char *error = log_find_last(log, "ERROR [COM]: ");
	const char *from = error ? strstr(error, text) : NULL;
	const char *to = from ? strstr(from, end) : NULL;
	char *cause = NULL;

	if (to) {
		from += sizeof(text) - 1;
		cause = vbc_arena_strndup(a, from, (size_t)(to - from));
	}
	if (cause && vbc_ends_with(cause, "."))
		cause[strlen(cause) - 1] = '\0';
	return cause;
}
