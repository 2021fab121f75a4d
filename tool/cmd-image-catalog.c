/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud image catalog, and what image import takes from it.
 */
#include <unistd.h>

#include "catalog.h"
#include "cmd-image.h"
#include "report.h"
#include "util.h"

const struct column catalog_columns[] = {
	{"name", "NAME"},         {"title", "TITLE"}, {"username", "USER"}, {"os_type", "OS TYPE"},
	{"firmware", "FIRMWARE"}, {"init", "INIT"},   {"url", NULL},        {"checksum_url", NULL},
	{"sha256", NULL},         {"file", NULL},     {"default", NULL},    {NULL, NULL},
};

static void text_or_null(struct out *out, const char *text)
{
	out_text_or_null(out, text ? text : "");
}

static void catalog_add_cells(struct out *out, const struct catalog_entry *entry)
{
	out_text(out, entry->name);
	text_or_null(out, entry->title);
	text_or_null(out, entry->username);
	text_or_null(out, entry->os_type);
	text_or_null(out, entry->firmware);
	text_or_null(out, entry->init);
	out_text(out, entry->url);
	text_or_null(out, entry->checksum_url);
	text_or_null(out, entry->sha256);
	out_text(out, entry->file);
	out_bool(out, entry->preferred && streq(entry->preferred, "yes"));
}

int image_catalog(struct ctx *ctx, const struct args *args)
{
	struct catalog CLEANUP(catalog_done) catalog;
	int rc = catalog_read(&catalog, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, catalog_columns);
	for (size_t i = 0; i < catalog.n; i++)
		catalog_add_cells(ctx->out, &catalog.v[i]);
	return 0;
}

void image_take_entry(struct vbc_image_import_opts *opts, const struct catalog_entry *entry)
{
	bool summed = opts->sha256 || opts->checksum_url;

	opts->name = opts->name ? opts->name : entry->name;
	opts->description = opts->description ? opts->description : entry->title;
	opts->os_type = opts->os_type ? opts->os_type : entry->os_type;
	opts->username = opts->username ? opts->username : entry->username;
	opts->firmware = opts->firmware ? opts->firmware : entry->firmware;
	opts->init = opts->init ? opts->init : entry->init;
	opts->sha256 = summed ? opts->sha256 : entry->sha256;
	opts->checksum_url = summed || entry->sha256 ? opts->checksum_url : entry->checksum_url;
}

/* A file of that name is meant first. */
static bool image_may_be_in_catalog(const char *word)
{
	return !strpbrk(word, "/:") && !streq(word, "-") && access(word, F_OK) != 0;
}

int image_find_source(struct catalog *catalog, const char *word, const char **ret_file,
		      struct vbc_image_import_opts *opts, struct vbc_error *err)
{
	const struct catalog_entry *entry;
	const char *near;
	int rc;

	*ret_file = word;
	if (!image_may_be_in_catalog(word))
		return 0;
	rc = catalog_read(catalog, err);
	if (rc)
		return rc;
	entry = catalog_find(catalog, word);
	near = entry ? NULL : catalog_nearest(catalog, word);
	if (near)
		return fail(err, VBC_E_NOTFOUND,
			    "there is no file '%s', and no image of that name in the catalog: did "
			    "you mean '%s'?",
			    word, near);
	if (!entry)
		return 0;
	note("importing %s from %s", word, entry->url);
	image_take_entry(opts, entry);
	*ret_file = entry->url;
	return 0;
}
