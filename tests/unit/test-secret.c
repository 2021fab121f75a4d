/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * After a handle is closed no copy of its password is left in the memory of the process: all of it
 * that can be written is searched.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"
#include "test-http-server.h"
#include "vbox/op.h"
#include "vbox/run.h"

enum { LONGEST = 3000 };

/* Text that is nowhere else, not in the program either: it is made of a pattern kept in disguise.
 */
static unsigned char disguised[LONGEST];

static void disguise(size_t n, unsigned seed)
{
	for (size_t i = 0; i < n; i++)
		disguised[i] = (unsigned char)(('a' + (i * 7 + seed + i / 26) % 26) ^ 0x55);
}

static void reveal(char *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(disguised[i] ^ 0x55);
	to[n] = '\0';
}

static bool is_here(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)at[i] != (disguised[i] ^ 0x55))
			return false;
	return true;
}

/* How often `n` bytes of it are in what was read of [from, to). */
static size_t search(int memory, uintptr_t from, uintptr_t to, size_t n)
{
	static char piece[1 << 16];
	size_t found = 0;

	for (uintptr_t at = from; at < to; at += sizeof(piece) - LONGEST) {
		size_t size = to - at < sizeof(piece) ? to - at : sizeof(piece);
		ssize_t got = pread(memory, piece, size, (off_t)at);

		if (at < (uintptr_t)piece + sizeof(piece) && (uintptr_t)piece < at + size)
			continue; /* what is searched itself */
		for (ssize_t i = 0; i + (ssize_t)n <= got; i++)
			found += is_here(piece + i, n);
		explicit_bzero(piece, sizeof(piece));
	}
	return found;
}

static size_t count_copies(size_t n)
{
	FILE *maps = fopen("/proc/self/maps", "re"), *memory = fopen("/proc/self/mem", "re");
	uintptr_t from, to;
	char line[512], mode[5];
	size_t found = 0;

	while (maps && memory && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, mode) == 3 &&
		    mode[0] == 'r' && mode[1] == 'w' && to - from < (UINT64_C(1) << 30))
			found += search(fileno(memory), from, to, n);
	if (maps)
		fclose(maps);
	if (memory)
		fclose(memory);
	return found;
}

static int nothing(struct vbc_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return VBC_OK;
}

static void refuse(struct server *s, int fd, int nth)
{
	char body[8192];

	(void)nth;
	while (server_request(s, fd, body, sizeof(body)) && server_answer(fd, "<html></html>"))
		;
	explicit_bzero(body, sizeof(body));
}

/* The server overwrites what it read as its threads end, so it is stopped before the search. */
static void test_length(size_t n, unsigned seed)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = NULL;
	char password[LONGEST + 1];
	struct server s = {0};

	server_start(&s, refuse, NULL);
	disguise(n, seed);
	reveal(password, n);
	ok(count_copies(n) > 0, "%zu characters are found where they are", n);
	opts.url = s.url;
	opts.user = "me";
	opts.password = password;
	ok(!vbc_host_open(&opts, &host, NULL), "a handle");
	is_int(vbc_op_run(host, NULL, NULL, nothing, NULL), VBC_E_PROTOCOL, "sends them");
	vbc_host_close(host);
	server_stop(&s);
	explicit_bzero(password, sizeof(password));
	is_int(count_copies(n), 0, "no copy is left");
}

int main(void)
{
	static const size_t lengths[] = {12, 40, 127, 300, 1000, LONGEST};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		test_length(lengths[i], (unsigned)i);
	return tap_done();
}
