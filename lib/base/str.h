/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Strings and numbers from strings.
 */
#ifndef VBC_BASE_STR_H
#define VBC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static inline bool vbc_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool vbc_ends_with(const char *s, const char *suffix);
/* The same in any case, and with something before it: as the suffix of a file's name. */
bool vbc_has_suffix(const char *name, const char *suffix);

/*
 * Whether s[0..n) may be sent to VirtualBox: well-formed UTF-8, no control character but tab,
 * line feed and carriage return, no surrogate, no U+FFFE, no U+FFFF (its service dies of those).
 * When not, *ret_at is the offset and *ret_char the character, or -1 for bytes that are no UTF-8.
 */
bool vbc_text_ok(const char *s, size_t n, size_t *ret_at, long *ret_char);

/* The number of Unicode characters in well-formed UTF-8. */
size_t vbc_utf8_count(const char *s);

/* A whole unsigned decimal number, nothing else; false when it is none or exceeds max. */
bool vbc_parse_u64(const char *s, uint64_t max, uint64_t *ret);

/* Whether s is a UUID in VirtualBox's form (8-4-4-4-12 hexadecimal digits). */
bool vbc_is_uuid(const char *s);

/* Whether s is an IPv4 or IPv6 address in numbers, without brackets, port and scope. */
bool vbc_is_ip(const char *s);

/* A new random UUID (version 4) from the system's random source; false when it has none. */
bool vbc_uuid_new(char ret[37]);

#endif
