/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * How long a call may take, who is told of its progress, and who can cancel it.
 */
#ifndef VBOXCLOUD_WAIT_H
#define VBOXCLOUD_WAIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far long work has come. Since 0.1. */
struct vbc_progress {
	const char *what;     /* "uploading debian.raw"; valid during the call only        */
	unsigned percent;     /* of the whole, 0..100                                      */
	uint64_t done, total; /* bytes, both 0 where the work is not counted in bytes      */
};

/*
 * Passed to calls that change something or may take long; NULL means: no limit, nobody is told.
 * Since 0.1.
 *
 * `tick` runs in the calling thread, when the call begins and at least once a second while it
 * waits, with no lock held. A non-zero return cancels: the call then waits until the host has
 * really stopped, undoes what it began, and returns VBC_E_CANCELLED: within ten seconds. Do not use
 * the same struct vbc_host in it, nor leave it but by returning (by ending the thread, or with
 * longjmp()).
 *
 * A host that does not answer when the time is over, or the call was cancelled, is left within two
 * seconds. The error says what is unknown then; what is not undone in that time is undone by the
 * next call on that host.
 */
struct vbc_wait {
	unsigned timeout_ms; /* 0: no limit                                               */
	int (*tick)(void *data, const struct vbc_progress *progress);
	void *data; /* handed to tick                                            */
};

#ifdef __cplusplus
}
#endif
#endif
