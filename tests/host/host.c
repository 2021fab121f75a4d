/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

const struct vbc_node_stop_opts by_force = {.size = sizeof(by_force), .force = true};
const struct vbc_gc_opts dry_run = {.size = sizeof(dry_run), .dry_run = true};

void bail_out(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

static const char *read_password(const char *file)
{
	static char password[256];
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0 && read(fd, password, sizeof(password) - 1) > 0)
		password[strcspn(password, "\r\n")] = '\0';
	if (fd >= 0)
		close(fd);
	return password;
}

struct vbc_host_opts host_opts(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;

	opts.url = getenv("VBOXCLOUD_HOST");
	opts.user = getenv("VBOXCLOUD_USER");
	opts.ca_file = getenv("VBOXCLOUD_CA_FILE");
	opts.password = read_password(getenv("VBOXCLOUD_PASSWORD_FILE"));
	if (!opts.url) {
		printf("1..0 # SKIP VBOXCLOUD_HOST names no host\n");
		exit(0);
	}
	return opts;
}

struct vbc_host *host_open(void)
{
	struct vbc_host_opts opts = host_opts();
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	if (vbc_host_open(&opts, &host, &err))
		bail_out(err.text);
	return host;
}

static bool has_one_thread(void)
{
	DIR *threads = opendir("/proc/self/task");
	int n = -2; /* "." and ".." */

	while (threads && readdir(threads))
		n++;
	if (threads)
		closedir(threads);
	return n == 1;
}

void between_commands(void)
{
	const char *how = getenv("VBOXCLOUD_TEST_BETWEEN");
	const char *host = getenv("VBOXCLOUD_TEST_BETWEEN_HOST");

	if (how && host && has_one_thread() &&
	    !RUN(VBOXHOST, "restart", "--quick", how, "--name", host))
		bail_out("the host does not start anew");
}

bool run(const char *const *argv)
{
	char *const *args = (char *const *)(uintptr_t)argv;
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, args[0], &quiet, NULL, args, environ) == 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&quiet);
	return status == 0;
}
