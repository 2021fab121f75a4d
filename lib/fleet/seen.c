/*
 * SPDX-License-Identifier: Apache-2.0
 *
 *	seen nodes 1
 *	http://lab:18083
 *	1790000000000
 *	ID <tab> NAME <tab> IMAGE <tab> SIZE <tab> CPUS <tab> MIB <tab> GIB <tab> CREATED { <tab>
 *KEY <tab> VALUE } end
 *
 * In a word \t is a tab, \n a line feed, \r a carriage return, and \\ a backslash.
 */
#include "fleet/seen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define HEAD      "seen nodes 1"
#define END       "end"
#define NODES_MAX 100000
#define WORDS_MAX 1024 /* of a node */

enum word {
	WORD_ID,
	WORD_NAME,
	WORD_IMAGE,
	WORD_SIZE,
	WORD_CPUS,
	WORD_MEMORY,
	WORD_DISK,
	WORD_CREATED,
	WORD_TAGS
};

static const char escaped[] = "\t\n\r\\", escapes[] = "tnr\\";

static void seen_put_word(struct vbc_buf *to, const char *word)
{
	for (const char *c = word; *c; c++) {
		const char *at = strchr(escaped, *c);

		if (at)
			vbc_buf_putc(to, '\\');
		vbc_buf_putc(to, at ? escapes[at - escaped] : *c);
	}
}

static void seen_put_node(struct vbc_buf *to, const struct vbc_node *node)
{
	const char *const words[] = {node->id, node->name, node->image, node->size};

	for (size_t i = 0; i < VBC_COUNT(words); i++) {
		seen_put_word(to, words[i]);
		vbc_buf_putc(to, '\t');
	}
	vbc_buf_printf(to, "%u\t%u\t%u\t%" PRId64, node->cpus, node->memory_mib, node->disk_gib,
		       node->created_at_ms);
	for (size_t i = 0; i < node->tags.n; i++) {
		vbc_buf_putc(to, '\t');
		seen_put_word(to, node->tags.v[i]->key);
		vbc_buf_putc(to, '\t');
		seen_put_word(to, node->tags.v[i]->value);
	}
	vbc_buf_putc(to, '\n');
}

void vbc_seen_write(struct vbc_buf *to, const char *url, int64_t at_ms,
		    const struct vbc_nodes *nodes)
{
	vbc_buf_printf(to, HEAD "\n%s\n%" PRId64 "\n", url, at_ms);
	for (size_t i = 0; i < nodes->n; i++)
		seen_put_node(to, nodes->v[i]);
	vbc_buf_puts(to, END "\n");
}

/* Where the reader is; what follows is in a copy of the text that it may cut. */
struct seen_reader {
	char *at;
	struct vbc_arena *arena;
};

/* The next line without its end; NULL: there is none that ends. */
static char *seen_take_line(struct seen_reader *r)
{
	char *line = r->at, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = 0;
	r->at = end + 1;
	return line;
}

/* Undoes seen_put_word(), in place. */
static bool word_unescape(char *word)
{
	char *to = word;

	for (const char *c = word; *c; c++) {
		const char *at = *c == '\\' ? strchr(escapes, c[1]) : NULL;

		if (*c == '\\' && (!at || !*at))
			return false;
		*to++ = at ? escaped[at - escapes] : *c;
		c += at != NULL;
	}
	*to = 0;
	return true;
}

/* Cuts a line into words; 0: it cannot be one of a node. */
static size_t line_cut(char *line, char **words)
{
	size_t n = 0;

	for (char *at = line; at;) {
		char *tab = strchr(at, '\t');

		if (tab)
			*tab = 0;
		if (n == WORDS_MAX || !word_unescape(at))
			return 0;
		words[n++] = at;
		at = tab ? tab + 1 : NULL;
	}
	return n > WORD_CREATED && (n - WORD_TAGS) % 2 == 0 ? n : 0;
}

static bool word_to_number(const char *word, unsigned *ret)
{
	uint64_t number;

	if (!vbc_parse_u64(word, UINT32_MAX, &number))
		return false;
	*ret = (unsigned)number;
	return true;
}

