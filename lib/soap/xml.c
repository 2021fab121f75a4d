/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One pass over the text that finds the elements and checks that all is well-formed; their text
 * is decoded when somebody asks for it.
 *
 * Why not a library:
 * - VirtualBox passes on control characters that XML 1.0 cannot hold (&#x1; in a description, say).
 *   A parser that conforms must refuse the whole answer; here that character is dropped.
 * - The text is a stranger's. There is no DTD, no entity but the five, nothing is fetched, and the
 *   memory is bounded before it is used: by the length of the text, a number of elements, a depth.
 * - Elements point into the text, so an answer of 16 MiB is not copied into a tree of strings of
 *   which a call reads a few.
 * What is needed of XML is small enough to be fuzzed as a whole (fuzz-soap-decode.c, fuzz-ovf.c).
 */
#include "soap/xml.h"

#include <strings.h>

#include "base/str.h"

#define DEPTH_MAX 256

struct parser {
	const char *at, *end;
	const char *next; /* the next markup, where it was looked for: not before each reference */
	struct vbc_arena *arena;
	struct vbc_xml *root, *open; /* open: the innermost without its end tag so far */
	unsigned depth;
	size_t elements, most;
	bool dtd, too_much, no_memory;
};

/* Goes on behind `what` when it stands here. */
static bool xml_skip_literal(struct parser *p, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(p->end - p->at) < n || memcmp(p->at, what, n) != 0)
		return false;
	p->at += n;
	return true;
}

/* Goes on behind the next `what`. */
static bool xml_skip_past(struct parser *p, const char *what)
{
	/* memmem() would look at all the rest each time where a sanitizer has its hand in it. */
	while (p->at < p->end) {
		const char *found = memchr(p->at, *what, (size_t)(p->end - p->at));

		p->at = found ? found : p->end;
		if (xml_skip_literal(p, what))
			return true;
		p->at += found ? 1 : 0;
	}
	return false;
}

static bool xml_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool xml_skip_space(struct parser *p)
{
	const char *from = p->at;

	while (p->at < p->end && xml_is_space(*p->at))
		p->at++;
	return p->at > from;
}

static bool xml_is_name_char(char c)
{
	switch (c) {
	case '/':
	case '>':
	case '=':
	case '<':
	case '&':
	case '"':
	case '\'': return false;
	default: return !xml_is_space(c);
	}
}

static bool xml_skip_name(struct parser *p)
{
	const char *from = p->at;

	if (p->at < p->end && memchr("!?-.", *p->at, 4))
		return false;
	while (p->at < p->end && xml_is_name_char(*p->at))
		p->at++;
	return p->at > from;
}

/* name="value": *ret_value is where the value begins; it ends before the quote that p is behind. */
static bool xml_read_attribute(struct parser *p, const char **ret_value)
{
	const char *quote;

	if (!xml_skip_name(p))
		return false;
	xml_skip_space(p);
	if (!xml_skip_literal(p, "="))
		return false;
	xml_skip_space(p);
	quote = xml_skip_literal(p, "\"") ? "\"" : xml_skip_literal(p, "'") ? "'" : NULL;
	*ret_value = p->at;
	return quote && xml_skip_past(p, quote);
}

static bool xml_skip_attribute(struct parser *p)
{
	const char *value;

	return xml_read_attribute(p, &value);
}

/* "name" of "ovf:name" */
static const char *xml_skip_prefix(const char *name, const char *end)
{
	const char *colon = memchr(name, ':', (size_t)(end - name));

	return colon ? colon + 1 : name;
}

static bool xml_is_name(const char *from, const char *end, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(end - from) == n && memcmp(from, name, n) == 0;
}

static bool xml_append_element(struct parser *p, struct vbc_xml *e)
{
	struct vbc_xml *parent = p->open;

	e->parent = parent;
	if (!parent && p->root)
		return false;
	if (!parent)
		p->root = e;
	else if (parent->last)
		parent->last->next = e;
	else
		parent->first = e;
	if (parent)
		parent->last = e;
	return true;
}

static bool xml_read_start_tag(struct parser *p)
{
	struct vbc_xml *e;

	p->too_much = ++p->elements > p->most || p->depth == DEPTH_MAX;
	if (p->too_much)
		return false;
	e = VBC_ARENA_NEW(p->arena, struct vbc_xml);
	p->no_memory = !e;
	if (!e || !xml_append_element(p, e))
		return false;
	e->tag = p->at;
	if (!xml_skip_name(p))
		return false;
	e->name_end = p->at;
	e->name = xml_skip_prefix(e->tag, e->name_end);
	while (xml_skip_space(p) && p->at < p->end && *p->at != '/' && *p->at != '>')
		if (!xml_skip_attribute(p))
			return false;
	e->content = e->end = e->tag_end = p->at;
	if (xml_skip_literal(p, "/>"))
		return true;
	e->content = p->at + 1;
	p->open = e;
	p->depth++;
	return xml_skip_literal(p, ">");
}

