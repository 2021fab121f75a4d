/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Trying to log in, with a program in the place of ssh that lets one in when it should.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vboxcloud/vboxcloud.h>

#include "file.h"
#include "meter.h"
#include "tap.h"
#include "try-login.h"
#include "util.h"

static char folder[] = "/tmp/vboxcloud-try-login-XXXXXX";
static const struct vbc_ssh ssh = {.node = "0123abcd-4567-89ab-cdef-0123456789ab",
				   .name = "web",
				   .address = "127.0.0.1",
				   .port = 1,
				   .origin = "forward",
				   .username = "me"};
static char user[] = "me", known[] = "/nowhere/known";
static const struct login login = {
	.ssh = (struct vbc_ssh *)(uintptr_t)&ssh, .user = user, .known_hosts = known};

/* From now on ssh is this. */
static void play(const char *script)
{
	char *path FREE = format("%s/ssh", folder);
	char *text FREE = format("#!/bin/sh\ncd '%s'\necho x >>tried\n%s\n", folder, script);
	struct vbc_error err = {0};

	if (write_file(path, text, strlen(text), &err) || chmod(path, 0700))
		exit(1);
	char *count FREE = format("%s/tried", folder);

	unlink(count);
}

static int tried(void)
{
	char *path FREE = format("%s/tried", folder);
	struct stat st;

	return stat(path, &st) == 0 ? (int)st.st_size / 2 : 0;
}

static void test_let_in(void)
{
	struct vbc_error err = {0};

	play("echo \"$*\" >words; exit 0");
	ok(!try_login(&login, 10, meter_now_ms(), &err) && tried() == 1, "let in at once");
	char *path FREE = format("%s/words", folder);
	char *words FREE = read_small_file(path, &err);

	ok(words && strstr(words, "-oUser=me") && strstr(words, "-oBatchMode=yes") &&
		   strstr(words, "-- 127.0.0.1 true"),
	   "what ssh is told: %.*s", words ? (int)strcspn(words, "\n") : 0, words ? words : "");
	play("[ \"$(wc -l <tried)\" = 2 ] || exit 255");
	ok(!try_login(&login, 60, meter_now_ms(), &err) && tried() == 2, "let in at last");
	play("exit 1");
	ok(!try_login(&login, 10, meter_now_ms(), &err),
	   "a shell without true has let one in, too");
}

static void test_kept_out(void)
{
	struct vbc_error err = {0};

	play("echo first >&2; echo 'me@web: Permission denied (publickey).' >&2; exit 255");
	ok(try_login(&login, 1, meter_now_ms(), &err) == VBC_E_TIMEOUT, "kept out");
	is_str(err.text,
	       "the guest of node 'web' answers, but did not let me log in within 1 s: ssh says "
	       "me@web: Permission denied (publickey).",
	       "why");
	err = (struct vbc_error){0};
	int64_t began = meter_now_ms();

	play("exec sleep 100");
	ok(try_login(&login, 1, began, &err) == VBC_E_TIMEOUT && meter_now_ms() - began < 20000,
	   "an ssh that hangs is ended: %s", err.text);
	err = (struct vbc_error){0};
	setenv("PATH", "/nowhere", 1);
	ok(try_login(&login, 1, meter_now_ms(), &err) == VBC_E_NOTFOUND, "no ssh: %s", err.text);
}

int main(void)
{
	char *usual FREE = must(strdup(getenv("PATH")));

	if (!mkdtemp(folder))
		return 1;
	char *path FREE = format("%s:%s", folder, usual);

	setenv("PATH", path, 1);
	test_let_in();
	test_kept_out();
	setenv("PATH", usual, 1);
	char *remove FREE = format("rm -r '%s'", folder);

	ok(system(remove) == 0, "all is removed"); /* NOLINT(cert-env33-c) */
	return tap_done();
}
