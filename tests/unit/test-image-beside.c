/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that lie beside another one, and links that pretend to: a folder of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "imagefile/beside.h"
#include "tap.h"

/* A file, or a link where there is a target. */
static void make(const char *path, const char *target)
{
	int fd = target ? symlink(target, path) : open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		exit(1);
	if (!target)
		close(fd);
}

static void make_all(void)
{
	if (mkdir("a", 0700) || mkdir("a/sub", 0700) || mkdir("ab", 0700))
		exit(1);
	make("secret", NULL);
	make("a/text", NULL);
	make("a/disk", NULL);
	make("a/sub/disk", NULL);
	make("ab/disk", NULL);
	make("a/near", "disk");
	make("a/lower", "sub/disk");
	make("a/absolute", "/etc/passwd");
	make("a/up", "../secret");
	make("a/sibling", "../ab/disk");
	make("a/chain", "up");
	make("a/gone", "nothing");
	make("a/ring", "ring");
	make("a/out", "..");
	make("link", "a/text");
	make("linked-disk", "a/disk");
	make("whole", "a");
}

static void is_opened(const char *path, const char *name, int number)
{
	int fd = vbc_open_beside(path, name), got = fd < 0 ? errno : 0;

	is_int(got, number, "%s beside %s", name, path);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	char folder[] = "/tmp/vboxcloud-beside-XXXXXX", absolute[100], command[100];

	if (!mkdtemp(folder) || chdir(folder))
		return 1;
	make_all();
	snprintf(absolute, sizeof(absolute), "%s/a/text", folder);
	for (int i = 0; i < 3; i++) {
		const char *path = (const char *[]){"a/text", absolute, "whole/text"}[i];

		is_opened(path, "disk", 0);
		is_opened(path, "sub/disk", 0);
		is_opened(path, "near", 0);
		is_opened(path, "lower", 0);
		is_opened(path, "absolute", EXDEV);
		is_opened(path, "up", EXDEV);
		is_opened(path, "sibling", EXDEV);
		is_opened(path, "chain", EXDEV);
		is_opened(path, "out/secret", EXDEV);
		is_opened(path, "gone", ENOENT);
		is_opened(path, "none", ENOENT);
		is_opened(path, "ring", ELOOP);
		is_opened(path, "text/disk", ENOTDIR);
	}
	is_opened("link", "linked-disk", 0);
	is_opened("link", "secret", 0);
	is_opened("secret", "linked-disk", 0);
	if (chdir("a"))
		return 1;
	is_opened("text", "disk", 0);
	is_opened("text", "up", EXDEV);
	is_opened("/etc/passwd", "passwd", 0);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ok(system(command) == 0, "all is gone");
	return tap_done();
}
