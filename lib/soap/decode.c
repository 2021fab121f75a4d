/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Replies: the envelope, then outputs or a fault. All outputs are decoded before the first is
 * handed over, so that a failure leaves the caller's untouched.
 */
#include "base/str.h"
#include "soap/soap.h"
#include "soap/value.h"
#include "soap/xml.h"

#define SMALL_MAX    (1u << 20)
#define LARGE_MAX    (16u << 20) /* a screenshot; lists are far smaller */
#define ELEMENTS_MAX 170000      /* VirtualBox's longest lists have a tenth of that */

static const char api_error[] = "VirtualBox error: ";

size_t vbc_soap_reply_max(const struct vbc_method *m)
{
	return m->flags & VBC_METHOD_LARGE ? LARGE_MAX : SMALL_MAX;
}

static int decode_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "0x80bb0001" at s: what follows it, or NULL. */
static const char *decode_parse_result(const char *s, int32_t *ret)
{
	uint32_t result = 0;

	if (!vbc_starts_with(s, "0x"))
		return NULL;
	s += 2;
	for (int i = 0; i < 8; i++, s++) {
		int digit = decode_hex_digit(*s);

		if (digit < 0)
			return NULL;
		result = result << 4 | (uint32_t)digit;
	}
	*ret = (int32_t)result;
	return s;
}

/*
 * "VirtualBox error: apirc=0x80bb0001 TEXT (0x80bb0001)" to TEXT and the number. The word before
 * the number was rc until 7.0.6.
 */
static char *decode_strip_numbers(char *text, int32_t *ret_result)
{
	int32_t result;
	size_t n;

	if (vbc_starts_with(text, api_error))
		text += strlen(api_error);
	if (vbc_starts_with(text, "apirc=") || vbc_starts_with(text, "rc=")) {
		const char *end = decode_parse_result(strchr(text, '=') + 1, &result);

		if (end && (!*end || *end == ' ')) {
			*ret_result = result;
			text += end - text;
		}
	}
	n = strlen(text);
	if (n >= 12 && text[n - 1] == ')' && text[n - 12] == '(' &&
	    decode_parse_result(text + n - 11, &result) == text + n - 1)
		text[n - 12] = '\0';
	return text;
}

/* In place: every run of white space to one space, none at the ends. */
static void decode_fold_spaces(char *text)
{
	char *to = text;

	for (const char *s = text; *s; s++) {
		bool space = strchr(" \t\r\n", *s);

		if (!space)
			*to++ = *s;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

static const struct vbc_xml *decode_find_child(const struct vbc_xml *parent, const char *name)
{
	return parent ? vbc_xml_find(parent->first, name) : NULL;
}

static int decode_detail(const struct vbc_decoder *d, const struct vbc_xml *detail,
			 struct vbc_fault *f)
{
	const struct vbc_param code = {.name = "resultCode", .type = VBC_T_I32};
	const struct vbc_param info = {.name = "returnval", .type = VBC_T_STR};
	const struct vbc_param bad = {.name = "badObjectID", .type = VBC_T_STR};
	const struct vbc_xml *runtime = decode_find_child(detail, "RuntimeFault");
	const struct vbc_xml *invalid = decode_find_child(detail, "InvalidObjectFault");

	if (runtime) {
		int32_t result;
		int failed = vbc_value_decode(d, runtime, &code, &result);

		f->kind = VBC_FAULT_RUNTIME;
		if (failed)
			return failed;
		f->result = result ? result : f->result;
		return vbc_value_decode(d, runtime, &info, &f->info_ref);
	}
	if (invalid)
		f->kind = VBC_FAULT_INVALID_OBJECT;
	return vbc_value_decode(d, invalid, &bad, &f->bad_ref);
}

static int decode_fault(const struct vbc_decoder *d, const struct vbc_xml *fault,
			struct vbc_fault *ret_fault)
{
	struct vbc_fault f = {.kind = VBC_FAULT_CLIENT, .info_ref = "", .bad_ref = ""};
	const char *string = vbc_xml_text(d->arena, decode_find_child(fault, "faultstring"));
	char *text = string ? vbc_arena_strdup(d->arena, string) : NULL;
	int code;

	if (!text)
		return vbc_fail_nomem(d->err);
	decode_fold_spaces(text);
	if (!*text)
		f.kind = VBC_FAULT_EMPTY;
	text = decode_strip_numbers(text, &f.result);
	decode_fold_spaces(text);
	f.text = text;
	code = decode_detail(d, decode_find_child(fault, "detail"), &f);
	if (code)
		return code;
	*ret_fault = f;
	return 0;
}

static int decode_outputs(const struct vbc_decoder *d, const struct vbc_xml *response,
			  void *const *out)
{
	void *values[VBC_OUT_MAX] = {NULL};

	for (size_t i = 0; i < d->m->nout; i++) {
		const struct vbc_param *p = &d->m->out[i];
		int code;

		if (!out[i])
			continue;
		values[i] = vbc_arena_alloc(d->arena, vbc_value_size(p));
		if (!values[i])
			return vbc_fail_nomem(d->err);
		code = vbc_value_decode(d, response, p, values[i]);
		if (code)
			return code;
	}
	for (size_t i = 0; i < d->m->nout; i++)
		if (values[i])
			memcpy(out[i], values[i], vbc_value_size(&d->m->out[i]));
	return 0;
}

/* For an error's text. */
static int decode_name_length(const struct vbc_xml *e)
{
	return e->name_end - e->name < 80 ? (int)(e->name_end - e->name) : 80;
}

static bool decode_is_response_to(const struct vbc_xml *e, const struct vbc_method *m)
{
	size_t n = (size_t)(e->name_end - e->name), method = strlen(m->name);

	return n == method + strlen("Response") && memcmp(e->name, m->name, method) == 0 &&
	       memcmp(e->name + method, "Response", strlen("Response")) == 0;
}

static int decode_envelope(const struct vbc_decoder *d, const struct vbc_xml *root,
			   void *const *out, struct vbc_fault *ret_fault)
{
	const struct vbc_xml *body, *content;

	if (!vbc_xml_is(root, "Envelope"))
		return vbc_fail(d->err, VBC_E_PROTOCOL, "XML, but not a SOAP envelope");
	body = decode_find_child(root, "Body");
	content = body ? body->first : NULL;
	if (!content)
		return vbc_fail(d->err, VBC_E_PROTOCOL, "a SOAP envelope without content");
	if (vbc_xml_is(content, "Fault"))
		return decode_fault(d, content, ret_fault);
	if (!decode_is_response_to(content, d->m))
		return vbc_fail(d->err, VBC_E_PROTOCOL, "%.*s instead of a reply to %s",
				decode_name_length(content), content->name, d->m->name);
	return decode_outputs(d, content, out);
}

int vbc_soap_decode(const char *xml, size_t n, const struct vbc_method *m, uint32_t version,
		    struct vbc_arena *a, void *const *out, struct vbc_fault *ret_fault,
		    struct vbc_error *err)
{
	const struct vbc_decoder d = {.arena = a, .m = m, .version = version, .err = err};
	struct vbc_arena VBC_ARENA elements = {NULL};
	const struct vbc_xml *root = NULL;
	int code = vbc_xml_parse(&elements, xml, n, ELEMENTS_MAX, &root, err);

	if (code)
		return code;
	ret_fault->kind = VBC_FAULT_NONE;
	return decode_envelope(&d, root, out, ret_fault);
}
