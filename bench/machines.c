/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-machines make N: makes N machines as the original driver left them: no disk, the size in
 * their extra data. bench-machines adopt: gives every machine the metadata of a node of ours.
 * bench-machines grow N: makes nodes of ours, as many as are missing until there are N.
 */
#include "base/str.h"
#include "common.h"
#include "machine/keys.h"
#include "machine/named.h"
#include "vbox/meta.h"
#include "vbox/run.h"

#define SIZE     "1_cpu-256_ram-30_disk"
#define NO_IMAGE "00000000-0000-0000-0000-000000000000"

struct making {
	unsigned n;
	struct vbc_strs groups;
};

static int make_one(struct vbc_op *op, const struct making *m, unsigned number)
{
	const char *name = vbc_arena_printf(&op->arena, "machine %03u", number);
	vbc_ref machine = {NULL};
	int code = vbc_IVirtualBox_createMachine(op, op->vbox, "", name,
						 vbc_op_has(op, VBC_M_IMachine_getPlatform)
							 ? VBC_PlatformArchitecture_x86
							 : VBC_PlatformArchitecture_None,
						 m->groups, "Debian_64", "", "", "", "", &machine);

	if (!code)
		code = vbc_IMachine_setExtraData(op, machine, "libcloud_size", SIZE);
	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	return code ? code : vbc_IVirtualBox_registerMachine(op, op->vbox, machine);
}

static int make(struct vbc_op *op, void *arg)
{
	const struct making *m = arg;
	struct vbc_refs machines = {0};
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	for (unsigned i = (unsigned)machines.n; !code && i < m->n; i++)
		code = make_one(op, m, i);
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
	code = vbc_meta_put(op, "node", id, meta);
	return code ? code : vbc_named_put(op, id, name);
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
	const char *group = VBC_NODE_GROUP;
	struct making m = {.n = 0};

	if (argc > 1 && !streq(argv[1], "adopt")) {
		m.n = argument(argc, argv, 2);
		if (streq(argv[1], "grow"))
			m.groups = (struct vbc_strs){.n = 1, .v = &group};
		must(vbc_op_run(host, NULL, &error, make, &m), &error);
	}
	if (argc > 1 && !streq(argv[1], "make"))
		must(vbc_op_run(host, NULL, &error, adopt, NULL), &error);
	vbc_host_close(host);
	return 0;
}
