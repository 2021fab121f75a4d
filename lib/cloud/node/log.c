/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log that VirtualBox writes of a machine's last run.
 */
#include <vboxcloud/node.h>

#include <stdlib.h>

#include "base/given.h"
#include "firstboot/dmi.h"
#include "journal/run.h"
#include "machine/find.h"
#include "machine/log.h"

#define MOST ((size_t)32 << 20) /* with all else that the host told meanwhile */

struct log {
	const char *id_or_name;
	struct vbc_buf text;
};

static int node_log_body(struct vbc_op *op, void *arg)
{
	struct log *log = arg;
	struct vbc_node_ref f = {0};
	const char *file = "";
	size_t told;
	int code = vbc_node_find(op, log->id_or_name, &f);

	vbc_buf_reset(&log->text); /* the body may run twice */
	op->progress.what = "reading the log";
	if (!code)
		code = vbc_IMachine_queryLogFilename(op, f.machine, 0, &file);
	if (!code && !file[0])
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"node '%s' has no log: it was never started", f.name);
	if (code)
		return code;
	told = vbc_arena_size(&op->arena);
	log->text.max = told < MOST ? MOST - told : 0;
	return vbc_node_read_log(op, f.machine, 0, &log->text);
}

int vbc_node_log(struct vbc_host *host, const char *id_or_name, char **ret_text, size_t *ret_size,
		 struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_text, ret_size))
		return VBC_E_ARG;

	struct log log = {.id_or_name = id_or_name};
	int code;

	vbc_buf_init(&log.text, MOST);
	code = vbc_run_recovered(host, &vbc_op_brief, err, node_log_body, &log);
	if (!code) {
		vbc_buf_add(&log.text, "", 0); /* at least its end is there */
		vbc_dmi_hide(&log.text);
		*ret_text = log.text.data;
		*ret_size = log.text.len;
	} else {
		vbc_buf_done(&log.text);
	}
	return code;
}
