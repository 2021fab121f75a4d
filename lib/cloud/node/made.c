/* SPDX-License-Identifier: Apache-2.0 */
#include "node/made.h"

#include <vboxcloud/node.h>

#include <string.h>

#include "image/record.h"
#include "machine/list.h"
#include "machine/network-kind.h"
#include "machine/network.h"
#include "machine/platform.h"
#include "machine/state.h"
#include "machine/told.h"
#include "network/choice.h"
#include "node/list.h"

/* The adapters that it was given, as VirtualBox would tell of them. */
static int made_tell_adapters(struct vbc_op *op, const struct vbc_node_create_opts *opts,
			      struct vbc_told *ret)
{
	int *types = VBC_ARENA_ARRAY(&op->arena, int, opts->n_networks + 1);
	bool in_first_slots = true;
	size_t n = 0;

	if (!types)
		return vbc_fail_nomem(&op->error);
	if (!opts->n_networks)
		types[n++] = VBC_NetworkAttachmentType_NAT;
	for (size_t i = 0; i < opts->n_networks; i++) {
		if (opts->networks[i].kind == VBC_NETWORK_OFF)
			continue;
		in_first_slots = in_first_slots && n == i;
		types[n++] = (int)vbc_network_kind_to(opts->networks[i].kind);
	}
	*ret = (struct vbc_told){.known = true,
				 .has_disk = true,
				 .n_adapters = n,
				 .adapters = types,
				 .in_first_slots = in_first_slots};
	return VBC_OK;
}

/* Whether VirtualBox, which makes paths short, has left it as it is. */
static bool made_path_is_short(const char *path)
{
	return path[0] == '/' && !strstr(path, "//") && !strstr(path, "/./") &&
	       !strstr(path, "/../");
}

/* What VirtualBox may have put in another form, or chosen itself. */
static int made_ask(struct vbc_op *op, const struct vbc_new_node *c, struct vbc_node *node)
{
	enum vbc_MachineState state = VBC_MachineState_PoweredOff;
	bool nvram = false;
	int code = c->opts->no_start ? VBC_OK : vbc_IMachine_getState(op, c->machine, &state);

	if (!code && c->image.os_type[0])
		code = vbc_IMachine_getOSTypeId(op, c->machine, &node->os_type);
	if (!code && !made_path_is_short(c->settings))
		code = vbc_IMachine_getSettingsFilePath(op, c->machine, &node->settings_file);
	if (!code && node->description[0])
		code = vbc_IMachine_getDescription(op, c->machine, &node->description);
	if (!code)
		code = vbc_firmware_read(op, c->machine, &node->firmware, &nvram);
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
				.os_type = VBC_IMAGE_OS_TYPE,
				.settings_file = c->settings,
				.error = "",
				.iso = c->disc.file ? c->disc.path : "",
				.username = ""};
	struct vbc_told told;
	int code = made_tell_adapters(op, c->opts, &told);

	if (!code)
		code = vbc_node_take_recorded(op, c->recorded, c->vbox_name, &node);
	node.disk_gib = c->size.disk_gib;
	if (!code)
		code = made_ask(op, c, &node);
	if (!code)
		code = vbc_node_network(op, &node, &c->machine, &told, 1);
	return code ? code : vbc_node_hand_out(op, &node, ret);
}
