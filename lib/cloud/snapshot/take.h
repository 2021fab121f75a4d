/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_SNAPSHOT_TAKE_H
#define VBC_SNAPSHOT_TAKE_H

/* What to take; the strings are the caller's, but for the name, which may be made up. */
struct vbc_snapshot_take {
	const char *of; /* volume or node, id or name */
	const char *name, *description;
};

#endif
