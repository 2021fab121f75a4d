/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Seeds as bytes: host names, hashes, the texts on the disc, and the disc's own structure. Other
 * programs read one in tests/cli/test_first_boot.py.
 */
#include <crypt.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "firstboot/iso.h"
#include "firstboot/seed-build.h"
#include "tap.h"

static void test_hostname(void)
{
	static const struct {
		const char *text, *name;
	} names[] = {
		{"web1", "web1"},
		{"Web 1", "web-1"},
		{"  a--b__c  ", "a-b-c"},
		{"db.example.ORG", "db.example.org"},
		{"a.-.b", "a.b"},
		{"...", "node"},
		{"", "node"},
		{"\xe6\xbc\xa2\xe5\xad\x97", "node"},
		{"caf\xc3\xa9 7", "caf-7"},
		{"0123456789012345678901234567890123456789012345678901234567890123456789",
		 "012345678901234567890123456789012345678901234567890123456789012"},
		{"01234567890123456789012345678901234567890123456789012345678901 x",
		 "01234567890123456789012345678901234567890123456789012345678901x"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vbc_arena VBC_ARENA a = {0};

		is_str(vbc_seed_hostname(&a, names[i].text), names[i].name, "'%s'", names[i].text);
	}
}

static void test_check(void)
{
	static const struct {
		const char *hostname, *password;
		int code;
	} rows[] = {
		{NULL, NULL, VBC_OK},
		{"web1.example.org", "x", VBC_OK},
		{"WEB", NULL, VBC_OK},
		{"", NULL, VBC_E_ARG},
		{"a_b", NULL, VBC_E_ARG},
		{"-a", NULL, VBC_E_ARG},
		{"a..b", NULL, VBC_E_ARG},
		{"a.", NULL, VBC_E_ARG},
		{NULL, "", VBC_E_ARG},
		{NULL, "a\nb", VBC_E_ARG},
		{NULL, "pass w\xc3\xb6rd", VBC_OK},
		{NULL, "w\xf6rd", VBC_E_ARG},
		{NULL, "\xff\xfep", VBC_E_ARG},
		{NULL, "a\x1b", VBC_E_ARG},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vbc_first_boot from = VBC_FIRST_BOOT_INIT;
		struct vbc_error err = {0};

		from.hostname = rows[i].hostname;
		from.password = rows[i].password;
		is_int(vbc_seed_check(&from, &err), rows[i].code, "row %zu: %s", i, err.text);
		if (rows[i].password && rows[i].password[0])
			ok(!strstr(err.text, rows[i].password), "the password is not in the error");
	}
}

/* As the library's own structs have it: with its size. */
static void test_user_data(void)
{
	struct vbc_first_boot from = VBC_FIRST_BOOT_INIT;
	struct vbc_error err = {0};

	from.user_data = "";
	from.user_data_size = VBC_USER_DATA_MAX;
	is_int(vbc_seed_check(&from, &err), VBC_OK, "as much user data as there may be");
	from.user_data_size++;
	is_int(vbc_seed_check(&from, &err), VBC_E_ARG, "a byte more: %s", err.text);
	ok(strstr(err.text, "16777216 bytes") != NULL, "the limit is named");
}

static bool matches(const char *password, const char *hash)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *again = data ? crypt_rn(password, hash, data, sizeof(*data)) : NULL;
	bool same = again && strcmp(again, hash) == 0;

	free(data);
	return same;
}

static void test_hash(void)
{
	struct vbc_arena VBC_ARENA a = {0};
	const char *one = "", *two = "";

	ok(!vbc_seed_hash(&a, "correct horse", &one, NULL), "a hash");
	ok(strncmp(one, "$6$rounds=65536$", 16) == 0, "by SHA-512: %s", one);
	ok(matches("correct horse", one) && !matches("correct horsf", one), "of that password");
	ok(!vbc_seed_hash(&a, "correct horse", &two, NULL) && strcmp(one, two) != 0,
	   "with a salt of its own");
}

static uint32_t le32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Whether a number stands there in both byte orders. */
static bool both(const unsigned char *at, uint32_t n)
{
	return le32(at) == n && at[4] == n >> 24 && at[5] == (n >> 16 & 0xff) &&
	       at[6] == (n >> 8 & 0xff) && at[7] == (n & 0xff);
}

/* The text of the record with that plain name; size -1 when there is none. */
static const char *find(const struct vbc_buf *disc, const char *name, long *ret_size)
{
	const unsigned char *bytes = (const unsigned char *)disc->data, *at = bytes + 20 * 2048;

	*ret_size = -1;
	for (; at[0]; at += at[0]) {
		if (at[32] != strlen(name) || memcmp(at + 33, name, at[32]) != 0)
			continue;
		*ret_size = (long)le32(at + 10);
		return disc->data + le32(at + 2) * (size_t)2048;
	}
	return NULL;
}

