/* SPDX-License-Identifier: Apache-2.0 */
#include "imagefile/manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error-private.h"
#include "base/str.h"

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
static const char *manifest_next_line(const char *at, const char *end, const char **ret,
				      size_t *ret_n)
{
	const char *to = at;
	size_t n;

	while (to < end && *to != '\n' && *to != '\r')
		to++;
	n = (size_t)(to - at);
	while (n && isspace((unsigned char)at[n - 1]))
		n--;
	while (n && isspace((unsigned char)*at)) {
		at++;
		n--;
	}
	*ret = at;
	*ret_n = n;
	return to < end ? to + 1 : end;
}

static bool manifest_take_algorithm(const char *from, const char *to, struct vbc_manifest_sum *ret,
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

static const char *manifest_pass_spaces(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static const char *manifest_pass_this_folder(const char *at, const char *end)
{
	return end - at > 2 && at[0] == '.' && at[1] == '/' ? at + 2 : at;
}

/* Behind the file's name, when it stands here and is all of a name; else NULL. */
static const char *manifest_pass_name(const char *at, const char *end, const char *const *names)
{
	at = manifest_pass_this_folder(manifest_pass_spaces(at, end), end);
	for (; *names; names++) {
		size_t all = strlen(*names);
		const char *name = manifest_pass_this_folder(*names, *names + all), *rest;
		size_t n = all - (size_t)(name - *names);

		if (!n || (size_t)(end - at) < n || strncasecmp(at, name, n) != 0)
			continue;
		rest = manifest_pass_spaces(at + n, end);
		if (rest == end || *rest == ')' || *rest == '=')
			return rest;
	}
	return NULL;
}

/* Whether a line is of that file in the form of sha256sum: 0123456789abcdef *disk.vmdk */
static bool manifest_is_listed(const char *line, const char *end, const char *const *names)
{
	while (line < end && !isspace((unsigned char)*line))
		line++;
	line = manifest_pass_spaces(line, end);
	return manifest_pass_name(line + (line < end && *line == '*'), end, names) == end;
}

/* " = 0123456789abcdef" */
static bool manifest_take_digits(const char *at, const char *end, size_t digits,
				 struct vbc_manifest_sum *ret)
{
	at = manifest_pass_spaces(at, end);
	if (at == end || *at != '=')
		return false;
	at = manifest_pass_spaces(at + 1, end);
	if ((size_t)(end - at) != digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (!isxdigit((unsigned char)at[i]))
			return false;
		ret->digits[i] = (char)(at[i] | 0x20); /* lower case; digits have that bit */
	}
	ret->digits[digits] = '\0';
	return true;
}

/* The name of another algorithm, if it can be one. */
static void manifest_note_unknown(const char *from, const char *to, struct vbc_manifest_sums *sums)
{
	size_t n;

	while (to > from && to[-1] == ' ')
		to--;
	n = (size_t)(to - from);
	for (const char *at = from; at < to; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_/", *at))
			return;
	if (n && n < sizeof(sums->unknown))
		snprintf(sums->unknown, sizeof(sums->unknown), "%.*s", (int)n, from);
}

/* Whether the line is of another file, or was read: SHA256(disk.vmdk)= 0123456789abcdef */
static bool manifest_take_line(const char *line, size_t n, const char *const *names,
			       struct vbc_manifest_sum *ret, struct vbc_manifest_sums *sums)
{
	const char *end = line + n, *open = memchr(line, '(', n);
	const char *close = open ? manifest_pass_name(open + 1, end, names) : NULL;
	size_t digits = 0;

	if (!close)
		return open || !manifest_is_listed(line, end, names);
	if (close == end || *close != ')')
		return false;
	if (!manifest_take_algorithm(line, open, ret, &digits)) {
		manifest_note_unknown(line, open, sums);
		return sums->unknown[0] != '\0';
	}
	return manifest_take_digits(close + 1, end, digits, ret);
}

/* False: the same algorithm has another sum. */
static bool manifest_add_sum(struct vbc_manifest_sums *sums, const struct vbc_manifest_sum *sum)
{
	for (size_t i = 0; i < sums->n; i++)
		if (streq(sums->v[i].algorithm, sum->algorithm))
			return streq(sums->v[i].digits, sum->digits);
	sums->v[sums->n++] = *sum;
	return true;
}

bool vbc_manifest_find(const struct vbc_manifest *mf, const char *const *names,
		       struct vbc_manifest_sums *ret)
{
	const char *at = mf->text, *end = mf->text ? at + mf->n : NULL, *line;
	size_t length;

	ret->n = 0;
	ret->unknown[0] = '\0';
	while (at < end) {
		struct vbc_manifest_sum sum = {.algorithm = ""};

		at = manifest_next_line(at, end, &line, &length);
		if (!manifest_take_line(line, length, names, &sum, ret) ||
		    (sum.algorithm[0] && !manifest_add_sum(ret, &sum)))
			return false;
	}
	return true;
}

/* Of SHA256(disk (1).vmdk)= 0123456789abcdef what is in the parentheses. */
static bool manifest_find_name(const char *line, size_t n, const char **ret, size_t *ret_n)
{
	const char *open = memchr(line, '(', n), *end = line + n;

	for (const char *close = end; open && --close > open;) {
		const char *rest = manifest_pass_spaces(close + 1, end);

		if (*close != ')' || rest == end || *rest != '=')
			continue;
		*ret = open + 1;
		*ret_n = (size_t)(close - *ret);
		return *ret_n > 0;
	}
	return false;
}

bool vbc_manifest_next_name(const struct vbc_manifest *mf, size_t *at, const char **ret,
			    size_t *ret_n)
{
	const char *end = mf->text ? mf->text + mf->n : NULL, *line;
	const char *next = mf->text ? mf->text + *at : NULL;
	bool found = false;
	size_t length;

	while (!found && next < end) {
		next = manifest_next_line(next, end, &line, &length);
		found = manifest_find_name(line, length, ret, ret_n);
	}
	*at = mf->text ? (size_t)(next - mf->text) : 0;
	return found;
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
