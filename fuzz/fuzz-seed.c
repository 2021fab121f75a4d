/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the making of a seed for a guest's first boot. An input is a host name, a node's name, a
 * key, and user data, each ended by a NUL but the last. It is built as fuzz-soap-decode.c is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/number.h"
#include "firstboot/seed-build.h"
#include "key/text.h"

#define SECTOR 2048u

/* The file of that name in the only folder of the disc; its bytes, *ret_n many. */
static const unsigned char *find_file(const struct vbc_buf *disc, const char *name, size_t *ret_n)
{
	const unsigned char *all = (const unsigned char *)disc->data;
	const unsigned char *root = all + 16 * SECTOR + 156,
			    *at = all + vbc_le(root + 2, 4) * SECTOR;

	for (; at[0]; at += at[0]) {
		if (at[32] != strlen(name) || memcmp(at + 33, name, at[32]) != 0)
			continue;
		*ret_n = vbc_le(at + 10, 4);
		if (vbc_le(at + 2, 4) * SECTOR + *ret_n > disc->len)
			abort();
		return all + vbc_le(at + 2, 4) * SECTOR;
	}
	abort();
}

/* Each quotation mark in such a text ends it at the end of its line. */
static void check_lines(const unsigned char *text, size_t n)
{
	const char *at = (const char *)text, *end = at + n;

	if (memchr(at, 0, n) || (n && end[-1] != '\n'))
		abort();
	for (; at < end; at++) {
		const char *quote = memchr(at, '"', (size_t)(end - at));

		if (!quote)
			return;
		for (at = quote + 1; at < end && *at != '"'; at++) {
			if (*at == '\n')
				abort();
			at += *at == '\\';
		}
		if (at + 1 >= end || at[1] != '\n')
			abort();
	}
}

static void check(const struct vbc_seed_facts *f)
{
	struct vbc_buf VBC_BUF disc;
	struct vbc_error err = {0};
	const unsigned char *text;
	size_t n = 0;

	vbc_buf_init(&disc, VBC_SEED_MAX);
	if (vbc_seed_build(f, &disc, &err) || disc.len % SECTOR)
		abort();
	text = find_file(&disc, "USER-DATA.;1", &n);
	if (n != f->user_data_size || memcmp(text, f->user_data, n) != 0)
		abort();
	text = find_file(&disc, "META-DATA.;1", &n);
	check_lines(text, n);
	text = find_file(&disc, "VENDOR-DATA.;1", &n);
	check_lines(text, n);
}

/* As they would be taken of a caller. */
static void build(struct vbc_arena *a, const char *hostname, const char *name, const char *key,
		  const struct vbc_seed_facts *from)
{
	const struct vbc_first_boot asked = {.hostname = hostname,
					     .password = name,
					     .user_data = from->user_data,
					     .user_data_size = from->user_data_size};
	struct vbc_seed_facts facts = *from;
	struct vbc_error err = {0};
	const char *line = "", *fingerprint;

	facts.hostname = vbc_seed_check(&asked, &err) ? vbc_seed_hostname(a, name) : hostname;
	if (!facts.hostname || !facts.hostname[0] || strlen(facts.hostname) > 63)
		abort();
	err = (struct vbc_error){0};
	facts.n_keys = !vbc_key_read(a, key, &line, &fingerprint, &err);
	facts.keys = &line;
	check(&facts);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const macs[] = {"080027000001", "0800270000AB"};
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_seed_facts facts = {
		.instance_id = "0a", .password_hash = "$6$x", .macs = macs, .n_macs = size % 3};
	char *text = malloc(size + 3), *words[4] = {text};

	if (!text)
		return 0;
	memcpy(text, data, size);
	memset(text + size, 0, 3);
	for (size_t i = 1; i < VBC_COUNT(words); i++) {
		words[i] = words[i - 1] + strlen(words[i - 1]) + 1;
		words[i] = words[i] < text + size ? words[i] : text + size;
	}
	facts.user_data = words[3];
	facts.user_data_size = (size_t)(text + size - words[3]);
	build(&arena, words[0], words[1], words[2], &facts);
	free(text);
	return 0;
}

#include "replay.h"
