/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cleanup.h"
#include "str.h"

/* Those that OVF knows, and as newer programs call them. */
static const struct {
	const char *name, *ours;
	size_t digits;
} algorithms[] = {
	{"SHA1", "SHA1", 40},        {"SHA-1", "SHA1", 40},      {"SHA256", "SHA256", 64},
	{"SHA2-256", "SHA256", 64},  {"SHA-256", "SHA256", 64},  {"SHA384", "SHA384", 96},
	{"SHA2-384", "SHA384", 96},  {"SHA-384", "SHA384", 96},  {"SHA512", "SHA512", 128},
	{"SHA2-512", "SHA512", 128}, {"SHA-512", "SHA512", 128},
};

/* The next line, its end and white space around it aside. */
static const char *next_line(const char *at, const char *end, const char **ret, size_t *ret_n)
{
	const char *feed = memchr(at, '\n', (size_t)(end - at));
	size_t n = (size_t)((feed ? feed : end) - at);

	while (n && isspace((unsigned char)at[n - 1]))
		n--;
	while (n && isspace((unsigned char)*at)) {
		at++;
		n--;
	}
	*ret = at;
	*ret_n = n;
	return feed ? feed + 1 : end;
}

static bool take_algorithm(const char *from, const char *to, struct vbc_manifest_sum *ret,
			   size_t *ret_digits)
{
	while (to > from && to[-1] == ' ')
		to--;
	for (size_t i = 0; i < VBC_COUNT(algorithms); i++) {
		const char *name = algorithms[i].name;

		if ((size_t)(to - from) != strlen(name) ||
		    strncasecmp(from, name, strlen(name)) != 0)
			continue;
		snprintf(ret->algorithm, sizeof(ret->algorithm), "%s", algorithms[i].ours);
		*ret_digits = algorithms[i].digits;
		return true;
	}
	return false;
}

/* Whether a line has the sum of that file: SHA256(disk.vmdk)= 0123456789abcdef */
static bool take_line(const char *line, size_t n, const char *name, struct vbc_manifest_sum *ret)
{
	const char *open = memchr(line, '(', n), *equals = memrchr(line, '=', n);
	const char *close =
		open && equals > open ? memrchr(open, ')', (size_t)(equals - open)) : NULL;
	const char *file = close ? open + 1 : NULL;
	size_t digits = 0;

	if (!file)
		return false;
	if (close - file > 2 && file[0] == '.' && file[1] == '/')
		file += 2;
	if ((size_t)(close - file) != strlen(name) || memcmp(file, name, strlen(name)) != 0 ||
	    !take_algorithm(line, open, ret, &digits))
		return false;
	equals++;
	while (equals < line + n && *equals == ' ')
		equals++;
	if ((size_t)(line + n - equals) != digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		ret->digits[i] = (char)tolower((unsigned char)equals[i]);
	ret->digits[digits] = '\0';
	return true;
}

struct vbc_manifest_sum vbc_manifest_find(const char *text, size_t n, const char *name)
{
	struct vbc_manifest_sum sum = {.algorithm = ""};
	const char *end = text + n, *line;
	size_t length;

	while (text < end) {
		text = next_line(text, end, &line, &length);
		if (take_line(line, length, name, &sum))
			return sum;
		sum.algorithm[0] = '\0';
	}
	return sum;
}

int vbc_manifest_check(const struct vbc_manifest_sum *want, const struct vbc_checksum *sum,
		       const char *path, const char *name, struct vbc_error *err)
{
	char got[VBC_CHECKSUM_TEXT_MAX];

	if (!vbc_checksum_text_of_any(sum, got))
		return vbc_fail_nomem(err);
	if (streq(got, want->digits))
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"'%s' is damaged: the %s of '%s' is %s, and its manifest says %s", path,
			want->algorithm, name, got, want->digits);
}
