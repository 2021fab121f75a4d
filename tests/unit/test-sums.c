/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lists of checksums as they lie beside images: which of their lines counts, and which lists are
 * refused.
 */
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "tap.h"
#include "transfer/sums.h"

#define A64  "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define a64  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B64  "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define A128 a64 a64
#define MD5  "d41d8cd98f00b204e9800998ecf8427e"

#define PGP_START "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
#define PGP_END                                                                                    \
	"-----BEGIN PGP SIGNATURE-----\n\n" B64 "  x.qcow2\n=abcd\n-----END PGP SIGNATURE-----\n"

static const struct {
	const char *what, *list;
	const char *digits; /* NULL: it is refused, and why has */
	const char *why;
} rows[] = {
	{"GNU's", A64 "  x.qcow2\n" B64 "  y.qcow2\n", a64, NULL},
	{"GNU's, binary", B64 " *y.qcow2\n" A64 " *x.qcow2", a64, NULL},
	{"in a folder", A64 "  ./images/x.qcow2\n" B64 "  z-x.qcow2\n", a64, NULL},
	{"with CR LF", A64 "  x.qcow2\r\n" B64 "  y\r\n", a64, NULL},
	{"SHA-512", A128 "  x.qcow2\n", A128, NULL},
	{"BSD's", "SHA256 (x.qcow2) = " A64 "\nSHA256 (y) = " B64 "\n", a64, NULL},
	{"OpenSSL's", "SHA2-256(x.qcow2)= " A64 "\n", a64, NULL},
	{"Fedora's", PGP_START "# x.qcow2: 528154624 bytes\nSHA256 (x.qcow2) = " A64 "\n" PGP_END,
	 a64, NULL},
	{"a signed one of GNU", PGP_START A64 "  x.qcow2\n" PGP_END, a64, NULL},
	{"Rocky's", "# x.qcow2: 12 bytes\nSHA256 (x.qcow2) = " A64 "\n", a64, NULL},
	{"the longest of several", MD5 "  x.qcow2\n" A128 "  x.qcow2\n" B64 "  x.qcow2\n", A128,
	 NULL},
	{"a sum alone", A64 "\n", a64, NULL},
	{"the same twice", A64 "  x.qcow2\nSHA256 (x.qcow2) = " A64 "\n", a64, NULL},
	{"of other files", A64 "  y.qcow2\n", NULL, "states no checksum .* of 'x.qcow2'"},
	{"sums alone", A64 "\n" B64 "\n", NULL, "states no checksum"},
	{"two sums", A64 "  x.qcow2\n" B64 "  x.qcow2\n", NULL, "two different"},
	{"MD5", MD5 "  x.qcow2\n", NULL, "not a list of checksums"},
	{"a page", "<html><body>404</body></html>\n", NULL, "not a list of checksums"},
	{"nothing", "", NULL, "not a list of checksums"},
	{"in the signature alone", PGP_START PGP_END, NULL, "not a list of checksums"},
	{"63 digits", "SHA256 (x.qcow2) = 0" B64 "\n", NULL, "not a list of checksums"},
};

/* The beginning of what is looked for, up to where it has a pattern. */
static bool text_has(const char *text, const char *words)
{
	char start[64];

	snprintf(start, sizeof(start), "%.*s", (int)strcspn(words, "."), words);
	return strstr(text, start) != NULL;
}

static void test_lists(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* Exactly so large, that reading behind it is seen. */
		size_t n = strlen(rows[i].list);
		char *text = malloc(n ? n : 1);
		struct vbc_error err = {0};
		struct vbc_sum sum = {.digits = ""};
		int code;

		memcpy(text, rows[i].list, n);
		code = vbc_sums_find(text, n, "x.qcow2", "the list", &sum, &err);
		if (rows[i].digits)
			ok(!code && strcmp(sum.digits, rows[i].digits) == 0, "%s: %s %s",
			   rows[i].what, sum.digits, err.text);
		else
			ok(code == VBC_E_ARG && text_has(err.text, rows[i].why), "%s: %s",
			   rows[i].what, err.text);
		free(text);
	}
}

static void test_stated(void)
{
	struct vbc_error err = {0};
	struct vbc_sum sum;

	is_int(vbc_sum_parse(A64, &sum, &err), 0, "a SHA-256 is taken");
	is_str(sum.digits, a64, "in small letters");
	is_int(vbc_sum_parse(A128, &sum, &err), VBC_E_ARG, "a SHA-512 is none");
	is_int(vbc_sum_parse("", &sum, NULL), VBC_E_ARG, "nor is nothing");
	is_int(vbc_sum_parse("x" a64, &sum, NULL), VBC_E_ARG, "nor what has other letters");
}

static void test_comparison(void)
{
	struct vbc_checksum *made = vbc_checksum_new_as("SHA256");
	struct vbc_error err = {0};
	struct vbc_sum sum;

	vbc_checksum_add(made, "abc", 3);
	vbc_sum_parse("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", &sum,
		      NULL);
	is_int(vbc_sum_check(&sum, made, "abc", &err), 0, "the sum of what was added");
	vbc_checksum_add(made, "d", 1);
	is_int(vbc_sum_check(&sum, made, "abcd", &err), VBC_E_ARG, "and not of more");
	ok(strstr(err.text, "'abcd' is not what it should be: its SHA256 is 88d4"), "%s", err.text);
	vbc_checksum_free(made);
}

int main(void)
{
	test_lists();
	test_stated();
	test_comparison();
	return tap_done();
}
