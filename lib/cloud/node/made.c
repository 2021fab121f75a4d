/* SPDX-License-Identifier: Apache-2.0 */
#include "node/made.h"

#include <vboxcloud/node.h>

#include "machine/list.h"
#include "machine/network-kind.h"
#include "machine/network.h"
#include "machine/platform.h"
#include "machine/record.h"
#include "machine/state.h"
#include "machine/told.h"
#include "network/choice.h"
#include "node/list.h"

/* The adapters that it was given, as VirtualBox would tell of them. */
static int made_tell_adapters(struct vbc_op *op, const struct vbc_node_create_opts *opts,
			      struct vbc_told *ret)
{
	int *types = VBC_ARENA_ARRAY(&op->arena, int, opts->n_networks + 1);
	size_t n = 0;

	if (!types)
		return vbc_fail_nomem(&op->error);
	if (!opts->n_networks)
		types[n++] = VBC_NetworkAttachmentType_NAT;
	for (size_t i = 0; i < opts->n_networks; i++)
		if (opts->networks[i].kind != VBC_NETWORK_OFF)
			types[n++] = (int)vbc_network_kind_to(opts->networks[i].kind);
	*ret = (struct vbc_told){
		.known = true, .has_disk = true, .n_adapters = n, .adapters = types};
	return VBC_OK;
}

/* What VirtualBox may have put in another form, or chosen itself. */
static int made_ask(struct vbc_op *op, vbc_ref machine, struct vbc_node *node)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	bool nvram = false;
	int code = vbc_IMachine_getState(op, machine, &state);

	if (!code)
		code = vbc_IMachine_getOSTypeId(op, machine, &node->os_type);
	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, machine, &node->settings_file);
	if (!code && node->description[0])
		code = vbc_IMachine_getDescription(op, machine, &node->description);
	if (!code)
		code = vbc_firmware_read(op, machine, &node->firmware, &nvram);
	if (!code)
		vbc_node_set_state(node, state);
	return code;
}

int vbc_node_read_made(struct vbc_op *op, const struct vbc_new_node *c, struct vbc_node **ret)
{
	struct vbc_node node = {.id = c->id,
				.name = c->name,
				.size = c->size.id,
				.image = "",
				.cpus = c->size.cpus,
				.memory_mib = c->size.ram_mib,
				.description = c->opts->description ? c->opts->description : "",
				.error = "",
				.iso = c->disc.file ? c->disc.path : "",
				.username = ""};
	struct vbc_told told;
	const char *json = "";
	int code = made_tell_adapters(op, c->opts, &told);

	if (!code)
		code = vbc_node_record_text(op, c->id, &json);
	if (!code)
		code = vbc_node_take_recorded(op, json, c->vbox_name, &node);
	node.disk_gib = c->size.disk_gib;
	if (!code)
		code = made_ask(op, c->machine, &node);
	if (!code)
		code = vbc_node_network(op, &node, &c->machine, &told, 1);
	return code ? code : vbc_node_hand_out(op, &node, ret);
}
