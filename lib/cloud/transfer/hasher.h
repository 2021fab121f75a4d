/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A checksum that is made beside other work, by a thread: of a large sparse disk it takes longer
 * than sending what is in it.
 */
#ifndef VBC_TRANSFER_HASHER_H
#define VBC_TRANSFER_HASHER_H

#include <stdbool.h>
#include <stddef.h>

struct vbc_checksum;
struct vbc_hasher;

/* NULL: no memory. The sum is not touched by others until vbc_hasher_wait() or _end(). */
struct vbc_hasher *vbc_hasher_start(struct vbc_checksum *sum);

/* Adds n bytes, at most VBC_HASHER_MAX, which are copied; NULL: zeros. False: no memory. */
enum { VBC_HASHER_MAX = 1048576 };
bool vbc_hasher_add(struct vbc_hasher *hasher, const void *data, size_t n);

/* Waits until all is in the sum. False: no memory. */
bool vbc_hasher_wait(struct vbc_hasher *hasher);

/* What is not in the sum yet may be lost. NULL is fine. */
void vbc_hasher_end(struct vbc_hasher *hasher);

#endif
