/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the checks of all formats share: reading, and refusing in words.
 */
#include "imagefile/probe.h"

#include <string.h>

#include "base/error-private.h"
#include "base/str.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

/* A way out that is a command needs the file itself: "; convert it first, with '...'". */
static const char *probe_find_command(const struct vbc_probe *p, const char *why)
{
	const char *way = p->alone || !vbc_stream_is_plain(p->content) ? strstr(why, "; ") : NULL;

	return way && strchr(way, '\'') && !vbc_starts_with(way, "; unpack") ? way : NULL;
}

static int probe_fail_packed(const struct vbc_probe *p, enum vbc_hint hint, const char *why,
			     const char *way)
{
	static const char word[] = " first";
	const char *then = way + strlen("; "), *first = strstr(then, word);

	first = first ? first : then + strlen(then);
	return vbc_fail_hint(p->err, VBC_E_ARG, hint, "'%s' %.*s; unpack it first, then %.*s%s",
			     p->path, (int)(way - why), why, (int)(first - then), then,
			     *first ? first + strlen(word) : "");
}

static int probe_fail(const struct vbc_probe *p, enum vbc_hint hint, const char *why)
{
	const char *way = probe_find_command(p, why);

	return way ? probe_fail_packed(p, hint, why, way)
		   : vbc_fail_hint(p->err, VBC_E_ARG, hint, "'%s' %s", p->path, why);
}

int vbc_probe_refuse(const struct vbc_probe *p, const char *why)
{
	return probe_fail(p, VBC_HINT_NONE, why);
}

int vbc_probe_refuse_unless_raw(const struct vbc_probe *p, const char *why)
{
	return probe_fail(p, VBC_HINT_FORMAT_RAW, why);
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
