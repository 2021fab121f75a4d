/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * lib/vbox without a host: who does something, what is kept as JSON (the host's extra data is
 * played by an array here), which code a fault becomes, releases.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "tap.h"
#include "vbox/fault.h"
#include "vbox/lease-holder.h"
#include "vbox/meta.h"
#include "vbox/websession.h"

/* The linker hands calls of these functions of lib/vbox to us, see meson.build. */
int __wrap_vbc_IVirtualBox_getExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char **ret);
int __wrap_vbc_IVirtualBox_setExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char *value);
int __wrap_vbc_IVirtualBox_getExtraDataKeys(struct vbc_op *op, vbc_ref self, struct vbc_strs *ret);

static struct {
	char *key, *value;
} extra_data[10];

int __wrap_vbc_IVirtualBox_setExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char *value)
{
	size_t i = 0;

	(void)op;
	(void)self;
	while (extra_data[i].key && !streq(extra_data[i].key, key))
		i++;
	free(extra_data[i].key);
	free(extra_data[i].value);
	extra_data[i].key = strdup(key);
	extra_data[i].value = strdup(value);
	return VBC_OK;
}

int __wrap_vbc_IVirtualBox_getExtraData(struct vbc_op *op, vbc_ref self, const char *key,
					const char **ret)
{
	size_t i = 0;

	(void)self;
	while (extra_data[i].key && !streq(extra_data[i].key, key))
		i++;
	*ret = vbc_arena_strdup(&op->arena, extra_data[i].key ? extra_data[i].value : "");
	return VBC_OK;
}

int __wrap_vbc_IVirtualBox_getExtraDataKeys(struct vbc_op *op, vbc_ref self, struct vbc_strs *ret)
{
	const char **keys = VBC_ARENA_ARRAY(&op->arena, const char *, VBC_COUNT(extra_data));
	size_t n = 0;

	(void)self;
	for (size_t i = 0; extra_data[i].key; i++)
		if (extra_data[i].value[0])
			keys[n++] = vbc_arena_strdup(&op->arena, extra_data[i].key);
	*ret = (struct vbc_strs){.n = n, .v = keys};
	return VBC_OK;
}

static void forget_extra_data(void)
{
	for (size_t i = 0; i < VBC_COUNT(extra_data); i++) {
		free(extra_data[i].key);
		free(extra_data[i].value);
		extra_data[i].key = extra_data[i].value = NULL;
	}
}

static void test_meta_round_trip(void)
{
	static const char *const texts[] = {
		"",
		"plain",
		"\"quoted\" \\ / '",
		"line\nbreak\ttab\r",
		"<a> & ]]>",
		"h\xc3\xa9",
		"\xe6\xbc\xa2\xe5\xad\x97",
		"\xf0\x9f\x98\x80",
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
		"\xc2\x80\x7f",
		"\xef\xbf\xbd",
		" spaces ",
	};
	struct vbc_op op = {0};

	for (size_t i = 0; i < VBC_COUNT(texts); i++) {
		struct vbc_meta *VBC_META meta = vbc_meta_new(), *VBC_META back = NULL;

		vbc_meta_set_str(meta, "text", texts[i]);
		ok(!vbc_meta_put(&op, "node", "id", meta), "metadata is written");
		ok(!vbc_meta_get(&op, "node", "id", &back) && back, "and read");
		is_str(vbc_meta_str(back, "text"), texts[i], "text %zu is the same", i);
	}
	is_str(extra_data[0].key, "libcloud/node/id", "under its key");
	vbc_arena_done(&op.arena);
	forget_extra_data();
}

