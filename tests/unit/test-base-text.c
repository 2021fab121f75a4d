/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Text: what may be sent to VirtualBox, numbers, ids, base64.
 */

#include "base/base64.h"
#include "base/id.h"
#include "base/str.h"
#include "tap.h"

static const struct {
	const char *what, *text;
	long c;    /* refused because of it; -1: no UTF-8; 0: accepted */
	size_t at; /* where */
} texts[] = {
	{"nothing", "", 0, 0},
	{"plain", "abc ~", 0, 0},
	{"line breaks and tabs", "a\tb\nc\r", 0, 0},
	{"two bytes, the first", "\xc2\x80", 0, 0},
	{"two bytes, the last", "\xdf\xbf", 0, 0},
	{"three bytes, the first", "\xe0\xa0\x80", 0, 0},
	{"just below the surrogates", "\xed\x9f\xbf", 0, 0},
	{"just above the surrogates", "\xee\x80\x80", 0, 0},
	{"a byte order mark", "\xef\xbb\xbf", 0, 0},
	{"U+FFFD", "\xef\xbf\xbd", 0, 0},
	{"four bytes, the first", "\xf0\x90\x80\x80", 0, 0},
	{"the last of all", "\xf4\x8f\xbf\xbf", 0, 0},
	{"U+1FFFE", "\xf0\x9f\xbf\xbe", 0, 0},
	{"delete", "\x7f", 0, 0},
	{"right to left", "\xd7\xa9\xd7\x9c\xe2\x80\xae", 0, 0},
	{"control 1", "ab\x01", 1, 2},
	{"escape", "\x1b[0m", 0x1b, 0},
	{"the last control", "x\x1f", 0x1f, 1},
	{"vertical tab", "x\x0b", 0x0b, 1},
	{"the first surrogate", "h\xc3\xa9\xed\xa0\x80", 0xd800, 3},
	{"the last surrogate", "\xed\xbf\xbf", 0xdfff, 0},
	{"a pair of surrogates", "\xed\xa0\xbd\xed\xb8\x80", 0xd83d, 0},
	{"U+FFFE", "a\xef\xbf\xbe", 0xfffe, 1},
	{"U+FFFF", "a\xef\xbf\xbf", 0xffff, 1},
	{"a tail byte alone", "a\x80", -1, 1},
	{"Latin-1", "h\xe9llo", -1, 1},
	{"cut after one of two", "a\xc3", -1, 1},
	{"cut after two of three", "a\xe6\xbc", -1, 1},
	{"cut after three of four", "a\xf0\x9f\x98", -1, 1},
	{"a head instead of a tail", "\xc3\xc3\xa9", -1, 0},
	{"overlong slash, two bytes", "\xc0\xaf", -1, 0},
	{"overlong DEL", "\xc1\xbf", -1, 0},
	{"overlong slash, three bytes", "\xe0\x80\xaf", -1, 0},
	{"overlong, three bytes, the last", "\xe0\x9f\xbf", -1, 0},
	{"overlong, four bytes, the last", "\xf0\x8f\xbf\xbf", -1, 0},
	{"above U+10FFFF", "\xf4\x90\x80\x80", -1, 0},
	{"byte F5", "\xf5\x80\x80\x80", -1, 0},
	{"byte FF", "\xff", -1, 0},
};

static void test_text_ok(void)
{
	for (size_t i = 0; i < VBC_COUNT(texts); i++) {
		size_t at = 99;
		long c = 99;
		bool good = vbc_text_ok(texts[i].text, strlen(texts[i].text), &at, &c);

		is_int(good, texts[i].c == 0, "text: %s is %s", texts[i].what,
		       texts[i].c ? "refused" : "accepted");
		is_int(c, texts[i].c ? texts[i].c : 99, "text: %s: the character", texts[i].what);
		is_int(at, texts[i].c ? texts[i].at : 99, "text: %s: the place", texts[i].what);
	}
}

static void test_text_length(void)
{
	size_t at = 99;
	long c = 99;

	ok(!vbc_text_ok("ab\0c", 4, &at, &c), "text: a NUL inside is refused");
	ok(at == 2 && c == 0, "text: and told");
	ok(vbc_text_ok("a\xc3\xa9\x01", 3, &at, &c), "text: bytes behind its end do not count");
	ok(!vbc_text_ok("a\xc3\xa9", 2, &at, &c), "text: nor do they complete a character");
	is_int(vbc_utf8_count(""), 0, "count: nothing");
	is_int(vbc_utf8_count("a\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80"), 4,
	       "count: 1 to 4 bytes each");
}

