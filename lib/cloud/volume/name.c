/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of volumes: in their metadata alone, so that a volume can be renamed while it is in use.
 */
#include "volume/name.h"

#include <vboxcloud/volume.h>

#include "base/given.h"
#include "base/name.h"
#include "base/str.h"
#include "disk/kinds.h"
#include "disk/recorded.h"
#include "journal/run.h"
#include "vbox/meta.h"
#include "volume/volume.h"

int vbc_volume_check_name(struct vbc_op *op, const char *name, const char *id)
{
	struct vbc_disk *disks = NULL;
	size_t n = 0;
	int code = vbc_disk_query(op, VBC_VOLUME_KIND, (vbc_ref){NULL}, 0, &disks, &n);

	for (size_t i = 0; !code && i < n; i++) {
		const char *its = vbc_disk_name(op, &disks[i]);

		if (!its)
			code = vbc_fail_nomem(&op->error);
		else if (streq(its, name) && !streq(disks[i].id, id))
			code = vbc_fail(&op->error, VBC_E_EXISTS,
					"there is a volume '%s' already: %s", name, disks[i].id);
	}
	return code;
}

struct rename {
	const char *volume, *name;
};

static int volume_put_name(struct vbc_op *op, const char *id, const char *name)
{
	struct vbc_meta *VBC_META meta = NULL;
	int code = vbc_meta_get(op, VBC_VOLUME_KIND, id, &meta);

	if (!code && !meta)
		meta = vbc_meta_new(); /* another program made the disk */
	if (!code && !meta)
		code = vbc_fail_nomem(&op->error);
	if (code)
		return code;
	vbc_meta_set_str(meta, "name", name);
	return vbc_meta_put(op, VBC_VOLUME_KIND, id, meta);
}

static int volume_rename_body(struct vbc_op *op, void *arg)
{
	const struct rename *r = arg;
	struct vbc_disk disk;
	int code = vbc_volume_find(op, r->volume, &disk);

	op->progress.what = "renaming";
	if (!code)
		code = vbc_volume_check_name(op, r->name, disk.id);
	if (!code)
		code = volume_put_name(op, disk.id, r->name);
	return vbc_error_prefix(&op->error, code, "cannot rename volume '%s'", r->volume);
}

int vbc_volume_rename(struct vbc_host *host, const char *volume, const char *name,
		      const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, volume, name))
		return VBC_E_ARG;

	struct rename r = {.volume = volume, .name = name};
	int code = vbc_name_check("volume", name, err);

	return code ? code : vbc_run_recovered(host, wait, err, volume_rename_body, &r);
}
