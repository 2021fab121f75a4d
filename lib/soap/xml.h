/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading XML that a stranger sent: elements, their attributes and text, in UTF-8. There are no
 * namespaces (names are compared without their prefix), no DTD and no entities but the five of
 * XML.
 */
#ifndef VBC_SOAP_XML_H
#define VBC_SOAP_XML_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error-private.h"

/* An element. It points into the text it was read from. */
struct vbc_xml {
	const char *tag, *name;         /* the whole name, and what follows the prefix in it */
	const char *name_end, *tag_end; /* the attributes stand between these */
	const char *content, *end;      /* what stands between its tags */
	struct vbc_xml *parent, *first, *last, *next;
};

/*
 * One character may be wrong: VirtualBox passes control characters on that XML 1.0 cannot hold
 * (&#x1;); they are dropped. Anything else that is not well-formed is VBC_E_PROTOCOL, as are more
 * than 256 levels or `most` elements: each takes more memory than its text may have. Those are in
 * the arena.
 */
int vbc_xml_parse(struct vbc_arena *a, const char *xml, size_t n, size_t most,
		  const struct vbc_xml **ret_root, struct vbc_error *err);

/* The first element with that name from `e` on, among it and its later siblings. */
const struct vbc_xml *vbc_xml_find(const struct vbc_xml *e, const char *name);

/* The next element in the order of the text, among those in `top`, which comes first; NULL: none.
 */
const struct vbc_xml *vbc_xml_next(const struct vbc_xml *top, const struct vbc_xml *e);
/* The same, without those in `e`. */
const struct vbc_xml *vbc_xml_after(const struct vbc_xml *top, const struct vbc_xml *e);

bool vbc_xml_is(const struct vbc_xml *e, const char *name);

/* The text in an element that holds only text, else (or without one) ""; NULL: no memory. */
const char *vbc_xml_text(struct vbc_arena *a, const struct vbc_xml *e);

/* The value of an attribute, "" where there is none; NULL: no memory. */
const char *vbc_xml_attribute(struct vbc_arena *a, const struct vbc_xml *e, const char *name);

#endif
