/* SPDX-License-Identifier: Apache-2.0 */
#include "cert/cert.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"

#define NAME_MAX_BYTES 400 /* of a subject: what is longer is to confuse those who read it */
#define CERT           VBC_CLEANUP(cert_drop)

static void cert_drop(X509 **cert)
{
	X509_free(*cert);
}

static int hex_digit_value(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, tolower((unsigned char)c));

	return c && at ? (int)(at - digits) : -1;
}

int vbc_fingerprint_parse(const char *text, struct vbc_fingerprint *ret, struct vbc_error *err)
{
	struct vbc_fingerprint found;
	const char *at = text;

	for (size_t i = 0; i < VBC_FINGERPRINT_SIZE; i++) {
		int high, low;

		if (i && *at == ':')
			at++;
		high = hex_digit_value(at[0]);
		low = high < 0 ? -1 : hex_digit_value(at[1]);
		if (low < 0)
			break;
		found.bytes[i] = (unsigned char)(high * 16 + low);
		at += 2;
		if (i == VBC_FINGERPRINT_SIZE - 1 && !*at) {
			*ret = found;
			return VBC_OK;
		}
	}
	return vbc_fail(err, VBC_E_ARG,
			"'%.100s' is not the fingerprint of a certificate: that is the 64 "
			"hexadecimal digits of its SHA-256",
			text);
}

struct vbc_fingerprint_text vbc_fingerprint_format(const struct vbc_fingerprint *fingerprint)
{
	struct vbc_fingerprint_text ret;

	for (size_t i = 0; i < VBC_FINGERPRINT_SIZE; i++)
		snprintf(ret.text + i * 3, 4, "%02X%s", fingerprint->bytes[i],
			 i + 1 < VBC_FINGERPRINT_SIZE ? ":" : "");
	return ret;
}

bool vbc_fingerprint_equal(const struct vbc_fingerprint *a, const struct vbc_fingerprint *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static X509 *cert_parse(const char *pem)
{
	BIO *from = BIO_new_mem_buf(pem, -1);
	X509 *cert = from ? PEM_read_bio_X509(from, NULL, NULL, NULL) : NULL;

	BIO_free(from);
	return cert;
}

static int cert_take_hash(const X509 *cert, struct vbc_fingerprint *ret, struct vbc_error *err)
{
	unsigned n = 0;
	unsigned char sum[EVP_MAX_MD_SIZE];

	if (!cert || !X509_digest(cert, EVP_sha256(), sum, &n) || n != sizeof(ret->bytes))
		return vbc_fail(err, VBC_E_TLS, "the host's certificate cannot be read");
	memcpy(ret->bytes, sum, n);
	return VBC_OK;
}

int vbc_cert_hash(const char *pem, struct vbc_fingerprint *ret, struct vbc_error *err)
{
	X509 *CERT cert = cert_parse(pem);

	return cert_take_hash(cert, ret, err);
}

/* In the order in which it is written, as most people know it; NULL: no memory. */
static char *cert_describe_name(const X509_NAME *name)
{
	BIO *to = BIO_new(BIO_s_mem());
	char *text = NULL, *at = NULL;
	long n;

	if (!to)
		return NULL;
	X509_NAME_print_ex(to, name, 0,
			   XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | ASN1_STRFLGS_ESC_CTRL |
				   ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN |
				   ASN1_STRFLGS_DUMP_DER);
	n = BIO_get_mem_data(to, &at);
	if (n >= 0)
		text = strndup(n ? at : "", n < NAME_MAX_BYTES ? (size_t)n : NAME_MAX_BYTES);
	BIO_free(to);
	if (text)
		vbc_line_tidy(text);
	return text;
}

static int64_t cert_read_time(const ASN1_TIME *at)
{
	struct tm tm;

	return at && ASN1_TIME_to_tm(at, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

int vbc_cert_read(const char *pem, struct vbc_cert *ret, struct vbc_error *err)
{
	X509 *CERT cert = cert_parse(pem);
	struct vbc_cert found = {.subject = NULL};
	int code = cert_take_hash(cert, &found.fingerprint, err);

	if (code)
		return code;
	found.subject = cert_describe_name(X509_get_subject_name(cert));
	found.issuer = cert_describe_name(X509_get_issuer_name(cert));
	found.not_before_ms = cert_read_time(X509_get0_notBefore(cert));
	found.not_after_ms = cert_read_time(X509_get0_notAfter(cert));
	if (!found.subject || !found.issuer) {
		vbc_cert_done(&found);
		return vbc_fail_nomem(err);
	}
	*ret = found;
	return VBC_OK;
}

void vbc_cert_done(struct vbc_cert *cert)
{
	free(cert->subject);
	free(cert->issuer);
	*cert = (struct vbc_cert){.subject = NULL};
}