static bool xml_read_end_tag(struct parser *p)
{
	struct vbc_xml *e = p->open;
	const char *end = p->at - 2, *tag = p->at;
	size_t n = e ? (size_t)(e->name_end - e->tag) : 0;

	if (!xml_skip_name(p) || (size_t)(p->at - tag) != n || memcmp(tag, e->tag, n) != 0)
		return false;
	xml_skip_space(p);
	e->end = end;
	p->open = e->parent;
	p->depth--;
	return xml_skip_literal(p, ">");
}

static bool xml_read_markup(struct parser *p)
{
	if (xml_skip_literal(p, "</"))
		return xml_read_end_tag(p);
	if (xml_skip_literal(p, "<?"))
		return xml_skip_past(p, "?>");
	if (xml_skip_literal(p, "<!--"))
		return xml_skip_past(p, "-->");
	if (p->open && xml_skip_literal(p, "<![CDATA["))
		return xml_skip_past(p, "]]>");
	p->dtd = p->dtd || xml_skip_literal(p, "<!DOCTYPE");
	return !p->dtd && xml_skip_literal(p, "<") && xml_read_start_tag(p);
}

static int xml_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The digits of a character's number, and the semicolon. */
static bool xml_read_number(struct parser *p, int base, uint32_t *ret)
{
	const char *from = p->at;
	uint32_t c = 0;

	while (p->at < p->end && xml_digit_value(*p->at) < base && c <= 0x10FFFF)
		c = c * (uint32_t)base + (uint32_t)xml_digit_value(*p->at++);
	*ret = c;
	return p->at > from && c <= 0x10FFFF && xml_skip_literal(p, ";");
}

