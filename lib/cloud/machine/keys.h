/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Under what names a node's own data is kept on its host, see docs/host-data.md.
 */
#ifndef VBC_MACHINE_KEYS_H
#define VBC_MACHINE_KEYS_H

#define VBC_NODE_KIND      "node"      /* of its metadata: libcloud/node/<uuid> */
#define VBC_NAME_KIND      "name"      /* libcloud/name/<checksum>/<uuid>: see machine/named.h */
#define VBC_NODE_GROUP     "/libcloud" /* VirtualBox's, of the machines that are made here */
#define VBC_NODE_TAGS      "tags"      /* in it: an object                      */
#define VBC_NODE_PROTECTED "protected" /* in it: a flag                     */

#endif
