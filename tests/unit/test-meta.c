/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What another program may have written where our metadata is: each value that does not fit is
 * unknown, and spoils no other.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "tap.h"
#include "vbox/meta.h"

#define ID "2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1f"

/* An object with that value, and one that is fine. */
static struct vbc_meta *with(const char *value)
{
	char json[2048];

	snprintf(json, sizeof(json), "{\"key\":%s,\"fine\":\"web\",\"n\":7}", value);
	return vbc_meta_parse(json);
}

static const struct {
	const char *json, *str, *name, *uuid;
} texts[] = {
	{"\"web 1\"", "web 1", "web 1", ""},
	{"\"" ID "\"", ID, ID, ID},
	{"\"../../" ID "\"", "../../" ID, "../../" ID, ""},
	{"\"two\\nlines\"", "two\nlines", "", ""},
	{"\"\\u001b[31mred\"", "", "", ""},
	{"\"a\\u0000b\"", "", "", ""},
	{"\"\\uffff\"", "", "", ""},
	{"\"\"", "", "", ""},
	{"null", "", "", ""},
	{"true", "", "", ""},
	{"5", "", "", ""},
	{"[\"web\"]", "", "", ""},
	{"{\"name\":\"web\"}", "", "", ""},
};

static void test_texts(void)
{
	char long_name[300] = "\"";

	for (size_t i = 0; i < VBC_COUNT(texts); i++) {
		struct vbc_meta *VBC_META meta = with(texts[i].json);

		is_str(vbc_meta_str(meta, "key"), texts[i].str, "text: %s", texts[i].json);
		is_str(vbc_meta_name(meta, "key"), texts[i].name, "name: %s", texts[i].json);
		is_str(vbc_meta_uuid(meta, "key"), texts[i].uuid, "id: %s", texts[i].json);
		is_str(vbc_meta_str(meta, "fine"), "web", "and the other is there");
	}
	memset(long_name + 1, 'x', 256);
	long_name[257] = '"';

	struct vbc_meta *VBC_META meta = with(long_name);

	is_int(strlen(vbc_meta_str(meta, "key")), 256, "text: of 256 characters");
	is_str(vbc_meta_name(meta, "key"), "", "name: not so long a one");
	is_str(vbc_meta_str(NULL, "key"), "", "text: of nothing");
	is_str(vbc_meta_name(NULL, "key"), "", "name: of nothing");
}

static const struct {
	const char *json;
	int64_t number, date, count; /* at most 100 */
} numbers[] = {
	{"1", 1, 1, 1},
	{"100", 100, 100, 100},
	{"101", 101, 101, 0},
	{"0", 0, 0, 0},
	{"-1", -1, 0, 0},
	{"1700000000000", 1700000000000, 1700000000000, 0},
	{"253402300799999", VBC_DATE_MAX_MS, VBC_DATE_MAX_MS, 0},
	{"253402300800000", VBC_DATE_MAX_MS + 1, 0, 0},
	{"1000000000000000000", 1000000000000000000, 0, 0},
	{"9223372036854775807", INT64_MAX, 0, 0},
	{"-9223372036854775808", INT64_MIN, 0, 0},
	{"9223372036854775808", 0, 0, 0},
	{"1000000000000000000000000000000", 0, 0, 0},
	{"1e30", 0, 0, 0},
	{"7.5", 0, 0, 0},
	{"\"1700000000000\"", 0, 0, 0},
	{"true", 0, 0, 0},
	{"null", 0, 0, 0},
	{"[5]", 0, 0, 0},
	{"{}", 0, 0, 0},
};

static void test_numbers(void)
{
	for (size_t i = 0; i < VBC_COUNT(numbers); i++) {
		struct vbc_meta *VBC_META meta = with(numbers[i].json);

		ok(vbc_meta_int(meta, "key") == numbers[i].number, "number: %s", numbers[i].json);
		ok(vbc_meta_date(meta, "key") == numbers[i].date, "date: %s", numbers[i].json);
		ok(vbc_meta_count(meta, "key", 100) == numbers[i].count, "count: %s",
		   numbers[i].json);
		ok(vbc_meta_int(meta, "n") == 7 && streq(vbc_meta_str(meta, "fine"), "web"),
		   "and the others are there");
	}
	is_int(vbc_meta_int(NULL, "key"), 0, "number: of nothing");
	is_int(vbc_meta_count(NULL, "key", 1), 0, "count: of nothing");
}

