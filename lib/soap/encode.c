/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Requests are written as text, straight into the buffer. Every string is checked first: some
 * characters crash the service, others come back changed.
 */
#include <inttypes.h>

#include "base/base64.h"
#include "base/str.h"
#include "soap/soap.h"

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\""
			   " xmlns:v=\"http://www.virtualbox.org/\"><e:Body>";
static const char tail[] = "</e:Body></e:Envelope>\n";

struct encoder {
	struct vbc_buf *out;
	const struct vbc_method *m;
	uint32_t version;
	struct vbc_error *err;
};

static int encode_fail_too_large(const struct encoder *e)
{
	return vbc_fail(e->err, VBC_E_ARG,
			"the arguments of %s are too large: VirtualBox takes requests up to 16 MiB",
			e->m->name);
}

static int encode_refuse_text(const struct encoder *e, const char *name, size_t at, long c)
{
	if (c < 0)
		return vbc_fail(e->err, VBC_E_ARG, "argument '%s' of %s is not UTF-8 (at byte %zu)",
				name, e->m->name, at);
	return vbc_fail(e->err, VBC_E_ARG,
			"argument '%s' of %s holds the character U+%04lX, which VirtualBox cannot "
			"take",
			name, e->m->name, (unsigned long)c);
}

static const char *encode_escape_char(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	default: return "&#13;"; /* raw, XML would read it as a line feed */
	}
}

static int encode_put_text(struct encoder *e, const char *name, const char *s)
{
	size_t n, at;
	long c;

	if (!s)
		return 0;
	n = strlen(s);
	if (n > VBC_SOAP_REQUEST_MAX)
		return encode_fail_too_large(e);
	if (!vbc_text_ok(s, n, &at, &c))
		return encode_refuse_text(e, name, at, c);
	for (;;) {
		n = strcspn(s, "&<>\r");
		vbc_buf_add(e->out, s, n);
		s += n;
		if (!*s)
			return 0;
		vbc_buf_puts(e->out, encode_escape_char(*s++));
	}
}

static int encode_put_bytes(struct encoder *e, const struct vbc_bytes *bytes)
{
	if (bytes->size > VBC_SOAP_REQUEST_MAX)
		return encode_fail_too_large(e);
	vbc_base64_encode(e->out, bytes->data, bytes->size);
	return 0;
}

static int encode_put_enum(struct encoder *e, const struct vbc_param *p, int64_t number)
{
	const struct vbc_enum_info *info = &vbc_enums_info[p->sub];

	if (number < 0 || (uint64_t)number >= info->n)
		return vbc_fail(e->err, VBC_E_ARG,
				"argument '%s' of %s: %" PRId64 " is not a valid %s", p->name,
				e->m->name, number, info->name);
	if (!vbc_in_ranges(&info->members[number].ranges, e->version))
		return vbc_fail(e->err, VBC_E_VERSION,
				"argument '%s' of %s: %s '%s' is not in VirtualBox %s", p->name,
				e->m->name, info->name, info->members[number].name,
				vbc_version_text(e->version).s);
	vbc_buf_puts(e->out, info->members[number].name);
	return 0;
}

static int encode_put_value(struct encoder *e, const struct vbc_param *p, const union vbc_in *in)
{
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID:
	case VBC_T_REF: return encode_put_text(e, p->name, in->s);
	case VBC_T_BYTES: return encode_put_bytes(e, &in->bytes);
	case VBC_T_BOOL: vbc_buf_puts(e->out, in->b ? "true" : "false"); return 0;
	case VBC_T_ENUM: return encode_put_enum(e, p, in->i);
	default: vbc_buf_printf(e->out, "%" PRId64, in->i); return 0;
	}
}

static void encode_put_tag(struct vbc_buf *out, const char *open, const char *name)
{
	vbc_buf_puts(out, open);
	vbc_buf_puts(out, name);
	vbc_buf_putc(out, '>');
}

static int encode_put_element(struct encoder *e, const struct vbc_param *p, const union vbc_in *in)
{
	int code;

	encode_put_tag(e->out, "<", p->name);
	code = encode_put_value(e, p, in);
	encode_put_tag(e->out, "</", p->name);
	return !code && e->out->len > VBC_SOAP_REQUEST_MAX ? encode_fail_too_large(e) : code;
}

/* gen.py lets no other types be arrays. */
static union vbc_in encode_array_member(const struct vbc_param *p, const struct vbc_array *a,
					size_t i)
{
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID: return (union vbc_in){.s = ((const char *const *)a->v)[i]};
	case VBC_T_REF: return (union vbc_in){.s = ((const vbc_ref *)a->v)[i].s};
	case VBC_T_BOOL: return (union vbc_in){.b = ((const bool *)a->v)[i]};
	case VBC_T_ENUM: return (union vbc_in){.i = ((const int *)a->v)[i]};
	case VBC_T_I32: return (union vbc_in){.i = ((const int32_t *)a->v)[i]};
	case VBC_T_U32: return (union vbc_in){.i = ((const uint32_t *)a->v)[i]};
	default: return (union vbc_in){.i = ((const int64_t *)a->v)[i]};
	}
}

