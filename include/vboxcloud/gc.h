/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Leftovers: what killed programs left half-made on a host, what is nobody's any more, and its
 * removal.
 */
#ifndef VBOXCLOUD_GC_H
#define VBOXCLOUD_GC_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One leftover. Since 0.1. */
struct vbc_leftover {
	const char *kind; /* of interrupted work what it was to make or change: "node", "image",
			     "volume-resize"...; else "lock", "port", "disk", "upload", "seed",
			     "metadata" or "folder"; "volume" or "image" that is known again;
			     in a dry run also "file": of what nothing is known */
	const char *id;   /* UUID of the object; of a port "tcp/20022/" and the node's, of
			     metadata "volume/" and the volume's, of a file its name */
	const char *text; /* what it is and why it is a leftover, one sentence */
};

struct vbc_leftovers {
	size_t n;
	const struct vbc_leftover *const *v;
};

/* How. Start from VBC_GC_OPTS_INIT. */
struct vbc_gc_opts {
	size_t size;
	bool dry_run;
	bool force; /* tries again also what VirtualBox's service ended over when it was removed,
		       and removes entries of the journal that do not say what there is to undo */
};

#define VBC_GC_OPTS_INIT                                                                           \
	{                                                                                          \
		.size = sizeof(struct vbc_gc_opts),                                                \
	}

/*
 * Finds what interrupted work of this library's clients left on the host and removes it, or with
 * `dry_run` only tells. Each changing call of the library does that first, so it is seldom needed.
 * Beside that finds what became nobody's in another way: differencing disks, seeds and empty
 * folders of nodes that are gone, uploads that nobody goes on with, records of what is gone; and
 * opens again volumes and images that VirtualBox does not know any more, of which it has the
 * records. Files beside those of which it has none are named in the log, and in a dry run. Work
 * of a program that still runs, everything of other tools, and what may come back are left alone.
 *
 * Interrupted work during whose removal VirtualBox's service ended is left alone by all other
 * calls, which would end it again; the log names it, and a dry run lists it. With `force` it is
 * tried once more. opts may be NULL. *ret_leftovers (may be NULL) is the caller's, free it with
 * vbc_leftovers_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_gc(struct vbc_host *host, const struct vbc_gc_opts *opts, const struct vbc_wait *wait,
	   struct vbc_leftovers **ret_leftovers, struct vbc_error *err);
void vbc_leftovers_free(struct vbc_leftovers *leftovers);

#ifdef __cplusplus
}
#endif
#endif