static void test_meta_values(void)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new(), *VBC_META back = NULL, *none = meta;
	struct vbc_op op = {0};

	vbc_meta_set_int(meta, "large", INT64_MAX);
	vbc_meta_set_int(meta, "small", INT64_MIN);
	vbc_meta_set_str(meta, "text", "first");
	vbc_meta_set_str(meta, "text", "second");
	ok(!vbc_meta_put(&op, "lock", "a/b", meta) && !vbc_meta_get(&op, "lock", "a/b", &back),
	   "there and back");
	ok(vbc_meta_int(back, "large") == INT64_MAX, "the largest number");
	ok(vbc_meta_int(back, "small") == INT64_MIN, "the smallest number");
	is_str(vbc_meta_str(back, "text"), "second", "a value that was replaced");
	is_str(vbc_meta_str(back, "none"), "", "a text that is not there");
	is_int(vbc_meta_int(back, "none"), 0, "a number that is not there");
	is_str(vbc_meta_str(back, "large"), "", "a number as text");
	is_int(vbc_meta_int(back, "text"), 0, "a text as number");
	is_str(vbc_meta_str(NULL, "x"), "", "a text of nothing");
	is_int(vbc_meta_int(NULL, "x"), 0, "a number of nothing");
	ok(!vbc_meta_get(&op, "lock", "other", &none) && !none, "metadata that is not there");
	ok(!vbc_meta_delete(&op, "lock", "a/b") && !vbc_meta_get(&op, "lock", "a/b", &none) &&
		   !none,
	   "deleted metadata is not there");
	vbc_meta_free(NULL);
	vbc_arena_done(&op.arena);
	forget_extra_data();
}

static void test_meta_ids(void)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	struct vbc_strs ids = {0};
	struct vbc_op op = {0};

	vbc_meta_put(&op, "node", "1", meta);
	vbc_meta_put(&op, "lock", "1/x-y", meta);
	vbc_meta_put(&op, "nodes", "2", meta);
	vbc_meta_put(&op, "node", "3", meta);
	__wrap_vbc_IVirtualBox_setExtraData(&op, op.vbox, "GUI/node/4", "x");
	ok(!vbc_meta_ids(&op, "node", &ids) && ids.n == 2, "two of a kind");
	is_str(ids.v[0], "1", "the first");
	is_str(ids.v[1], "3", "the second");
	ok(!vbc_meta_ids(&op, "lock", &ids) && ids.n == 1 && streq(ids.v[0], "1/x-y"),
	   "one of another kind");
	ok(!vbc_meta_ids(&op, "image", &ids) && ids.n == 0, "none of a third");
	vbc_arena_done(&op.arena);
	forget_extra_data();
}

static void test_meta_broken(void)
{
	static const char *const broken[] = {
		"",
		" ",
		"x",
		"{",
		"[]",
		"null",
		"7",
		"\"x\"",
		"{\"a\":1",
		"{\"a\":1}}",
		"{\"a\":1,\"a\":2}",
		"{a:1}",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":\"x\ny\"}",
	};
	static char deep[100001];
	struct vbc_meta *VBC_META good = vbc_meta_parse(" {\"a\": {\"b\": [1, 2]}, \"c\": 1.5}\n");

	for (size_t i = 0; i < VBC_COUNT(broken); i++)
		ok(!vbc_meta_parse(broken[i]), "broken JSON %zu is none of ours", i);
	memset(deep, '[', sizeof(deep) - 1);
	ok(!vbc_meta_parse(deep), "nor is very deep JSON");
	ok(good != NULL, "other JSON is an object");
	is_str(vbc_meta_str(good, "a"), "", "whose other types are not text");
	is_int(vbc_meta_int(good, "c"), 0, "nor whole numbers");
}

#define NOW  1700000000000
#define PAST (NOW - 1)

static bool gone_with(const char *key, int64_t value)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();

	vbc_holder_sign(meta, NOW);
	vbc_meta_set_int(meta, key, value);
	return vbc_holder_judge_at(meta, NOW) == VBC_HOLDER_GONE;
}