static bool encode_is_blank(const char *s)
{
	return !s || !s[0];
}

static bool encode_is_empty(const struct vbc_param *p, const union vbc_in *in)
{
	if (p->array)
		return in->array.n == 0;
	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID:
	case VBC_T_REF: return encode_is_blank(in->s);
	case VBC_T_BYTES: return in->bytes.size == 0;
	case VBC_T_BOOL: return !in->b;
	default: return in->i == 0;
	}
}

/* An empty reference in a list ends vboxwebsrv, with the sessions of all its clients. All objects
 * but those of vbc_api_call(), which looks at them itself, come from the host. */
static int encode_put_member(struct encoder *e, const struct vbc_param *p,
			     const union vbc_in *member)
{
	if (p->type == VBC_T_REF && encode_is_blank(member->s))
		return vbc_fail(e->err, VBC_E_PROTOCOL,
				"the host returned a list for '%s' of %s with a member that is not "
				"an object",
				p->name, e->m->name);
	return encode_put_element(e, p, member);
}

/* And VBoxSVC, with all machines that run, by many that are not in a list. */
static int encode_put_single(struct encoder *e, const struct vbc_param *p, const union vbc_in *in)
{
	if (p->type == VBC_T_REF && !p->optional && encode_is_blank(in->s))
		return vbc_fail(e->err, VBC_E_PROTOCOL,
				"the host returned no object for '%s' of %s", p->name, e->m->name);
	return encode_put_element(e, p, in);
}

static int encode_put_argument(struct encoder *e, const struct vbc_param *p, const union vbc_in *in)
{
	if (!vbc_in_ranges(&p->ranges, e->version)) {
		if (encode_is_empty(p, in))
			return 0;
		return vbc_fail(e->err, VBC_E_VERSION,
				"argument '%s' of %s is not in VirtualBox %s", p->name, e->m->name,
				vbc_version_text(e->version).s);
	}
	if (!p->array)
		return encode_put_single(e, p, in);
	for (size_t i = 0; i < in->array.n; i++) {
		union vbc_in member = encode_array_member(p, &in->array, i);
		int code = encode_put_member(e, p, &member);

		if (code)
			return code;
	}
	return 0;
}

static int encode_put_self(struct encoder *e, const char *self)
{
	static const struct vbc_param this = {.name = "_this", .type = VBC_T_REF};

	if (e->m->flags & VBC_METHOD_NO_SELF)
		return 0;
	if (encode_is_blank(self))
		return vbc_fail(e->err, VBC_E_PROTOCOL,
				"the host returned no object on which to call %s", e->m->name);
	return encode_put_element(e, &this, &(union vbc_in){.s = self});
}

static int encode_put_call(struct encoder *e, const char *self, const union vbc_in *in)
{
	int code;

	if (!vbc_in_ranges(&e->m->ranges, e->version))
		return vbc_fail(e->err, VBC_E_VERSION, "%s is not in VirtualBox %s", e->m->name,
				vbc_version_text(e->version).s);
	encode_put_tag(e->out, "<v:", e->m->name);
	code = encode_put_self(e, self);
	for (size_t i = 0; !code && i < e->m->nin; i++)
		code = encode_put_argument(e, &e->m->in[i], &in[i]);
	encode_put_tag(e->out, "</v:", e->m->name);
	return code;
}

int vbc_soap_encode(struct vbc_buf *out, const struct vbc_method *m, uint32_t version,
		    const char *self, const union vbc_in *in, struct vbc_error *err)
{
	struct encoder e = {.out = out, .m = m, .version = version, .err = err};
	int code;

	vbc_buf_reset(out);
	/* Each value is at most VBC_SOAP_REQUEST_MAX before it is escaped, and the sum is looked
	 * at after each, so this is never reached and a failed buffer means no memory. */
	out->max = (size_t)VBC_SOAP_REQUEST_MAX * 8;
	vbc_buf_add(out, head, sizeof(head) - 1);
	code = encode_put_call(&e, self, in);
	vbc_buf_add(out, tail, sizeof(tail) - 1);
	if (!code && out->len > VBC_SOAP_REQUEST_MAX)
		code = encode_fail_too_large(&e);
	if (out->failed)
		code = vbc_fail_nomem(err);
	if (code)
		vbc_buf_reset(out);
	return code;
}
