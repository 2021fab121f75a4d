/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One call of a fleet: in a thread of its own, while the caller's keeps an eye on what may end it.
 */
#ifndef VBC_PYTHON_FLEET_H
#define VBC_PYTHON_FLEET_H

#include "ext.h"

struct round {
	struct vbc_fleet *fleet;
	int (*run)(struct round *round); /* without the GIL, by any thread; what it fails with
					    is in .error */
	struct call call;                /* of `run`, and what came up in the meantime */
	const struct method *method;
	struct call *calls; /* [number of a host] */
	bool *answered;
	struct vbc_fleet_nodes *nodes;
	struct vbc_fleet_failures *failures;
};

/* Runs it and returns its code, once it is over; on an exception in round->call all is cancelled.
 */
int round_run(struct round *round);

#endif
