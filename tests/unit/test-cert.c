/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fingerprints as people give them, and what is read of a certificate.
 */
#include <string.h>

#include "cert/cert.h"
#include "tap.h"

#define PRINT                                                                                      \
	"6B:79:3D:86:06:4A:D2:FA:E4:7D:2E:68:7E:4C:A7:EA:CF:C3:1F:1C:06:31:5C:03:FF:78:27:11:37:"  \
	"8C:95:59"
#define PLAIN "6b793d86064ad2fae47d2e687e4ca7eacfc31f1c06315c03ff782711378c9559"

/* Made by openssl, which also told the fingerprint: self-signed, with letters that are not ASCII.
 */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
			  "MIIBqTCCAU+gAwIBAgIUEtb41STMR8RBAaLHz1QnORYfTmgwCgYIKoZIzj0EAwIw\n"
			  "KTERMA8GA1UECgwIw5xuw690ZWQxFDASBgNVBAMMC2xhYi5leGFtcGxlMCAXDTI2\n"
			  "MTEzMDE3MTUyMVoYDzIxMjYxMTA2MTcxNTIxWjApMREwDwYDVQQKDAjDnG7Dr3Rl\n"
			  "ZDEUMBIGA1UEAwwLbGFiLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
			  "AAT6Bv1zjkBWTeQnidCrQS+CTPUEOHXqhuo5Q37ZUEPj0vodOJEB1FKv9LM64WlG\n"
			  "0dMWg0McpdQ71yVesHaQQf4po1MwUTAdBgNVHQ4EFgQU4Xz7Kk1gxqeZaTE4OVhw\n"
			  "fCG3xhAwHwYDVR0jBBgwFoAU4Xz7Kk1gxqeZaTE4OVhwfCG3xhAwDwYDVR0TAQH/\n"
			  "BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA5w9R/o2CBmmM9PQTjeI7cAawp5s+\n"
			  "1TIn3Bk6UvYkvsYCIAVuiqshly3VJfGbvYIjqvn6mRqJ9sSfsd+aZ7vPjKyj\n"
			  "-----END CERTIFICATE-----\n";

static const struct {
	const char *text;
	bool good;
} rows[] = {
	{PRINT, true},
	{PLAIN, true},
	{"6B793D86064AD2FAE47D2E687E4CA7EACFC31F1C06315C03FF782711378C9559", true},
	{"6b:793D86064AD2FAE47D2E687E4CA7EACFC31F1C06315C03FF782711378C9559", true},
	{"", false},
	{"6B", false},
	{":" PLAIN, false},
	{PLAIN ":", false},
	{PLAIN "0", false},
	{PLAIN " ", false},
	{" " PLAIN, false},
	{"6B::79", false},
	{"g" PLAIN, false},
	{"6B:79:3D:86:06:4A:D2:FA:E4:7D:2E:68:7E:4C:A7:EA:CF:C3:1F:1C", false}, /* a SHA-1 */
	{"\xc3\xa4", false},
};

static void test_fingerprints(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vbc_fingerprint found = {{0}}, none = {{0}};
		struct vbc_error err = {0};
		int code = vbc_fingerprint_parse(rows[i].text, &found, &err);

		is_int(code, rows[i].good ? VBC_OK : VBC_E_ARG, "'%s'", rows[i].text);
		if (rows[i].good)
			is_str(vbc_fingerprint_format(&found).text, PRINT, "written one way");
		else
			ok(vbc_fingerprint_equal(&found, &none) && strstr(err.text, rows[i].text),
			   "refused by name: %s", err.text);
	}
}

static void test_read(void)
{
	struct vbc_cert cert = {.subject = NULL};
	struct vbc_error err = {0};

	is_int(vbc_cert_read(pem, &cert, &err), VBC_OK, "a certificate %s", err.text);
	is_str(vbc_fingerprint_format(&cert.fingerprint).text, PRINT, "its fingerprint");
	is_str(cert.subject, "O=\xc3\x9cn\xc3\xafted, CN=lab.example", "its subject");
	is_str(cert.issuer, cert.subject, "who signed it");
	is_int(cert.not_before_ms, 1796058921000, "when it begins");
	is_int(cert.not_after_ms, 4949658921000, "when it ends");
	vbc_cert_done(&cert);
}

static void test_unreadable(void)
{
	static const char *const texts[] = {
		"",
		"x",
		"-----BEGIN CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vbc_fingerprint found;
		struct vbc_cert cert = {.subject = NULL};
		struct vbc_error err = {0};

		is_int(vbc_cert_hash(texts[i], &found, &err), VBC_E_TLS, "text %zu: %s", i,
		       err.text);
		is_int(vbc_cert_read(texts[i], &cert, NULL), VBC_E_TLS, "the same, read");
		ok(!cert.subject, "and nothing is left of it");
	}
}

int main(void)
{
	test_fingerprints();
	test_read();
	test_unreadable();
	return tap_done();
}
