/* SPDX-License-Identifier: Apache-2.0 */
#include "xml.h"

#include <limits.h>
#include <strings.h>

#include <libxml/parser.h>

#include "str.h"

struct watch {
	bool dtd, broken, odd_char;
};

static void see_dtd(void *parser, const xmlChar *name, const xmlChar *external,
		    const xmlChar *system)
{
	xmlParserCtxt *ctxt = parser;
	struct watch *watch = ctxt->_private;

	(void)name;
	(void)external;
	(void)system;
	watch->dtd = true;
	xmlStopParser(ctxt);
}

/* The const came with libxml2 2.12. */
#if LIBXML_VERSION >= 21200
static void see_error(void *parser, const xmlError *error)
#else
static void see_error(void *parser, xmlError *error)
#endif
{
	xmlParserCtxt *ctxt = parser;
	struct watch *watch = ctxt->_private;

	if (error->code == XML_ERR_INVALID_CHAR)
		watch->odd_char = true;
	else if (error->level >= XML_ERR_ERROR)
		watch->broken = true;
}

/* libxml2 reports bytes that are no UTF-8 like characters that XML cannot hold, and goes on in
 * Latin-1, which would spoil all that follows. */
static bool is_utf8(const char *s, size_t n)
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

static bool starts_with_html(const char *s, size_t n)
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
static int refuse(const char *s, size_t n, const struct watch *watch, struct vbc_error *err)
{
	while (n && memchr(" \t\r\n", *s, 4)) {
		s++;
		n--;
	}
	if (!n)
		return vbc_fail(err, VBC_E_PROTOCOL, "empty reply");
	if (starts_with_html(s, n))
		return vbc_fail(err, VBC_E_PROTOCOL, "an HTML page: is this port vboxwebsrv's?");
	if (watch->dtd)
		return vbc_fail(err, VBC_E_PROTOCOL, "XML with a DTD, which SOAP forbids");
	if (*s == '<')
		return vbc_fail(err, VBC_E_PROTOCOL, "damaged or truncated XML");
	return vbc_fail(err, VBC_E_PROTOCOL, "no XML");
}

static xmlDoc *read_memory(xmlParserCtxt *ctxt, const char *xml, size_t n, struct watch *watch)
{
	ctxt->_private = watch;
	ctxt->sax->internalSubset = see_dtd;
	ctxt->sax->serror = see_error;
	return xmlCtxtReadMemory(ctxt, xml, (int)n, NULL, NULL,
				 XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_COMPACT);
}

int vbc_xml_parse(const char *xml, size_t n, xmlDoc **ret_doc, struct vbc_error *err)
{
	struct watch watch = {0};
	xmlDoc *doc = NULL;
	xmlParserCtxt *ctxt;

	if (n > INT_MAX)
		return vbc_fail(err, VBC_E_PROTOCOL, "a reply of more than 2 GiB");
	ctxt = xmlNewParserCtxt();
	if (!ctxt)
		return vbc_fail_nomem(err);
	if (n)
		doc = read_memory(ctxt, xml, n, &watch);
	xmlFreeParserCtxt(ctxt);
	if (watch.odd_char && !is_utf8(xml, n))
		watch.broken = true;
	if (doc && !watch.broken && !watch.dtd) {
		*ret_doc = doc;
		return 0;
	}
	xmlFreeDoc(doc);
	return refuse(xml, n, &watch, err);
}

bool vbc_xml_is(const xmlNode *node, const char *name)
{
	return streq((const char *)node->name, name);
}

const xmlNode *vbc_xml_find(const xmlNode *node, const char *name)
{
	while (node && (node->type != XML_ELEMENT_NODE || (name && !vbc_xml_is(node, name))))
		node = node->next;
	return node;
}

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* Comments, CDATA sections and the like cut a text into pieces. */
static const char *join_text(struct vbc_arena *a, const xmlNode *first)
{
	size_t size = 0;
	char *text, *end;

	for (const xmlNode *node = first; node; node = node->next)
		if (is_text(node))
			size += strlen((const char *)node->content);
	text = end = vbc_arena_alloc(a, size + 1);
	for (const xmlNode *node = first; text && node; node = node->next)
		if (is_text(node))
			end = stpcpy(end, (const char *)node->content);
	return text;
}

const char *vbc_xml_text(struct vbc_arena *a, const xmlNode *element)
{
	const xmlNode *first = element ? element->children : NULL;

	if (!first)
		return "";
	if (is_text(first) && !first->next)
		return vbc_arena_strdup(a, (const char *)first->content);
	return join_text(a, first);
}
