/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a host is.
 */
#include "base/given.h"
#include "base/result.h"
#include "host/cordon.h"
#include "host/folders.h"
#include "host/size.h"
#include "vbox/run.h"

struct facts {
	struct vbc_folders folders;
	const char *api_version, *os;
	struct vbc_limits limits;
	uint32_t memory_available_mib;
	bool cordoned;
	int64_t cordoned_at_ms;
};

static int host_read_facts(struct vbc_op *op, struct facts *f)
{
	int code = vbc_IVirtualBox_getAPIVersion(op, op->vbox, &f->api_version);

	if (!code)
		code = vbc_folders_get(op, &f->folders);
	if (!code)
		code = vbc_host_limits(op, &f->limits);
	if (!code)
		code = vbc_IHost_getMemoryAvailable(op, f->limits.host, &f->memory_available_mib);
	if (!code)
		code = vbc_IHost_getOperatingSystem(op, f->limits.host, &f->os);
	if (!code)
		code = vbc_cordon_read(op, &f->cordoned, &f->cordoned_at_ms);
	return code;
}

static const char *host_copy_text(struct vbc_arena *a, const char *s, bool *failed)
{
	const char *c = vbc_arena_strdup(a, s);

	*failed = *failed || !c;
	return c;
}

static struct vbc_host_info *host_make_info(struct vbc_op *op, const struct facts *f)
{
	struct vbc_host_info *info = vbc_result_new(&op->results, sizeof(*info));
	struct vbc_arena *a = info ? vbc_result_arena(info) : NULL;
	bool failed = false;

	if (!a)
		return NULL;
	info->url = host_copy_text(a, vbc_http_url(op->host->endpoint->http), &failed);
	info->version = host_copy_text(a, op->session->version_text, &failed);
	info->api_version = host_copy_text(a, f->api_version, &failed);
	info->os = host_copy_text(a, f->os, &failed);
	info->cpus = f->limits.cpus;
	info->memory_mib = f->limits.memory_mib;
	info->memory_available_mib = f->memory_available_mib;
	info->machine_folder = host_copy_text(a, f->folders.machines, &failed);
	info->images_folder = host_copy_text(a, f->folders.images, &failed);
	info->volumes_folder = host_copy_text(a, f->folders.volumes, &failed);
	info->snapshots_folder = host_copy_text(a, f->folders.snapshots, &failed);
	info->cordoned = f->cordoned;
	info->cordoned_at_ms = f->cordoned_at_ms;
	return failed ? NULL : info;
}

static int host_show_body(struct vbc_op *op, void *arg)
{
	struct vbc_host_info **ret = arg;
	struct facts f = {0};
	int code = host_read_facts(op, &f);

	if (code)
		return code;
	*ret = host_make_info(op, &f);
	return *ret ? VBC_OK : vbc_fail_nomem(&op->error);
}

int vbc_host_show(struct vbc_host *host, struct vbc_host_info **ret_info, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_info))
		return VBC_E_ARG;

	struct vbc_host_info *info = NULL;
	int code = vbc_op_run(host, &vbc_op_brief, err, host_show_body, &info);

	if (!code)
		*ret_info = info;
	return code;
}

void vbc_host_info_free(struct vbc_host_info *info)
{
	vbc_result_free(info);
}