static bool seen_read_numbers(char **words, struct vbc_node *node)
{
	uint64_t created;

	if (!word_to_number(words[WORD_CPUS], &node->cpus) ||
	    !word_to_number(words[WORD_MEMORY], &node->memory_mib) ||
	    !word_to_number(words[WORD_DISK], &node->disk_gib) ||
	    !vbc_parse_u64(words[WORD_CREATED], VBC_DATE_MAX_MS, &created))
		return false;
	node->created_at_ms = (int64_t)created;
	return true;
}

static bool seen_read_tags(char **words, size_t n, struct vbc_arena *arena, struct vbc_tags *ret)
{
	const struct vbc_tag **v = VBC_ARENA_ARRAY(arena, const struct vbc_tag *, n / 2);
	struct vbc_tag *tags = VBC_ARENA_ARRAY(arena, struct vbc_tag, n / 2);

	for (size_t i = 0; v && tags && i < n / 2; i++) {
		tags[i] = (struct vbc_tag){words[2 * i], words[2 * i + 1]};
		v[i] = &tags[i];
	}
	*ret = (struct vbc_tags){.n = n / 2, .v = v};
	return v && tags;
}

/* Of a node of which nothing is known. */
static struct vbc_node seen_node_init(void)
{
	return (struct vbc_node){.machine_state = "",
				 .os_type = "",
				 .description = "",
				 .settings_file = "",
				 .error = "",
				 .firmware = "",
				 .username = "",
				 .image_name = "",
				 .iso = ""};
}

static const struct vbc_node *seen_read_node(struct seen_reader *r, char *line)
{
	struct vbc_node *node = VBC_ARENA_NEW(r->arena, struct vbc_node);
	char *words[WORDS_MAX];
	size_t n = node ? line_cut(line, words) : 0;

	if (!n || !vbc_is_uuid(words[WORD_ID]))
		return NULL;
	*node = seen_node_init();
	node->id = words[WORD_ID];
	node->name = words[WORD_NAME];
	node->image = words[WORD_IMAGE];
	node->size = words[WORD_SIZE];
	if (!seen_read_numbers(words, node) ||
	    !seen_read_tags(words + WORD_TAGS, n - WORD_TAGS, r->arena, &node->tags))
		return NULL;
	return node;
}

static size_t text_count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static bool seen_read_head(struct seen_reader *r, const char *url, int64_t *ret_at_ms)
{
	const char *head = seen_take_line(r), *whose = head ? seen_take_line(r) : NULL;
	const char *when = whose ? seen_take_line(r) : NULL;
	uint64_t at_ms;

	if (!when || !streq(head, HEAD) || !streq(whose, url) ||
	    !vbc_parse_u64(when, VBC_DATE_MAX_MS, &at_ms) || !at_ms)
		return false;
	*ret_at_ms = (int64_t)at_ms;
	return true;
}

static bool seen_read_nodes(struct seen_reader *r, struct vbc_nodes *ret)
{
	size_t lines = text_count_lines(r->at), n = 0;
	const struct vbc_node **v =
		lines && lines <= NODES_MAX
			? VBC_ARENA_ARRAY(r->arena, const struct vbc_node *, lines)
			: NULL;

	for (char *line; v && (line = seen_take_line(r));) {
		if (streq(line, END)) {
			*ret = (struct vbc_nodes){.n = n, .v = v};
			return !*r->at;
		}
		v[n] = seen_read_node(r, line);
		if (!v[n++])
			return false;
	}
	return false;
}

bool vbc_seen_read(const char *text, size_t size, const char *url, struct vbc_arena *arena,
		   int64_t *ret_at_ms, struct vbc_nodes *ret)
{
	struct seen_reader r = {.arena = arena};
	size_t at = 0;
	long bad;

	if (size > VBC_SEEN_MAX || !vbc_text_ok(text, size, &at, &bad))
		return false;
	r.at = vbc_arena_strndup(arena, text, size);
	return r.at && seen_read_head(&r, url, ret_at_ms) && seen_read_nodes(&r, ret);
}
