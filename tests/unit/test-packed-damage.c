/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Compressed files that are cut, changed, joined or added to, at places all over them and around
 * each place where a part begins or ends: what is read of one is what was packed, or at least what
 * the packer's own program reads of it; and what that refuses, so do we.
 */
#include <vboxcloud/error.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tap.h"
#include "test-damage.h"
#include "transfer/packed.h"
#include "transfer/stream.h"

enum { PIECE = 20000, PIECES = 2, SIZE = PIECE * PIECES, PLACES = 50, NEAR = 8, MOST = 4 * SIZE };

extern char **environ;

struct bytes {
	unsigned char v[MOST];
	size_t n;
};

/* A packer; one without sums cannot tell that a bit of the data changed, but we both can be wrong.
 */
static const struct {
	const char *name;
	const char *pack[6], *unpack[5];
	bool passes_over; /* its program ignores what follows, where we do not                */
	size_t unseen;    /* so many bytes that follow, libarchive takes for none of its own */
} packers[] = {
	{"gzip", {"gzip", "-nc"}, {"gzip", "-dc"}, false, 0},
	{"bzip2", {"bzip2", "-c"}, {"bzip2", "-dc"}, true, 0},
	{"xz", {"xz", "-c"}, {"xz", "-dc"}, false, 0},
	{"lzma", {"xz", "-c", "--format=lzma"}, {"xz", "-dc", "--format=lzma"}, false, 0},
	{"zstd", {"zstd", "-qc", "--check"}, {"zstd", "-qdc"}, false, 0},
	{"zstd without sums", {"zstd", "-qc", "--no-check"}, {"zstd", "-qdc"}, false, 0},
	{"lz4", {"lz4", "-qc", "-BX", "-B4"}, {"lz4", "-qdc"}, false, 4},
};

static struct bytes original;

