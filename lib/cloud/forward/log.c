/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a machine that runs has got its ports of the host. VirtualBox takes each forward, also
 * from a port that another program has, and tells its machine's log alone what came of it: at the
 * machine's start at once, later within moments and, since 7.1, only when it failed.
 */
#include "forward/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "machine/log.h"
#include "machine/nat-rule.h"
#include "vbox/aside.h"

#define PIECE          ((int64_t)256 << 10)
#define SIZE_MAX_BYTES ((int64_t)1 << 50)
#define LINE_MAX_BYTES 256
#define POLL_MS        50
#define GRACE_MS       200  /* after a forward was passed on: a failure would be there    */
#define ANSWER_MS      2000 /* until then the log tells that a forward is being set up   */

/* "fRemove=0, fUdp=0, pszHostIp=127.0.0.1, u16HostPort=20022, ..." */
static bool log_line_is_of_7_1(const char *text, enum vbc_NATProtocol *ret_protocol,
			       unsigned *ret_port)
{
	unsigned udp;

	if (sscanf(text, "fRemove=0, fUdp=%1u, %*[^,], u16HostPort=%5u", &udp, ret_port) != 2)
		return false;
	*ret_protocol = udp ? VBC_NATProtocol_UDP : VBC_NATProtocol_TCP;
	return true;
}

/* "TCP 127.0.0.1:20022 -> ..." */
static bool log_line_is_of_5_0(const char *text, enum vbc_NATProtocol *ret_protocol,
			       unsigned *ret_port)
{
	char protocol[4];

	if (sscanf(text, "%3[TCUDP] %*[0-9.]:%5u", protocol, ret_port) != 2)
		return false;
	*ret_protocol = streq(protocol, "UDP") ? VBC_NATProtocol_UDP : VBC_NATProtocol_TCP;
	return true;
}

static const struct {
	const char *text;
	enum vbc_port_fate fate;
	bool (*parse)(const char *text, enum vbc_NATProtocol *ret_protocol, unsigned *ret_port);
} phrases[] = {
	{"New port forwarded added: ", VBC_PORT_ASKED, log_line_is_of_7_1},
	{"Port forward modify FAIL! Details: ", VBC_PORT_REFUSED, log_line_is_of_7_1},
	{"NAT: Set redirect ", VBC_PORT_HAD, log_line_is_of_5_0},
	{"NAT: Failed to redirect ", VBC_PORT_REFUSED, log_line_is_of_5_0},
	{"NAT: failed to redirect ", VBC_PORT_REFUSED, log_line_is_of_5_0},
};

/* What follows a phrase in its line, as far as that is looked at. */
static const char *log_rest_of_line(const char *text, char room[LINE_MAX_BYTES])
{
	snprintf(room, LINE_MAX_BYTES, "%.*s", LINE_MAX_BYTES - 1, text);
	room[strcspn(room, "\r\n")] = '\0';
	return room;
}

enum vbc_port_fate vbc_port_fate(const char *log, enum vbc_NATProtocol protocol, unsigned port)
{
	enum vbc_port_fate fate = VBC_PORT_UNHEARD;
	const char *last = log;
	char room[LINE_MAX_BYTES];

	for (size_t i = 0; i < VBC_COUNT(phrases); i++) {
		const char *text = phrases[i].text;
		enum vbc_NATProtocol of;
		unsigned number;

		for (const char *at = strstr(log, text); at; at = strstr(at + 1, text)) {
			const char *rest = log_rest_of_line(at + strlen(text), room);

			if (at < last || !phrases[i].parse(rest, &of, &number) || of != protocol ||
			    number != port)
				continue;
			last = at;
			fate = phrases[i].fate;
		}
	}
	return fate;
}

bool vbc_port_refusals(const char *log)
{
	for (size_t i = 0; i < VBC_COUNT(phrases); i++)
		if (phrases[i].fate == VBC_PORT_REFUSED && strstr(log, phrases[i].text))
			return true;
	return false;
}

/* Of a log that VirtualBox cannot read there is nothing: it may have had no room to write one. */
static int forward_read_log(struct vbc_op *op, vbc_ref machine, int64_t from, int64_t size,
			    struct vbc_bytes *ret)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code;

	*ret = (struct vbc_bytes){.size = 0};
	code = vbc_log_read_piece(op, machine, 0, from, size, ret);
	if (code && !op->error.result)
		return vbc_aside_end(&aside, code);
	if (code)
		vbc_op_log(op, 1, "it is unknown whether the node has its ports of the host: %s",
			   op->error.text);
	return VBC_OK;
}

int vbc_port_log(struct vbc_op *op, vbc_ref machine, int64_t from, const char **ret_text)
{
	struct vbc_bytes piece;
	const char *text = NULL;
	int code = forward_read_log(op, machine, from, PIECE, &piece);

	if (!code)
		text = vbc_arena_printf(&op->arena, "%.*s", (int)piece.size,
					piece.size ? (const char *)piece.data : "");
	if (text)
		*ret_text = text;
	return code || text ? code : vbc_fail_nomem(&op->error);
}

int vbc_port_log_end(struct vbc_op *op, vbc_ref machine, int64_t *ret)
{
	struct vbc_bytes piece = {.size = 0};
	int64_t at = 0;
	bool passed = false;
	int code = VBC_OK;

	/* Doubled steps as long as there is text, then halved ones. */
	for (int64_t step = PIECE; !code && step >= PIECE; step = passed ? step / 2 : step * 2) {
		if (step > SIZE_MAX_BYTES)
			return vbc_fail(&op->error, VBC_E_PROTOCOL,
					"the host says that a machine's log has no end");
		code = forward_read_log(op, machine, at + step, 1, &piece);
		if (piece.size)
			at += step;
		passed = passed || !piece.size;
	}
	if (!code)
		code = forward_read_log(op, machine, at, PIECE, &piece);
	if (!code)
		*ret = at + (int64_t)piece.size;
	return code;
}

int vbc_port_await(struct vbc_op *op, vbc_ref machine, int64_t from, const struct vbc_redirect *r,
		   bool *ret_refused)
{
	int64_t deadline = vbc_now_ms() + ANSWER_MS;
	enum vbc_port_fate fate = VBC_PORT_UNHEARD, before;

	do {
		const char *text = "";
		int code = vbc_port_log(op, machine, from, &text);

		before = fate;
		fate = vbc_port_fate(text, r->protocol, r->host_port);
		*ret_refused = fate == VBC_PORT_REFUSED;
		if (!code && fate <= VBC_PORT_ASKED && before != VBC_PORT_ASKED)
			code = vbc_op_sleep(op, fate == VBC_PORT_ASKED ? GRACE_MS : POLL_MS);
		if (code)
			return code;
	} while (fate <= VBC_PORT_ASKED && before != VBC_PORT_ASKED && vbc_now_ms() < deadline);
	return VBC_OK;
}
