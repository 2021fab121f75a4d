/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Destroying a volume.
 */
#include <vboxcloud/volume.h>

#include "base/given.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/recorded.h"
#include "journal/run.h"
#include "machine/read-again.h"
#include "volume/volume.h"

static int volume_destroy_body(struct vbc_op *op, void *arg)
{
	const char *const *id_or_name = arg;
	struct vbc_volume_use use;
	struct vbc_disk disk;
	int code = vbc_volume_find_surely(op, *id_or_name, &disk);

	op->progress.what = "destroying";
	if (!code)
		code = vbc_volume_use(op, &disk, &use);
	if (code)
		return code;
	if (use.machine_id[0])
		return vbc_volume_fail_attached(op, VBC_E_BUSY, &disk, &use, "; detach it first");
	code = vbc_machine_check_free(op, "volume", *id_or_name);
	if (!code)
		code = vbc_disk_delete(op, VBC_VOLUME_KIND, VBC_VOLUME_KIND, &disk);
	return vbc_error_prefix(&op->error, code, "cannot destroy volume '%s'", *id_or_name);
}

int vbc_volume_destroy(struct vbc_host *host, const char *volume, const struct vbc_wait *wait,
		       struct vbc_error *err)
{
	if (vbc_lacks(err, host, volume))
		return VBC_E_ARG;

	return vbc_run_recovered(host, wait, err, volume_destroy_body, &volume);
}
