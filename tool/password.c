/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The password: from a file or from the terminal. No copy of it stays in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "file.h"
#include "password.h"
#include "report.h"
#include "text.h"
#include "util.h"

/* All buffers of a password have this size, so that all of it can be overwritten. */
enum { LONGEST = 1024 };

#define WHAT "the password file "

void password_forget(char **password)
{
	if (*password)
		explicit_bzero(*password, LONGEST);
	free(*password);
	*password = NULL;
}

static void fd_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Reads until the end, or with `line` until the end of a line; -1 when that is too much. */
static ssize_t fd_read_all(int fd, char *to, size_t size, bool line)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, to + n, size - n);

		if (got < 0)
			return -1;
		n += (size_t)got;
		if (got == 0 || (line && memchr(to, '\n', n)))
			return (ssize_t)n;
	}
	errno = EFBIG;
	return -1;
}

/* Makes a string of the n bytes read, without the line end that an editor adds, and judges it. */
static int password_take(char *text, size_t n, const char *from, struct vbc_error *err)
{
	const char *encoding = text_other_encoding(text, n);

	if (encoding)
		return fail(err, VBC_E_ARG, "%s is text in %s; save it as UTF-8", from, encoding);
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		memmove(text, text + 3, n -= 3); /* a mark that some editors put before it */
	if (memchr(text, '\0', n))
		return fail(err, VBC_E_ARG, "%s holds binary data, not a password", from);
	if (n && text[n - 1] == '\n')
		n--;
	if (n && text[n - 1] == '\r')
		n--;
	text[n] = '\0';
	if (!n)
		return fail(err, VBC_E_ARG, "%s is empty: it must hold the password", from);
	if (!text_is_plain(text))
		return fail(err, VBC_E_ARG,
			    "%s holds more than one line, or characters that are not text", from);
	return 0;
}

/* Secrets of containers are often readable by all: that is said, not refused. */
static int password_check_file(int fd, const char *path, struct vbc_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail_read(WHAT, path, err);
	if (S_ISREG(st.st_mode) && (st.st_mode & 022))
		return fail(err, VBC_E_ARG,
			    "others can change the password file %s: chmod 600 it first", path);
	if (S_ISREG(st.st_mode) && (st.st_mode & 044))
		warn("others can read the password file %s: chmod 600 it", path);
	return 0;
}

static int password_read_file(const char *path, char *password, struct vbc_error *err)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_read(WHAT, path, err);
	int rc = password_check_file(fd, path, err);

	if (rc)
		return rc;
	ssize_t n = fd_read_all(fd, password, LONGEST, false);

	if (n < 0 && errno == EFBIG)
		return fail(err, VBC_E_ARG, WHAT "%s is too large: it must hold the password alone",
			    path);
	if (n < 0)
		return fail_read(WHAT, path, err);
	char *from FREE = format(WHAT "%s", path);

	return password_take(password, (size_t)n, from, err);
}

static volatile sig_atomic_t caught;

static void password_note_signal(int number)
{
	caught = number;
}

/* Asks without echo. A signal ends the program, but not before the echo is back. */
static ssize_t password_ask(int tty, const char *prompt, char *password)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	struct sigaction action = {.sa_handler = password_note_signal}, before[COUNT(signals)];
	struct pollfd input = {.fd = tty, .events = POLLIN};
	struct termios echo, silent;
	sigset_t ours, mask;

	if (tcgetattr(tty, &echo) < 0)
		return -1;
	silent = echo;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	sigemptyset(&ours);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaddset(&ours, signals[i]);
	sigprocmask(SIG_BLOCK, &ours, &mask);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &action, &before[i]);
	tcsetattr(tty, TCSAFLUSH, &silent);
	dprintf(tty, "%s", prompt);
	/* Signals come in only while it waits: of one that came before, read() would not know. */
	ssize_t n =
		ppoll(&input, 1, NULL, &mask) < 0 ? -1 : fd_read_all(tty, password, LONGEST, true);

	tcsetattr(tty, TCSAFLUSH, &echo);
	dprintf(tty, "\n");
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (caught)
		raise(caught);
	return n;
}

static int password_read_terminal(const struct target *target, char *password,
				  struct vbc_error *err)
{
	int tty CLEANUP(fd_close) = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (tty < 0)
		return fail(err, VBC_E_ARG,
			    "no password for user '%s' of %s: set VBOXCLOUD_PASSWORD_FILE, or "
			    "password_file in the configuration",
			    target->user, target->url);
	char *prompt FREE = format("Password of %s for %s: ", target->user, target->url);
	ssize_t n = password_ask(tty, prompt, password);

	if (n < 0)
		return fail(err, VBC_E_ARG, "cannot read a password: %s", strerror(errno));
	return password_take(password, (size_t)n, "what was typed", err);
}

int password_get(const struct target *target, char **ret_password, struct vbc_error *err)
{
	char *password CLEANUP(password_forget) = NULL;
	int rc;

	if (!target->password_file && !target->user)
		return 0;
	password = must(calloc(1, LONGEST + 1));
	rc = target->password_file ? password_read_file(target->password_file, password, err)
				   : password_read_terminal(target, password, err);
	if (rc)
		return rc;
	*ret_password = password;
	password = NULL;
	return 0;
}