/* "&amp;" to its character. */
static bool xml_read_reference(struct parser *p, uint32_t *ret)
{
	static const struct {
		const char *text;
		char c;
	} known[] = {
		{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

	for (size_t i = 0; i < VBC_COUNT(known); i++) {
		if (xml_skip_literal(p, known[i].text)) {
			*ret = (unsigned char)known[i].c;
			return true;
		}
	}
	if (xml_skip_literal(p, "&#x"))
		return xml_read_number(p, 16, ret);
	return xml_skip_literal(p, "&#") && xml_read_number(p, 10, ret);
}

/* Text up to the next markup or reference. */
static bool xml_read_text(struct parser *p)
{
	const char *and;

	if (!p->next || p->next < p->at) {
		p->next = memchr(p->at, '<', (size_t)(p->end - p->at));
		p->next = p->next ? p->next : p->end;
	}
	and = memchr(p->at, '&', (size_t)(p->next - p->at));
	p->at = and? and : p->next;
	return true;
}

static bool xml_parse_document(struct parser *p)
{
	uint32_t c;
	bool good = true;

	while (good && p->at < p->end) {
		if (*p->at == '<')
			good = xml_read_markup(p);
		else if (!p->open) /* around the root there is only white space */
			good = xml_skip_space(p);
		else
			good = *p->at == '&' ? xml_read_reference(p, &c) : xml_read_text(p);
	}
	return good && p->root && !p->open;
}

/* Whether it is UTF-8, of any characters. */
static bool xml_is_utf8(const char *s, size_t n)
{
	size_t at;
	long c;

	while (!vbc_text_ok(s, n, &at, &c)) {
		if (c < 0)
			return false;
		at += c < 0x80 ? 1 : 3;
		s += at;
		n -= at;
	}
	return true;
}

static bool xml_starts_with_html(const char *s, size_t n)
{
	static const char *const starts[] = {"<!doctype html", "<html"};

	for (size_t i = 0; i < VBC_COUNT(starts); i++) {
		size_t len = strlen(starts[i]);

		if (n >= len && strncasecmp(s, starts[i], len) == 0)
			return true;
	}
	return false;
}

/* Says in words what came instead of XML. */
static int xml_refuse_reply(const char *s, size_t n, const struct parser *p, struct vbc_error *err)
{
	while (n && xml_is_space(*s)) {
		s++;
		n--;
	}
	if (!n)
		return vbc_fail(err, VBC_E_PROTOCOL, "empty reply");
	if (xml_starts_with_html(s, n))
		return vbc_fail(err, VBC_E_PROTOCOL, "an HTML page: is this port vboxwebsrv's?");
	if (p->dtd)
		return vbc_fail(err, VBC_E_PROTOCOL, "XML with a DTD, which SOAP forbids");
	if (p->too_much)
		return vbc_fail(err, VBC_E_PROTOCOL, "XML with more than %zu elements or %d levels",
				p->most, DEPTH_MAX);
	if (*s == '<')
		return vbc_fail(err, VBC_E_PROTOCOL, "damaged or truncated XML");
	return vbc_fail(err, VBC_E_PROTOCOL, "no XML");
}

int vbc_xml_parse(struct vbc_arena *a, const char *xml, size_t n, size_t most,
		  const struct vbc_xml **ret_root, struct vbc_error *err)
{
	struct parser p = {.at = xml, .end = xml + n, .most = most, .arena = a};

	bool good = xml_parse_document(&p) && xml_is_utf8(xml, n);

	if (p.no_memory)
		return vbc_fail_nomem(err);
	if (!good)
		return xml_refuse_reply(xml, n, &p, err);
	*ret_root = p.root;
	return 0;
}

bool vbc_xml_is(const struct vbc_xml *e, const char *name)
{
	return xml_is_name(e->name, e->name_end, name);
}

const struct vbc_xml *vbc_xml_find(const struct vbc_xml *e, const char *name)
{
	while (e && !vbc_xml_is(e, name))
		e = e->next;
	return e;
}

const struct vbc_xml *vbc_xml_after(const struct vbc_xml *top, const struct vbc_xml *e)
{
	while (e != top && !e->next)
		e = e->parent;
	return e == top ? NULL : e->next;
}

const struct vbc_xml *vbc_xml_next(const struct vbc_xml *top, const struct vbc_xml *e)
{
	return e->first ? e->first : vbc_xml_after(top, e);
}

/* The bytes of a character that XML cannot hold, 0: it can. */
static size_t xml_odd_char_size(const unsigned char *s)
{
	if (s[0] < 0x20)
		return !xml_is_space((char)s[0]);
	if (s[0] == 0xED && s[1] >= 0xA0) /* a surrogate */
		return 3;
	return s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE ? 3 : 0; /* U+FFFE, U+FFFF */
}

static char *xml_put_char(char *to, uint32_t c)
{
	static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
	unsigned char utf8[4];
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (int i = n - 1; i > 0; i--, c >>= 6)
		utf8[i] = 0x80 | (c & 0x3F);
	utf8[0] = (unsigned char)(leads[n] | c);
	if (xml_odd_char_size(utf8))
		return to;
	memcpy(to, utf8, (size_t)n);
	return to + n;
}

/* Raw text, whose line ends become line feeds. */
static char *xml_put_raw(char *to, const char *s, const char *end)
{
	while (s < end) {
		size_t odd = xml_odd_char_size((const unsigned char *)s);

		if (odd)
			s += odd;
		else if (*s != '\r')
			*to++ = *s++;
		else if (++s == end || *s != '\n')
			*to++ = '\n';
	}
	return to;
}

/* One piece of the text: a CDATA section, nothing (a comment), a character, raw text. */
static char *xml_put_piece(char *to, struct parser *p)
{
	const char *from = p->at;
	uint32_t c;

	if (xml_skip_literal(p, "<![CDATA[")) {
		from = p->at;
		xml_skip_past(p, "]]>");
		return xml_put_raw(to, from, p->at - 3);
	}
	if (*from == '<') {
		xml_read_markup(p);
		return to;
	}
	if (*from == '&') {
		xml_read_reference(p, &c);
		return xml_put_char(to, c);
	}
	xml_read_text(p);
	return xml_put_raw(to, from, p->at);
}

const char *vbc_xml_text(struct vbc_arena *a, const struct vbc_xml *e)
{
	struct parser p = {0};
	char *all, *to;

	if (!e || e->first || e->content == e->end)
		return "";
	p.at = e->content;
	p.end = e->end;
	all = to = vbc_arena_alloc(a, (size_t)(e->end - e->content) + 1);
	while (all && p.at < p.end)
		to = xml_put_piece(to, &p);
	return all;
}

/* References become characters; whatever else is in a value, even '<', stands for itself. */
static const char *xml_decode_value(struct vbc_arena *a, const char *from, const char *end)
{
	struct parser p = {.at = from, .end = end};
	char *all = vbc_arena_alloc(a, (size_t)(end - from) + 1), *to = all;
	uint32_t c;

	while (all && p.at < end) {
		const char *at = p.at;
		const char *and = memchr(at, '&', (size_t)(end - at));

		if (and != at)
			p.at = and? and : end;
		else if (xml_read_reference(&p, &c)) {
			to = xml_put_char(to, c);
			continue;
		} else
			p.at++;
		to = xml_put_raw(to, at, p.at);
	}
	return all;
}

const char *vbc_xml_attribute(struct vbc_arena *a, const struct vbc_xml *e, const char *name)
{
	struct parser p = {.at = e->name_end, .end = e->tag_end};
	const char *value;

	while (xml_skip_space(&p) && p.at < p.end) {
		const char *from = p.at, *end;

		if (!xml_read_attribute(&p, &value))
			break;
		end = from + strcspn(from, "= \t\r\n");
		if (xml_is_name(xml_skip_prefix(from, end), end, name))
			return xml_decode_value(a, value, p.at - 1);
	}
	return "";
}