static void test_owner_self(void)
{
	struct vbc_meta *VBC_META me = vbc_meta_new();

	vbc_holder_sign(me, NOW);
	ok(vbc_holder_is_me(me), "who signs is me");
	ok(vbc_holder_judge_at(me, NOW) == VBC_HOLDER_LIVES, "and lives");
	ok(vbc_holder_judge_at(me, NOW + 2 * VBC_LEASE_MS) == VBC_HOLDER_SILENT,
	   "after its lease it is to be watched, as it may have lost the host");
	ok(vbc_meta_int(me, "until") == NOW + VBC_LEASE_MS, "its lease begins now");
	ok(gone_with("start", vbc_meta_int(me, "start") - 1),
	   "one with its number before it is gone");
	ok(!gone_with("until", PAST), "a lease that is over alone does not prove that it is gone");
	ok(gone_with("pid", 1 << 30), "a process of no number is gone");
	ok(gone_with("pid", 0) && gone_with("pid", -1), "nor are 0 and -1 processes");
	vbc_holder_leave(me);
	ok(vbc_holder_judge_at(me, NOW) == VBC_HOLDER_GONE, "who has given up counts as gone");
	vbc_holder_sign(me, NOW);
	ok(vbc_holder_judge_at(me, NOW) == VBC_HOLDER_LIVES, "until it signs again");
}

static void test_owner_elsewhere(void)
{
	struct vbc_meta *VBC_META other = vbc_meta_new(), *VBC_META empty = vbc_meta_new();
	const int64_t end = NOW + VBC_LEASE_MS;

	vbc_holder_sign(other, NOW);
	vbc_meta_set_str(other, "where", "another boot pid:[1]");
	ok(!vbc_holder_is_me(other), "another machine's process is not me");
	ok(vbc_holder_judge_at(other, end) == VBC_HOLDER_LIVES, "it lives as long as its lease");
	ok(vbc_holder_judge_at(other, end + 1) == VBC_HOLDER_SILENT,
	   "and is to be watched after that");
	ok(vbc_holder_judge_at(other, NOW - 2 * VBC_LEASE_MS) == VBC_HOLDER_SILENT,
	   "and when the clock was set back");
	vbc_holder_leave(other);
	ok(vbc_holder_judge_at(other, NOW) == VBC_HOLDER_GONE, "who has given up is gone");
	vbc_holder_sign(other, NOW);
	vbc_meta_set_int(other, "start", 0);
	ok(vbc_holder_judge_at(other, NOW) == VBC_HOLDER_LIVES,
	   "one that could not tell its start lives");
	ok(vbc_holder_judge_at(other, end + 1) == VBC_HOLDER_SILENT, "as long as its lease");
	ok(vbc_holder_judge_at(empty, NOW) == VBC_HOLDER_GONE, "who did not sign is gone");
	ok(!vbc_holder_is_me(empty), "and not me");
}

/* Its clock ticks since boot, as proc(5) tells: the 20th word behind the name. */
static int64_t start_of(pid_t pid)
{
	char path[64], text[1024] = "", *at;
	int fd, word = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;
	close(fd);
	for (at = strrchr(text, ')'); at && *at && word < 20; at++)
		word += *at == ' ';
	return at ? atoll(at) : 0;
}

static void test_owner_dies(void)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	siginfo_t info;
	int end[2];
	pid_t pid;

	if (pipe2(end, O_CLOEXEC))
		return;
	pid = fork();
	if (pid == 0) {
		char c;

		close(end[1]);
		_exit((int)read(end[0], &c, 1));
	}
	close(end[0]);
	vbc_holder_sign(meta, NOW);
	vbc_meta_set_int(meta, "pid", pid);
	vbc_meta_set_int(meta, "start", start_of(pid));
	ok(start_of(pid) > 0 && vbc_holder_judge_at(meta, NOW) == VBC_HOLDER_LIVES,
	   "a child lives");
	ok(!vbc_holder_is_me(meta), "and is not me");
	close(end[1]);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	ok(start_of(pid) > 0, "it has ended, and is not waited for");
	ok(vbc_holder_judge_at(meta, NOW) == VBC_HOLDER_GONE, "and is gone");
	waitpid(pid, NULL, 0);
	ok(vbc_holder_judge_at(meta, NOW) == VBC_HOLDER_GONE, "still when it was waited for");
}

