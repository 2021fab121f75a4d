/* SPDX-License-Identifier: Apache-2.0 */
#include "base/banner.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define LONGEST  16
#define PAUSE_MS 50

static int banner_connect(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) < 0 && errno != EINPROGRESS) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int vbc_banner_begin(const char *address, unsigned port, unsigned attempt)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	const struct addrinfo *at;
	char service[8];
	int fd;

	snprintf(service, sizeof(service), "%u", port % 65536);
	if (getaddrinfo(address, service, &hints, &found))
		return -1;
	at = found;
	while (attempt--)
		at = at->ai_next ? at->ai_next : found;
	fd = banner_connect(at);
	freeaddrinfo(found);
	return fd;
}

/* What has come so far; less than all of it is looked at again. */
static enum vbc_banner banner_peek(int fd, const char *banner)
{
	char got[LONGEST];
	size_t want = strlen(banner);
	ssize_t n = recv(fd, got, want < LONGEST ? want : LONGEST, MSG_PEEK);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return VBC_BANNER_PENDING;
	if (n <= 0 || memcmp(got, banner, (size_t)n) != 0)
		return VBC_BANNER_NONE;
	return (size_t)n == want ? VBC_BANNER_CAME : VBC_BANNER_PENDING;
}

enum vbc_banner vbc_banner_wait(int fd, const char *banner, unsigned timeout_ms)
{
	int64_t until_ms = vbc_now_ms() + timeout_ms, left = timeout_ms;
	enum vbc_banner is = VBC_BANNER_PENDING;

	for (; is == VBC_BANNER_PENDING && left > 0; left = until_ms - vbc_now_ms()) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (poll(&p, 1, (int)left) != 1)
			continue;
		is = banner_peek(fd, banner);
		if (is == VBC_BANNER_PENDING)
			vbc_sleep_ms(PAUSE_MS);
	}
	return is;
}
