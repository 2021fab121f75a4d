/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error-private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const char *const names[] = {
	"VBC_OK",      "VBC_E_ARG",      "VBC_E_NOMEM",     "VBC_E_CONNECT",  "VBC_E_TLS",
	"VBC_E_AUTH",  "VBC_E_TIMEOUT",  "VBC_E_CANCELLED", "VBC_E_PROTOCOL", "VBC_E_VERSION",
	"VBC_E_STALE", "VBC_E_NOTFOUND", "VBC_E_EXISTS",    "VBC_E_BUSY",     "VBC_E_STATE",
	"VBC_E_SPACE", "VBC_E_FAULT",    "VBC_E_FETCH",     "VBC_E_DRY_RUN",
};

const char *vbc_code_name(int code)
{
	if (code > 0 || code <= -(int)(sizeof(names) / sizeof(names[0])))
		return "unknown";
	return names[-code];
}

#define HINT(name) [VBC_HINT_##name] = "VBC_HINT_" #name
static const char *const hints[] = {
	HINT(NONE),
	HINT(LIST_NODES),
	HINT(LIST_IMAGES),
	HINT(LIST_VOLUMES),
	HINT(LIST_SNAPSHOTS),
	HINT(LIST_KEYS),
	HINT(LIST_NETWORKS),
	HINT(LIST_FORWARDS),
	HINT(LIST_PORTS),
	HINT(SHOW_NODE),
	HINT(SHOW_BROKEN),
	HINT(READ_LOG),
	HINT(DISCARD_STATE),
	HINT(CREATE_NETWORK),
	HINT(HOSTONLY),
	HINT(FORWARD_SSH),
	HINT(OPEN_SSH),
	HINT(FORWARD_NAME),
	HINT(DELETE_FORWARD),
	HINT(NO_PASSWORD),
	HINT(FORMAT_RAW),
	HINT(IMPORT_ON_HOST),
	HINT(GC),
	HINT(GC_IMAGE),
	HINT(GC_WORK),
	HINT(GC_FORCE),
	HINT(GC_ENTRY),
	HINT(CHECK_HOST),
	HINT(NEWER_HOST),
	HINT(NEWER_CLIENT),
	HINT(START_SERVICE),
	HINT(FREE_LOCKS),
	HINT(CA_FILE),
	HINT(CREDENTIALS),
	HINT(URL),
	HINT(SERVICE_LOG),
	HINT(FETCH_LIMIT),
	HINT(FINGERPRINT),
	HINT(UNPROTECT),
	HINT(SERIAL),
	HINT(HOST_NAME),
};

const char *vbc_hint_name(int hint)
{
	if (hint < 0 || hint >= (int)(sizeof(hints) / sizeof(hints[0])))
		return "unknown";
	return hints[hint];
}

enum vbc_hint vbc_error_hint(const struct vbc_error *err)
{
	return err ? (enum vbc_hint)err->hint : VBC_HINT_NONE;
}

/* A text that was cut in the middle of a UTF-8 character loses the rest of that character. */
static void error_trim_utf8(char *text)
{
	size_t n = strlen(text), i = n;

	while (i > 0 && n - i < 3 && ((unsigned char)text[i - 1] & 0xC0) == 0x80)
		i--;
	if (i > 0) {
		unsigned char lead = (unsigned char)text[i - 1];
		size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

		if (n - i + 1 < want)
			text[i - 1] = '\0';
	}
}

/* Of one byte, or of the two of U+0080 to U+009F: terminals obey those as well. */
static size_t error_control_length(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return p[0] < ' ' || p[0] == 0x7F ? 1 : p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0 ? 2 : 0;
}

void vbc_line_tidy(char *text)
{
	size_t at;
	long c;

	error_trim_utf8(text);
	for (char *p = text; *p; p++)
		memset(p, ' ', error_control_length(p));
	while (!vbc_text_ok(text, strlen(text), &at, &c))
		text[at] = '?';
}

__attribute__((format(printf, 4, 0))) static int error_set_first(struct vbc_error *err, int code,
								 enum vbc_hint hint,
								 const char *format, va_list args)
{
	if (!err || err->code)
		return code;
	err->code = code;
	err->hint = hint;
	vsnprintf(err->text, sizeof(err->text), format, args);
	vbc_line_tidy(err->text);
	return code;
}

int vbc_fail(struct vbc_error *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	code = error_set_first(err, code, VBC_HINT_NONE, format, args);
	va_end(args);
	return code;
}

int vbc_fail_hint(struct vbc_error *err, int code, enum vbc_hint hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	code = error_set_first(err, code, hint, format, args);
	va_end(args);
	return code;
}

int vbc_error_restate(struct vbc_error *err, int code, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err->code = VBC_OK;
	return vbc_fail(err, code, "%s", text);
}

int vbc_error_prefix(struct vbc_error *err, int code, const char *format, ...)
{
	char old[sizeof(err->text)];
	va_list args;
	size_t n;

	if (!err || !err->code)
		return code;
	memcpy(old, err->text, sizeof(old));
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", old);
	vbc_line_tidy(err->text);
	return err->code;
}

int vbc_fail_nomem(struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_NOMEM, "out of memory");
}
