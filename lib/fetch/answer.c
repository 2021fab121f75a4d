/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define LINE_MAX_BYTES 4200 /* signed URLs are long */

/* What is longer than its room is as good as not said. */
static void answer_copy_value(char *to, size_t size, const char *value)
{
	size_t n = strlen(value);

	if (n < size)
		memcpy(to, value, n + 1);
	else
		to[0] = '\0';
}

/* "bytes 0-1023/146515", where an asterisk may stand for the last number. */
static void answer_take_range(struct vbc_answer *a, const char *value)
{
	uint64_t first, last, size = UINT64_MAX;
	int end = 0;

	if (sscanf(value, "bytes %" SCNu64 "-%" SCNu64 "/%n", &first, &last, &end) != 2 || !end)
		return;
	if (!streq(value + end, "*") && !vbc_parse_u64(value + end, INT64_MAX, &size))
		return;
	if (first > last || last >= size || last >= INT64_MAX)
		return;
	a->ranged = true;
	a->from = first;
	a->to = last + 1;
	a->size = size;
}

static void answer_take_header(struct vbc_answer *a, const char *name, const char *value)
{
	if (strcasecmp(name, "ETag") == 0)
		answer_copy_value(a->etag, sizeof(a->etag), value);
	else if (strcasecmp(name, "Last-Modified") == 0)
		answer_copy_value(a->modified, sizeof(a->modified), value);
	else if (strcasecmp(name, "Location") == 0)
		answer_copy_value(a->location, sizeof(a->location), value);
	else if (strcasecmp(name, "Content-Encoding") == 0 && strcasecmp(value, "identity") != 0)
		answer_copy_value(a->encoding, sizeof(a->encoding), value);
	else if (strcasecmp(name, "Content-Range") == 0 && a->status == 206)
		answer_take_range(a, value);
	else if (strcasecmp(name, "Content-Length") == 0 && a->status == 200)
		vbc_parse_u64(value, INT64_MAX, &a->size);
}

void vbc_answer_take_line(struct vbc_answer *answer, const char *line, size_t n)
{
	char text[LINE_MAX_BYTES], *value;

	while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
		n--;
	if (!n) {
		answer->complete = answer->status >= 200;
		return;
	}
	if (n >= sizeof(text))
		return;
	memcpy(text, line, n);
	text[n] = '\0';
	if (vbc_starts_with(text, "HTTP/")) {
		*answer = (struct vbc_answer){.size = UINT64_MAX};
		if (sscanf(text, "HTTP/%*s %d", &answer->status) != 1)
			answer->status = 0;
		return;
	}
	value = strchr(text, ':');
	if (!value)
		return;
	*value++ = '\0';
	answer_take_header(answer, text, value + strspn(value, " \t"));
}

/* A weak one says that the content means the same, not that its bytes are the same. */
static bool answer_has_strong_etag(const struct vbc_answer *a)
{
	return a->etag[0] == '"';
}

const char *vbc_answer_version(const struct vbc_answer *answer)
{
	if (answer_has_strong_etag(answer))
		return answer->etag;
	return answer->modified[0] ? answer->modified : NULL;
}

bool vbc_answer_is_same(const struct vbc_answer *a, const struct vbc_answer *b)
{
	if (a->size != b->size)
		return false;
	if (answer_has_strong_etag(a) && answer_has_strong_etag(b))
		return streq(a->etag, b->etag);
	return !a->modified[0] || !b->modified[0] || streq(a->modified, b->modified);
}
