/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Certificates: their fingerprints, and what they say. Makes no connections.
 */
#ifndef VBC_CERT_H
#define VBC_CERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error-private.h"

#define VBC_FINGERPRINT_SIZE 32

/* The SHA-256 of a certificate. */
struct vbc_fingerprint {
	unsigned char bytes[VBC_FINGERPRINT_SIZE];
};

/* As openssl prints it, "AB:CD:…" */
struct vbc_fingerprint_text {
	char text[VBC_FINGERPRINT_SIZE * 3];
};

/* What a certificate says of itself: anything, unless somebody vouches for it. */
struct vbc_cert {
	struct vbc_fingerprint fingerprint;
	char *subject, *issuer;              /* "CN=lab.example": one line of UTF-8, ""  */
	int64_t not_before_ms, not_after_ms; /* since 1970 UTC; 0: unknown             */
};

/*
 * Hexadecimal digits in either case, with or without colons between the bytes. Errors: VBC_E_ARG
 * (it is anything else).
 */
int vbc_fingerprint_parse(const char *text, struct vbc_fingerprint *ret, struct vbc_error *err);
struct vbc_fingerprint_text vbc_fingerprint_format(const struct vbc_fingerprint *fingerprint);
bool vbc_fingerprint_equal(const struct vbc_fingerprint *a, const struct vbc_fingerprint *b);

/* Of the first certificate in a PEM text. Errors: VBC_E_TLS (there is none), VBC_E_NOMEM. */
int vbc_cert_hash(const char *pem, struct vbc_fingerprint *ret, struct vbc_error *err);
/* The same with all it says; vbc_cert_done() frees what *ret holds. */
int vbc_cert_read(const char *pem, struct vbc_cert *ret, struct vbc_error *err);
void vbc_cert_done(struct vbc_cert *cert);

#endif
