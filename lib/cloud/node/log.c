/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log that VirtualBox writes of a machine's last run.
 */
#include <vboxcloud/node.h>

#include <stdlib.h>

#include "base/given.h"
#include "firstboot/dmi.h"
#include "machine/log.h"
#include "machine/on-node.h"

static int node_log_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	const char *file = "";
	int code;

	op->progress.what = "reading the log";
	code = vbc_IMachine_queryLogFilename(op, node->machine, 0, &file);
	if (!code && !file[0])
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"node '%s' has no log: it was never started", node->name);
	if (code)
		return code;
	return vbc_node_read_whole_log(op, node->machine, 0, arg);
}

int vbc_node_log(struct vbc_host *host, const char *id_or_name, char **ret_text, size_t *ret_size,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_text, ret_size))
		return VBC_E_ARG;

	struct vbc_buf text;
	int code;

	vbc_buf_init(&text, VBC_LOG_MOST);
	code = vbc_run_on_node(host, id_or_name, &vbc_op_brief, err, node_log_body, &text);
	if (!code && text.len)
		vbc_dmi_hide(&text);
	return vbc_buf_hand_over(&text, code, ret_text, ret_size);
}
