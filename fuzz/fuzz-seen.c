/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the reader of what a fleet noted of a host. An input is such a note. It is built as
 * fuzz-soap-decode.c is.
 */
#include <stdlib.h>

#include "base/str.h"
#include "fleet/seen.h"

#define URL "http://lab:18083"

static void check_text(const char *text)
{
	size_t at;
	long c;

	if (!text || !vbc_text_ok(text, strlen(text), &at, &c))
		abort();
}

static void check_node(const struct vbc_node *node)
{
	if (!vbc_is_uuid(node->id) || node->state != VBC_NODE_STATE_UNKNOWN)
		abort();
	check_text(node->name);
	check_text(node->image);
	check_text(node->size);
	check_text(node->machine_state);
	for (size_t i = 0; i < node->tags.n; i++) {
		check_text(node->tags.v[i]->key);
		check_text(node->tags.v[i]->value);
	}
}

/* What was read can be noted, and is the same when it is read again. */
static void check_again(const struct vbc_nodes *nodes, int64_t at_ms)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_buf VBC_BUF text;
	struct vbc_nodes again;
	int64_t again_ms;

	vbc_buf_init(&text, VBC_SEEN_MAX);
	vbc_seen_write(&text, URL, at_ms, nodes);
	if (text.failed || !vbc_seen_read(text.data, text.len, URL, &arena, &again_ms, &again) ||
	    again_ms != at_ms || again.n != nodes->n)
		abort();
	for (size_t i = 0; i < again.n; i++)
		if (!streq(again.v[i]->name, nodes->v[i]->name) ||
		    again.v[i]->tags.n != nodes->v[i]->tags.n)
			abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_nodes nodes = {.n = 0};
	int64_t at_ms = 0;

	if (!vbc_seen_read((const char *)data, size, URL, &arena, &at_ms, &nodes))
		return 0;
	for (size_t i = 0; i < nodes.n; i++)
		check_node(nodes.v[i]);
	check_again(&nodes, at_ms);
	return 0;
}

#include "replay.h"
