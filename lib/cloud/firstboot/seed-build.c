/* SPDX-License-Identifier: Apache-2.0 */
#include "firstboot/seed-build.h"

#include <ctype.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error-private.h"
#include "base/str.h"
#include "firstboot/iso.h"
#include "firstboot/sha-crypt.h"

#define LABEL        "CIDATA"
#define HOSTNAME_MAX 63
#define PASSWORD_MAX 255
#define NO_HOSTNAME  "node" /* of a name without a letter or digit that a host name can have */

/* A text in YAML, whatever it holds. */
static void seed_put_quoted(struct vbc_buf *out, const char *text)
{
	vbc_buf_putc(out, '"');
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			vbc_buf_putc(out, '\\');
		vbc_buf_putc(out, *c);
	}
	vbc_buf_putc(out, '"');
}

static void seed_put_pair(struct vbc_buf *out, const char *key, const char *value)
{
	vbc_buf_printf(out, "%s: ", key);
	seed_put_quoted(out, value);
	vbc_buf_putc(out, '\n');
}

static void seed_put_meta_data(struct vbc_buf *out, const struct vbc_seed_facts *f)
{
	seed_put_pair(out, "instance-id", f->instance_id);
	seed_put_pair(out, "local-hostname", f->hostname);
	if (f->n_keys)
		vbc_buf_puts(out, "public-keys:\n");
	for (size_t i = 0; i < f->n_keys; i++) {
		vbc_buf_puts(out, "  - ");
		seed_put_quoted(out, f->keys[i]);
		vbc_buf_putc(out, '\n');
	}
	vbc_buf_putc(out, 0);
}

