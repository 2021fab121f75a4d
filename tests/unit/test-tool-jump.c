/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way over a host, with programs of ours that stand in for ssh: one that connects, one that
 * cannot reach the guest yet, one that cannot log in to the host.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vboxcloud/ssh.h>

#include "jump.h"
#include "tap.h"
#include "util.h"

static const struct vbc_ssh way = {.address = "127.0.0.1", .port = 2222};
static char folder[] = "/tmp/test-jump-XXXXXX";

static const struct row {
	const char *place;
	bool is_one;
} rows[] = {
	{"lab", true},
	{"lab.example", true},
	{"me@lab.example", true},
	{"me@lab.example:22", true},
	{"me@10.0.0.1:65535", true},
	{"me@[::1]:22", true},
	{"[fe80::1]", true},
	{"me.too_2@lab-1", true},
	{"", false},
	{"me@", false},
	{"@lab", false},
	{"-oProxyCommand=x", false},
	{"me@-oProxyCommand=x", false},
	{"-l@lab", false},
	{"lab other", false},
	{"lab,other", false},
	{"lab\n", false},
	{"lab:", false},
	{"lab:0", false},
	{"lab:65536", false},
	{"lab:2222222222", false},
	{"lab:22x", false},
	{"a@b@c", false},
	{"lab/x", false},
	{"ssh://lab", false},
	{"$(x)", false},
	{"%h", false},
	{"[", false},
	{"[]", false},
	{"[::1", false},
	{"[::1]x", false},
	{"[%h]", false},
	{"none", false},
	{"NONE", false},
};

static void test_places(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		ok(jump_is_destination(rows[i].place) == rows[i].is_one, "'%s': %d", rows[i].place,
		   rows[i].is_one);
}

/* From now on ssh is this. */
static void write_ssh(const char *script)
{
	char *path FREE = format("%s/ssh", folder);
	FILE *to = fopen(path, "we");

	if (!to)
		exit(1);
	fprintf(to, "#!/bin/sh\necho \"$@\" > %s/told\n%s\n", folder, script);
	fclose(to);
	chmod(path, 0700);
}

/* Waits until the other side says something or hangs up, and for its end. */
static char *hear(int fd)
{
	static char text[100];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n = poll(&p, 1, 20000) == 1 ? read(fd, text, sizeof(text) - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	usleep(300000);
	return text;
}

static void test_greets(void)
{
	struct jump jump = {.place = "me@lab:99"};
	struct vbc_error err = {0};
	char told[200] = "";
	int fd;

	write_ssh("printf SSH-2.0; exec sleep 100");
	fd = jump_dial(&jump, &way, &err);
	is_str(hear(fd), "SSH-2.0", "what the guest says comes through");
	char *path FREE = format("%s/told", folder);
	FILE *from = fopen(path, "re");

	ok(from && fgets(told, sizeof(told), from), "ssh was run");
	if (from)
		fclose(from);
	is_str(told, "-oBatchMode=yes -W [127.0.0.1]:2222 -- ssh://me@lab:99\n", "as it should");
	close(fd);
	pid_t pid = jump.pid;

	jump_done(&jump);
	ok(kill(pid, 0) < 0, "it is ended");
}

static void test_guest_not_ready(void)
{
	struct jump jump = {.place = "lab"};
	struct vbc_error err = {0};
	int fd;

	write_ssh("echo 'channel 0: open failed: connect failed: Connection refused' >&2\n"
		  "echo 'stdio forwarding failed' >&2; exit 255");
	fd = jump_dial(&jump, &way, &err);
	is_str(hear(fd), "", "the guest does not take it");
	close(fd);
	write_ssh("exit 0");
	fd = jump_dial(&jump, &way, &err);
	ok(fd >= 0 && !err.code, "it is tried again %s", err.text);
	hear(fd);
	close(fd);
	write_ssh("exec sleep 100");
	fd = jump_dial(&jump, &way, &err);
	ok(fd >= 0 && !err.code, "also after one that ended well %s", err.text);
	close(fd);
	fd = jump_dial(&jump, &way, &err);
	ok(fd >= 0 && !err.code, "and after one that said nothing %s", err.text);
	close(fd);
	jump_done(&jump);
}

static void test_refused(void)
{
	struct jump jump = {.place = "me@lab"};
	struct vbc_error err = {0};
	int fd;

	write_ssh("echo Warning >&2; echo 'me@lab: Permission denied (publickey).' >&2; exit 255");
	fd = jump_dial(&jump, &way, &err);
	is_str(hear(fd), "", "nothing comes");
	close(fd);
	is_int(jump_dial(&jump, &way, &err), -1,
	       "who cannot log in to the host does not try again");
	is_int(err.code, VBC_E_CONNECT, "that is an error");
	is_str(err.text,
	       "'ssh me@lab', through which nodes of the host are reached, fails: me@lab: "
	       "Permission "
	       "denied (publickey).; it must work without asking anything",
	       "with ssh's own reason");
	jump_done(&jump);
	setenv("PATH", "/none", 1);
	err = (struct vbc_error){0};
	is_int(jump_dial(&jump, &way, &err), -1, "without an ssh");
	is_int(err.code, VBC_E_NOTFOUND, "that is said: %s", err.text);
	jump_done(&jump);
}

int main(void)
{
	char *path FREE = NULL;

	test_places();
	if (!mkdtemp(folder))
		return 1;
	path = format("%s:%s", folder, getenv("PATH"));
	setenv("PATH", path, 1);
	test_greets();
	test_guest_not_ready();
	test_refused();
	setenv("PATH", "/bin:/usr/bin", 1);
	free(path);
	path = format("%s/ssh", folder);
	unlink(path);
	free(path);
	path = format("%s/told", folder);
	unlink(path);
	rmdir(folder);
	return tap_done();
}
