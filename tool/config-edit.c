/* SPDX-License-Identifier: Apache-2.0 */
#include "config-edit.h"

#include <stdlib.h>

#include <vboxcloud/error.h>

#include "config-fleet.h"
#include "config-text.h"
#include "replace.h"
#include "text.h"
#include "util.h"

/* A file under change: what it says, and what it shall say. */
struct edit {
	struct config_file file;
	struct replacing lock;
	char *text;
	bool pretend; /* nothing is written, not even the lock */
};

static void edit_done(struct edit *edit)
{
	replacing_end(&edit->lock);
	config_file_done(&edit->file);
	free(edit->text);
}

int config_check_new_name(const char *name, struct vbc_error *err)
{
	if (streq(name, FLEET_ALL))
		return fail(err, VBC_E_ARG, "'%s' cannot be the name of a host: it means all hosts",
			    name);
	if (config_name_is_good(name))
		return 0;
	return fail(err, VBC_E_ARG,
		    "'%.100s' cannot be the name of a host, which has up to %d letters, digits, - "
		    "and _, so that it is never taken for an address",
		    name, CONFIG_NAME_MAX);
}

static int edit_begin(struct edit *edit, struct vbc_error *err)
{
	edit->file = config_file_open();
	if (!edit->file.path)
		return fail(err, VBC_E_ARG,
			    "there is no home directory for the configuration: set HOME");
	int rc = edit->pretend ? 0 : replacing_begin(&edit->lock, edit->file.path, err);

	if (rc)
		return rc;
	edit->text = config_file_text(&edit->file, err);
	if (!edit->text && !err->code)
		edit->text = must(strdup(""));
	return edit->text ? config_file_parse(&edit->file, edit->text, err) : err->code;
}

/* Takes `text` over; the edit then has what its reader makes of it. */
static int edit_set_text(struct edit *edit, char *text, struct vbc_error *err)
{
	struct config_file now = config_file_open();
	int rc = config_file_parse(&now, text, err);

	free(edit->text);
	edit->text = text;
	config_file_done(&edit->file);
	edit->file = now;
	return rc;
}

static int edit_save(struct edit *edit, struct vbc_error *err)
{
	if (edit->pretend)
		return fail(err, VBC_E_DRY_RUN, "%s would be written", edit->file.path);
	return replacing_write(&edit->lock, edit->text, strlen(edit->text), err);
}

static bool text_same(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

/* Whether the reader takes what was written for what was meant: some values it cannot have. */
static int edit_check_host(struct edit *edit, const char *name, const struct target *want,
			   struct vbc_error *err)
{
	const struct config_entry *entry = config_file_find(&edit->file, name);
	const struct target *now = entry ? &entry->target : &(struct target){.url = NULL};
	const char *const values[][2] = {
		{want->url, now->url},
		{want->user, now->user},
		{want->password_file, now->password_file},
		{want->ca_file, now->ca_file},
		{want->fingerprint, now->fingerprint},
		{want->ssh, now->ssh},
	};

	for (size_t i = 0; i < COUNT(values); i++)
		if (!text_same(values[i][0], values[i][1]) ||
		    (values[i][0] && !text_is_plain(values[i][0])))
			return fail(err, VBC_E_ARG,
				    "host '%s' cannot be written in %s: it cannot hold '%s'", name,
				    edit->file.path, values[i][0] ? values[i][0] : "");
	return 0;
}

static int edit_add_host(struct edit *edit, const char *name, const struct target *target,
			 struct vbc_error *err)
{
	struct vbc_error why = {0};

	if (edit_set_text(edit, config_text_add_host(edit->text, name, target), &why))
		return fail(err, VBC_E_ARG, "host '%s' cannot be written in %s: %s", name,
			    edit->file.path, why.text);
	return edit_check_host(edit, name, target, err);
}

static int edit_require_host(struct edit *edit, const char *name, struct vbc_error *err)
{
	if (config_file_find(&edit->file, name))
		return 0;
	return fail(err, VBC_E_NOTFOUND,
		    "there is no host '%s' in %s; 'vboxcloud host list' shows all hosts", name,
		    edit->file.path);
}

/* A fleet without one of its hosts is for its owner to write. */
static int edit_check_unused(const struct edit *edit, const char *name, struct vbc_error *err)
{
	for (size_t i = 0; i < edit->file.n_fleets; i++)
		if (config_fleet_has(&edit->file.fleets[i], name))
			return fail(err, VBC_E_STATE,
				    "host '%s' is in the fleet '%s': take it out of that in %s "
				    "first",
				    name, edit->file.fleets[i].name, edit->file.path);
	return 0;
}

static int edit_check_default(const struct edit *edit, const char *name, struct vbc_error *err)
{
	if (text_same(edit->file.default_host, name))
		return 0;
	return fail(err, VBC_E_ARG,
		    "%s sets the default host in a way that can be changed only by hand",
		    edit->file.path);
}

static int edit_set_default(struct edit *edit, const char *name, struct vbc_error *err)
{
	int rc = edit_set_text(edit, config_text_set_default(edit->text, name), err);

	return rc ? rc : edit_check_default(edit, name, err);
}

int config_add_host(const char *name, const struct target *target, bool pretend, bool *ret_default,
		    struct vbc_error *err)
{
	struct edit CLEANUP(edit_done) edit = {.pretend = pretend};
	int rc = edit_begin(&edit, err);
	bool first = !edit.file.n && !edit.file.default_host;

	if (!rc && config_file_find(&edit.file, name))
		rc = fail(err, VBC_E_EXISTS,
			  "there is a host '%s' in %s; 'vboxcloud host remove' removes it", name,
			  edit.file.path);
	if (!rc)
		rc = edit_add_host(&edit, name, target, err);
	if (!rc && first)
		rc = edit_set_default(&edit, name, err);
	if (!rc)
		rc = edit_save(&edit, err);
	if (!rc)
		*ret_default = first;
	return rc;
}

int config_remove_host(const char *name, bool pretend, bool *ret_default, struct vbc_error *err)
{
	struct edit CLEANUP(edit_done) edit = {.pretend = pretend};
	int rc = edit_begin(&edit, err);
	bool was_default = edit.file.default_host && streq(edit.file.default_host, name);

	if (!rc)
		rc = edit_require_host(&edit, name, err);
	if (!rc)
		rc = edit_check_unused(&edit, name, err);
	if (!rc && was_default)
		rc = edit_set_default(&edit, NULL, err);
	if (!rc)
		rc = edit_set_text(&edit, config_text_remove_host(edit.text, name), err);
	if (!rc && config_file_find(&edit.file, name))
		rc = fail(err, VBC_E_ARG,
			  "host '%s' is written in %s in a way that can be changed only by hand",
			  name, edit.file.path);
	if (!rc)
		rc = edit_save(&edit, err);
	if (!rc)
		*ret_default = was_default;
	return rc;
}

int config_use_host(const char *name, bool pretend, bool *ret_fleet, struct vbc_error *err)
{
	struct edit CLEANUP(edit_done) edit = {.pretend = pretend};
	int rc = edit_begin(&edit, err);

	if (!rc)
		*ret_fleet = config_find_fleet(&edit.file, name);
	if (!rc && !*ret_fleet)
		rc = edit_require_host(&edit, name, err);
	if (!rc)
		rc = edit_set_default(&edit, name, err);
	return rc ? rc : edit_save(&edit, err);
}
