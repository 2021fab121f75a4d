/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The least that a request to vboxwebsrv can cost: prepared bytes into a blocking socket, bytes
 * out of it until the end of the envelope, no look at what they say. The yardstick of the
 * library's own calls.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "base/buf.h"
#include "vbox/op.h"

struct bare {
	const char *host, *port;
	int fd;        /* -1: not connected */
	unsigned used; /* requests on this connection */
	char reply[65536];
	size_t reply_len;
};

/* For http://HOST:PORT; the texts are of `url`, which is changed. */
void bare_init(struct bare *b, char *url);
void bare_done(struct bare *b);

/* The request with its HTTP head, as the library sends it. */
void bare_prepare(struct vbc_buf *request, const struct bare *b, const struct vbc_buf *envelope);

/* Sends a prepared request and reads its answer. vboxwebsrv ends a connection after 100 requests;
 * then, and the first time, it connects. Ends the program when the host does not play along. */
void bare_exchange(struct bare *b, const struct vbc_buf *request);

/* Runs an operation on the host of VBOXCLOUD_HOST, which `b` is initialised for meanwhile. Ends the
 * program where it fails. */
void bare_run(struct bare *b, int (*body)(struct vbc_op *op, void *arg), void *arg);

#endif
