/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The user's key pair, and which key a node was made with: in files for their owner alone.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vboxcloud/error.h>
#include <vboxcloud/key.h>

#include "file.h"
#include "identity.h"
#include "report.h"
#include "tap.h"
#include "util.h"

#define ID "0123abcd-4567-89ab-cdef-0123456789ab"

static char folder[] = "/tmp/vboxcloud-identity-XXXXXX";
static struct vbc_error err;

static int mode_of(const char *name)
{
	char *path FREE = format("%s/%s", folder, name);
	struct stat st;

	return stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

static void test_key(void)
{
	struct vbc_key *a = NULL, *b = NULL;

	ok(!vbc_key_make("me", &a, &err) && !vbc_key_make("me", &b, &err), "pairs are made");
	ok(a && b && strcmp(a->private_key, b->private_key) != 0, "each another one");
	ok(a && starts_with(a->public_key, "ssh-ed25519 AAAA") && strstr(a->public_key, " me"),
	   "the public key");
	ok(a && starts_with(a->private_key, "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
	   "the private key");
	ok(vbc_key_make("a\nb", &a, &err) == VBC_E_ARG, "a name on two lines is refused");
	vbc_key_free(a);
	vbc_key_free(b);
}

static void test_pair(void)
{
	char *private FREE = NULL, *public FREE = NULL, *again FREE = NULL, *other FREE = NULL;

	ok(!identity_make(&private, &public, &err), "a pair is made");
	ok(mode_of("vboxcloud") == 0700 && mode_of("vboxcloud/key") == 0700, "folders");
	ok(mode_of("vboxcloud/key/id_ed25519") == 0600 &&
		   mode_of("vboxcloud/key/id_ed25519.pub") == 0600,
	   "and files are the owner's alone");
	char *before FREE = private ? read_small_file(private, &err) : NULL;

	ok(!identity_make(&again, &other, &err), "the second time");
	char *after FREE = again ? read_small_file(again, &err) : NULL;

	ok(before && after && streq(before, after), "it is the same");
	char *v FREE = NULL, *w FREE = NULL;

	ok(private && chmod(private, 0644) == 0 && identity_make(&v, &w, &err) == VBC_E_ARG &&
		   strstr(err.text, "chmod 600"),
	   "one that others may read is not offered: %s", err.text);
	err = (struct vbc_error){0};
	if (!public || unlink(public) != 0)
		return;
	char *x FREE = NULL, *y FREE = NULL;

	ok(identity_make(&x, &y, &err) == VBC_E_ARG && strstr(err.text, "id_ed25519.pub") && !x,
	   "half a pair is not replaced: %s", err.text);
	unlink(private);
}

/* One makes it, the others find it; no half-made folder stays. */
static void test_at_once(void)
{
	int bad = 0;

	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			char *a, *b;

			_exit(identity_make(&a, &b, &err) ? 1 : 0);
		}
	for (int status; wait(&status) > 0;)
		bad += status != 0;
	ok(bad == 0, "eight at once: %d failed", bad);
	ok(mode_of("vboxcloud/key/id_ed25519") == 0600, "and there is a pair");
	char *glob FREE =
		format("test \"$(ls '%s/vboxcloud' | tr '\\n' ' ')\" = 'identity key '", folder);

	ok(system(glob) == 0, "and nothing else"); /* NOLINT(cert-env33-c) */
}

static void test_nodes(void)
{
	char *path FREE = format("%s/k ü", folder), *public FREE = format("%s.pub", path);

	ok(!identity_of(ID), "nothing is known at first");
	ok(!identity_remember(ID, path, &err), "a path is kept");
	ok(mode_of("vboxcloud/identity") == 0700 && mode_of("vboxcloud/identity/" ID) == 0600,
	   "for its owner alone");
	char *found FREE = identity_of("0123ABCD-4567-89AB-CDEF-0123456789AB");

	is_str(found, path, "and found");
	ok(!identity_remember(ID, "/other", &err), "another one");
	char *other FREE = identity_of(ID);

	is_str(other, "/other", "replaces it");
	identity_forget(ID);
	ok(!identity_of(ID), "it is forgotten");
	ok(identity_remember("../../x", path, &err) == VBC_E_ARG && !identity_of("../../x"),
	   "what is no id is no file");
	ok(identity_remember(ID, "k", &err) == VBC_E_ARG &&
		   identity_remember(ID, "/a\nb", &err) == VBC_E_ARG,
	   "a path that is not one line, or relative");
	char *none FREE = identity_beside(public);

	ok(!none, "there is no key beside");
	ok(!write_private_file(path, "x", 1, &err), "now there is");
	char *beside FREE = identity_beside(public);

	is_str(beside, path, "it is found");
	char *not FREE = identity_beside(path);

	ok(!not, "only beside a file that is called so");
	ok(chdir(folder) == 0, "relative to a folder");
	char *relative FREE = identity_beside("k ü.pub");

	is_str(relative, path, "its path is made absolute");
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	setenv("XDG_STATE_HOME", folder, 1);
	report_init(true, false);
	test_key();
	test_nodes();
	test_pair();
	test_at_once();
	char *remove FREE = format("rm -r '%s'", folder);

	ok(system(remove) == 0, "all is removed"); /* NOLINT(cert-env33-c) */
	return tap_done();
}
