/* SPDX-License-Identifier: Apache-2.0 */
#include "greeting.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define LONGEST 16

static bool wait_for(int fd, short events, int64_t until_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left = until_ms - vbc_now_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* A connection may be under way when this returns. */
static int begin(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) < 0 && errno != EINPROGRESS) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool greets(int fd, const char *greeting, int64_t until_ms)
{
	char got[LONGEST];
	size_t n = 0, want = strlen(greeting);

	while (n < want && wait_for(fd, POLLIN, until_ms)) {
		ssize_t more = recv(fd, got + n, want - n, 0);

		if (more <= 0 && errno != EINTR)
			return false;
		n += more > 0 ? (size_t)more : 0;
	}
	return n == want && memcmp(got, greeting, n) == 0;
}

bool vbc_greets(const char *address, unsigned port, const char *greeting, unsigned timeout_ms)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	int64_t until_ms = vbc_now_ms() + timeout_ms;
	struct addrinfo *found = NULL;
	bool yes = false;
	char service[8];

	snprintf(service, sizeof(service), "%u", port % 65536);
	if (strlen(greeting) > LONGEST || getaddrinfo(address, service, &hints, &found))
		return false;
	for (const struct addrinfo *at = found; at && !yes; at = at->ai_next) {
		int fd = begin(at);

		if (fd < 0)
			continue;
		yes = wait_for(fd, POLLOUT, until_ms) && greets(fd, greeting, until_ms);
		close(fd);
	}
	freeaddrinfo(found);
	return yes;
}
