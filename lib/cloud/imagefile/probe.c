/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the checks of all formats share: reading, and refusing in words.
 */
#include "imagefile/probe.h"

#include "base/error-private.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

int vbc_probe_refuse(const struct vbc_probe *p, const char *why)
{
	return vbc_fail(p->err, VBC_E_ARG, "'%s' %s", p->path, why);
}

int vbc_probe_refuse_unless_raw(const struct vbc_probe *p, const char *why)
{
	return vbc_fail_hint(p->err, VBC_E_ARG, VBC_HINT_FORMAT_RAW, "'%s' %s", p->path, why);
}

int vbc_probe_cut_short(const struct vbc_probe *p)
{
	return vbc_probe_refuse(p, "is damaged: it is cut short (was it copied completely?)");
}

int vbc_probe_read(const struct vbc_probe *p, uint64_t offset, void *to, size_t n)
{
	struct vbc_error own = {0};
	int code;

	if (offset > p->size_bytes || n > p->size_bytes - offset)
		return vbc_probe_cut_short(p);
	code = vbc_stream_read(p->content, offset, to, n, &own);
	if (code && vbc_stream_is_plain(p->content))
		return vbc_fail(p->err, code, "'%s': %s", p->path, own.text);
	return code ? vbc_fail(p->err, code, "%s", own.text) : VBC_OK;
}

int vbc_probe_tick(const struct vbc_probe *p, uint64_t done, uint64_t total)
{
	const struct vbc_looking *l = p->looking;
	int code = l ? l->tick(l->data, done, total) : VBC_OK;

	return code ? vbc_fail(p->err, code, "stopped") : VBC_OK;
}

int vbc_probe_fail_part(const struct vbc_probe *p, const char *name, const char *why)
{
	return vbc_fail(p->err, VBC_E_ARG, "'%s' needs the file '%s' beside it, which %s", p->path,
			name, why);
}
