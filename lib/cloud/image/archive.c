/* SPDX-License-Identifier: Apache-2.0 */
#include "image/archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "disk/machine-remains.h"
#include "disk/medium-remove.h"
#include "disk/medium.h"
#include "image/source.h"
#include "journal/work.h"
#include "machine/registered.h"
#include "vbox/aside.h"
#include "vbox/progress.h"

#define IDLE_MS 60000      /* how long work whose client is gone may go on           */
#define MIB_MAX (1u << 21) /* memory that is more than that is told in bytes, not MiB */
#define UNPACK  "unpack it there with 'tar -xf' and import the disk you want"

/* How much of the whole each part takes, in percent. */
enum { AT_READ = 2, AT_END = 100 };

/* What VirtualBox has found in it: a row for each piece of the machine. */
struct rows {
	struct vbc_enums types;
	struct vbc_strs refs, ovf, values, extra;
};

/* What is said in errors that are the archive's. */
static int archive_explain_error(struct vbc_op *op, const struct vbc_source *source, int code,
				 const char *ours)
{
	if (code == VBC_E_SPACE)
		return vbc_source_explain(op, source, code);
	if (!op->error.component[0] ||
	    (code != VBC_E_FAULT && code != VBC_E_ARG && code != VBC_E_NOTFOUND))
		return code;
	if (code == VBC_E_NOTFOUND)
		return vbc_source_restate(op, source, code, "is not there");
	return vbc_source_restate(op, source, VBC_E_ARG, ours);
}

static int archive_read_file(struct vbc_op *op, const struct vbc_source *source, vbc_ref appliance)
{
	vbc_ref progress = {NULL};
	int code = vbc_IAppliance_read(op, appliance, source->path, &progress);

	if (!code)
		code = vbc_progress_wait(op, progress, "unpacking the archive", 0, AT_READ);
	if (!code)
		code = vbc_IAppliance_interpret(op, appliance);
	return code ? archive_explain_error(op, source, code, "cannot be read by VirtualBox")
		    : VBC_OK;
}

static int archive_find_system(struct vbc_op *op, const struct vbc_source *source,
			       vbc_ref appliance, vbc_ref *ret_system)
{
	struct vbc_refs systems = {0};
	int code = vbc_IAppliance_getVirtualSystemDescriptions(op, appliance, &systems);

	if (!code && systems.n != 1)
		code = vbc_fail(&op->error, VBC_E_ARG,
				"'%s' holds %zu machines, but an image is the disk of one; " UNPACK,
				source->file, systems.n);
	if (!code)
		*ret_system = systems.v[0];
	return code;
}

static int archive_get_rows(struct vbc_op *op, vbc_ref system, struct rows *r)
{
	int code = vbc_IVirtualSystemDescription_getDescription(op, system, &r->types, &r->refs,
								&r->ovf, &r->values, &r->extra);

	if (!code && (r->values.n != r->types.n || r->extra.n != r->types.n))
		code = vbc_fail(&op->error, VBC_E_PROTOCOL,
				"the host describes an archive in lists of different lengths");
	return code;
}

static int archive_check_disks(struct vbc_op *op, const struct vbc_source *source,
			       const struct rows *r)
{
	unsigned disks = 0;

	for (size_t i = 0; i < r->types.n; i++)
		disks += r->types.v[i] == VBC_VirtualSystemDescriptionType_HardDiskImage;
	if (!disks)
		return vbc_fail(&op->error, VBC_E_ARG, "'%s' holds a machine without a disk",
				source->file);
	if (disks > 1)
		return vbc_fail(&op->error, VBC_E_ARG,
				"'%s' holds %u disks, but an image has only one; " UNPACK,
				source->file, disks);
	return VBC_OK;
}

/* Notes what the row says, and says what is to become of it; false: it is left out. */
static bool archive_choose_row(struct vbc_archive *a, int type, const char *name,
			       const char **value)
{
	uint64_t number = 0;

	switch (type) {
	case VBC_VirtualSystemDescriptionType_OS: a->os_type = *value; return true;
	case VBC_VirtualSystemDescriptionType_CPU:
		if (vbc_parse_u64(*value, UINT32_MAX, &number))
			a->cpus = (unsigned)number;
		return true;
	case VBC_VirtualSystemDescriptionType_Memory:
		if (vbc_parse_u64(*value, (uint64_t)1 << 62, &number))
			a->memory_mib = (unsigned)(number > MIB_MAX ? number >> 20 : number);
		return true;
	case VBC_VirtualSystemDescriptionType_Name: *value = name; return true;
	case VBC_VirtualSystemDescriptionType_SettingsFile: *value = a->settings; return true;
	case VBC_VirtualSystemDescriptionType_HardDiskImage: *value = a->target; return true;
	case VBC_VirtualSystemDescriptionType_HardDiskControllerIDE:
	case VBC_VirtualSystemDescriptionType_HardDiskControllerSATA:
	case VBC_VirtualSystemDescriptionType_HardDiskControllerSCSI:
	case VBC_VirtualSystemDescriptionType_HardDiskControllerSAS:
	case VBC_VirtualSystemDescriptionType_HardDiskControllerVirtioSCSI:
	case VBC_VirtualSystemDescriptionType_HardDiskControllerNVMe:
	case VBC_VirtualSystemDescriptionType_NVRAM: return true;
	default: return false; /* networks, sound, drives: what the host may not have */
	}
}

