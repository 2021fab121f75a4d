/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Starts a node, and decides by the code of an error what to do about it: errors URL NODE
 *
 *     cc errors.c $(pkg-config --cflags --libs vboxcloud)
 */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <vboxcloud/vboxcloud.h>

#define ATTEMPTS 3
#define PAUSE_S  2
#define START_MS 120000u

/* What may go away by itself. VBC_E_STALE: the host forgot the web session; the next call has
 * another. */
static bool is_passing(int code)
{
	return code == VBC_E_BUSY || code == VBC_E_CONNECT || code == VBC_E_STALE;
}

static const char *advice(int code)
{
	switch (code) {
	case VBC_E_NOTFOUND: return "check the name";
	case VBC_E_ARG: return "use the node's id";
	case VBC_E_AUTH: return "check user and password";
	case VBC_E_CONNECT: return "check that vboxwebsrv runs there";
	case VBC_E_BUSY: return "find out which program has it locked";
	case VBC_E_SPACE: return "make room on the host's disk";
	default: return NULL;
	}
}

/* `text` is for people, the rest for programs and for reports of bugs. */
static void print_error(const struct vbc_error *err)
{
	const char *what_to_do = advice(err->code);

	fprintf(stderr, "errors: %s\n", err->text);
	fprintf(stderr, "  code %s", vbc_code_name(err->code));
	if (err->call[0])
		fprintf(stderr, ", call %s", err->call);
	if (err->result)
		fprintf(stderr, ", result 0x%08x", (unsigned)err->result);
	if (err->http)
		fprintf(stderr, ", HTTP status %d", err->http);
	fprintf(stderr, "\n");
	if (what_to_do)
		fprintf(stderr, "  %s\n", what_to_do);
}

static int start(struct vbc_host *host, const char *node, struct vbc_error *err)
{
	struct vbc_wait wait = {.timeout_ms = START_MS};
	int code = VBC_OK;

	for (int i = 0; i < ATTEMPTS; i++) {
		if (i)
			sleep(PAUSE_S);
		*err = (struct vbc_error){0}; /* functions keep the first error they meet */
		code = vbc_node_start(host, node, NULL, &wait, err);
		if (!is_passing(code))
			break;
		fprintf(stderr, "attempt %d of %d: %s\n", i + 1, ATTEMPTS, err->text);
	}
	return code;
}

int main(int argc, char **argv)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	int code;

	if (argc != 3) {
		fprintf(stderr, "usage: errors URL NODE\n");
		return 2;
	}
	opts.url = argv[1];
	code = vbc_host_open(&opts, &host, &err);
	if (!code)
		code = start(host, argv[2], &err);
	if (code)
		print_error(&err);
	else
		printf("%s runs\n", argv[2]);
	vbc_host_close(host);
	return code ? 1 : 0;
}
