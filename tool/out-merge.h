/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of several hosts as one, in which the host of each row comes first.
 */
#ifndef TOOL_OUT_MERGE_H
#define TOOL_OUT_MERGE_H

#include "out.h"

/* Such columns and such a narrow table, of those of one host: the column "host" comes first, and
   is not there a second time. Each is in one piece, which the caller frees. */
struct column *columns_with_host(const struct column *own);
struct narrow *narrow_with_host(const struct narrow *own);

/* Moves the complete rows of `from`, which has such columns of its own, behind those of `to`, which
   has these with the host; that is `host`, or with NULL what `from` says of it. */
void out_take_rows(struct out *to, struct out *from, const char *host);

#endif
