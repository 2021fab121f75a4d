/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images of other hosts, which VirtualBox came to know with a node that was teleported here and
 * that has gone since. It forgets them; their files are the other hosts'.
 */
#include "gc/borrowed.h"

#include <string.h>

#include "gc/gone.h"
#include "gc/list.h"
#include "image/lent.h"
#include "vbox/meta.h"

/* Whether somebody is just making a node that is linked to it, or brings one here. */
static int gc_borrowed_is_used(struct vbc_op *op, const char *image, bool *ret)
{
	struct vbc_strs journal = {0};
	int code = vbc_gc_journal(op, &journal);

	*ret = !code && vbc_gc_is_named(&journal, image);
	return code;
}

static int gc_collect_borrowed(struct vbc_op *op, struct vbc_gc *gc, const char *id)
{
	const char *what = vbc_arena_printf(&op->arena, VBC_BORROWED_KIND "/%s", id), *path = "";
	const char *slash = strchr(id, '/'), *text;
	char *image = vbc_arena_strndup(&op->arena, id, slash ? (size_t)(slash - id) : 0);
	bool busy = false;
	int code =
		what && image ? gc_borrowed_is_used(op, image, &busy) : vbc_fail_nomem(&op->error);

	if (!code && !busy)
		code = vbc_borrowed_path(op, id, &path);
	if (code || busy || !slash)
		return code;
	text = vbc_arena_printf(&op->arena,
				"the record of an image of another host whose node here is gone; "
				"its file stays: %s",
				path[0] ? path : "its place is unknown");
	code = text ? vbc_gc_add_leftover(op, gc, "metadata", what, text)
		    : vbc_fail_nomem(&op->error);
	return code || gc->dry_run ? code : vbc_borrowed_end(op, image, slash + 1, path);
}

int vbc_gc_borrowed(struct vbc_op *op, struct vbc_gc *gc, const struct vbc_strs *keys)
{
	struct vbc_strs ids = {0};
	int code = vbc_meta_ids_of(op, keys, VBC_BORROWED_KIND, &ids);

	for (size_t i = 0; !code && i < ids.n; i++) {
		bool holds = true;

		code = vbc_lent_holds(op, VBC_BORROWED_KIND, ids.v[i], &holds);
		if (!code && !holds)
			code = gc_collect_borrowed(op, gc, ids.v[i]);
	}
	return code;
}
