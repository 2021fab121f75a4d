/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pictures of a node's screen.
 */
#include <string.h>

#include "base/given.h"
#include "machine/lock.h"
#include "machine/on-node.h"
#include "machine/state-now.h"
#include "machine/state.h"
#include "vbox/lock.h"

struct screenshot {
	void *png;
	size_t size;
};

static int screenshot_take_png(struct vbc_op *op, vbc_ref console, struct screenshot *s)
{
	vbc_ref display = {NULL};
	uint32_t width = 0, height = 0, depth = 0;
	int32_t x = 0, y = 0;
	enum vbc_GuestMonitorStatus status = VBC_GuestMonitorStatus_Unknown;
	struct vbc_bytes png = {0};
	int code = vbc_IConsole_getDisplay(op, console, &display);

	if (!code)
		code = vbc_IDisplay_getScreenResolution(op, display, 0, &width, &height, &depth, &x,
							&y, &status);
	if (!code && (!width || !height))
		code = vbc_fail(&op->error, VBC_E_STATE, "the node's screen is off");
	if (!code)
		code = vbc_IDisplay_takeScreenShotToArray(op, display, 0, width, height,
							  VBC_BitmapFormat_PNG, &png);
	if (code)
		return code;
	free(s->png); /* of a run before this one */
	s->png = malloc(png.size ? png.size : 1);
	if (!s->png)
		return vbc_fail_nomem(&op->error);
	memcpy(s->png, png.data, png.size);
	s->size = png.size;
	return VBC_OK;
}

static int node_screenshot_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct vbc_lock lock = {0};
	enum vbc_node_state state = VBC_NODE_STATE_UNKNOWN;
	vbc_ref console = {NULL};
	int code = vbc_machine_state(op, node->machine, &state);

	if (!code && !vbc_state_is_up(state))
		code = vbc_fail(&op->error, VBC_E_STATE,
				"node '%s' has no screen to capture: it is %s", node->name,
				vbc_node_state_name(state));
	if (!code)
		code = vbc_machine_lock_as(op, node->machine, node->id, state, &lock);
	if (code)
		return code;
	code = vbc_ISession_getConsole(op, lock.session, &console);
	if (!code)
		code = screenshot_take_png(op, console, arg);
	vbc_lock_drop(op, &lock);
	return code;
}

int vbc_node_screenshot(struct vbc_host *host, const char *id_or_name, void **ret_png,
			size_t *ret_size, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_png, ret_size))
		return VBC_E_ARG;

	struct screenshot s = {.png = NULL};
	int code = vbc_run_on_node(host, id_or_name, &vbc_op_brief, err, node_screenshot_body, &s);

	if (!code) {
		*ret_png = s.png;
		*ret_size = s.size;
	} else {
		free(s.png);
	}
	return code;
}
