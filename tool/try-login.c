/* SPDX-License-Identifier: Apache-2.0 */
#include "try-login.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "meter.h"
#include "process.h"
#include "text.h"
#include "util.h"

enum { SSH_FAILED = 255, TICK_MS = 100, PAUSE_MS = 2000, SAID_MAX = 4096 };

struct attempt {
	int64_t began_ms, end_ms;
	int null, said; /* files: nothing, and what ssh says */
};

static void attempt_fill_command(const struct login *login, struct command *command)
{
	command_add(command, "ssh");
	login_add_options(login, command);
	command_add(command, "-oBatchMode=yes");
	command_add(command, "-oLogLevel=ERROR");
	command_add(command, "--");
	command_add(command, "%s", login->ssh->address);
	command_add(command, "true");
}

/* The last line of what ssh said, a new string. */
static char *attempt_read_said(const struct attempt *a)
{
	char text[SAID_MAX + 1];
	ssize_t n = pread(a->said, text, SAID_MAX, 0);
	const char *line;

	while (n > 0 && strchr("\r\n", text[n - 1]))
		n--;
	text[n > 0 ? n : 0] = '\0';
	line = strrchr(text, '\n');
	return must(strdup(line ? line + 1 : text));
}

static int attempt_fail(const struct login *login, const struct attempt *a, unsigned timeout_s,
			struct vbc_error *err)
{
	char *said FREE = attempt_read_said(a);

	return fail(err, VBC_E_TIMEOUT,
		    "the guest of node '%s' answers, but did not let %s log in within %u s%s%s",
		    login->ssh->name, login->user, timeout_s, *said ? ": ssh says " : "", said);
}

static int attempt_tick(const struct attempt *a, struct vbc_error *err)
{
	if (meter_tick_since("logging in", a->began_ms, ""))
		return fail(err, VBC_E_CANCELLED, "logging in was cancelled");
	return poll(NULL, 0, TICK_MS) < 0 && errno != EINTR ? fail(err, VBC_E_NOMEM, "cannot wait")
							    : 0;
}

/* Until it ends, or is ended: *ret_status is then that of a login that failed. */
static int attempt_await(const struct attempt *a, pid_t pid, int *ret_status, struct vbc_error *err)
{
	siginfo_t info = {.si_pid = 0};
	int rc = 0;

	while (!rc && !info.si_pid && meter_now_ms() < a->end_ms) {
		rc = attempt_tick(a, err);
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
			break;
	}
	if (!info.si_pid)
		kill(pid, SIGTERM);
	*ret_status = process_end(pid);
	if (!info.si_pid)
		*ret_status = SSH_FAILED;
	return rc;
}

static int attempt_make(const struct login *login, const struct attempt *a, int *ret_status,
			struct vbc_error *err)
{
	const struct streams streams = {a->null, a->null, a->said};
	struct command command CLEANUP(command_done) = {.v = NULL};
	pid_t pid;
	int rc;

	attempt_fill_command(login, &command);
	if (ftruncate(a->said, 0) < 0 || lseek(a->said, 0, SEEK_SET) < 0)
		return fail(err, VBC_E_NOMEM, "cannot keep what ssh says: %s", strerror(errno));
	rc = process_start(&command, &streams, &pid, err);
	return rc ? rc : attempt_await(a, pid, ret_status, err);
}

static int attempt_repeat(const struct login *login, const struct attempt *a, unsigned timeout_s,
			  struct vbc_error *err)
{
	int status = SSH_FAILED, rc = 0;

	while (!rc && status == SSH_FAILED) {
		rc = attempt_make(login, a, &status, err);
		for (int ms = 0; !rc && status == SSH_FAILED && ms < PAUSE_MS; ms += TICK_MS)
			rc = meter_now_ms() < a->end_ms ? attempt_tick(a, err)
							: attempt_fail(login, a, timeout_s, err);
	}
	return rc;
}

int try_login(const struct login *login, unsigned timeout_s, int64_t began_ms,
	      struct vbc_error *err)
{
	struct attempt a = {
		.began_ms = began_ms,
		.end_ms = meter_now_ms() + (int64_t)timeout_s * 1000,
		.null = open("/dev/null", O_RDWR | O_CLOEXEC),
		.said = memfd_create("ssh", MFD_CLOEXEC),
	};
	int rc = a.null < 0 || a.said < 0
			 ? fail(err, VBC_E_NOMEM, "cannot run ssh: %s", strerror(errno))
			 : attempt_repeat(login, &a, timeout_s, err);

	if (a.null >= 0)
		close(a.null);
	if (a.said >= 0)
		close(a.said);
	return rc;
}