/* The machine is called as its settings file, by which old hosts choose their place. */
static int archive_set_rows(struct vbc_op *op, struct vbc_archive *a, vbc_ref system,
			    const struct rows *r)
{
	const char *base = vbc_path_base(a->settings);
	const char *name = vbc_arena_strndup(&op->arena, base, strcspn(base, "."));
	bool *enabled = VBC_ARENA_ARRAY(&op->arena, bool, r->types.n);
	const char **values = VBC_ARENA_ARRAY(&op->arena, const char *, r->types.n);

	if (!name || !enabled || !values)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < r->types.n; i++) {
		values[i] = r->values.v[i];
		enabled[i] = archive_choose_row(a, r->types.v[i], name, &values[i]);
	}
	return vbc_IVirtualSystemDescription_setFinalValues(
		op, system, (struct vbc_bools){.n = r->types.n, .v = enabled},
		(struct vbc_strs){.n = r->types.n, .v = values}, r->extra);
}

static int archive_make_machine(struct vbc_op *op, const struct vbc_source *source,
				vbc_ref appliance)
{
	vbc_ref progress = {NULL};
	int code = vbc_IAppliance_importMachines(op, appliance, (struct vbc_enums){0}, &progress);

	if (!code)
		code = vbc_work_note(op, VBC_MEDIUM_PROGRESS, progress.s);
	if (!code)
		code = vbc_progress_wait(op, progress, "unpacking the archive", AT_READ, AT_END);
	return code ? archive_explain_error(op, source, code, "cannot be unpacked by VirtualBox")
		    : VBC_OK;
}

/* Its disk stays: that lies elsewhere. */
static int archive_remove_machine(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_refs disks = {0};
	vbc_ref progress = {NULL};
	int code = vbc_IMachine_unregister(op, machine,
					   VBC_CleanupMode_DetachAllReturnHardDisksOnly, &disks);

	if (!code)
		code = vbc_IMachine_deleteConfig(op, machine, (struct vbc_refs){0}, &progress);
	return code ? code : vbc_progress_wait(op, progress, op->progress.what, AT_END, AT_END);
}

static int archive_take_disk(struct vbc_op *op, struct vbc_archive *a, vbc_ref *ret_disk)
{
	vbc_ref machine = {NULL}, disk = {NULL};
	int code = vbc_IVirtualBox_findMachine(op, op->vbox, a->settings, &machine);

	if (!code)
		code = vbc_platform_read(op, machine, &a->platform);
	if (!code)
		code = archive_remove_machine(op, machine);
	if (!code)
		code = vbc_medium_known(op, a->target, &disk);
	if (!code && vbc_ref_is_null(disk))
		code = vbc_medium_open(op, a->target, VBC_AccessMode_ReadWrite, &disk);
	if (!code)
		*ret_disk = disk;
	return code;
}

static int archive_unpack_machine(struct vbc_op *op, struct vbc_archive *a, vbc_ref appliance)
{
	vbc_ref system = {NULL};
	struct rows rows = {.types = {0}};
	int code = archive_read_file(op, a->source, appliance);

	if (!code)
		code = archive_find_system(op, a->source, appliance, &system);
	if (!code)
		code = archive_get_rows(op, system, &rows);
	if (!code)
		code = archive_check_disks(op, a->source, &rows);
	if (!code)
		code = archive_set_rows(op, a, system, &rows);
	return code ? code : archive_make_machine(op, a->source, appliance);
}

int vbc_archive_unpack(struct vbc_op *op, struct vbc_archive *archive, vbc_ref *ret_disk)
{
	vbc_ref appliance = {NULL};
	int code = vbc_IVirtualBox_createAppliance(op, op->vbox, &appliance);

	archive->os_type = "";
	if (code)
		return code;
	code = archive_unpack_machine(op, archive, appliance);
	vbc_op_release(op, appliance);
	return code ? code : archive_take_disk(op, archive, ret_disk);
}

/* Whether the archive is being read or unpacked: VirtualBox says so of its work in words only. */
static int archive_is_at_work(struct vbc_op *op, const char *path, bool *ret)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	*ret = false;
	for (size_t i = 0; !code && !*ret && i < running.n; i++) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
		const char *text = "";

		vbc_IProgress_getDescription(op, running.v[i], &text); /* it may just have ended */
		*ret = strstr(text, path) != NULL;
	}
	return code;
}

int vbc_archive_undo(struct vbc_op *op, const char *path, const char *settings)
{
	int64_t deadline = vbc_now_ms() + IDLE_MS;
	vbc_ref machine = {NULL};
	bool working = true;
	int code = VBC_OK;

	while (!code && working) {
		code = archive_is_at_work(op, path, &working);
		if (!code && working && vbc_now_ms() >= deadline)
			return vbc_fail(&op->error, VBC_E_BUSY, "it is still being unpacked");
		if (!code && working)
			vbc_sleep_ms(100);
	}
	if (!code)
		code = vbc_node_registered(op, settings, &machine);
	if (code)
		return code;
	return vbc_ref_is_null(machine)
		       ? vbc_machine_remove_files(op, settings, VBC_SETTINGS_READABLE)
		       : archive_remove_machine(op, machine);
}
