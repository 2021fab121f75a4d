/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Servers that greet, at once or in pieces, that say something else, say nothing, or are not there.
 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banner.h"
#include "tap.h"

static int listener;
static unsigned port;

static void listen_somewhere(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(listener, (struct sockaddr *)&at, sizeof(at));
	listen(listener, 8);
	getsockname(listener, (struct sockaddr *)&at, &size);
	port = ntohs(at.sin_port);
}

/* Connects, lets the server say something, and perhaps hang up. */
static enum vbc_banner hear(const char *said, bool hang_up, bool *ret_more)
{
	int fd = vbc_banner_begin("127.0.0.1", port, 3), server = accept(listener, NULL, NULL);
	enum vbc_banner is;

	if (send(server, said, strlen(said), MSG_NOSIGNAL) < 0)
		printf("# the server cannot speak\n");
	if (hang_up)
		close(server);
	is = vbc_banner_wait(fd, "SSH-", 200);
	if (ret_more) {
		*ret_more = send(server, "H-2", 3, MSG_NOSIGNAL) == 3 &&
			    vbc_banner_wait(fd, "SSH-", 5000) == VBC_BANNER_CAME;
	}
	if (!hang_up)
		close(server);
	close(fd);
	return is;
}

int main(void)
{
	bool more = false;
	int fd;

	listen_somewhere();
	is_int(hear("SSH-2.0-x\r\n", false, NULL), VBC_BANNER_CAME, "a banner");
	is_int(hear("SSH-", true, NULL), VBC_BANNER_CAME, "one that is all");
	is_int(hear("HTTP/1.1 400", false, NULL), VBC_BANNER_NONE, "another one");
	is_int(hear("SSX", false, NULL), VBC_BANNER_NONE, "the beginning of another one");
	is_int(hear("", false, NULL), VBC_BANNER_PENDING, "nothing yet");
	is_int(hear("", true, NULL), VBC_BANNER_NONE, "nothing at all");
	is_int(hear("SS", false, &more), VBC_BANNER_PENDING, "half of it");
	ok(more, "and the rest later");
	close(listener);
	fd = vbc_banner_begin("127.0.0.1", port, 0);
	ok(fd < 0 || vbc_banner_wait(fd, "SSH-", 1000) == VBC_BANNER_NONE, "nobody listens");
	if (fd >= 0)
		close(fd);
	ok(vbc_banner_begin("no host name", port, 0) < 0, "no such host");
	return tap_done();
}
