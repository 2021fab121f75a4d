/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes what reads a machine's log. An input is one. It is built as fuzz-soap-decode.c is.
 */
#include <stdlib.h>
#include <string.h>

#include "firstboot/dmi.h"
#include "forward/log.h"
#include "machine/log-cause.h"

static volatile size_t seen;

static void read_text(const char *log)
{
	struct vbc_arena VBC_ARENA arena = {0};
	enum vbc_port_fate fate = vbc_port_fate(log, VBC_NATProtocol_TCP, 2222);
	const char *cause = vbc_log_cause(&arena, log);

	if (fate == VBC_PORT_REFUSED && !vbc_port_refusals(log))
		abort();
	seen += cause ? strlen(cause) : 0;
	seen += (size_t)vbc_log_opened_ms(log);
}

/* Of each such text, which may be a password, nothing but its name is left. */
static void hide(const unsigned char *data, size_t size)
{
	static const char name[] = "DmiOEMVBoxRev";
	struct vbc_buf VBC_BUF log;
	const char *at;

	vbc_buf_init(&log, size + 1);
	vbc_buf_add(&log, data, size);
	if (!log.data)
		return;
	vbc_dmi_hide(&log);
	if (log.len > size || log.data[log.len])
		abort();
	for (at = log.data;
	     (at = memmem(at, (size_t)(log.data + log.len - at), name, sizeof(name) - 1));) {
		const char *end, *line_end, *quote;

		at += sizeof(name) - 1;
		end = log.data + log.len;
		line_end = memchr(at, '\n', (size_t)(end - at));
		end = line_end ? line_end : end;
		quote = memchr(at, '"', (size_t)(end - at));
		if (quote && quote + 1 != end)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	if (text)
		read_text(text);
	free(text);
	hide(data, size);
	return 0;
}

#include "replay.h"
