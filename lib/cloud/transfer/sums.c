/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/sums.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error-private.h"
#include "base/str.h"

static const struct {
	const char *name;
	size_t digits;
} algorithms[] = {{"SHA256", 64}, {"SHA384", 96}, {"SHA512", 128}};

/* While a list is read. */
struct sums_search {
	const char *name;
	struct vbc_sum found, alone; /* of the file; without a name */
	size_t nameless, named;      /* so many lines */
	bool unclear;
};

/* False: these are not the digits of a checksum that counts. */
static bool sum_take_digits(const char *text, size_t n, struct vbc_sum *ret)
{
	const char *name = NULL;

	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	for (size_t i = 0; i < VBC_COUNT(algorithms); i++)
		if (algorithms[i].digits == n)
			name = algorithms[i].name;
	if (!name)
		return false;
	snprintf(ret->algorithm, sizeof(ret->algorithm), "%s", name);
	for (size_t i = 0; i < n; i++)
		ret->digits[i] = (char)(text[i] | 0x20); /* digits have that bit */
	ret->digits[n] = '\0';
	return true;
}

int vbc_sum_parse(const char *digits, struct vbc_sum *ret, struct vbc_error *err)
{
	struct vbc_sum sum;

	if (!sum_take_digits(digits, strlen(digits), &sum) || !streq(sum.algorithm, "SHA256"))
		return vbc_fail(err, VBC_E_ARG,
				"'%.100s' is not a SHA-256 in hexadecimal: that has 64 digits",
				digits);
	*ret = sum;
	return VBC_OK;
}

/* A list may name a file with its folder. */
static bool sums_is_name(const char *name, const char *listed, size_t n)
{
	size_t all = strlen(name);

	return n >= all && memcmp(listed + n - all, name, all) == 0 &&
	       (n == all || listed[n - all - 1] == '/');
}

static void sums_keep(struct sums_search *s, const struct vbc_sum *sum)
{
	size_t had = strlen(s->found.digits), has = strlen(sum->digits);

	if (has == had && !streq(s->found.digits, sum->digits))
		s->unclear = true;
	if (has > had) {
		s->found = *sum;
		s->unclear = false;
	}
}

/* "0a1b...  name", "0a1b... *name", "0a1b..." */
static void sums_take_gnu(struct sums_search *s, const char *line, size_t n)
{
	struct vbc_sum sum = {.algorithm = ""};
	size_t digits = 0, name;

	while (digits < n && isxdigit((unsigned char)line[digits]))
		digits++;
	if (!sum_take_digits(line, digits, &sum))
		return;
	name = digits;
	while (name < n && (line[name] == ' ' || line[name] == '\t'))
		name++;
	if (name == n) {
		s->nameless++;
		s->alone = sum;
		return;
	}
	if (name == digits)
		return;
	name += line[name] == '*';
	s->named++;
	if (sums_is_name(s->name, line + name, n - name))
		sums_keep(s, &sum);
}

/* "SHA256 (name) = 0a1b..." */
static void sums_take_bsd(struct sums_search *s, const char *line, size_t n)
{
	const char *end = line + n, *name = line, *close = end, *at;
	struct vbc_sum sum = {.algorithm = ""};

	while (name < end && *name != '(')
		name++;
	while (close > name && close[-1] != ')')
		close--;
	if (close == name || strncasecmp(line, "SHA", 3) != 0)
		return;
	for (at = close; at < end && (*at == ' ' || *at == '='); at++)
		;
	if (!sum_take_digits(at, (size_t)(end - at), &sum))
		return;
	s->named++;
	name++;
	if (sums_is_name(s->name, name, (size_t)(close - 1 - name)))
		sums_keep(s, &sum);
}

static bool sums_has_start(const char *line, size_t n, const char *start)
{
	return n >= strlen(start) && memcmp(line, start, strlen(start)) == 0;
}

static void sums_take_line(struct sums_search *s, const char *line, size_t n)
{
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (!n || line[0] == '#')
		return;
	if (isxdigit((unsigned char)line[0]))
		sums_take_gnu(s, line, n);
	else
		sums_take_bsd(s, line, n);
}

/* Up to the signature, whose letters might look like anything. */
static void sums_read_list(struct sums_search *s, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *to = memchr(text, '\n', (size_t)(end - text));

		to = to ? to : end;
		if (sums_has_start(text, (size_t)(to - text), "-----BEGIN PGP SIGNATURE-----"))
			return;
		sums_take_line(s, text, (size_t)(to - text));
		text = to < end ? to + 1 : end;
	}
}

int vbc_sums_find(const char *text, size_t n, const char *name, const char *list,
		  struct vbc_sum *ret, struct vbc_error *err)
{
	struct sums_search s = {.name = name};

	sums_read_list(&s, text, n);
	if (s.unclear)
		return vbc_fail(err, VBC_E_ARG, "'%s' states two different checksums of '%s'", list,
				name);
	if (!s.found.algorithm[0] && s.nameless == 1 && !s.named)
		s.found = s.alone;
	if (!s.found.algorithm[0] && !s.nameless && !s.named)
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is not a list of checksums (SHA-256, SHA-384 or SHA-512)",
				list);
	if (!s.found.algorithm[0])
		return vbc_fail(err, VBC_E_ARG,
				"'%s' states no checksum (SHA-256, SHA-384 or SHA-512) of '%s'",
				list, name);
	*ret = s.found;
	return VBC_OK;
}

int vbc_sum_check(const struct vbc_sum *want, const struct vbc_checksum *made, const char *file,
		  struct vbc_error *err)
{
	char is[VBC_CHECKSUM_TEXT_MAX];

	if (!vbc_checksum_text_of_any(made, is))
		return vbc_fail_nomem(err);
	if (streq(is, want->digits))
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG, "'%s' is not what it should be: its %s is %s, not %s", file,
			want->algorithm, is, want->digits);
}