/* The C library's is a macro that branches, and knows more letters. */
static char seed_lower_char(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

/* From VirtualBox's way to write it, without colons. */
static void seed_put_mac(struct vbc_buf *out, const char *mac)
{
	for (size_t at = 0; mac[at]; at++) {
		if (at && at % 2 == 0)
			vbc_buf_putc(out, ':');
		vbc_buf_putc(out, seed_lower_char(mac[at]));
	}
}

/* Each adapter asks for its address; a boot waits for that of the first only. */
static void seed_put_network_config(struct vbc_buf *out, const struct vbc_seed_facts *f)
{
	vbc_buf_printf(out, "version: 2\nethernets:%s\n", f->n_macs ? "" : " {}");
	for (size_t i = 0; i < f->n_macs; i++) {
		vbc_buf_printf(out, "  eth%zu:\n    match:\n      macaddress: \"", i);
		seed_put_mac(out, f->macs[i]);
		vbc_buf_printf(out, "\"\n    set-name: eth%zu\n    dhcp4: true\n%s", i,
			       i ? "    optional: true\n" : "");
	}
	vbc_buf_putc(out, 0);
}

static void seed_put_vendor_data(struct vbc_buf *out, const struct vbc_seed_facts *f)
{
	vbc_buf_puts(out, "#cloud-config\n");
	if (f->password_hash[0]) {
		seed_put_pair(out, "password", f->password_hash);
		vbc_buf_puts(out, "chpasswd:\n  expire: false\nssh_pwauth: true\n");
	}
	vbc_buf_putc(out, 0);
}

int vbc_seed_build(const struct vbc_seed_facts *facts, struct vbc_buf *out, struct vbc_error *err)
{
	static void (*const put[])(struct vbc_buf *, const struct vbc_seed_facts *) = {
		seed_put_meta_data, seed_put_network_config, seed_put_vendor_data};
	struct vbc_buf VBC_BUF texts = {.max = VBC_SEED_MAX};
	struct vbc_iso_file files[] = {{.name = "meta-data"},
				       {.name = "network-config"},
				       {"user-data", facts->user_data, facts->user_data_size},
				       {.name = "vendor-data"}};
	size_t at[VBC_COUNT(put)];

	for (size_t i = 0; i < VBC_COUNT(put); i++) {
		at[i] = texts.len;
		put[i](&texts, facts);
	}
	if (texts.failed)
		return vbc_fail_nomem(err);
	for (size_t i = 0; i < VBC_COUNT(put); i++) {
		struct vbc_iso_file *file = &files[i < 2 ? i : 3];

		file->data = texts.data + at[i];
		file->size = strlen(file->data);
	}
	vbc_iso_build(out, LABEL, files, VBC_COUNT(files));
	return out->failed ? vbc_fail_nomem(err) : VBC_OK;
}

const char *vbc_seed_hostname(struct vbc_arena *a, const char *text)
{
	char *name = vbc_arena_alloc(a, HOSTNAME_MAX + 1);
	char between = 0;
	size_t n = 0;

	for (const char *c = text; name && *c && n < HOSTNAME_MAX; c++) {
		unsigned char u = (unsigned char)*c;

		if (u >= 0x80 || !isalnum(u)) {
			between = u == '.' || between == '.' ? '.' : '-';
			continue;
		}
		if (between && n && n < HOSTNAME_MAX - 1)
			name[n++] = between;
		between = 0;
		name[n++] = seed_lower_char(*c);
	}
	return name && !n ? vbc_arena_strdup(a, NO_HOSTNAME) : name;
}

#define ROUNDS 65536

static bool seed_make_salt(char ret[VBC_SHA_CRYPT_SALT + 1])
{
	static const char digits[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	unsigned char random[VBC_SHA_CRYPT_SALT];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		ret[i] = digits[random[i] % 64];
	ret[sizeof(random)] = '\0';
	return true;
}

int vbc_seed_hash(struct vbc_arena *a, const char *password, const char **ret_hash,
		  struct vbc_error *err)
{
	char salt[VBC_SHA_CRYPT_SALT + 1], hash[VBC_SHA_CRYPT_SIZE];
	char *copy = seed_make_salt(salt) && vbc_sha_crypt(password, salt, ROUNDS, hash)
			     ? vbc_arena_strdup(a, hash)
			     : NULL;

	if (!copy)
		return vbc_fail(err, VBC_E_NOMEM, "this system cannot hash the password");
	*ret_hash = copy;
	return VBC_OK;
}

static bool seed_is_hostname(const char *text)
{
	struct vbc_arena VBC_ARENA a = {0};
	const char *valid = vbc_seed_hostname(&a, text);

	return valid && strcasecmp(valid, text) == 0;
}

static int seed_check_password(const char *password, struct vbc_error *err)
{
	size_t at;
	long c;

	if (password &&
	    (!password[0] || strlen(password) > PASSWORD_MAX || strpbrk(password, "\r\n")))
		return vbc_fail(err, VBC_E_ARG,
				"the node's password must be one line of 1 to %d characters",
				PASSWORD_MAX);
	/* The guest is told a hash of bytes, and terminals send UTF-8. */
	if (password && !vbc_text_ok(password, strlen(password), &at, &c))
		return vbc_fail(err, VBC_E_ARG,
				"the node's password must be text in UTF-8 without control "
				"characters; save its file as UTF-8");
	return VBC_OK;
}

static bool seed_has_all_keys(const struct vbc_first_boot *from)
{
	for (size_t i = 0; i < from->n_ssh_keys; i++)
		if (!from->ssh_keys || !from->ssh_keys[i])
			return false;
	return true;
}

int vbc_seed_check(const struct vbc_first_boot *from, struct vbc_error *err)
{
	if (!seed_has_all_keys(from))
		return vbc_fail(err, VBC_E_ARG, "an SSH key must not be NULL");
	if (from->user_data && from->user_data_size > VBC_USER_DATA_MAX)
		return vbc_fail(
			err, VBC_E_ARG,
			"the user data has more than %u bytes, the most that a seed can carry; "
			"compress it with gzip, which cloud-init unpacks, or let it fetch the rest",
			VBC_USER_DATA_MAX);
	if (from->hostname && !seed_is_hostname(from->hostname))
		return vbc_fail(err, VBC_E_ARG,
				"'%s' cannot be a host name: use letters and digits, with single - "
				"or . between them, at most %d in all",
				from->hostname, HOSTNAME_MAX);
	return seed_check_password(from->password, err);
}