/* Its status; -1: it did not end by itself. */
static int run(const char *const *words, const struct bytes *in, struct bytes *out)
{
	int from = damage_open(in->v, in->n), to = memfd_create("out", MFD_CLOEXEC), status = 0;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	ssize_t n;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, from, 0);
	posix_spawn_file_actions_adddup2(&actions, to, 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, words[0], &actions, NULL, (char *const *)(uintptr_t)words,
			 environ)) {
		printf("Bail out! %s is not installed\n", words[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
	while (waitpid(pid, &status, 0) != pid)
		;
	n = pread(to, out->v, MOST, 0);
	out->n = n < 0 ? 0 : (size_t)n;
	close(from);
	close(to);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* As the library reads it. */
static int read_packed(const struct bytes *in, struct bytes *out, struct vbc_error *err)
{
	struct vbc_piece piece = {.fd = damage_open(in->v, in->n), .size_bytes = in->n};
	struct vbc_stream c = {0};
	const struct vbc_packing *how = vbc_packing_of(in->v, in->n);
	struct vbc_packed *p;
	int code;

	vbc_stream_add(&c, &piece, NULL);
	if (!how) { /* it is no packed file, then */
		vbc_stream_close(&c);
		return VBC_E_ARG;
	}
	p = vbc_packed_new(&c, how, "x", NULL);
	code = vbc_packed_read(p, 0, out->v, MOST, &out->n, err);
	vbc_packed_close(p);
	vbc_stream_close(&c);
	return code;
}

static bool same(const struct bytes *a, const struct bytes *b)
{
	return a->n == b->n && memcmp(a->v, b->v, a->n) == 0;
}

static struct counts {
	unsigned rows, refused, wrong;
	size_t whole; /* bytes that nothing was done to */
} counts;

/* Its program is asked where it must be, or where more is to be compared. */
static bool is_right(size_t packer, const struct bytes *in, const struct bytes *ours, int code,
		     bool ask)
{
	static struct bytes theirs;
	int status;

	if (!ask && (code || same(ours, &original)))
		return true;
	status = run(packers[packer].unpack, in, &theirs);
	if (code)
		return status || packers[packer].passes_over || !vbc_packing_of(in->v, in->n);
	if (status == 0)
		return same(ours, &theirs);
	return in->n == counts.whole + packers[packer].unseen && same(ours, &original);
}

static void compare(size_t packer, const char *what, size_t at, const struct bytes *in, bool ask)
{
	static struct bytes ours;
	struct vbc_error err = {0};
	int code = read_packed(in, &ours, &err);

	counts.rows++;
	counts.refused += code != 0;
	if (is_right(packer, in, &ours, code, ask))
		return;
	counts.wrong++;
	printf("# %s, %s at %zu of %zu: %zu bytes, code %d: %s\n", packers[packer].name, what, at,
	       in->n, ours.n, code, err.text);
}

static void append(struct bytes *to, const void *from, size_t n)
{
	if (to->n + n > MOST)
		abort();
	memcpy(to->v + to->n, from, n);
	to->n += n;
}

/* Each kind of damage at one place. */
static void damage(size_t packer, const struct bytes *whole, size_t at, bool ask)
{
	static const char zeros[64];
	static struct bytes b;

	b = *whole;
	b.n = at;
	compare(packer, "cut", at, &b, ask);
	append(&b, zeros, sizeof(zeros));
	compare(packer, "cut and filled up", at, &b, ask);
	b.n = at;
	append(&b, whole->v, whole->n);
	compare(packer, "begun again", at, &b, ask);
	if (at >= whole->n)
		return;
	b = *whole;
	b.v[at] ^= 16;
	compare(packer, "flipped", at, &b, ask);
	b = *whole;
	memmove(b.v + at, b.v + at + 1, --b.n - at);
	compare(packer, "without a byte", at, &b, ask);
	b.n = at;
	append(&b, whole->v + at, 1);
	append(&b, whole->v + at, whole->n - at);
	compare(packer, "with a byte twice", at, &b, ask);
}

static void follow(size_t packer, const struct bytes *whole)
{
	static const char *const rests[] = {
		"g",  "garbage", "\x1f",      "\x1f\x8b",         "\x1f\x8b\x08",
		"BZ", "BZh9",    "\xfd\x37z", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18"};
	static const char zeros[3000];
	static struct bytes b;

	for (size_t i = 0; i < VBC_COUNT(rests); i++) {
		b = *whole;
		append(&b, rests[i], strlen(rests[i]));
		compare(packer, "followed", i, &b, true);
		b.n = whole->n;
		append(&b, zeros, sizeof(zeros));
		append(&b, rests[i], strlen(rests[i]));
		compare(packer, "followed after zeros", i, &b, true);
	}
	for (size_t n = 1; n <= sizeof(zeros); n = n < 9 ? n + 1 : n * 3) {
		b = *whole;
		append(&b, zeros, n);
		compare(packer, "followed by zeros", n, &b, true);
	}
}

static void test_packer(size_t packer)
{
	static struct bytes part, whole;
	size_t bounds[PIECES + 1] = {0};

	whole.n = 0;
	counts = (struct counts){0};
	for (size_t i = 0; i < PIECES; i++) {
		static struct bytes piece;

		piece.n = 0;
		append(&piece, original.v + i * PIECE, PIECE);
		if (!ok(run(packers[packer].pack, &piece, &part) == 0, "%s packs",
			packers[packer].name))
			return;
		append(&whole, part.v, part.n);
		bounds[i + 1] = whole.n;
		compare(packer, "a part alone", i, &part, true);
	}
	counts.whole = whole.n;
	compare(packer, "all of it", whole.n, &whole, true);
	for (size_t i = 0; i < PLACES; i++)
		damage(packer, &whole, whole.n * i / PLACES, false);
	for (size_t i = 0; i <= PIECES; i++)
		for (size_t near = 0; near <= 2 * NEAR; near++)
			if (bounds[i] + near >= NEAR && bounds[i] + near - NEAR <= whole.n)
				damage(packer, &whole, bounds[i] + near - NEAR, near == NEAR);
	follow(packer, &whole);
	ok(counts.refused > 100 && counts.refused < counts.rows, "%s: %u of %u files are refused",
	   packers[packer].name, counts.refused, counts.rows);
	is_int(counts.wrong, 0, "and all others are what it says");
}

int main(void)
{
	original.n = SIZE;
	damage_fill(original.v, SIZE);
	for (size_t i = 0; i < VBC_COUNT(packers); i++)
		test_packer(i);
	return tap_done();
}
