/* SPDX-License-Identifier: Apache-2.0 */
#include "host-status.h"

#include <stdlib.h>

#include "config-fleet.h"
#include "connect.h"
#include "report.h"
#include "util.h"

static int status_ask(void *data, size_t number, struct vbc_host *host, struct vbc_error *err)
{
	struct host_status *status = &((struct host_status *)data)[number];
	struct vbc_host_info *info = NULL;
	int rc = vbc_host_show(host, &info, err);

	if (rc)
		return rc;
	status->answers = true;
	status->cordoned = info->cordoned;
	status->cordoned_at_ms = info->cordoned_at_ms;
	vbc_host_info_free(info);
	return 0;
}

int host_status_ask(struct ctx *ctx, const struct args *args, struct host_status **ret)
{
	struct targets CLEANUP(targets_done) targets = {.n = 0};
	struct vbc_fleet_failures *failures = NULL;
	int rc = config_targets(FLEET_ALL, &targets, &ctx->err);

	if (!rc)
		rc = connect_fleet(ctx, args, &targets);
	if (rc)
		return rc;
	*ret = must(calloc(targets.n, sizeof(**ret)));
	rc = vbc_fleet_each(ctx->fleet, status_ask, *ret, &failures, &ctx->err);
	for (size_t i = 0; !rc && i < failures->n; i++)
		report_failure(failures->v[i]->host,
			       members_find_why(ctx->members, failures->v[i]));
	if (!rc && failures->n && args->strict)
		ctx->status = EXIT_NO_HOST;
	vbc_fleet_failures_free(failures);
	return rc;
}

void host_status_add_cell(struct out *out, const struct host_status *status)
{
	char *age FREE =
		status->cordoned_at_ms ? format_age((uint64_t)status->cordoned_at_ms) : NULL;
	char *brief FREE = age ? format("cordoned, %s ago", age) : NULL;

	out_text(out, !status->answers ? "away" : status->cordoned ? "cordoned" : "ready");
	if (brief)
		out_brief(out, brief);
	out_colour(out, !status->answers   ? COLOUR_RED
			: status->cordoned ? COLOUR_YELLOW
					   : COLOUR_GREEN);
}
