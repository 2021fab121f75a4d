/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Leftovers: what killed programs left half-made on a host, and its removal.
 */
#ifndef VBOXCLOUD_GC_H
#define VBOXCLOUD_GC_H

#include <vboxcloud/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One leftover. Since 0.1. */
struct vbc_leftover {
	const char *kind;   /* "machine", "medium", "upload", "lock", "port", "metadata"    */
	const char *id;     /* UUID of the object; of a port "tcp/20022/" and the node's    */
	const char *text;   /* what it is and why it is a leftover, one sentence            */
};

struct vbc_leftovers {
	size_t n;
	const struct vbc_leftover *const *v;
};

/*
 * Finds what interrupted work of this library's clients left on the host and removes it, or with
 * `dry_run` only tells. Work of a program that still runs, and everything of other tools, is left
 * alone. Each changing call of the library does the same first, so this is seldom needed.
 * *ret_leftovers (may be NULL) is the caller's, free it with vbc_leftovers_free(). Errors as
 * vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_gc(struct vbc_host *host, bool dry_run, struct vbc_leftovers **ret_leftovers,
	   struct vbc_error *err);
void vbc_leftovers_free(struct vbc_leftovers *leftovers);

#ifdef __cplusplus
}
#endif
#endif