static void test_numbers(void)
{
	static const char *const bad[] = {
		"",
		" 1",
		"1 ",
		"+1",
		"-1",
		"0x10",
		"1e3",
		"1.0",
		"\xd9\xa1",
		"18446744073709551616",
		"99999999999999999999",
		"184467440737095516150",
	};
	uint64_t n = 7;

	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		ok(!vbc_parse_u64(bad[i], UINT64_MAX, &n), "number: '%s' is none", bad[i]);
	is_int(n, 7, "number: what is none leaves the output alone");
	ok(vbc_parse_u64("0", 0, &n) && n == 0, "number: 0");
	ok(vbc_parse_u64("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX,
	   "number: the largest");
	ok(vbc_parse_u64("000042", 42, &n) && n == 42, "number: as large as allowed");
	ok(!vbc_parse_u64("43", 42, &n) && n == 42, "number: larger than allowed");
}

static void test_uuids(void)
{
	static const char *const bad[] = {
		"",
		"83bc7f16-f01d-4f04-8c1f-0123456789a",
		"83bc7f16-f01d-4f04-8c1f-0123456789abc",
		"{83bc7f16-f01d-4f04-8c1f-0123456789ab}",
		"83bc7f16xf01d-4f04-8c1f-0123456789ab",
		"83bc7f16-f01d-4f04-8c1f-0123456789ag",
		"83bc7f1-6f01d-4f04-8c1f-0123456789ab",
	};
	char id[37], other[37];

	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		ok(!vbc_is_uuid(bad[i]), "id: '%s' is none", bad[i]);
	ok(vbc_is_uuid("83bc7f16-f01d-4f04-8c1f-0123456789ab"), "id: one");
	ok(vbc_is_uuid("83BC7F16-F01D-4F04-8C1F-0123456789AB"), "id: one in capitals");
	ok(vbc_uuid_new(id) && vbc_uuid_new(other), "id: two new ones");
	ok(vbc_is_uuid(id) && vbc_is_uuid(other), "id: have the right form");
	ok(!streq(id, other), "id: and differ");
	ok(id[14] == '4' && strchr("89ab", id[19]), "id: and say that they are random");
}

static void test_id_prefixes(void)
{
	static const char *const id = "83bc7f16-f01d-4f04-8c1f-0123456789ab";
	static const char *const bad[] = {
		"",
		"83b",
		"web1",
		"83bc7f16f",
		"83bc-",
		"83bc7f1-",
		"83bc7f16-f01d-4f04-8c1f-01-",
		"{83bc",
		"83bc7f16-f01d-4f04-8c1f-0123456789ab",
		"83bc7f16-f01d-4f04-8c1f-0123456789abc",
		"83bc7f16 ",
		"\xc3\xa9",
		"83b",
	};
	static const char *const good[] = {
		"83bc",
		"83BC7F16",
		"83bc7f16-",
		"83bc7f16-f",
		"83bc7f16-f01d-4f04-8c1f-0123456789a",
	};

	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		ok(!vbc_is_id_prefix(bad[i]), "id: '%s' stands for none", bad[i]);
	for (size_t i = 0; i < VBC_COUNT(good); i++)
		ok(vbc_is_id_prefix(good[i]) && vbc_id_begins(id, good[i]),
		   "id: '%s' may stand for one", good[i]);
	ok(vbc_is_id_prefix("83bd") && !vbc_id_begins(id, "83bd"), "id: another one");
	ok(!vbc_id_begins("", "83bc"), "id: none");
}

static void test_addresses(void)
{
	static const char *const good[] = {
		"127.0.0.1", "0.0.0.0", "::", "::1", "2001:db8::7", "::ffff:10.0.0.1"};
	static const char *const bad[] = {
		"",
		"localhost",
		"user@10.0.0.1",
		"ssh://10.0.0.1:99",
		"-oProxyCommand=x",
		"$(id)",
		"10.0.0.1 ",
		"10.0.0",
		"010.0.0.1",
		"[::1]",
		"fe80::1%lo",
		"10.0.0.1:22",
	};

	for (size_t i = 0; i < VBC_COUNT(good); i++)
		ok(vbc_is_ip(good[i]), "address: %s", good[i]);
	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		ok(!vbc_is_ip(bad[i]), "address: '%s' is none", bad[i]);
}

static void test_ends(void)
{
	ok(vbc_starts_with("libcloud/node", "libcloud/"), "begins with");
	ok(!vbc_starts_with("lib", "libcloud/"), "does not begin with more than it is");
	ok(vbc_ends_with("x.vdi", ".vdi") && vbc_ends_with("x", ""), "ends with");
	ok(!vbc_ends_with("vdi", ".vdi"), "does not end with more than it is");
}

static void test_base64_round_trip(void)
{
	struct vbc_arena VBC_ARENA a = {0};
	unsigned char data[300];
	bool same = true, canonical = true;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 151 + 7);
	for (size_t n = 0; n <= sizeof(data); n++) {
		struct vbc_buf VBC_BUF b;
		size_t size = 0;
		void *back = NULL;

		vbc_buf_init(&b, 1000);
		vbc_base64_encode(&b, data, n);
		canonical = canonical && b.len == (n + 2) / 3 * 4;
		same = same && !b.failed && vbc_base64_decode(&a, b.data, b.len, &back, &size) &&
		       size == n && memcmp(back, data, n) == 0;
	}
	ok(same, "base64: 0 to 300 bytes come back");
	ok(canonical, "base64: in text of the exact length");
}

