/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What uploads are made of: a sum that a thread makes is that of the same bytes in order; holes of
 * files are zeros, and a file that became shorter is told of there, too.
 */
#include <vboxcloud/error.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"
#include "transfer/checksum.h"
#include "transfer/hasher.h"
#include "transfer/stream.h"

enum { MIB = 1048576, ADDS = 3000 };

static unsigned char noise[MIB], zeros[MIB];

/* Noise and zeros by turns, of all sizes, and waited for now and then; the caller's bytes change.
 */
static void test_sum(void)
{
	struct vbc_checksum *VBC_CHECKSUM beside = vbc_checksum_new();
	struct vbc_checksum *VBC_CHECKSUM plain = vbc_checksum_new();
	struct vbc_hasher *h = vbc_hasher_start(beside);
	char got[VBC_CHECKSUM_TEXT], want[VBC_CHECKSUM_TEXT];
	bool fine = h != NULL;

	for (unsigned i = 0; fine && i < ADDS; i++) {
		bool zero = i % 7 > 2;
		size_t n = i % 100 ? (size_t)(i * 7919 % 4096) + 1 : MIB;

		noise[0] = (unsigned char)i;
		fine = vbc_hasher_add(h, zero ? NULL : noise, n) &&
		       vbc_checksum_add(plain, zero ? zeros : noise, n);
		if (fine && i % 500 == 499) {
			fine = vbc_hasher_wait(h) && vbc_checksum_text(beside, got) &&
			       vbc_checksum_text(plain, want);
			is_str(got, want, "the sum after %u pieces", i + 1);
		}
	}
	ok(fine, "nothing failed");
	vbc_hasher_end(h);
}

static void test_sum_abandoned(void)
{
	struct vbc_checksum *VBC_CHECKSUM sum = vbc_checksum_new();
	struct vbc_hasher *h = vbc_hasher_start(sum);

	for (int i = 0; i < 400; i++)
		vbc_hasher_add(h, NULL, MIB);
	vbc_hasher_end(h);
	vbc_hasher_end(NULL);
	ok(true, "what is not needed is not waited for");
}

static void test_holes(void)
{
	int fd = memfd_create("sparse", MFD_CLOEXEC);
	struct vbc_stream stream = {.n = 0};
	struct vbc_error err = {0};
	unsigned char *got = malloc(MIB);

	ok(ftruncate(fd, 8 * MIB) == 0 && pwrite(fd, "data", 4, 3 * MIB + 5000) == 4, "a file");
	vbc_stream_add(&stream, &(struct vbc_piece){.fd = fd, .size_bytes = 8 * MIB}, &err);
	for (unsigned i = 0; i < 8; i++) {
		memset(got, 1, MIB);
		is_int(vbc_stream_read(&stream, (uint64_t)i * MIB, got, MIB, &err), VBC_OK,
		       "MiB %u is read", i);
		if (i == 3) {
			ok(memcmp(got + 5000, "data", 4) == 0, "what is there");
			memset(got + 5000, 0, 4);
		}
		ok(memcmp(got, zeros, MIB) == 0, "and zeros");
		ok(vbc_stream_has_hole(&stream, (uint64_t)i * MIB, MIB) == (i != 3),
		   "which it is known for, but where something is");
	}
	ok(ftruncate(fd, 7 * MIB) == 0, "it becomes shorter");
	is_int(vbc_stream_read(&stream, 7 * MIB, got, MIB, &err), VBC_E_ARG, "that is an error");
	err = (struct vbc_error){0};
	is_int(vbc_stream_read(&stream, 6 * MIB + 1, got, MIB, &err), VBC_E_ARG, "also in part");
	ok(!vbc_stream_has_hole(&stream, 6 * MIB + 1, MIB), "nor are there holes any more");
	vbc_stream_close(&stream);
	free(got);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)(i * 31 + i / 251);
	test_sum();
	test_sum_abandoned();
	test_holes();
	return tap_done();
}
