/* SPDX-License-Identifier: Apache-2.0 */
#include <vboxcloud/location.h>

#include "base/given.h"
#include "base/result.h"
#include "vbox/run.h"

static struct vbc_locations *location_make_list(struct vbc_op *op)
{
	struct vbc_locations *locations = vbc_result_new(&op->results, sizeof(*locations));
	struct vbc_arena *a = locations ? vbc_result_arena(locations) : NULL;
	struct vbc_location *l = a ? VBC_ARENA_NEW(a, struct vbc_location) : NULL;
	const struct vbc_location **v = a ? VBC_ARENA_NEW(a, const struct vbc_location *) : NULL;

	if (l && v) {
		l->id = "virtualbox-location";
		l->name = "VirtualBox Location";
		l->host = vbc_arena_strdup(a, vbc_http_url(op->host->endpoint->http));
		l->version = vbc_arena_strdup(a, op->session->version_text);
		v[0] = l;
		locations->n = 1;
		locations->v = v;
		if (l->host && l->version)
			return locations;
	}
	return NULL;
}

/* A kept web session must not hide that the host is gone, so one call is made. */
static int location_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_locations **ret = arg;
	const char *api = "";
	int code = vbc_IVirtualBox_getAPIVersion(op, op->vbox, &api);

	if (code)
		return code;
	*ret = location_make_list(op);
	return *ret ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_location_list(struct vbc_host *host, struct vbc_locations **ret_locations,
		      struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_locations))
		return VBC_E_ARG;

	struct vbc_locations *locations = NULL;
	int code = vbc_op_run(host, &vbc_op_brief, err, location_list_body, &locations);

	if (!code)
		*ret_locations = locations;
	return code;
}

void vbc_locations_free(struct vbc_locations *locations)
{
	vbc_result_free(locations);
}