static void is_data(const struct vbc_buf *disc, const char *name, const char *data, size_t n)
{
	long size;
	const char *at = find(disc, name, &size);

	ok(size == (long)n && at && memcmp(at, data, n) == 0, "%s", name);
}

static void is_text(const struct vbc_buf *disc, const char *name, const char *text)
{
	is_data(disc, name, text, strlen(text));
}

static void test_iso(void)
{
	static const struct vbc_iso_file files[] = {
		{"a-b", "hello\n", 6}, {"empty", "", 0}, {"x.y", "\0z", 2}};
	static const struct vbc_iso_file longer[] = {{"a-name-of-25-letters-here", "", 0}};
	struct vbc_buf VBC_BUF disc = {.max = 1 << 20};
	struct vbc_buf VBC_BUF again = {.max = 1 << 20};
	const unsigned char *pvd;

	vbc_iso_build(&disc, "LABEL", files, 3);
	if (!ok(!disc.failed && disc.len % 2048 == 0, "a disc of whole sectors"))
		return;
	pvd = (const unsigned char *)disc.data + 16 * 2048;
	ok(memcmp(pvd, "\1CD001\1", 7) == 0 && memcmp(pvd + 40, "LABEL   ", 8) == 0, "its label");
	ok(both(pvd + 80, (uint32_t)(disc.len / 2048)), "its size, both ways round");
	ok(pvd[2048] == 255, "the end of the descriptors");
	is_text(&disc, "A-B.;1", "hello\n");
	is_text(&disc, "EMPTY.;1", "");
	is_data(&disc, "X.Y;1", "\0z", 2);
	vbc_iso_build(&again, "LABEL", files, 3);
	ok(again.len == disc.len && memcmp(again.data, disc.data, disc.len) == 0,
	   "always the same");
	vbc_buf_reset(&again);
	vbc_iso_build(&again, "LABEL", longer, 1);
	ok(again.failed, "a name that is too long");
}

static void test_build(void)
{
	static const char *const keys[] = {"ssh-ed25519 AAAA a \"b\" \\c", "ssh-rsa BBBB"};
	static const char *const macs[] = {"080027AB01cd", "080027000002"};
	struct vbc_seed_facts facts = {.instance_id = "id-1",
				       .hostname = "web1",
				       .keys = keys,
				       .n_keys = 2,
				       .password_hash = "$6$x$y",
				       .user_data = "\x1f\x8b\0\r\n",
				       .user_data_size = 5,
				       .macs = macs,
				       .n_macs = 2};
	struct vbc_buf VBC_BUF disc = {.max = VBC_SEED_MAX};

	ok(!vbc_seed_build(&facts, &disc, NULL), "a seed");
	ok(memcmp(disc.data + 16 * 2048 + 40, "CIDATA ", 7) == 0, "its label");
	is_text(&disc, "META-DATA.;1",
		"instance-id: \"id-1\"\nlocal-hostname: \"web1\"\npublic-keys:\n"
		"  - \"ssh-ed25519 AAAA a \\\"b\\\" \\\\c\"\n  - \"ssh-rsa BBBB\"\n");
	is_text(&disc, "NETWORK-CONFIG.;1",
		"version: 2\nethernets:\n"
		"  eth0:\n    match:\n      macaddress: \"08:00:27:ab:01:cd\"\n"
		"    set-name: eth0\n    dhcp4: true\n"
		"  eth1:\n    match:\n      macaddress: \"08:00:27:00:00:02\"\n"
		"    set-name: eth1\n    dhcp4: true\n    optional: true\n");
	is_data(&disc, "USER-DATA.;1", "\x1f\x8b\0\r\n", 5);
	is_text(&disc, "VENDOR-DATA.;1",
		"#cloud-config\npassword: \"$6$x$y\"\nchpasswd:\n  expire: false\nssh_pwauth: "
		"true\n");
	vbc_buf_reset(&disc);
	facts = (struct vbc_seed_facts){
		.instance_id = "i", .hostname = "h", .password_hash = "", .user_data = ""};
	ok(!vbc_seed_build(&facts, &disc, NULL), "a seed of almost nothing");
	is_text(&disc, "META-DATA.;1", "instance-id: \"i\"\nlocal-hostname: \"h\"\n");
	is_text(&disc, "USER-DATA.;1", "");
	is_text(&disc, "NETWORK-CONFIG.;1", "version: 2\nethernets: {}\n");
	is_text(&disc, "VENDOR-DATA.;1", "#cloud-config\n");
}

int main(void)
{
	test_hostname();
	test_check();
	test_user_data();
	test_hash();
	test_iso();
	test_build();
	return tap_done();
}
