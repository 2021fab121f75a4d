/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/host-clock.h"

#include <inttypes.h>

#include "base/clock.h"

#define HOLDS_MS 4000 /* what is renewed is renewed by a new answer, see lease.h */

int vbc_host_clock(struct vbc_op *op, int64_t *ret_utc_ms)
{
	pthread_mutex_t *mutex = &op->host->endpoint->mutex;
	struct vbc_websession *ws = op->session;
	int64_t ahead_ms = 0, utc_ms = 0;
	vbc_ref host = {NULL};
	bool known;
	int code;

	pthread_mutex_lock(mutex);
	known = ws->clock_asked_ms && vbc_now_ms() < ws->clock_asked_ms + HOLDS_MS;
	ahead_ms = ws->clock_ahead_ms;
	pthread_mutex_unlock(mutex);
	if (!known) {
		code = vbc_op_ihost(op, &host);
		if (!code)
			code = vbc_IHost_getUTCTime(op, host, &utc_ms);
		if (!code && !vbc_is_date(utc_ms))
			code = vbc_fail(&op->error, VBC_E_PROTOCOL,
					"the host's clock does not show a date: %" PRId64
					" ms since 1970",
					utc_ms);
		if (code)
			return code;
		ahead_ms = utc_ms - vbc_now_ms();
		pthread_mutex_lock(mutex);
		ws->clock_ahead_ms = ahead_ms;
		ws->clock_asked_ms = vbc_now_ms();
		pthread_mutex_unlock(mutex);
	}
	*ret_utc_ms = vbc_now_ms() + ahead_ms;
	return VBC_OK;
}
