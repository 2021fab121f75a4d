/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes what is read of servers of files: lists of checksums, heads of answers (an input that
 * begins with "HTTP/") and where these send us. It is built as fuzz-soap-decode.c is.
 */
#include <vboxcloud/error.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/answer.h"
#include "fetch/link.h"
#include "transfer/sums.h"

static volatile size_t seen;

static void read_list(const char *text, size_t n)
{
	struct vbc_error err = {0};
	struct vbc_sum sum = {.algorithm = ""};
	int code = vbc_sums_find(text, n, "x.qcow2", "the list", &sum, &err);
	size_t digits = strlen(sum.digits);

	if (code ? !err.text[0] : digits != 64 && digits != 96 && digits != 128)
		abort();
	if (strspn(sum.digits, "0123456789abcdef") != digits)
		abort();
}

static void read_head(const char *text, size_t n)
{
	struct vbc_answer answer = {.size = UINT64_MAX};
	const char *end = text + n;
	char *to;

	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));

		line = line ? line + 1 : end;
		vbc_answer_take_line(&answer, text, (size_t)(line - text));
		text = line;
	}
	if (answer.ranged && (answer.from >= answer.to || answer.to > answer.size))
		abort();
	seen += vbc_answer_version(&answer) != NULL;
	to = vbc_link_resolve("https://h/a/b", answer.location);
	seen += to ? vbc_link_same_scheme("https://h/a/b", to) : 0;
	free(to);
}

static void read_url(const char *text, size_t n)
{
	struct vbc_link link = {0};
	struct vbc_error err = {0};
	char *copy = strndup(text, n);

	if (!copy)
		abort();
	if (vbc_link_parse(copy, &link, &err) == VBC_OK) {
		if (strchr(link.name, '/') || strchr(link.shown, '?'))
			abort();
	} else if (!err.text[0]) {
		abort();
	}
	vbc_link_done(&link);
	free(copy);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;

	if (size >= 5 && memcmp(text, "HTTP/", 5) == 0)
		read_head(text, size);
	else if (size >= 4 && memcmp(text, "http", 4) == 0)
		read_url(text, size);
	else
		read_list(text, size);
	return 0;
}

#include "replay.h"
