/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Hashes of passwords: those of the specification, and those that this system's crypt() makes.
 */
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "firstboot/sha-crypt.h"
#include "tap.h"

static const struct {
	const char *password, *salt;
	unsigned rounds;
	const char *digits;
} rows[] = {
	{"Hello world!", "saltstringsaltstring", 10000,
	 "OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."},
	{"This is just a test", "toolongsaltstring", 5000,
	 "lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"},
	{"a very much longer text to encrypt.  This one even stretches over morethan one line.",
	 "anotherlongsaltstring", 1400,
	 "POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"},
	{"we have a short salt string but not a short password", "short", 77777,
	 "WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0"},
	{"the minimum number is still observed", "roundstoolow", 1000,
	 "kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX."},
};

static void test_specified(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char hash[VBC_SHA_CRYPT_SIZE] = "";

		ok(vbc_sha_crypt(rows[i].password, rows[i].salt, rows[i].rounds, hash), "%s",
		   rows[i].salt);
		is_str(strrchr(hash, '$') ? strrchr(hash, '$') + 1 : "", rows[i].digits,
		       "its hash");
	}
}

/* Passwords of each length, whose blocks end differently. */
static void test_system(void)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char password[256] = "";
	unsigned other = 0;

	for (size_t n = 0; n < sizeof(password); n++) {
		char hash[VBC_SHA_CRYPT_SIZE] = "";
		const char *theirs =
			crypt_rn(password, "$6$rounds=1000$0123456789abcdef", data, sizeof(*data));

		vbc_sha_crypt(password, "0123456789abcdef", 1000, hash);
		other += !theirs || strcmp(hash, theirs) != 0;
		if (n + 1 < sizeof(password))
			password[n] = (char)('!' + n * 7 % 90);
	}
	is_int((int)other, 0, "passwords whose hash is another one than the system's");
	free(data);
}

int main(void)
{
	test_specified();
	test_system();
	return tap_done();
}
