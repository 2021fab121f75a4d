/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/claim.h"

#include <string.h>

#include "base/str.h"

#define SUFFIX ".vbox"

/* Whether a path ends with a separator, the id, a separator, and the id with its suffix. */
static bool claim_is_of(const char *file, const char *id)
{
	size_t n = strlen(id), whole = strlen(file), end = 2 + 2 * n + strlen(SUFFIX);
	const char *at = whole >= end ? file + whole - end : NULL;

	return vbc_is_uuid(id) && at && (at[0] == '/' || at[0] == '\\') && at[0] == at[n + 1] &&
	       !strncmp(at + 1, id, n) && !strncmp(at + n + 2, id, n) &&
	       streq(at + 2 * n + 2, SUFFIX);
}

/* ids->n: none. */
static size_t claim_find_id(const struct vbc_strs *ids, const char *file)
{
	size_t i = 0;

	while (i < ids->n && !claim_is_of(file, ids->v[i]))
		i++;
	return i;
}

int vbc_ids_claim(struct vbc_op *op, const struct vbc_strs *ids, const char *const *settings,
		  size_t n, const char **ret_ids)
{
	size_t *claims = VBC_ARENA_ARRAY(&op->arena, size_t, ids->n);
	size_t *claimed = VBC_ARENA_ARRAY(&op->arena, size_t, n);

	if (!claims || !claimed)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++) {
		claimed[i] = claim_find_id(ids, settings[i]);
		if (claimed[i] < ids->n)
			claims[claimed[i]]++;
	}
	for (size_t i = 0; i < n; i++)
		ret_ids[i] =
			claimed[i] < ids->n && claims[claimed[i]] == 1 ? ids->v[claimed[i]] : "";
	return VBC_OK;
}
