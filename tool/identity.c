/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vboxcloud/error.h>
#include <vboxcloud/key.h>

#include "file.h"
#include "home.h"
#include "report.h"
#include "text.h"
#include "util.h"

#define NAME    "id_ed25519"
#define COMMENT "vboxcloud"

/* -- the pair ------------------------------------------------------------------------------- */

static void pair_remove(const char *folder)
{
	char *private FREE = format("%s/" NAME, folder);
	char *public FREE = format("%s/" NAME ".pub", folder);

	unlink(private);
	unlink(public);
	rmdir(folder);
}

static int pair_write(const char *folder, struct vbc_error *err)
{
	char *private FREE = format("%s/" NAME, folder);
	char *public FREE = format("%s/" NAME ".pub", folder);
	struct vbc_key *key;
	int rc = vbc_key_make(COMMENT, &key, err);

	if (rc)
		return rc;
	char *line FREE = format("%s\n", key->public_key);

	rc = write_private_file(private, key->private_key, strlen(key->private_key), err);
	if (!rc)
		rc = write_private_file(public, line, strlen(line), err);
	vbc_key_free(key);
	return rc;
}

/*
 * In a folder that gets its name when both files are in it: so there is never one of them alone,
 * and of two commands that make a pair at once the second finds the name taken.
 */
static int pair_make(const char *folder, struct vbc_error *err)
{
	char *temporary FREE = format("%s.XXXXXX", folder);
	int rc;

	home_make_folders(folder);
	if (!mkdtemp(temporary))
		return fail(err, VBC_E_SPACE, "cannot make a key pair in %s: %s", folder,
			    strerror(errno));
	rc = pair_write(temporary, err);
	if (!rc && rename(temporary, folder) == 0) {
		note("made a key pair to log in to your nodes with: %s/" NAME, folder);
		return 0;
	}
	if (!rc && errno != EEXIST && errno != ENOTEMPTY)
		rc = fail(err, VBC_E_SPACE, "cannot make a key pair in %s: %s", folder,
			  strerror(errno));
	pair_remove(temporary);
	return rc;
}

/* ssh does not use a key that others may read; and says so where nobody sees it. */
static int pair_check_mode(const char *private, struct vbc_error *err)
{
	struct stat its;

	if (stat(private, &its) < 0 || !(its.st_mode & 077))
		return 0;
	return fail(
		err, VBC_E_ARG,
		"others may read the private key %s, so ssh does not use it: 'chmod 600 %s', or "
		"move its folder away to have another pair made",
		private, private);
}

static int pair_check(const char *private, const char *public, struct vbc_error *err)
{
	const char *missing = access(private, R_OK) != 0 ? private : public;

	if (access(missing, R_OK) == 0)
		return pair_check_mode(private, err);
	return fail(err, VBC_E_ARG,
		    "cannot read %s of your key pair: %s; put it back, or move its folder away to "
		    "have another pair made",
		    missing, strerror(errno));
}

int identity_make(char **ret_private, char **ret_public, struct vbc_error *err)
{
	char *folder FREE = home_state_path("key");
	int rc = 0;

	if (!folder)
		return fail(err, VBC_E_ARG,
			    "there is no home directory in which to keep a key pair: set HOME");
	char *private = format("%s/" NAME, folder), *public = format("%s/" NAME ".pub", folder);

	if (access(private, F_OK) != 0 && access(public, F_OK) != 0)
		rc = pair_make(folder, err);
	if (!rc)
		rc = pair_check(private, public, err);
	if (rc) {
		free(private);
		free(public);
		return rc;
	}
	*ret_private = private;
	*ret_public = public;
	return 0;
}

/* -- of nodes ------------------------------------------------------------------------------- */

static char *path_make_absolute(const char *path)
{
	char folder[PATH_MAX];

	if (path[0] == '/')
		return must(strdup(path));
	return getcwd(folder, sizeof(folder)) ? format("%s/%s", folder, path) : NULL;
}

char *identity_beside(const char *public_path)
{
	size_t n = strlen(public_path);

	if (n <= 4 || !streq(public_path + n - 4, ".pub"))
		return NULL;
	char *beside FREE = must(strndup(public_path, n - 4));

	return access(beside, R_OK) == 0 ? path_make_absolute(beside) : NULL;
}

/* NULL: there can be none, of that id or of this user. Ids are the same in capitals. */
static char *identity_find_path(const char *node_id)
{
	char *id FREE = text_take_uuid(node_id);
	char *name FREE = id ? format("identity/%s", id) : NULL;

	return name ? home_state_path(name) : NULL;
}

int identity_remember(const char *node_id, const char *private_path, struct vbc_error *err)
{
	char *path FREE = identity_find_path(node_id);
	char *line FREE = format("%s\n", private_path);

	if (!path)
		return fail(err, VBC_E_ARG,
			    "there is no home directory in which to keep it, or '%s' is not an id",
			    node_id);
	if (private_path[0] != '/' || strchr(private_path, '\n'))
		return fail(err, VBC_E_ARG, "'%s' is not an absolute path on one line",
			    private_path);
	home_make_folders(path);
	return write_private_file(path, line, strlen(line), err);
}

char *identity_of(const char *node_id)
{
	char *path FREE = identity_find_path(node_id);
	struct vbc_error ignored = {0};
	char *line = path && access(path, R_OK) == 0 ? read_small_file(path, &ignored) : NULL;

	if (line)
		line[strcspn(line, "\n")] = '\0';
	if (line && line[0] == '/')
		return line;
	free(line);
	return NULL;
}

void identity_forget(const char *node_id)
{
	char *path FREE = identity_find_path(node_id);

	if (path)
		unlink(path);
}
