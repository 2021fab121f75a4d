/* SPDX-License-Identifier: Apache-2.0 */
#include "http/sigpipe.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

void vbc_sigpipe_block(struct vbc_sigpipe *ret)
{
	sigset_t pipe, pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe, &ret->old);
	ret->was_pending = sigismember(&pending, SIGPIPE) == 1;
}

void vbc_sigpipe_unblock(const struct vbc_sigpipe *blocked)
{
	const struct timespec now = {0};
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (!blocked->was_pending)
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &blocked->old, NULL);
}
