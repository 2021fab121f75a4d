/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HTTP_SIGPIPE_H
#define VBC_HTTP_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

/*
 * OpenSSL writes to a socket that its peer has closed without asking for no SIGPIPE, and a library
 * must not change the program's handlers: so the signal is held back in this thread and, if our
 * write raised it, taken away.
 */
struct vbc_sigpipe {
	sigset_t old;
	bool was_pending;
};

void vbc_sigpipe_block(struct vbc_sigpipe *ret);
void vbc_sigpipe_unblock(const struct vbc_sigpipe *blocked);

#endif