static void test_base64_known(void)
{
	static const struct {
		const char *plain, *coded;
	} known[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"\xff\xff\xfe", "///+"},
		{"\xfb\xff\xbf", "+/+/"},
	};
	struct vbc_buf VBC_BUF small;

	for (size_t i = 0; i < VBC_COUNT(known); i++) {
		struct vbc_buf VBC_BUF b;

		vbc_buf_init(&b, 100);
		vbc_buf_puts(&b, ">");
		vbc_base64_encode(&b, known[i].plain, strlen(known[i].plain));
		is_str(b.data + 1, known[i].coded, "base64: known text %zu, added at the end", i);
	}
	vbc_buf_init(&small, 7);
	vbc_base64_encode(&small, "foob", 4);
	ok(small.failed && small.len == 0, "base64: no room is a failure");
}

static void test_base64_refused(void)
{
	static const char *const bad[] = {
		"A",        "AA",   "AAA",     "AAAAA", "=",         "==",    "====",
		"A===",     "AA=",  "AAA==",   "AA=A",  "=AAA",      "AAAA=", "AAAA====",
		"AA==AAAA", "AA-_", "A\x80ZZ", "AAA*",  "AAAAAA===",
	};
	struct vbc_arena VBC_ARENA a = {0};
	size_t size = 99;
	void *data = &size;

	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		ok(!vbc_base64_decode(&a, bad[i], strlen(bad[i]), &data, &size),
		   "base64: '%s' is refused", bad[i]);
	ok(!vbc_base64_decode(&a, "AA\0A", 4, &data, &size), "base64: a NUL is refused");
	ok(data == &size && size == 99, "base64: a refusal leaves the outputs alone");
	ok(vbc_base64_decode(&a, " Zm\r\n9v\tYg= = \n", 15, &data, &size) && size == 4 &&
		   memcmp(data, "foob", 4) == 0,
	   "base64: white space is skipped");
	ok(vbc_base64_decode(&a, "", 0, &data, &size) && size == 0, "base64: nothing is nothing");
}

/* What is no digit may stand anywhere, also where whole groups of digits are read at once. */
static void test_base64_between(void)
{
	static const char text[] = "Zm9vYmFyYmF6cXV1eA==", plain[] = "foobarbazquux";
	struct vbc_arena VBC_ARENA a = {0};
	bool skipped = true, refused = true;

	for (size_t at = 0; at < sizeof(text); at++) {
		char line[sizeof(text) + 1];
		size_t size = 0;
		void *data = NULL;

		snprintf(line, sizeof(line), "%.*s\n%s", (int)at, text, text + at);
		skipped = skipped && vbc_base64_decode(&a, line, sizeof(text), &data, &size) &&
			  size == strlen(plain) && memcmp(data, plain, size) == 0;
		line[at] = '*';
		refused = refused && !vbc_base64_decode(&a, line, sizeof(text), &data, &size);
	}
	ok(skipped, "base64: a line may end anywhere");
	ok(refused, "base64: a character that is no digit is refused anywhere");
}

int main(void)
{
	test_text_ok();
	test_text_length();
	test_numbers();
	test_uuids();
	test_id_prefixes();
	test_addresses();
	test_ends();
	test_base64_round_trip();
	test_base64_known();
	test_base64_refused();
	test_base64_between();
	return tap_done();
}
