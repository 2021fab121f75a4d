/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Locations: a host is one location.
 */
#ifndef VBOXCLOUD_LOCATION_H
#define VBOXCLOUD_LOCATION_H

#include <vboxcloud/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vbc_location {
	const char *id;      /* "virtualbox-location"  */
	const char *name;    /* "VirtualBox Location"  */
	const char *host;    /* the host's URL         */
	const char *version; /* its VirtualBox release */
};

struct vbc_locations {
	size_t n;
	const struct vbc_location *const *v;
};

/*
 * Lists the locations: always one, the host itself, which is asked for its release so that a
 * host that is not there is an error. *ret_locations is the caller's, free it with
 * vbc_locations_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_location_list(struct vbc_host *host, struct vbc_locations **ret_locations,
		      struct vbc_error *err);
void vbc_locations_free(struct vbc_locations *locations);

#ifdef __cplusplus
}
#endif
#endif
