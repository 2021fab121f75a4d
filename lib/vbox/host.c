/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Handles.
 */

#include <stdlib.h>

#include "base/clock.h"
#include "base/given.h"
#include "vbox/websession.h"

#define LEFT_MS 60000 /* a program that opens a handle for each poll finds all as it left it */

static void host_end(struct vbc_host *host, int64_t deadline_ms)
{
	vbc_websession_end(host, deadline_ms);
	vbc_endpoint_free(host->endpoint);
}

/* All together may take as long as one. */
static void endpoints_end_left(int64_t before_ms)
{
	int64_t deadline_ms = vbc_now_ms() + VBC_LOGOFF_MS;
	struct vbc_host host = {.endpoint = NULL};

	while ((host.endpoint = vbc_endpoint_take_left(before_ms)))
		host_end(&host, deadline_ms);
}

static void endpoints_end_at_exit(void)
{
	endpoints_end_left(INT64_MAX);
}

/* When there is a session: what makes connections has its own functions for the exit by then, which
 * run after ours. */
static void exit_watch(void)
{
	atexit(endpoints_end_at_exit);
}

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
	endpoints_end_left(vbc_now_ms() - LEFT_MS);
	host->log = o.log;
	host->log_data = o.log_data;
	host->tick = o.tick;
	host->tick_data = o.tick_data;
	host->one_shot = o.one_shot;
	host->dry_run = o.dry_run;
	host->ends_ms = o.total_timeout_ms ? vbc_now_ms() + o.total_timeout_ms : 0;
	*ret_host = host;
	return VBC_OK;
}

const char *vbc_host_url(const struct vbc_host *host)
{
	return host ? vbc_http_url(host->endpoint->http) : NULL;
}

void vbc_host_close(struct vbc_host *host)
{
	static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
	bool last = false, left = false;

	if (!host)
		return;
	vbc_endpoint_leave(host->endpoint, host->one_shot, &last, &left);
	if (last)
		host_end(host, vbc_now_ms() + VBC_LOGOFF_MS);
	if (left)
		pthread_once(&exit_once, exit_watch);
	endpoints_end_left(vbc_now_ms() - LEFT_MS);
	free(host);
}
