/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HTTP_WAIT_H
#define VBC_HTTP_WAIT_H

#include <stdint.h>

/* How a wait ends early. `tick` is called every quarter of a second, every second while a
 * connection is made; non-zero cancels. */
struct vbc_http_wait {
	int64_t deadline_ms; /* of vbc_now_ms(); 0: none */
	int (*tick)(void *data);
	void *data;
};

#endif
