/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tags of nodes as words: KEY=VALUE, or KEY alone.
 */
#ifndef TOOL_TAGS_H
#define TOOL_TAGS_H

#include "cmd.h"

#define OPT_TAG                                                                                    \
	{                                                                                          \
		.name = "--tag", .value = "KEY=VALUE", OPT(tags),                                  \
		.help = "a tag of the node; may be given several times"                            \
	}

/* Ends the key in `text`, which both point into then. */
struct vbc_tag tag_split(char *text);

struct tag_list {
	struct vbc_tag v[32];
	char *texts[32];
	size_t n;
};

struct tag_list tag_list_read(const struct texts *given);
void tag_list_done(struct tag_list *tags);

#endif
