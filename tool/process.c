/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "util.h"

extern char **environ;

static volatile sig_atomic_t foreground; /* the process that gets SIGTERM, too */

void command_add(struct command *command, const char *fmt, ...)
{
	char *word = NULL;
	va_list args;

	va_start(args, fmt);
	must(vasprintf(&word, fmt, args) < 0 ? NULL : word);
	va_end(args);
	command->v = must(realloc(command->v, (command->n + 2) * sizeof(*command->v)));
	command->v[command->n++] = word;
	command->v[command->n] = NULL;
}

void command_done(struct command *command)
{
	for (size_t i = 0; i < command->n; i++)
		free(command->v[i]);
	free(command->v);
}

static void streams_give(posix_spawn_file_actions_t *actions, const struct streams *streams)
{
	const int given[] = {streams->in, streams->out, streams->err};

	for (int fd = 0; fd < (int)COUNT(given); fd++)
		if (given[fd] >= 0)
			posix_spawn_file_actions_adddup2(actions, given[fd], fd);
}

int process_start(const struct command *command, const struct streams *streams, pid_t *ret,
		  struct vbc_error *err)
{
	static const int usual[] = {SIGPIPE, SIGINT, SIGQUIT, SIGTERM};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t set;
	int rc;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(usual); i++)
		sigaddset(&set, usual[i]);
	posix_spawn_file_actions_init(&actions);
	streams_give(&actions, streams);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &set);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attr, &set);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(ret, command->v[0], &actions, &attr, command->v, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	if (!rc)
		return 0;
	return fail(err, VBC_E_NOTFOUND, "cannot run %s: %s; is it installed?", command->v[0],
		    strerror(rc));
}

int process_end(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void process_pass_on(int number)
{
	kill((pid_t)foreground, number);
}

int process_run(const struct command *command, int *ret_status, struct vbc_error *err)
{
	static const struct streams ours = {-1, -1, -1};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, pass = {.sa_handler = process_pass_on};
	sigset_t term, before;
	pid_t pid;
	int rc;

	/* One that comes while it starts is passed on, too. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, &before);
	rc = process_start(command, &ours, &pid, err);
	if (!rc) {
		foreground = (sig_atomic_t)pid;
		sigaction(SIGINT, &ignore, NULL);
		sigaction(SIGQUIT, &ignore, NULL);
		sigaction(SIGTERM, &pass, NULL);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!rc)
		*ret_status = process_end(pid);
	return rc;
}
