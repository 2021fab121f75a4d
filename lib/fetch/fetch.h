/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files on web servers, read from any place: over one connection, which is made anew when it
 * breaks. What is read is of one version of the file. libcurl speaks HTTP here, unlike to hosts
 * (http/http.h): proxies, which its environment variables name, and what servers of files do.
 */
#ifndef VBC_FETCH_FETCH_H
#define VBC_FETCH_FETCH_H

#include <vboxcloud/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_fetch;

#define VBC_FETCH_UNKNOWN UINT64_MAX /* a size that the server does not tell */

struct vbc_fetch_opts {
	uint64_t max_bytes;       /* 0: no limit                               */
	enum vbc_hint limit_hint; /* of more; VBC_HINT_NONE: nothing can be done */
	unsigned patience_ms;     /* of a silent server, and of a broken connection; 0: 30 s */
	/* Asked while it waits; anything but VBC_OK ends that with this code. NULL: nobody */
	int (*tick)(void *data);
	void *data;
};

/*
 * Asks for a file, and follows where the server sends us, by the same scheme. Errors: VBC_E_ARG
 * (the URL or the answer cannot be used, or is too large), VBC_E_NOTFOUND, VBC_E_FETCH (the server
 * cannot be reached, is not trusted, fails, ...).
 */
int vbc_fetch_open(const char *url, const struct vbc_fetch_opts *opts, struct vbc_fetch **ret,
		   struct vbc_error *err);
void vbc_fetch_close(struct vbc_fetch *f);

/* Its size in bytes. */
uint64_t vbc_fetch_size(const struct vbc_fetch *f);
/* Whether any place can be asked for. Else it is read from 0 on. */
bool vbc_fetch_has_ranges(const struct vbc_fetch *f);
/* How the server has packed it although it was asked not to; "": not. */
const char *vbc_fetch_encoding(const struct vbc_fetch *f);

/*
 * Reads n bytes, or what there is of them. A broken connection is made anew while that can help.
 * *ret_again: it has to be read from 0 on again, since the server gives no parts.
 */
int vbc_fetch_read(struct vbc_fetch *f, uint64_t at, void *to, size_t n, size_t *ret_n,
		   bool *ret_again, struct vbc_error *err);

#endif
