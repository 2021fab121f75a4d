/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_FLEET_PLACE_H
#define VBC_FLEET_PLACE_H

#include "fleet/fleet.h"

#include <vboxcloud/placement.h>

/* What the caller told of a host; never NULL. */
const struct vbc_placement_host *vbc_placement_told(const struct vbc_placement_opts *opts,
						    const char *host);

#endif
