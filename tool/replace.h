/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that is read, changed and replaced, by one program at a time.
 */
#ifndef TOOL_REPLACE_H
#define TOOL_REPLACE_H

#include <stdbool.h>
#include <stddef.h>

struct vbc_error;

struct replacing {
	char *path; /* of the file itself, behind all links; NULL: not begun */
	int lock;   /* of the file beside it that is locked meanwhile */
};

/*
 * Makes its folder and waits until no other program has begun; end it with replacing_end(). Errors:
 * VBC_E_ARG (a link to nothing, a folder that cannot be written), VBC_E_BUSY (after ten seconds).
 */
int replacing_begin(struct replacing *r, const char *path, struct vbc_error *err);
void replacing_end(struct replacing *r);

/*
 * The new content: complete, or not at all, also when the machine fails. Who may read and write the
 * file stays as it was; a new one is its owner's alone. Errors: VBC_E_SPACE.
 */
int replacing_write(struct replacing *r, const void *data, size_t size, struct vbc_error *err);

#endif
