/* SPDX-License-Identifier: Apache-2.0 */
#include "tags.h"

#include <assert.h>
#include <stdlib.h>

#include "util.h"

struct vbc_tag tag_split(char *text)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	return (struct vbc_tag){.key = text, .value = value ? value : ""};
}

struct tag_list tag_list_read(const struct texts *given)
{
	struct tag_list tags = {.n = given->n};

	static_assert(COUNT(tags.v) == COUNT(given->v), "room for all that can be given");
	for (size_t i = 0; i < tags.n; i++) {
		tags.texts[i] = format("%s", given->v[i]);
		tags.v[i] = tag_split(tags.texts[i]);
	}
	return tags;
}

void tag_list_done(struct tag_list *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		free(tags->texts[i]);
}
