/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/own.h"

#include <stdlib.h>
#include <string.h>

#include "journal/entry.h"
#include "machine/keys.h"
#include "vbox/meta.h"

static int own_compare(const void *x, const void *y)
{
	return strcmp(((const vbc_ref *)x)->s, ((const vbc_ref *)y)->s);
}

int vbc_own_find(struct vbc_op *op, const struct vbc_strs *keys, bool being_made,
		 struct vbc_refs *ret)
{
	const char *group = VBC_NODE_GROUP;
	const struct vbc_strs groups = {.n = 1, .v = &group};
	struct vbc_strs recorded = {0}, working = {0};
	struct vbc_refs own = {0};
	vbc_ref *v;
	int code = vbc_meta_ids_of(op, keys, VBC_NODE_KIND, &recorded);

	if (!code && being_made)
		code = vbc_meta_ids_of(op, keys, VBC_JOURNAL_KIND, &working);
	if (!code)
		code = vbc_IVirtualBox_getMachinesByGroups(op, op->vbox, groups, &own);
	if (code || !own.n || own.n > recorded.n + working.n)
		return code;
	v = VBC_ARENA_ARRAY(&op->arena, vbc_ref, own.n);
	if (!v)
		return vbc_fail_nomem(&op->error);
	memcpy(v, own.v, own.n * sizeof(*v));
	qsort(v, own.n, sizeof(*v), own_compare);
	*ret = (struct vbc_refs){.n = own.n, .v = v};
	return VBC_OK;
}

bool vbc_own_has(const struct vbc_refs *own, vbc_ref machine)
{
	return own->n && bsearch(&machine, own->v, own->n, sizeof(machine), own_compare);
}
