/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxwebsrv has one thread per connection, and starts another only when it counts none as idle;
 * but a thread counts as idle until it has picked its connection up. So of connections that arrive
 * at the same moment some get no thread and wait, a minute and more, until another connection
 * ends. Each further connection makes it look again and start a thread for the one that has waited
 * longest. So while a new connection waits for its first answer, we open another now and then and
 * close it at once.
 */
#include "http/decoy.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define FIRST_MS   100
#define CONNECT_MS 200

static void decoy_connect_and_close(int like)
{
	struct sockaddr_storage address;
	socklen_t n = sizeof(address);
	struct pollfd p = {.events = POLLOUT};

	if (getpeername(like, (struct sockaddr *)&address, &n) != 0)
		return;
	p.fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p.fd < 0)
		return;
	if (connect(p.fd, (struct sockaddr *)&address, n) != 0)
		poll(&p, 1, CONNECT_MS);
	close(p.fd);
}

void vbc_decoy_start(struct vbc_decoy *decoy)
{
	decoy->pause_ms = FIRST_MS;
	decoy->at_ms = vbc_now_ms() + FIRST_MS;
}

int64_t vbc_decoy_make(struct vbc_decoy *decoy, int like)
{
	int64_t now = vbc_now_ms();

	if (now >= decoy->at_ms) {
		decoy_connect_and_close(like);
		/* It may only be a slow call: less and less often. */
		decoy->pause_ms *= 2;
		decoy->at_ms = now + decoy->pause_ms;
	}
	return decoy->at_ms - now;
}
