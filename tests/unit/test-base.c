/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Arenas and buffers.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "tap.h"

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* Blocks of many sizes, each filled with a byte of its own, then looked at again. */
static void test_arena_blocks(void)
{
	struct vbc_arena VBC_ARENA a = {0};
	unsigned char *blocks[300];
	bool zero = true, aligned = true, kept = true;

	for (size_t i = 0; i < VBC_COUNT(blocks); i++) {
		size_t size = i * 37 + (i % 50 == 0 ? 10000 : 0);

		blocks[i] = vbc_arena_alloc(&a, size);
		zero = zero && all_zero(blocks[i], size);
		aligned = aligned && (uintptr_t)blocks[i] % _Alignof(max_align_t) == 0;
		memset(blocks[i], (int)(i % 255) + 1, size);
	}
	for (size_t i = 0; i < VBC_COUNT(blocks); i++)
		for (size_t at = 0; at < i * 37; at++)
			kept = kept && blocks[i][at] == i % 255 + 1;
	ok(zero, "arena: memory is zeroed");
	ok(aligned, "arena: memory is aligned for any type");
	ok(kept, "arena: no block overlaps another");
}

static void test_arena_limits(void)
{
	struct vbc_arena VBC_ARENA a = {0};

	ok(vbc_arena_alloc(&a, 0) != NULL, "arena: nothing at all has an address");
	ok(vbc_arena_alloc(&a, 4000) && vbc_arena_alloc(&a, 0), "arena: also behind a full block");
	ok(!vbc_arena_alloc(&a, SIZE_MAX), "arena: the largest number is no size");
	ok(!vbc_arena_alloc(&a, SIZE_MAX - 20),
	   "arena: nor is one that fits only without its head");
	ok(!vbc_arena_array(&a, SIZE_MAX / 2, 3), "arena: an array whose size overflows");
	ok(!vbc_arena_strndup(&a, "x", SIZE_MAX), "arena: a string without room for its end");
	ok(vbc_arena_alloc(&a, 8) != NULL, "arena: a refusal does not spoil it");
	vbc_arena_done(&a);
	is_int(vbc_arena_size(&a), 0, "arena: empty, it has no size");
	vbc_arena_alloc(&a, 100);
	vbc_arena_alloc(&a, 1 << 20);
	vbc_arena_alloc(&a, 3900);
	vbc_arena_alloc(&a, 200);
	ok(vbc_arena_size(&a) > (1 << 20) + 4200 && vbc_arena_size(&a) < (1 << 20) + 20000,
	   "arena: its size is that of all its blocks");
}

static void test_arena_strings(void)
{
	struct vbc_arena VBC_ARENA a = {0};

	is_str(vbc_arena_strdup(&a, "h\xc3\xa9"), "h\xc3\xa9", "arena: a copy");
	is_str(vbc_arena_strdup(&a, ""), "", "arena: a copy of nothing");
	is_str(vbc_arena_strndup(&a, "abcdef", 3), "abc", "arena: the first bytes");
	is_str(vbc_arena_strndup(&a, NULL, 0), "", "arena: no bytes of nowhere");
	is_str(vbc_arena_printf(&a, "%s-%05d", "x", 42), "x-00042", "arena: formatted");
	is_int(strlen(vbc_arena_printf(&a, "%*s", 100000, "")), 100000, "arena: formatted, long");
	vbc_arena_done(&a);
	is_str(vbc_arena_strdup(&a, "again"), "again", "arena: is used again after its end");
}

static void test_buf_grows(void)
{
	struct vbc_buf VBC_BUF b;
	char want[3001];

	vbc_buf_init(&b, 100000);
	ok(!b.data && !b.len, "buffer: a new one has nothing");
	for (int i = 0; i < 1000; i++) {
		vbc_buf_putc(&b, 'a');
		vbc_buf_puts(&b, "b");
		vbc_buf_printf(&b, "%c", 'c');
		memcpy(want + 3 * i, "abc", 3);
	}
	want[3000] = '\0';
	is_str(b.data, want, "buffer: grows, and ends with a NUL");
	vbc_buf_add(&b, "\0x", 2);
	ok(b.len == 3002 && b.data[3000] == '\0' && b.data[3001] == 'x', "buffer: takes any byte");
	vbc_buf_reset(&b);
	ok(b.len == 0 && !b.failed && b.data[0] == '\0', "buffer: empty after a reset");
	vbc_buf_add(&b, NULL, 0);
	ok(!b.failed && b.len == 0, "buffer: no bytes of nowhere");
}

static void test_buf_limit(void)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, 5);
	vbc_buf_puts(&b, "12345");
	ok(!b.failed, "buffer: as long as its maximum");
	vbc_buf_putc(&b, '6');
	ok(b.failed, "buffer: one more is a failure");
	is_str(b.data, "12345", "buffer: which leaves what was there");
	vbc_buf_puts(&b, "");
	vbc_buf_add(&b, NULL, 0);
	vbc_buf_printf(&b, "%s", "");
	ok(b.failed && b.len == 5, "buffer: the failure stays");
	ok(!vbc_buf_reserve(&b, 0), "buffer: and nothing can be reserved");
	vbc_buf_reset(&b);
	vbc_buf_printf(&b, "%d", 123456);
	ok(b.failed && b.len == 0, "buffer: formatted text is added whole or not at all");
	vbc_buf_reset(&b);
	vbc_buf_printf(&b, "%d", 12345);
	is_str(b.failed ? "failed" : b.data, "12345", "buffer: a reset forgets the failure");
}

static void test_buf_overflow(void)
{
	struct vbc_buf VBC_BUF b;

	vbc_buf_init(&b, SIZE_MAX);
	vbc_buf_puts(&b, "x");
	ok(!vbc_buf_reserve(&b, SIZE_MAX), "buffer: lengths do not wrap around");
	vbc_buf_reset(&b);
	vbc_buf_puts(&b, "x");
	ok(!vbc_buf_reserve(&b, SIZE_MAX - 1), "buffer: nor with the NUL at their end");
	ok(b.failed, "buffer: that is a failure");
	vbc_buf_reset(&b);
	vbc_buf_done(&b);
	vbc_buf_init(&b, 0);
	vbc_buf_puts(&b, "");
	ok(!b.failed, "buffer: a maximum of 0 holds nothing");
	vbc_buf_putc(&b, 'x');
	ok(b.failed, "buffer: and no more");
}

static void test_steal(void)
{
	char *VBC_FREE kept = strdup("x");
	char *VBC_FREE taken = vbc_steal(kept);

	ok(!kept, "steal: the old owner has forgotten it");
	is_str(taken, "x", "steal: the new one has it");
}

int main(void)
{
	test_arena_blocks();
	test_arena_limits();
	test_arena_strings();
	test_buf_grows();
	test_buf_limit();
	test_buf_overflow();
	test_steal();
	return tap_done();
}
