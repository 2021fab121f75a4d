/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud host cordon, uncordon: whether something new is to be placed on hosts.
 */
#include "cmd-host.h"
#include "connect.h"
#include "report.h"

static int host_set_cordoned(const struct args *args, const char *name, bool on,
			     struct vbc_error *err)
{
	struct vbc_host *host = NULL;
	int rc = connect_other(args, name, &host, err);

	if (!rc)
		rc = vbc_host_cordon(host, on, err);
	vbc_host_close(host);
	return rc;
}

int host_cordon(struct ctx *ctx, const struct args *args, const char *name, struct vbc_error *err)
{
	int rc = host_set_cordoned(args, name, true, err);

	(void)ctx;
	if (!rc)
		note("host '%s' is cordoned: nothing new is placed there", name);
	return rc;
}

int host_uncordon(struct ctx *ctx, const struct args *args, const char *name, struct vbc_error *err)
{
	int rc = host_set_cordoned(args, name, false, err);

	(void)ctx;
	if (!rc)
		note("host '%s' is not cordoned: new nodes are placed there", name);
	return rc;
}
