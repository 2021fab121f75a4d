/* SPDX-License-Identifier: Apache-2.0 */
#include "move/room.h"

#include <vboxcloud/metrics.h>

#include "metrics/collector.h"
#include "survey/disk.h"
#include "vbox/aside.h"

#define GIB 1073741824.0

static int room_find_free(struct vbc_op *op, int64_t *ret_bytes)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_figures figures = {0};
	vbc_ref ihost = {NULL};
	const struct vbc_refs objects = {.n = 1, .v = &ihost};
	int code = vbc_op_ihost(op, &ihost);

	*ret_bytes = VBC_METRIC_UNKNOWN;
	if (!code)
		code = vbc_collector_ask(op, &objects, &figures);
	if (!code)
		code = vbc_disk_free_of(op, ihost, &figures, ret_bytes);
	return vbc_aside_forgive(&aside, code, VBC_REFUSALS);
}

int vbc_move_check_room(struct vbc_op *op, uint64_t bytes, const char *noun, const char *name)
{
	int64_t there = VBC_METRIC_UNKNOWN;
	int code = room_find_free(op, &there);

	if (code || there == VBC_METRIC_UNKNOWN || there >= (int64_t)bytes)
		return code;
	return vbc_fail(&op->error, VBC_E_SPACE,
			"%s '%s' takes %.1f GiB on the disk, and %.1f GiB are free on the other "
			"host",
			noun, name, (double)bytes / GIB, (double)there / GIB);
}
