/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Public keys as people have them: what is read of each, or why it is refused. No error repeats any
 * of it.
 */
#include <vboxcloud/error.h>

#include "base/arena.h"
#include "key/text.h"
#include "tap.h"

#define KEY    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8mFhmzIjv2h6Y0d6QyQ0b1mFQ5Uv0b2nq0mC1f9pZr"
#define SECRET "c2VjcmV0"

static const struct {
	const char *text, *line, *why; /* one of both */
} rows[] = {
	{KEY, KEY, NULL},
	{KEY " me@home\r\n", KEY " me@home", NULL},
	{"\xef\xbb\xbf" KEY " me\n", KEY " me", NULL},
	{"# of the office\n\n  " KEY "\tme  \n\n# end\n", KEY " me", NULL},
	{KEY " J\xf6rg\n", KEY, NULL},
	{KEY " J\xc3\xb6rg\n", KEY " J\xc3\xb6rg", NULL},
	{KEY " \xef\xbf\xbe\n", KEY, NULL}, /* VirtualBox's service dies of that */
	{KEY " \x1b[31m\n", KEY, NULL},
	{"# not the PRIVATE KEY\n" KEY " of my PRIVATE KEY\n", KEY " of my PRIVATE KEY", NULL},
	{KEY " BEGIN PUBLIC KEY", KEY " BEGIN PUBLIC KEY", NULL},
	{KEY " a\n-----BEGIN OPENSSH PRIVATE KEY-----\n" SECRET, NULL, "is a private key; only"},
	{"", NULL, "is not a public SSH key"},
	{"# nothing\n", NULL, "is not a public SSH key"},
	{"hello world\n", NULL, "is not a public SSH key"},
	{"ssh-ed25519", NULL, "is not a public SSH key"},
	{"ssh-ed25519 !", NULL, "is not a complete public SSH key"},
	{KEY "\nhello\n", NULL, "is not a public SSH key"},
	{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8mFhmzIjv2", NULL,
	 "is not a complete public SSH key"},
	{"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIC8mFhmzIjv2h6Y0d6QyQ0b1mFQ5Uv0b2nq0mC1f9pZr", NULL,
	 "is not a complete public SSH key"},
	{KEY " a\n" KEY " b\n", NULL, "are several public keys"},
	{"from=\"10.0.0.0/8\",no-pty " KEY, NULL, "options before a public key"},
	{"command=\"echo a b\" " KEY "\n", NULL, "options before a public key"},
	{"\xff\xfes", NULL, "UTF-16"},
	{"-----BEGIN OPENSSH PRIVATE KEY-----\n" SECRET "\n", NULL,
	 "is a private key; only public"},
	{"-----BEGIN RSA PRIVATE KEY-----\n" SECRET "\n", NULL, "is a private key; only public"},
	{"PuTTY-User-Key-File-3: ssh-ed25519\n" SECRET "\n", NULL, "is a private key of PuTTY"},
	{"---- BEGIN SSH2 PUBLIC KEY ----\n" SECRET "\n", NULL, "ssh-keygen -i -f FILE"},
	{"-----BEGIN RSA PUBLIC KEY-----\n" SECRET "\n", NULL, "ssh-keygen -i -m PEM"},
	{"-----BEGIN PUBLIC KEY-----\n" SECRET "\n", NULL, "ssh-keygen -i -m PKCS8"},
	{"ssh-ed25519-cert-v01@openssh.com " SECRET, NULL, "is a certificate"},
	{"ssh-dss " SECRET " x", NULL, "is a DSA key"},
};

static void check(const char *text, const char *line, const char *why)
{
	struct vbc_arena VBC_ARENA a = {0};
	const char *got = NULL, *fingerprint = NULL, *again = NULL;
	struct vbc_error err = {0};
	int code = vbc_key_read(&a, text, &got, &fingerprint, &err);

	if (!line) {
		ok(code == VBC_E_ARG && strstr(err.text, why), "refused: %s", err.text);
		ok(!strstr(err.text, SECRET) && !got, "and nothing of it is shown");
		return;
	}
	is_str(got, line, "a key is read %s", err.text);
	is_str(fingerprint, "SHA256:XKrN5F+jcU63OCNdMUjyQA6pXpZTm2iLZd1zRCcXpG0",
	       "its fingerprint");
	ok(got && !vbc_key_read(&a, got, &again, &fingerprint, &err) && strcmp(got, again) == 0,
	   "and reads back");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].text, rows[i].line, rows[i].why);
	return tap_done();
}
