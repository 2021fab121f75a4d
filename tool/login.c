/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "home.h"
#include "identity.h"
#include "reach.h"
#include "report.h"
#include "text.h"
#include "util.h"

enum { WAIT_S = 300 };

struct setting {
	const char *name;
	char *value;
};

/* All that ssh is told, in its order; values are the list's own. */
struct settings {
	struct setting v[12];
	size_t n;
};

void login_done(struct login *login)
{
	vbc_ssh_free(login->ssh);
	free(login->user);
	free(login->identity);
	free(login->known_hosts);
}

/*
 * ssh takes a path in quotes apart, and expands % and ${ in it; there is no way to write a quote or
 * ${ that all of its releases understand.
 */
static int path_check(const char *path, struct vbc_error *err)
{
	for (const char *c = path; *c; c++)
		if (strchr("\"\\", *c) || (unsigned char)*c < ' ' || *c == 0x7f ||
		    starts_with(c, "${"))
			return fail(err, VBC_E_ARG,
				    "ssh cannot be given the path %s: it has a quote, a backslash, "
				    "a control character or ${ in it; choose another place",
				    path);
	return 0;
}

static char *path_quote(const char *path)
{
	char *quoted = must(malloc(2 * strlen(path) + 3)), *to = quoted;

	*to++ = '"';
	for (; *path; path++) {
		if (*path == '%')
			*to++ = '%';
		*to++ = *path;
	}
	*to++ = '"';
	*to = '\0';
	return quoted;
}

static char *known_hosts_path(const char *id)
{
	char *name FREE = format("known_hosts/%s", id);

	return home_state_path(name);
}

static int login_find_known_hosts(struct login *login, struct vbc_error *err)
{
	int rc;

	login->known_hosts = known_hosts_path(login->ssh->node);
	if (!login->known_hosts)
		return fail(err, VBC_E_ARG,
			    "there is no home directory in which to keep the node's host key: set "
			    "HOME");
	rc = path_check(login->known_hosts, err);
	if (!rc)
		home_make_folders(login->known_hosts);
	return rc;
}

/* ssh also takes the public half alone, where an agent has the private one. */
static bool identity_is_there(const char *path)
{
	char *public FREE = format("%s.pub", path);

	return access(path, R_OK) == 0 || access(public, R_OK) == 0;
}

static int login_find_identity(struct login *login, const char *given, struct vbc_error *err)
{
	if (given && !identity_is_there(given))
		return fail_read("the private key ", given, err);
	login->identity = given ? must(strdup(given)) : identity_of(login->ssh->node);
	if (login->identity && !identity_is_there(login->identity)) {
		warn("the key that node '%s' was made with, %s, is gone: trying others",
		     login->ssh->name, login->identity);
		free(login->identity);
		login->identity = NULL;
	}
	return login->identity ? path_check(login->identity, err) : 0;
}

static int login_find_way(struct ctx *ctx, const struct args *args, const char *node, bool wait,
			  struct login *ret, struct vbc_error *err)
{
	struct vbc_wait limit = brief_wait;
	int rc;

	wait = wait && !args->no_wait;
	if (wait)
		limit = begin_wait(args->timeout_s ? args->timeout_s : WAIT_S);
	rc = reach_ssh(ctx, node, wait, &limit, &ret->ssh, err);
	if (rc != VBC_E_TIMEOUT)
		return rc;
	char *why FREE = must(strdup(err->text));

	return fail(err, rc,
		    "%s; 'vboxcloud node screenshot' shows what the guest does, and --timeout "
		    "waits longer",
		    why);
}

int login_find(struct ctx *ctx, const struct args *args, const char *node, bool wait,
	       struct login *ret, struct vbc_error *err)
{
	int rc = login_find_way(ctx, args, node, wait, ret, err);

	if (!rc)
		rc = login_find_known_hosts(ret, err);
	if (!rc)
		rc = login_find_identity(ret, args->identity, err);
	if (rc)
		return rc;
	ret->jump = ret->ssh->from_host ? ctx->jump : NULL;
	if (args->user || *ret->ssh->username)
		ret->user = must(strdup(args->user ? args->user : ret->ssh->username));
	return 0;
}

static void settings_add(struct settings *settings, const char *name, char *value)
{
	settings->v[settings->n++] = (struct setting){name, value};
}

static struct settings login_list_settings(const struct login *login)
{
	struct settings s = {.n = 0};

	settings_add(&s, "Port", format("%u", login->ssh->port));
	if (login->user)
		settings_add(&s, "User", format("%s", login->user));
	if (login->identity) {
		settings_add(&s, "IdentityFile", path_quote(login->identity));
		settings_add(&s, "IdentitiesOnly", format("yes"));
	}
	settings_add(&s, "HostKeyAlias", format("%s", login->ssh->node));
	settings_add(&s, "UserKnownHostsFile", path_quote(login->known_hosts));
	settings_add(&s, "StrictHostKeyChecking", format("accept-new"));
	settings_add(&s, "CheckHostIP", format("no"));
	settings_add(&s, "HashKnownHosts", format("no"));
	if (login->jump)
		settings_add(&s, "ProxyJump", format("%s", login->jump));
	return s;
}

static void settings_done(struct settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		free(settings->v[i].value);
}

void login_add_options(const struct login *login, struct command *command)
{
	struct settings s CLEANUP(settings_done) = login_list_settings(login);

	for (size_t i = 0; i < s.n; i++)
		command_add(command, "-o%s=%s", s.v[i].name, s.v[i].value);
}

void login_write_settings(const struct login *login, FILE *to)
{
	struct settings s CLEANUP(settings_done) = login_list_settings(login);

	fprintf(to, "\tHostName %s\n", login->ssh->address);
	for (size_t i = 0; i < s.n; i++)
		fprintf(to, "\t%s %s\n", s.v[i].name, s.v[i].value);
}

/* Whether a folder of those that are kept here has something of a node. */
static bool login_keeps(const char *name)
{
	char *folder FREE = home_state_path(name);
	DIR *listing = folder ? opendir(folder) : NULL;
	bool any = false;

	for (const struct dirent *entry; listing && !any && (entry = readdir(listing));)
		any = entry->d_name[0] != '.';
	if (listing)
		closedir(listing);
	return any;
}

char *login_find_kept(struct ctx *ctx, const char *node)
{
	struct vbc_error ignored = {0};
	struct vbc_node *found = NULL;
	char *id = text_take_uuid(node);

	if (!id && (login_keeps("identity") || login_keeps("known_hosts")) &&
	    !vbc_node_get(ctx->host, node, &found, &ignored))
		id = must(strdup(found->id));
	vbc_node_free(found);
	return id;
}

void login_forget_host_key(const char *node_id)
{
	char *path FREE = strchr(node_id, '/') ? NULL : known_hosts_path(node_id);

	if (path)
		unlink(path);
}

void login_explain(const struct login *login, const char *program)
{
	const char *user = login->user ? login->user : "your own name here";
	const char *key = login->identity ? login->identity : "the keys that ssh finds by itself";

	note("%s ended with 255, as it does when it cannot log in or loses the connection: it "
	     "tried to log in as %s (--user names another) with %s (--identity names another); "
	     "'vboxcloud node log %s' shows what happened to the guest",
	     program, user, key, login->ssh->node);
}
