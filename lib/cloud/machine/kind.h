/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_KIND_H
#define VBC_MACHINE_KIND_H

#define VBC_NODE_KIND "node" /* of a node's metadata: libcloud/node/<uuid> */

#endif
