/* SPDX-License-Identifier: Apache-2.0 */
#include "survey/disk.h"

#include <vboxcloud/metrics.h>

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "host/folders.h"
#include "vbox/aside.h"

#define MIB 1048576.0

/* "FS/{/var}/Usage/Free" is of the file system /var. */
#define BEFORE "FS/{"
#define BEHIND "}/Usage/Free"

/* The length of the path of a file system that a folder is in; 0: it is not. */
static size_t figure_holds(struct vbc_op *op, const char *name, const char *folder)
{
	size_t n;
	const char *path;

	if (!vbc_starts_with(name, BEFORE) || !vbc_ends_with(name, BEHIND))
		return 0;
	n = strlen(name) - strlen(BEFORE) - strlen(BEHIND);
	path = vbc_arena_strndup(&op->arena, name + strlen(BEFORE), n);
	return path && (streq(path, folder) || vbc_path_in(folder, path, false)) ? n : 0;
}

int vbc_disk_free_of(struct vbc_op *op, vbc_ref ihost, const struct vbc_figures *figures,
		     int64_t *ret_bytes)
{
	struct vbc_folders folders = {0};
	size_t longest = 0;
	int code = vbc_folders_get(op, &folders);

	*ret_bytes = VBC_METRIC_UNKNOWN;
	for (size_t i = 0; !code && i < figures->n; i++) {
		const struct vbc_figure *f = &figures->v[i];
		size_t n = streq(f->object.s, ihost.s) ? figure_holds(op, f->name, folders.machines)
						       : 0;

		if (n <= longest || f->value < 0)
			continue;
		longest = n;
		*ret_bytes = (int64_t)(f->value * MIB);
	}
	return code;
}

int vbc_disk_free(struct vbc_op *op, vbc_ref ihost, int64_t *ret_bytes)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_figures figures = {0};
	int code = vbc_collector_look(op, &figures);

	*ret_bytes = VBC_METRIC_UNKNOWN;
	if (!code)
		code = vbc_disk_free_of(op, ihost, &figures, ret_bytes);
	return vbc_aside_forgive(&aside, code, VBC_REFUSALS);
}
