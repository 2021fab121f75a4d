/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-machines make N: makes N machines as the original driver left them: no disk, the size in
 * their extra data. bench-machines adopt: gives every machine the metadata of a node of ours.
 */
#include "base/str.h"
#include "common.h"
#include "vbox/meta.h"
#include "vbox/run.h"

#define SIZE     "1_cpu-256_ram-30_disk"
#define NO_IMAGE "00000000-0000-0000-0000-000000000000"

static int make_one(struct vbc_op *op, unsigned number)
{
	const char *name = vbc_arena_printf(&op->arena, "machine %03u", number);
	vbc_ref machine = {NULL};
	int code = vbc_IVirtualBox_createMachine(
		op, op->vbox, "", name,
		vbc_op_has(op, VBC_M_IMachine_getPlatform) ? VBC_PlatformArchitecture_x86
							   : VBC_PlatformArchitecture_None,
		(struct vbc_strs){0}, "Debian_64", "", "", "", "", &machine);

	if (!code)
		code = vbc_IMachine_setExtraData(op, machine, "libcloud_size", SIZE);
	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	return code ? code : vbc_IVirtualBox_registerMachine(op, op->vbox, machine);
}

static int make(struct vbc_op *op, void *arg)
{
	const unsigned *n = arg;
	int code = VBC_OK;

	for (unsigned i = 0; !code && i < *n; i++)
		code = make_one(op, i);
	return code;
}

static int adopt_one(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *id = "", *name = "";
	int code = vbc_IMachine_getId(op, machine, &id);

	if (!code)
		code = vbc_IMachine_getName(op, machine, &name);
	if (code || !meta)
		return code ? code : vbc_fail_nomem(&op->error);
	vbc_meta_set_str(meta, "name", name);
	vbc_meta_set_str(meta, "vbox_name", name);
	vbc_meta_set_str(meta, "size", SIZE);
	vbc_meta_set_str(meta, "image", NO_IMAGE);
	vbc_meta_set_int(meta, "created_ms", 1700000000000);
	return vbc_meta_put(op, "node", id, meta);
}

static int adopt(struct vbc_op *op, void *arg)
{
	struct vbc_refs machines = {0};
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	(void)arg;
	for (size_t i = 0; !code && i < machines.n; i++)
		code = adopt_one(op, machines.v[i]);
	return code;
}

int main(int argc, char **argv)
{
	struct vbc_host *host = open_host();
	struct vbc_error error = {0};
	unsigned n = 0;
	int code;

	if (argc > 1 && streq(argv[1], "make")) {
		n = argument(argc, argv, 2);
		code = vbc_op_run(host, NULL, &error, make, &n);
	} else {
		code = vbc_op_run(host, NULL, &error, adopt, NULL);
	}
	must(code, &error);
	vbc_host_close(host);
	return 0;
}
