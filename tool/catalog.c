/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <vboxcloud/error.h>

#include "home.h"
#include "ini-file.h"
#include "util.h"

#define CATALOG_FILE "catalog.ini"

static const struct {
	const char *name;
	size_t at;
} keys[] = {
#define KEY(member)                                                                                \
	{                                                                                          \
#member, offsetof(struct catalog_entry, member)                                    \
	}
	KEY(title),
	KEY(url),
	KEY(checksum_url),
	KEY(sha256),
	KEY(os_type),
	KEY(username),
	KEY(firmware),
	KEY(init),
#undef KEY
	{"default", offsetof(struct catalog_entry, preferred)},
};

static char **entry_find_value(struct catalog_entry *entry, size_t key)
{
	return (char **)(void *)((char *)entry + keys[key].at);
}

static void entry_clear(struct catalog_entry *entry)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		free(*entry_find_value(entry, i));
		*entry_find_value(entry, i) = NULL;
	}
	free(entry->file);
	entry->file = NULL;
}

void catalog_done(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->n; i++) {
		entry_clear(&catalog->v[i]);
		free(catalog->v[i].name);
	}
	free(catalog->v);
}

static struct catalog_entry *catalog_look_up(const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->n; i++)
		if (streq(catalog->v[i].name, name))
			return &catalog->v[i];
	return NULL;
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *name)
{
	return catalog_look_up(catalog, name);
}

const struct catalog_entry *catalog_find_default(const struct catalog *catalog)
{
	for (size_t i = catalog->n; i--;)
		if (catalog->v[i].preferred && streq(catalog->v[i].preferred, "yes"))
			return &catalog->v[i];
	return NULL;
}

const char *catalog_nearest(const struct catalog *catalog, const char *name)
{
	const char **names FREE = must(calloc(catalog->n + 1, sizeof(*names)));

	for (size_t i = 0; i < catalog->n; i++)
		names[i] = catalog->v[i].name;
	return nearest(name, names, catalog->n);
}

/* The section that a file is about; one of an earlier file is forgotten. */
static struct catalog_entry *catalog_take_entry(struct catalog *catalog, const char *name,
						const char *file)
{
	struct catalog_entry *entry = catalog_look_up(catalog, name);

	if (!entry) {
		catalog->v = must(realloc(catalog->v, (catalog->n + 1) * sizeof(*catalog->v)));
		entry = &catalog->v[catalog->n++];
		*entry = (struct catalog_entry){.name = must(strdup(name))};
	}
	if (!entry->file || !streq(entry->file, file)) {
		entry_clear(entry);
		entry->file = must(strdup(file));
	}
	return entry;
}

/* A name is typed where files are named too. */
static bool catalog_is_name(const char *name)
{
	return *name && *name != '-' && *name != '.' && !strpbrk(name, "/: \t");
}

static bool value_is_url(const char *value)
{
	return starts_with(value, "https://") || starts_with(value, "http://") ||
	       starts_with(value, "file:");
}

static bool value_is_sum(const char *value)
{
	return strlen(value) == 64 && strspn(value, "0123456789abcdefABCDEF") == 64;
}

static bool value_is_one_of(const char *value, const char *const *words)
{
	while (*words && !streq(*words, value))
		words++;
	return *words;
}

/* What a value has to be, or NULL where it is that: what is misspelt is not found out by a fetch.
 */
static const char *value_find_fault(const char *key, const char *value)
{
	static const char *const firmware[] = {"bios", "efi", "efi-secure", NULL};
	static const char *const init[] = {"nocloud", "dmi", "none", NULL};
	static const char *const whether[] = {"yes", "no", NULL};
	bool url = streq(key, "url") || streq(key, "checksum_url");

	if (!*value)
		return NULL;
	if (url && !value_is_url(value))
		return "a URL with https://, http:// or file:";
	if (streq(key, "sha256") && !value_is_sum(value))
		return "64 hexadecimal digits";
	if (streq(key, "firmware") && !value_is_one_of(value, firmware))
		return "bios, efi or efi-secure";
	if (streq(key, "init") && !value_is_one_of(value, init))
		return "nocloud, dmi or none";
	if (streq(key, "default") && !value_is_one_of(value, whether))
		return "yes or no";
	return NULL;
}

static bool catalog_take_value(struct ini_file *ini, const char *section, const char *key,
			       const char *value)
{
	const char *wanted = value_find_fault(key, value);
	char **at = NULL;

	if (!catalog_is_name(section)) {
		fail(&ini->why, VBC_E_ARG,
		     "[%s] cannot be the name of an image: it must not contain '/', ':' or spaces",
		     section);
		return false;
	}
	struct catalog_entry *entry = catalog_take_entry(ini->data, section, ini->path);

	for (size_t i = 0; i < COUNT(keys); i++)
		if (streq(key, keys[i].name))
			at = entry_find_value(entry, i);
	if (!at)
		fail(&ini->why, VBC_E_ARG,
		     "'%s' in section [%s] is not a known key; the keys are url, checksum_url, "
		     "sha256, title, os_type, username, firmware, init and default",
		     key, section);
	else if (*at)
		fail(&ini->why, VBC_E_ARG, "'%s' in section [%s] is given twice", key, section);
	else if (wanted)
		fail(&ini->why, VBC_E_ARG, "'%s' in section [%s] cannot be '%s': it is %s", key,
		     section, value, wanted);
	else if (*value)
		*at = must(strdup(value));
	return !ini->why.code;
}

static int catalog_read_file(struct catalog *catalog, char *path, struct vbc_error *err)
{
	struct ini_file ini = {.path = path, .take = catalog_take_value, .data = catalog};

	return path ? ini_file_read(&ini, err) : 0;
}

/* Where it was built, it lies beside the command; else where it is installed. */
static char *catalog_installed(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *slash;
	char *path;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	path = slash ? format("%.*s/" CATALOG_FILE, (int)(slash - self), self) : NULL;
	if (path && access(path, R_OK) == 0)
		return path;
	free(path);
	return must(strdup(CATALOG_FOLDER "/" CATALOG_FILE));
}

static char *catalog_of_user(const char *variable, const char *usual)
{
	char *folder FREE = home_subfolder(variable, usual);

	return folder ? format("%s/vboxcloud/" CATALOG_FILE, folder) : NULL;
}

int catalog_read(struct catalog *ret, struct vbc_error *err)
{
	char *installed FREE = catalog_installed();
	char *data FREE = catalog_of_user("XDG_DATA_HOME", ".local/share");
	char *config FREE = catalog_of_user("XDG_CONFIG_HOME", ".config");
	int rc;

	*ret = (struct catalog){.v = NULL};
	rc = catalog_read_file(ret, installed, err);
	if (!rc)
		rc = catalog_read_file(ret, data, err);
	if (!rc)
		rc = catalog_read_file(ret, config, err);
	for (size_t i = 0; !rc && i < ret->n; i++)
		if (!ret->v[i].url)
			rc = fail(err, VBC_E_ARG, "%s: section [%s] has no url", ret->v[i].file,
				  ret->v[i].name);
	return rc;
}