static void test_codes(void)
{
	static const struct {
		uint32_t result;
		int32_t detail;
		int code;
	} codes[] = {
		{0x80bb0001, 0, VBC_E_NOTFOUND},    {0x80bb0002, 0, VBC_E_STATE},
		{0x80bb0004, 0, VBC_E_FAULT},       {0x80bb0005, 0, VBC_E_FAULT},
		{0x80bb0007, 0, VBC_E_BUSY},        {0x80bb0009, 0, VBC_E_ARG},
		{0x80bb000b, 0, VBC_E_STATE},       {0x80bb000c, 0, VBC_E_BUSY},
		{0x80bb0010, 0, VBC_E_TIMEOUT},     {0x80070057, 0, VBC_E_ARG},
		{0x80070005, 0, VBC_E_BUSY},        {0x8007000e, 0, VBC_E_NOMEM},
		{0x8000ffff, 0, VBC_E_FAULT},       {0x80004001, 0, VBC_E_VERSION},
		{0x80004004, 0, VBC_E_CONNECT},     {0x800706be, 0, VBC_E_CONNECT},
		{0x80004005, 0, VBC_E_FAULT},       {0x12345678, 0, VBC_E_FAULT},
		{0x80bb0004, -152, VBC_E_SPACE},    {0x80bb0004, -102, VBC_E_NOTFOUND},
		{0x80bb0004, -103, VBC_E_NOTFOUND}, {0x80bb0004, -105, VBC_E_EXISTS},
		{0x80bb0004, -124, VBC_E_BUSY},     {0x80bb0007, -152, VBC_E_SPACE},
		{0x80bb0007, -99999, VBC_E_BUSY},
	};

	for (size_t i = 0; i < VBC_COUNT(codes); i++)
		is_str(vbc_code_name(
			       vbc_code_from_result((int32_t)codes[i].result, codes[i].detail)),
		       vbc_code_name(codes[i].code), "0x%08x with detail %d", codes[i].result,
		       codes[i].detail);
}

/* VirtualBox may say no more than a number; the person still learns what it means for them. */
static void test_no_reason(void)
{
	static const struct {
		int32_t result;
		const char *says;
		enum vbc_hint hint;
	} faults[] = {
		{(int32_t)0x800706be,
		 "a process of VirtualBox ended in the middle of the call (0x800706be)",
		 VBC_HINT_CHECK_HOST},
		{(int32_t)0x80bb0004, "VirtualBox failed with 0x80bb0004 and gave no reason",
		 VBC_HINT_NONE},
	};

	for (size_t i = 0; i < VBC_COUNT(faults); i++) {
		struct vbc_op op = {0};

		vbc_fault_from_info(&op, faults[i].result, "", (vbc_ref){NULL});
		is_str(op.error.text, faults[i].says, "a fault without words");
		is_int(vbc_error_hint(&op.error), faults[i].hint, "and its hint");
	}
}

static void test_versions(void)
{
	is_int(vbc_version_parse("7.2.22"), 70222, "a release");
	is_int(vbc_version_parse("7.2.22_Debian"), 70222, "Debian's");
	is_int(vbc_version_parse("7.1.4_SUSEr165100"), 70104, "SUSE's");
	is_int(vbc_version_parse("5.0.0_RC1"), 50000, "a candidate");
	is_int(vbc_version_parse("6.1"), 60100, "one without its last part");
	is_int(vbc_version_parse("10.0.1"), 100001, "one with more digits");
	is_int(vbc_version_parse(""), 0, "nothing");
	is_int(vbc_version_parse("7"), 0, "half of one");
	is_int(vbc_version_parse("latest"), 0, "a word");
	is_int(vbc_version_parse("-7.2.22"), 0, "a negative one");
	is_int(vbc_version_parse("99999999999.2.3"), 0, "one beyond all bounds");
}

int main(void)
{
	test_meta_round_trip();
	test_meta_values();
	test_meta_ids();
	test_meta_broken();
	test_owner_self();
	test_owner_elsewhere();
	test_owner_dies();
	test_codes();
	test_no_reason();
	test_versions();
	return tap_done();
}
