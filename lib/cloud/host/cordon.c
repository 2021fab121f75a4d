/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cordon.h"

#include <vboxcloud/host.h>

#include "base/given.h"
#include "vbox/host-clock.h"
#include "vbox/meta.h"
#include "vbox/run.h"

#define KIND  "host"
#define ID    "cordon"
#define SINCE "since_ms"

int vbc_cordon_read(struct vbc_op *op, bool *ret_cordoned, int64_t *ret_since_ms)
{
	const char *json = "";
	int code = vbc_meta_text(op, KIND, ID, &json);
	struct vbc_meta *VBC_META meta = code ? NULL : vbc_meta_parse(json);

	if (code)
		return code;
	*ret_cordoned = json[0] != '\0'; /* whatever it says, somebody wanted that */
	*ret_since_ms = meta ? vbc_meta_date(meta, SINCE) : 0;
	return VBC_OK;
}

int vbc_cordon_find(struct vbc_op *op, const struct vbc_strs *keys, bool *ret_cordoned)
{
	struct vbc_strs ids = {0};
	int code = vbc_meta_ids_of(op, keys, KIND, &ids);

	*ret_cordoned = !code && vbc_strs_has(&ids, ID);
	return code;
}

static int cordon_write(struct vbc_op *op)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	int64_t utc_ms = 0;
	int code = meta ? vbc_host_clock(op, &utc_ms) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_int(meta, SINCE, utc_ms);
	return vbc_meta_put(op, KIND, ID, meta);
}

static int host_cordon_body(struct vbc_op *op, void *arg)
{
	const bool *on = arg;
	bool cordoned = false;
	int64_t since_ms;
	int code = vbc_cordon_read(op, &cordoned, &since_ms);

	if (code || cordoned == *on)
		return code;
	return *on ? cordon_write(op) : vbc_meta_delete(op, KIND, ID);
}

int vbc_host_cordon(struct vbc_host *host, bool on, struct vbc_error *err)
{
	if (vbc_lacks(err, host))
		return VBC_E_ARG;

	return vbc_op_run(host, &vbc_op_brief, err, host_cordon_body, &on);
}
