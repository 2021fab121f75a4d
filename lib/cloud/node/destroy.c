/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Destroying a node, under one advisory lock of the machine from beginning to end.
 */
#include "node/destroy.h"

#include <vboxcloud/node.h>

#include <string.h>

#include "base/given.h"
#include "disk/bases.h"
#include "disk/machine-remains.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/find.h"
#include "machine/read-again.h"
#include "machine/registered.h"
#include "node/protect.h"
#include "node/remove.h"
#include "vbox/lock.h"
#include "vbox/meta.h"

/* In the journal: the machine's settings can be opened; they are just being opened by an undo. */
#define READABLE "readable"
#define OPENING  "opening"

/*
 * The entry says meanwhile that the settings are opened: if that is found there, it was not
 * survived. (Encrypted ones end VirtualBox's service when it has forgotten the password.)
 */
static int node_remove_readable(struct vbc_op *op, const char *settings)
{
	int code = vbc_work_note(op, OPENING, "yes");

	if (!code)
		code = vbc_machine_remove_files(op, settings, VBC_SETTINGS_READABLE);
	if (code)
		vbc_work_note(op, OPENING, "");
	return code;
}

int vbc_node_destroy_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_settings are = VBC_SETTINGS_UNREADABLE;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (code || !vbc_ref_is_null(machine))
		return code; /* it has not begun to go, and stays */
	if (vbc_meta_str(entry, READABLE)[0])
		are = vbc_meta_str(entry, OPENING)[0] ? VBC_SETTINGS_UNOPENED
						      : VBC_SETTINGS_READABLE;
	code = are == VBC_SETTINGS_READABLE
		       ? node_remove_readable(op, vbc_meta_str(entry, "settings"))
		       : vbc_machine_remove_files(op, vbc_meta_str(entry, "settings"), are);
	return code ? code : vbc_node_forget(op, id);
}

/*
 * Before its power is cut: of a node that others need nothing is to be lost. Whether it can be read
 * nobody knows any more when it is unregistered.
 */
static int node_check_unneeded(struct vbc_op *op, const struct vbc_node_ref *f,
			       struct vbc_meta *entry)
{
	int code = vbc_machine_read_again(op);

	if (code || vbc_machine_is_unread(op, f->machine))
		return code;
	vbc_meta_set_str(entry, READABLE, "yes");
	return vbc_node_check_bases(op, f->machine, f->id, true);
}

struct destroying {
	const struct vbc_node_ref *node;
	const char *settings; /* NULL: the machine cannot be read */
	struct vbc_lock *lock;
};

static int node_destroy_recorded(struct vbc_op *op, void *arg)
{
	const struct destroying *d = arg;
	int code = vbc_node_remove(op, d->node->machine, d->settings, d->lock);

	return code ? code : vbc_node_forget(op, d->node->id);
}

static int node_destroy(struct vbc_op *op, const struct vbc_node_ref *f, struct vbc_lock *lock,
			struct vbc_meta *entry)
{
	const struct vbc_work work = {VBC_WORK_THING, "node-destroy", f->id, entry, NULL};
	struct destroying destroying = {.node = f, .lock = lock};
	const char *settings = "";
	int code = node_check_unneeded(op, f, entry);

	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, f->machine, &settings);
	if (code)
		return code;
	vbc_meta_set_str(entry, "settings", settings);
	if (vbc_meta_str(entry, READABLE)[0])
		destroying.settings = settings;
	vbc_op_about_nothing(op);
	return vbc_work_run(op, &work, node_destroy_recorded, &destroying);
}

static int node_destroy_body(struct vbc_op *op, void *arg)
{
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const char *id_or_name = arg;
	struct vbc_lock lock = {0};
	struct vbc_node_ref f = {0};
	int code = entry ? vbc_node_find_surely(op, id_or_name, &f) : vbc_fail_nomem(&op->error);

	op->progress.what = "destroying";
	if (!code)
		code = vbc_lock_prepare(op, f.id, &lock);
	if (code)
		return code;
	code = vbc_node_registered(op, f.id, &f.machine);
	if (!code && !vbc_ref_is_null(f.machine)) /* else somebody else was faster */
		code = vbc_node_check_unprotected(op, &f);
	if (!code && !vbc_ref_is_null(f.machine))
		code = node_destroy(op, &f, &lock, entry);
	vbc_lock_drop(op, &lock);
	return vbc_error_prefix(&op->error, code, "cannot destroy node '%s'", f.name);
}

int vbc_node_destroy(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;

	char *arg = id_or_name ? strdup(id_or_name) : NULL; /* the body's argument is not const */
	int code = vbc_run_recovered(host, wait, err, node_destroy_body, arg);

	free(arg);
	return code;
}
