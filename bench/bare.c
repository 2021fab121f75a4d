/* SPDX-License-Identifier: Apache-2.0 */
#include "bare.h"

#include <err.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "vbox/run.h"

#define REQUESTS_MAX 100 /* then vboxwebsrv closes */

static const char envelope_end[] = "</SOAP-ENV:Envelope>\r\n";

void bare_init(struct bare *b, char *url)
{
	char *host = strstr(url, "://");
	char *port = host ? strchr(host + 3, ':') : NULL;

	if (!port)
		errx(2, "%s is not http://HOST:PORT", url);
	*port++ = '\0';
	port[strspn(port, "0123456789")] = '\0';
	*b = (struct bare){.host = host + 3, .port = port, .fd = -1};
}

void bare_done(struct bare *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

void bare_prepare(struct vbc_buf *request, const struct bare *b, const struct vbc_buf *envelope)
{
	vbc_buf_init(request, SIZE_MAX / 2);
	vbc_buf_printf(request,
		       "POST / HTTP/1.1\r\nHost: %s:%s\r\n"
		       "Content-Type: text/xml; charset=utf-8\r\n"
		       "SOAPAction: \"\"\r\nContent-Length: %zu\r\n\r\n",
		       b->host, b->port, envelope->len);
	vbc_buf_add(request, envelope->data, envelope->len);
	if (request->failed)
		errx(1, "out of memory");
}

static void connect_it(struct bare *b)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses;
	const int on = 1;

	if (getaddrinfo(b->host, b->port, &hints, &addresses))
		errx(1, "cannot resolve %s", b->host);
	b->fd = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (b->fd < 0 || connect(b->fd, addresses->ai_addr, addresses->ai_addrlen))
		err(1, "cannot connect to %s:%s", b->host, b->port);
	setsockopt(b->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	freeaddrinfo(addresses);
	b->used = 0;
}

static bool complete(const struct bare *b)
{
	size_t n = sizeof(envelope_end) - 1;

	return b->reply_len >= n && memcmp(b->reply + b->reply_len - n, envelope_end, n) == 0;
}

void bare_exchange(struct bare *b, const struct vbc_buf *request)
{
	if (b->used == REQUESTS_MAX)
		bare_done(b);
	if (b->fd < 0)
		connect_it(b);
	b->used++;
	for (size_t at = 0; at < request->len;) {
		ssize_t n = send(b->fd, request->data + at, request->len - at, MSG_NOSIGNAL);

		if (n < 0)
			err(1, "send");
		at += (size_t)n;
	}
	b->reply_len = 0;
	do {
		ssize_t n =
			recv(b->fd, b->reply + b->reply_len, sizeof(b->reply) - b->reply_len, 0);

		if (n <= 0)
			errx(1, "the host ended the connection after %u requests: %.*s", b->used,
			     (int)b->reply_len, b->reply);
		b->reply_len += (size_t)n;
	} while (!complete(b));
}

void bare_run(struct bare *b, int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	struct vbc_host *host = open_host();
	struct vbc_error error = {0};

	bare_init(b, strdup(getenv("VBOXCLOUD_HOST")));
	must(vbc_op_run(host, NULL, &error, body, arg), &error);
	bare_done(b);
	vbc_host_close(host);
}