static const struct {
	const char *json;
	bool text, line, path, uuid, count, objects;
} types[] = {
	{"\"a\\nb\"", .text = true},
	{"\"a b\"", .text = true, .line = true},
	{"\"/a\"", .text = true, .line = true, .path = true},
	{"\"C:\\\\a\"", .text = true, .line = true, .path = true},
	{"\"/a\\n\"", .text = true},
	{"\"../a\"", .text = true, .line = true},
	{"\"" ID "\"", .text = true, .line = true, .uuid = true},
	{"7", .count = true},
	{"-1", .text = false},
	{"4294967296", .text = false},
	{"1e300", .text = false},
	{"{\"a\":\"b\"}", .objects = true},
	{"[]", .text = false},
	{"null", .text = false},
	{"true", .text = false},
};

static void test_types(void)
{
	static const char *const nothing[] = {"\"\"", "0"};

	for (size_t i = 0; i < VBC_COUNT(types); i++) {
		struct vbc_meta *VBC_META meta = with(types[i].json);
		const bool fits[] = {types[i].text, types[i].line,  types[i].path,
				     types[i].uuid, types[i].count, types[i].objects};

		for (size_t type = 0; type < VBC_COUNT(fits); type++)
			ok(vbc_meta_fits(meta, "key", (enum vbc_meta_type)type, true) == fits[type],
			   "type: %s, as %zu", types[i].json, type);
		ok(vbc_meta_fits(meta, "none", VBC_META_PATH, false) &&
			   !vbc_meta_fits(meta, "none", VBC_META_PATH, true),
		   "type: one may be missing unless it is needed");
	}
	for (size_t i = 0; i < VBC_COUNT(nothing); i++) {
		struct vbc_meta *VBC_META meta = with(nothing[i]);
		enum vbc_meta_type type = i ? VBC_META_COUNT : VBC_META_UUID;

		ok(vbc_meta_fits(meta, "key", type, false) &&
			   !vbc_meta_fits(meta, "key", type, true),
		   "type: %s fits unless it is needed", nothing[i]);
	}
}

static void test_pairs(void)
{
	struct vbc_op op = {.arena = {0}};
	struct vbc_meta *VBC_META meta =
		with("{\"a\":\"1\",\"b\":2,\"c\":null,\"d\":{},\"e\":\"\\u0007\",\"f\":\"\"}");
	struct vbc_meta *VBC_META list = with("[\"a\"]");
	struct vbc_strs names = {0}, values = {0};

	ok(vbc_meta_pairs(&op, meta, "key", &names, &values) && names.n == 2 && values.n == 2,
	   "pairs: those that are text");
	ok(streq(names.v[0], "a") && streq(values.v[0], "1") && streq(names.v[1], "f") &&
		   streq(values.v[1], ""),
	   "pairs: the right ones");
	ok(vbc_meta_pairs(&op, list, "key", &names, &values) && names.n == 0, "pairs: of a list");
	ok(vbc_meta_pairs(&op, list, "none", &names, &values) && names.n == 0, "pairs: of nothing");
	ok(vbc_meta_set_in(list, "key", "x", "y"), "pairs: one is put where a list was");
	vbc_arena_done(&op.arena);
}

static void test_objects(void)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"5",
		"\"{}\"",
		"null",
		"{",
		"{\"key\":}",
		"{\"key\":1e999}",
		"{\"key\":\"\xff\"}",
		"{\"a\":1}{",
	};

	for (size_t i = 0; i < VBC_COUNT(bad); i++) {
		struct vbc_meta *VBC_META meta = vbc_meta_parse(bad[i]);

		ok(!meta, "object: '%s' is none", bad[i]);
	}
}

/* An object of a list with so many more in it, and with a text that has braces of its own. */
static bool can_hold(size_t groups, size_t braces)
{
	struct vbc_buf VBC_BUF json;
	struct vbc_meta *VBC_META meta = NULL;

	vbc_buf_init(&json, 1u << 20);
	vbc_buf_puts(&json, "{\"text\":\"\\\"");
	for (size_t i = 0; i < braces; i++)
		vbc_buf_putc(&json, '{');
	vbc_buf_puts(&json, "\",\"list\":[");
	for (size_t i = 0; i < groups; i++)
		vbc_buf_puts(&json, i % 2 ? "{}," : "[],");
	vbc_buf_puts(&json, "1]}");
	meta = vbc_meta_parse(json.data);
	return meta;
}

static void test_sizes(void)
{
	ok(can_hold(998, 0), "size: 1,000 objects and lists");
	ok(!can_hold(999, 0), "size: not one more");
	ok(can_hold(0, 5000), "size: what is in a text does not count");
	ok(!can_hold(0, 256u << 10), "size: 256 KiB and more");
}

int main(void)
{
	test_texts();
	test_numbers();
	test_types();
	test_pairs();
	test_objects();
	test_sizes();
	return tap_done();
}
