/* SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <vboxcloud/error.h>

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "util.h"

static size_t columns_find(const struct column *all, const char *key)
{
	size_t i = 0;

	while (all[i].key && !streq(all[i].key, key))
		i++;
	return i;
}

static int columns_fail_unknown(const struct column *all, const char *key, struct vbc_error *err)
{
	const char *keys[COLUMNS_MAX], *near;
	char *list FREE = must(strdup(""));
	size_t n = 0;

	for (; all[n].key && n < COUNT(keys); n++) {
		char *longer = format("%s%s%s", list, n ? ", " : "", all[n].key);

		keys[n] = all[n].key;
		free(list);
		list = longer;
	}
	near = nearest(key, keys, n);
	if (near)
		return fail(err, VBC_E_ARG, "there is no column '%s': did you mean '%s'?", key,
			    near);
	return fail(err, VBC_E_ARG, "there is no column '%s'; the columns are %s", key, list);
}

int columns_find_key(const struct column *all, const char *key, size_t *ret, struct vbc_error *err)
{
	size_t at = columns_find(all, key);

	if (!all[at].key)
		return columns_fail_unknown(all, key, err);
	*ret = at;
	return 0;
}

static int columns_add(const struct column *all, const char *key, struct columns *ret,
		       struct vbc_error *err)
{
	size_t at;
	int rc = columns_find_key(all, key, &at, err);

	for (size_t i = 0; !rc && i < ret->n; i++)
		if (ret->v[i] == at)
			rc = fail(err, VBC_E_ARG, "column '%s' is named twice", key);
	if (!rc)
		ret->v[ret->n++] = at;
	return rc;
}

int columns_parse(const char *text, const struct column *all, struct columns *ret,
		  struct vbc_error *err)
{
	int rc = 0;

	ret->n = 0;
	for (const char *at = text; !rc && at;) {
		size_t n = strcspn(at, ",");
		char *key FREE = format("%.*s", (int)n, at);

		rc = columns_add(all, key, ret, err);
		at = at[n] ? at + n + 1 : NULL;
	}
	return rc;
}
