/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of nodes share: an image whose guest halts at once, nodes made from it, and a
 * look at what a host holds, so that a test can tell that nothing was left.
 */
#ifndef VBC_TESTS_NODES_H
#define VBC_TESTS_NODES_H

#include "host.h"

#define SMALL "1_cpu-64_ram-1_disk"

/* Imports the image under a name that is this process's own. Its id, valid until the end. */
const char *make_image(struct vbc_host *host);
void delete_image(struct vbc_host *host);

/* A name that no other process uses: `what` and the process's number. */
const char *own_name(const char *what);

/* A small node from the image; a failure is told, and NULL. */
struct vbc_node *make_node(struct vbc_host *host, const char *name, bool start);
/* Whether the node is destroyed; a failure is told. */
bool destroy_node(struct vbc_host *host, const char *id);

/* "running", or the code's name where the node cannot be had. */
const char *state_of(struct vbc_host *host, const char *id);

/* Of this process's nodes, the leftovers of any program, and the files where they can be seen. */
struct holdings {
	size_t nodes, leftovers;
	long files;
};

struct holdings look(struct vbc_host *host);
/* Whether the host holds what it did before; the difference is told. */
bool holds_as_before(struct vbc_host *host, const struct holdings *before);
#define is_as_before(host, before, what)                                                           \
	ok(holds_as_before((host), (before)), "%s: nothing is left", (what))

#endif
