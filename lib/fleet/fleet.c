/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing fleets.
 */
#include "fleet/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/str.h"
#include "fleet/parallel.h"

#define TIMEOUT_MS 5000

static void secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static void member_close(void *arg, size_t i)
{
	struct vbc_member *member = &((struct vbc_fleet *)arg)->members[i];
	struct vbc_host_opts *opts = &member->opts;
	const char *const strings[] = {opts->url, opts->user, opts->ca_file, opts->fingerprint};

	vbc_host_close(member->handle);
	for (size_t k = 0; k < sizeof(strings) / sizeof(strings[0]); k++)
		free((void *)(uintptr_t)strings[k]);
	secret_free((char *)(uintptr_t)opts->password);
	free(member->name);
}

void vbc_fleet_close(struct vbc_fleet *fleet)
{
	if (!fleet)
		return;
	vbc_parallel(fleet->n, member_close, fleet);
	free(fleet->members);
	free(fleet->seen_folder);
	free(fleet);
}

/* Replaces a string that was borrowed; false: there is no memory. */
static bool string_keep(const char **at)
{
	if (*at)
		*at = strdup(*at);
	return *at;
}

/* Each is the member's own afterwards, or NULL. */
static bool opts_keep_strings(struct vbc_host_opts *opts)
{
	const char **const strings[] = {&opts->url, &opts->user, &opts->password, &opts->ca_file,
					&opts->fingerprint};
	bool all = true;

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		if (*strings[i] && !string_keep(strings[i]))
			all = false;
	return all;
}

static bool fleet_has_name(const struct vbc_fleet *fleet, const char *name)
{
	for (size_t i = 0; i < fleet->n; i++)
		if (streq(fleet->members[i].name, name))
			return true;
	return false;
}

static int member_check(const struct vbc_fleet *fleet, const struct vbc_fleet_member *given,
			struct vbc_error *err)
{
	if (!given->name || !*given->name || !given->opts)
		return vbc_fail(err, VBC_E_ARG, "a host of a fleet needs a name and options");
	if (fleet_has_name(fleet, given->name))
		return vbc_fail(err, VBC_E_ARG, "there are two hosts '%s' in the fleet",
				given->name);
	return VBC_OK;
}

static int fleet_add(struct vbc_fleet *fleet, const struct vbc_fleet_member *given,
		     struct vbc_error *err)
{
	struct vbc_member *member = &fleet->members[fleet->n];
	int code = member_check(fleet, given, err);
	bool kept;

	if (code)
		return code;
	vbc_opts_read(&member->opts, given->opts);
	member->opts.size = sizeof(member->opts);
	kept = opts_keep_strings(&member->opts);
	member->name = strdup(given->name);
	fleet->n++; /* vbc_fleet_close() frees it from here on */
	if (!kept || !member->name)
		return vbc_fail_nomem(err);
	code = vbc_host_open(&member->opts, &member->handle, err);
	return vbc_error_prefix(err, code, "%s", given->name);
}

static int fleet_fill(struct vbc_fleet *fleet, const struct vbc_fleet_member *members, size_t n,
		      const struct vbc_fleet_opts *opts, struct vbc_error *err)
{
	int code = VBC_OK;

	fleet->timeout_ms = opts->timeout_ms ? opts->timeout_ms : TIMEOUT_MS;
	fleet->members = calloc(n, sizeof(*fleet->members));
	fleet->seen_folder = opts->seen_folder ? strdup(opts->seen_folder) : NULL;
	if (!fleet->members || (opts->seen_folder && !fleet->seen_folder))
		return vbc_fail_nomem(err);
	for (size_t i = 0; !code && i < n; i++)
		code = fleet_add(fleet, &members[i], err);
	return code;
}

int vbc_fleet_open(const struct vbc_fleet_member *members, size_t n,
		   const struct vbc_fleet_opts *opts, struct vbc_fleet **ret_fleet,
		   struct vbc_error *err)
{
	if (vbc_lacks(err, members, ret_fleet))
		return VBC_E_ARG;

	struct vbc_fleet_opts o = VBC_FLEET_OPTS_INIT;
	struct vbc_error error = {0};
	struct vbc_fleet *fleet;
	int code;

	if (!n)
		return vbc_fail(err, VBC_E_ARG, "a fleet has at least one host");
	vbc_opts_read(&o, opts);
	fleet = calloc(1, sizeof(*fleet));
	code = fleet ? fleet_fill(fleet, members, n, &o, &error) : vbc_fail_nomem(&error);
	if (code) {
		vbc_fleet_close(fleet);
		if (err && !err->code)
			*err = error;
		return code;
	}
	*ret_fleet = fleet;
	return VBC_OK;
}

size_t vbc_fleet_count(const struct vbc_fleet *fleet)
{
	return fleet ? fleet->n : 0;
}

const char *vbc_fleet_name(const struct vbc_fleet *fleet, size_t number)
{
	return number < vbc_fleet_count(fleet) ? fleet->members[number].name : NULL;
}

struct vbc_host *vbc_fleet_host(struct vbc_fleet *fleet, size_t number)
{
	return number < vbc_fleet_count(fleet) ? fleet->members[number].handle : NULL;
}

void vbc_fleet_cancel(struct vbc_fleet *fleet)
{
	if (fleet)
		atomic_fetch_add(&fleet->cancelled, 1);
}
