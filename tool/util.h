/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Small helpers of the command: the command sees only the library's public headers, so it has
 * its own. Without memory there is nothing left to do for a command: must() ends it.
 */
#ifndef TOOL_UTIL_H
#define TOOL_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define FREE              CLEANUP(cleanup_free)
#define COUNT(array)      (sizeof(array) / sizeof((array)[0]))

struct vbc_error;

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

void cleanup_free(void *p);

/* Returns p, or ends the command when an allocation gave NULL. */
void *must(void *p);

/* A new string, made as printf() would. */
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Fills *err with a code of enum vbc_code and a sentence; returns the code. */
int fail(struct vbc_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The one of names[0..n) that was most likely meant by `word`, or NULL when none is near. */
const char *nearest(const char *word, const char *const *names, size_t n);

#endif
