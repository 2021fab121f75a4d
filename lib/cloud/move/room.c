/* SPDX-License-Identifier: Apache-2.0 */
#include "move/room.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "host/folders.h"
#include "metrics/collector.h"
#include "vbox/aside.h"

#define MIB 1048576.0

/* "FS/{/var}/Usage/Free" is of the file system /var. */
#define BEFORE "FS/{"
#define BEHIND "}/Usage/Free"

/* The length of the path of a file system that a folder is in; 0: it is not. */
static size_t room_match_folder(struct vbc_op *op, const char *name, const char *folder)
{
	const char *path;
	size_t n;

	if (!vbc_starts_with(name, BEFORE) || !vbc_ends_with(name, BEHIND))
		return 0;
	n = strlen(name) - strlen(BEFORE) - strlen(BEHIND);
	path = vbc_arena_printf(&op->arena, "%.*s", (int)n, name + strlen(BEFORE));
	return path && (streq(path, folder) || vbc_path_in(folder, path, false)) ? n : 0;
}

/* Below 0: unknown. */
static int room_find_free(struct vbc_op *op, double *ret_bytes)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_folders folders = {0};
	struct vbc_figures figures = {0};
	vbc_ref ihost = {NULL};
	const struct vbc_refs objects = {.n = 1, .v = &ihost};
	size_t longest = 0;
	int code = vbc_op_ihost(op, &ihost);

	if (!code)
		code = vbc_folders_get(op, &folders);
	if (!code)
		code = vbc_collector_ask(op, &objects, &figures);
	*ret_bytes = -1;
	for (size_t i = 0; !code && i < figures.n; i++) {
		size_t n = room_match_folder(op, figures.v[i].name, folders.machines);

		if (n <= longest || figures.v[i].value < 0)
			continue;
		longest = n;
		*ret_bytes = figures.v[i].value * MIB;
	}
	return vbc_aside_forgive(&aside, code, VBC_REFUSALS);
}

int vbc_move_check_room(struct vbc_op *op, uint64_t bytes, const char *noun, const char *name)
{
	double there = -1;
	int code = room_find_free(op, &there);

	if (code || there < 0 || there >= (double)bytes)
		return code;
	return vbc_fail(&op->error, VBC_E_SPACE,
			"%s '%s' takes %.1f GiB on the disk, and %.1f GiB are free on the other "
			"host",
			noun, name, (double)bytes / (1024 * MIB), there / (1024 * MIB));
}
