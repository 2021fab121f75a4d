/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The values of options, from their text to their fields in struct args.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#include "opt-value.h"
#include "util.h"

static int opt_fail_choice(const struct opt *opt, const char *value, struct vbc_error *err)
{
	char *list = format("%s", opt->choices[0].name);

	for (const struct choice *c = opt->choices + 1; c->name; c++) {
		char *longer = format("%s%s%s", list, c[1].name ? ", " : " or ", c->name);

		free(list);
		list = longer;
	}
	fail(err, VBC_E_ARG, "option '%s' cannot be '%s': it must be %s", opt->name, value, list);
	free(list);
	return VBC_E_ARG;
}

static int opt_set_number(const struct opt *opt, const char *value, unsigned *ret,
			  struct vbc_error *err)
{
	/* Seconds become milliseconds in 32 bits. */
	enum { LARGEST = 4000000 };
	char *end;

	errno = 0;
	unsigned long number = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || number < opt->min || number > LARGEST)
		return fail(err, VBC_E_ARG,
			    "option '%s' cannot be '%s': it must be a whole number from %u to %d",
			    opt->name, value, opt->min, LARGEST);
	*ret = (unsigned)number;
	return 0;
}

/* By how many bits the unit that follows a number is more than a MiB; -1: it is none. */
static int unit_find_shift(const char *unit)
{
	static const char *const names[] = {"M", "MB", "MiB", "G", "GB", "GiB", "T", "TB", "TiB"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcasecmp(unit, names[i]) == 0)
			return (int)(i / 3) * 10;
	return -1;
}

/* 512M, 2G, or a number alone. */
static int opt_set_size(const struct opt *opt, const char *value, unsigned *ret,
			struct vbc_error *err)
{
	const char *own = opt->kind == OPT_GIB ? "GiB" : "MiB";
	int own_shift = unit_find_shift(own), shift;
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 10);
	shift = *end ? unit_find_shift(end) : own_shift;
	if (*value < '0' || *value > '9' || errno || shift < 0 || number < opt->min)
		return fail(err, VBC_E_ARG,
			    "option '%s' cannot be '%s': it must be a size like 512M or 20G; a "
			    "number alone is %s",
			    opt->name, value, own);
	if (number > (UINT_MAX >> shift))
		return fail(err, VBC_E_ARG, "option '%s' cannot be '%s': that is too much",
			    opt->name, value);
	number <<= shift;
	if (number & ((1u << own_shift) - 1))
		return fail(err, VBC_E_ARG, "option '%s' cannot be '%s': it must be whole %s",
			    opt->name, value, own);
	*ret = (unsigned)(number >> own_shift);
	return 0;
}

static int opt_add_text(const struct opt *opt, const char *value, struct texts *texts,
			struct vbc_error *err)
{
	if (texts->n == COUNT(texts->v))
		return fail(err, VBC_E_ARG, "option '%s' can be given at most %zu times", opt->name,
			    COUNT(texts->v));
	texts->v[texts->n++] = value;
	return 0;
}

int opt_set_value(const struct opt *opt, const char *value, struct args *args,
		  struct vbc_error *err)
{
	char *at = (char *)args + opt->at;

	switch (opt->kind) {
	case OPT_FLAG: *(bool *)at = true; return 0;
	case OPT_TEXT: *(const char **)at = value; return 0;
	case OPT_TEXTS: return opt_add_text(opt, value, (struct texts *)at, err);
	case OPT_NUMBER: return opt_set_number(opt, value, (unsigned *)at, err);
	case OPT_MIB:
	case OPT_GIB: return opt_set_size(opt, value, (unsigned *)at, err);
	case OPT_CHOICE: break;
	}
	for (const struct choice *c = opt->choices; c->name; c++) {
		if (streq(c->name, value)) {
			*(unsigned *)at = c->value;
			return 0;
		}
	}
	return opt_fail_choice(opt, value, err);
}

bool opt_is_given(const struct opt *opt, const struct args *args)
{
	const char *at = (const char *)args + opt->at;

	switch (opt->kind) {
	case OPT_FLAG: return *(const bool *)at;
	case OPT_TEXT: return *(const char *const *)at != NULL;
	case OPT_TEXTS: return ((const struct texts *)at)->n != 0;
	default: return *(const unsigned *)at != 0;
	}
}
