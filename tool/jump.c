/* SPDX-License-Identifier: Apache-2.0 */
#include "jump.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vboxcloud/ssh.h>

#include "process.h"
#include "util.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define DIGITS  "0123456789"

enum { SSH_FAILED = 255, ERRORS_MAX = 4096 };

/* Of n bytes that begin with none of what an option or a hidden file begins with. */
static bool word_is_name(const char *word, size_t n)
{
	return n && !strchr(".-", *word) && strspn(word, LETTERS) >= n;
}

static bool word_is_port(const char *word)
{
	size_t n = strspn(word, DIGITS);
	unsigned port = 0;

	for (size_t i = 0; i < n && n <= 5; i++)
		port = port * 10 + (unsigned)(word[i] - '0');
	return port && port < 65536 && !word[n];
}

bool jump_is_destination(const char *text)
{
	const char *at = strchr(text, '@'), *host = at ? at + 1 : text, *end;

	if (at && !word_is_name(text, (size_t)(at - text)))
		return false;
	if (*host == '[') {
		size_t n = strspn(host + 1, "0123456789abcdefABCDEF:.");

		end = host + 1 + n;
		if (!n || *end++ != ']')
			return false;
	} else {
		end = host + strcspn(host, ":");
		if (!word_is_name(host, (size_t)(end - host)))
			return false;
	}
	/* ProxyJump has a word for nowhere. */
	return (!*end || (*end == ':' && word_is_port(end + 1))) && strcasecmp(text, "none") != 0;
}

/* The last line that ssh wrote, the caller's own. *ret_is_guest: it got as far as the host. */
static char *jump_read_errors(const struct jump *jump, bool *ret_is_guest)
{
	char *text = must(calloc(1, ERRORS_MAX + 1)), *line;
	ssize_t n = pread(jump->errors, text, ERRORS_MAX, 0);

	text[n > 0 ? n : 0] = '\0';
	*ret_is_guest = strstr(text, "stdio forwarding failed") || strstr(text, ": open failed: ");
	while (n > 0 && strchr("\r\n", text[n - 1]))
		text[--n] = '\0';
	line = strrchr(text, '\n');
	line = must(strdup(line ? line + 1 : text));
	free(text);
	return line;
}

/* Ends the attempt there was; an ssh that ended by itself, and not over the guest, is an error. */
static int jump_end(struct jump *jump, struct vbc_error *err)
{
	int status = 0, rc = 0;
	bool is_guest;

	if (!jump->pid)
		return 0;
	if (waitpid(jump->pid, &status, WNOHANG) == jump->pid) {
		char *why FREE = jump_read_errors(jump, &is_guest);

		if (WIFEXITED(status) && WEXITSTATUS(status) == SSH_FAILED && !is_guest && err)
			rc = fail(err, VBC_E_CONNECT,
				  "'ssh %s', through which nodes of the host are reached, fails: "
				  "%s; it must work without asking anything",
				  jump->place, *why ? why : "it says nothing");
	} else {
		kill(jump->pid, SIGTERM);
		process_end(jump->pid);
	}
	close(jump->socket);
	close(jump->errors);
	jump->pid = 0;
	return rc;
}

void jump_done(struct jump *jump)
{
	jump_end(jump, NULL);
}

static int jump_start(struct jump *jump, const struct vbc_ssh *ssh, int socket,
		      struct vbc_error *err)
{
	struct command command CLEANUP(command_done) = {.v = NULL};
	const struct streams streams = {socket, socket, jump->errors};

	command_add(&command, "ssh");
	command_add(&command, "-oBatchMode=yes");
	command_add(&command, "-W");
	command_add(&command, "[%s]:%u", ssh->address, ssh->port);
	command_add(&command, "--");
	command_add(&command, "ssh://%s", jump->place);
	return process_start(&command, &streams, &jump->pid, err);
}

int jump_dial(void *data, const struct vbc_ssh *ssh, struct vbc_error *err)
{
	struct jump *jump = data;
	int ends[2];
	int rc = jump_end(jump, err);

	if (rc)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		fail(err, VBC_E_NOMEM, "cannot make a socket: %s", strerror(errno));
		return -1;
	}
	jump->socket = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
	jump->errors = memfd_create("ssh", MFD_CLOEXEC);
	rc = jump_start(jump, ssh, ends[1], err);
	close(ends[1]);
	if (!rc)
		return ends[0];
	close(jump->socket);
	close(jump->errors);
	close(ends[0]);
	jump->pid = 0;
	return -1;
}
