/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Handles.
 */

#include "base/given.h"
#include "vbox/websession.h"

int vbc_host_open(const struct vbc_host_opts *opts, struct vbc_host **ret_host,
		  struct vbc_error *err)
{
	if (vbc_lacks(err, ret_host))
		return VBC_E_ARG;

	struct vbc_host_opts o = VBC_HOST_OPTS_INIT;
	struct vbc_host *host;
	struct vbc_error error = {0};
	int code;

	vbc_opts_read(&o, opts);
	host = calloc(1, sizeof(*host));
	code = host ? vbc_endpoint_get(&o, &host->endpoint, &error) : vbc_fail_nomem(&error);
	if (code) {
		free(host);
		if (err && !err->code)
			*err = error;
		return code;
	}
	host->log = o.log;
	host->log_data = o.log_data;
	host->tick = o.tick;
	host->tick_data = o.tick_data;
	host->one_shot = o.one_shot;
	*ret_host = host;
	return VBC_OK;
}

const char *vbc_host_url(const struct vbc_host *host)
{
	return host ? vbc_http_url(host->endpoint->http) : NULL;
}

void vbc_host_close(struct vbc_host *host)
{
	if (!host)
		return;
	if (vbc_endpoint_leave(host->endpoint)) {
		vbc_websession_end(host);
		vbc_endpoint_free(host->endpoint);
	}
	free(host);
}
