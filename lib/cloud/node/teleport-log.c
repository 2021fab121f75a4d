/* SPDX-License-Identifier: Apache-2.0 */
#include "node/teleport-log.h"

#include <string.h>

#include "machine/log.h"
#include "vbox/aside.h"

#define LOGS    4 /* VirtualBox keeps these: the newest and three before it */
#define LOG_MAX ((size_t)4 << 20)

#define WAITING    "Teleporter: Waiting for incoming VM"
#define RUNNING    "Console: Machine state changed to 'Running'"
#define TELEPORTED "Console: Machine state changed to 'Teleported'"

/* Whether there is such a line after its time; a guest's words stand behind others of VirtualBox.
 */
static const char *teleport_find_line(const char *log, const char *line)
{
	for (const char *at = log; (at = strstr(at, line)); at++) {
		const char *from = at;

		while (from > log && strchr("0123456789:. ", from[-1]))
			from--;
		if (from == log || from[-1] == '\n')
			return at;
	}
	return NULL;
}

enum vbc_teleport_fate vbc_teleport_fate(const char *waiting, const char *sending)
{
	const char *from = teleport_find_line(waiting, WAITING);

	if (!from)
		return VBC_TELEPORT_UNKNOWN;
	return teleport_find_line(from, RUNNING) || teleport_find_line(sending, TELEPORTED)
		       ? VBC_TELEPORT_WENT
		       : VBC_TELEPORT_STAYED;
}

/* Whether there is one that can be read. */
static bool teleport_read_log(struct vbc_op *op, vbc_ref machine, unsigned nth,
			      struct vbc_buf *text)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code;

	vbc_buf_reset(text);
	code = vbc_node_read_log(op, machine, nth, text);
	return !code && text->len;
}

enum vbc_teleport_fate vbc_teleport_find_fate(struct vbc_op *op, vbc_ref machine)
{
	enum vbc_teleport_fate fate = VBC_TELEPORT_UNKNOWN;
	struct vbc_buf VBC_BUF newer, VBC_BUF older;

	vbc_buf_init(&newer, LOG_MAX);
	vbc_buf_init(&older, LOG_MAX);
	if (!teleport_read_log(op, machine, 0, &newer))
		return fate;
	for (unsigned nth = 1; fate == VBC_TELEPORT_UNKNOWN && nth < LOGS; nth++) {
		struct vbc_buf swapped = newer;

		if (!teleport_read_log(op, machine, nth, &older))
			break;
		fate = vbc_teleport_fate(newer.data, older.data);
		newer = older;
		older = swapped;
	}
	return fate;
}
