/* SPDX-License-Identifier: Apache-2.0 */
#include "first-boot.h"

#include <stdlib.h>

#include "file.h"
#include "identity.h"

/* A key of the host can have any name: one that looks like a path is a file. */
static bool key_is_file(const char *key)
{
	size_t n = strlen(key);

	return strchr(key, '/') || (n > 4 && streq(key + n - 4, ".pub"));
}

/* The text of a key's file, with a line end, by which the library tells it from a name. */
static char *key_read_file(const char *path, struct vbc_error *err)
{
	char *text FREE = read_small_file(path, err);

	return text ? format("%s\n", text) : NULL;
}

static int first_boot_read_keys(const struct args *args, struct first_boot *f,
				struct vbc_error *err)
{
	for (size_t i = 0; i < args->ssh_keys.n; i++) {
		const char *key = args->ssh_keys.v[i];

		if (key_is_file(key)) {
			f->files[i] = key_read_file(key, err);
			if (!f->files[i])
				return err->code;
			f->identity = f->identity ? f->identity : identity_beside(key);
			key = f->files[i];
		}
		f->keys[i] = key;
	}
	f->told.ssh_keys = f->keys;
	f->told.n_ssh_keys = args->ssh_keys.n;
	return 0;
}

int first_boot_read(const struct args *args, struct first_boot *ret, struct vbc_error *err)
{
	struct first_boot f = {.told = VBC_FIRST_BOOT_INIT};

	*ret = f;
	ret->any =
		args->ssh_keys.n || args->node_password_file || args->user_data || args->hostname;
	ret->told.hostname = args->hostname;
	if (first_boot_read_keys(args, ret, err))
		return err->code;
	if (args->node_password_file) {
		ret->password = read_password(args->node_password_file, err);
		if (!ret->password)
			return err->code;
		ret->told.password = ret->password;
	}
	if (args->user_data) {
		size_t n = 0; /* one byte too many is for the library to refuse */

		ret->user_data = read_bytes(args->user_data, VBC_USER_DATA_MAX + 1, &n, err);
		if (!ret->user_data)
			return err->code;
		ret->told.user_data = ret->user_data;
		ret->told.user_data_size = n;
	}
	return 0;
}

void first_boot_done(struct first_boot *first_boot)
{
	for (size_t i = 0; i < COUNT(first_boot->files); i++)
		free(first_boot->files[i]);
	free_password(first_boot->password);
	free(first_boot->user_data);
	free(first_boot->identity);
}
