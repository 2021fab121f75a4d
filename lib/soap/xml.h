/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading XML that a stranger sent: no network, no DTD, no entities, libxml2's limits on depth
 * and length. Names are compared without their prefix.
 */
#ifndef VBC_SOAP_XML_H
#define VBC_SOAP_XML_H

#include <libxml/tree.h>

#include "arena.h"
#include "cleanup.h"
#include "error-private.h"

/*
 * One character may be wrong: VirtualBox passes control characters on that XML 1.0 cannot hold
 * (&#x1;); they are dropped. Anything else that is not well-formed is VBC_E_PROTOCOL.
 */
int vbc_xml_parse(const char *xml, size_t n, xmlDoc **ret_doc, struct vbc_error *err);

/* The first element from `node` on, among it and its later siblings; name NULL: any. */
const xmlNode *vbc_xml_find(const xmlNode *node, const char *name);

bool vbc_xml_is(const xmlNode *node, const char *name);

/* The text in an element, "" for none (or no element); NULL when there is no memory. */
const char *vbc_xml_text(struct vbc_arena *a, const xmlNode *element);

static inline void vbc_xml_cleanup(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

#define VBC_XML_DOC VBC_CLEANUP(vbc_xml_cleanup)

#endif
