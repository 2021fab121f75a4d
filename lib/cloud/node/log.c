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

#define MOST ((size_t)32 << 20) /* with all else that the host told meanwhile */

static int node_log_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct vbc_buf *text = arg;
	const char *file = "";
	size_t told;
	int code;

	vbc_buf_reset(text); /* the body may run twice */
	op->progress.what = "reading the log";
	code = vbc_IMachine_queryLogFilename(op, node->machine, 0, &file);
	if (!code && !file[0])
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"node '%s' has no log: it was never started", node->name);
	if (code)
		return code;
	told = vbc_arena_size(&op->arena);
	text->max = told < MOST ? MOST - told : 0;
	return vbc_node_read_log(op, node->machine, 0, text);
}

int vbc_node_log(struct vbc_host *host, const char *id_or_name, char **ret_text, size_t *ret_size,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_text, ret_size))
		return VBC_E_ARG;

	struct vbc_buf text;
	int code;

	vbc_buf_init(&text, MOST);
	code = vbc_run_on_node(host, id_or_name, &vbc_op_brief, err, node_log_body, &text);
	if (!code) {
		vbc_buf_add(&text, "", 0); /* at least its end is there */
		vbc_dmi_hide(&text);
		*ret_text = text.data;
		*ret_size = text.len;
	} else {
		vbc_buf_done(&text);
	}
	return code;
}
