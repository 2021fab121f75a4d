/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of a host as a whole: what it is, sizes, locations, keys, leftovers.
 */
#include "ext.h"

#define F(member) FIELD(struct vbc_host_info, member)
static const struct field info_shape[] = {
	F(url),
	F(version),
	F(api_version),
	F(os),
	F(cpus),
	FIELD_AS(struct vbc_host_info, memory_mib, "memory_mb"),
	FIELD_AS(struct vbc_host_info, memory_available_mib, "memory_available_mb"),
	F(machine_folder),
	F(images_folder),
	F(volumes_folder),
	F(snapshots_folder),
	F(cordoned),
	F(cordoned_at_ms),
	FIELDS_END,
};
#undef F
RESULT_RECORD(host_info, info_shape)

static const char *finding_level_name(int level)
{
	static const char *const names[] = {"ok", "warning", "error"};

	return level >= 0 && level < 3 ? names[level] : "unknown";
}

#define F(member) FIELD(struct vbc_finding, member)
static const struct field finding_shape[] = {
	F(number), FIELD_ENUM(struct vbc_finding, level, finding_level_name), F(subject),
	F(text),   FIELD_ENUM(struct vbc_finding, hint, vbc_hint_name),       FIELDS_END,
};
#undef F
RESULT_LIST(findings, finding_shape)

#define F(member) FIELD(struct vbc_leftover, member)
static const struct field leftover_shape[] = {
	F(kind),
	F(id),
	F(text),
	FIELDS_END,
};
#undef F
RESULT_LIST(leftovers, leftover_shape)

#define F(member) FIELD(struct vbc_location, member)
static const struct field location_shape[] = {
	F(id), F(name), F(host), F(version), FIELDS_END,
};
#undef F
RESULT_LIST(locations, location_shape)

#define F(member) FIELD(struct vbc_size, member)
static const struct field size_shape[] = {
	F(id),
	F(name),
	F(cpus),
	FIELD_AS(struct vbc_size, ram_mib, "ram_mb"),
	FIELD_AS(struct vbc_size, disk_gib, "disk_gb"),
	FIELDS_END,
};
#undef F
RESULT_LIST(sizes, size_shape)

#define F(member) FIELD(struct vbc_key, member)
static const struct field key_shape[] = {
	F(name), F(public_key), F(fingerprint), F(private_key), F(created_at_ms), FIELDS_END,
};
#undef F
RESULT_RECORD(key, key_shape)
RESULT_LIST(keys, key_shape)

METHOD(show, "What the host is.", RETURNS(host_info),
       vbc_host_show(c->host, &c->out.info, &c->error), PARAM_END)
METHOD(cordon, "Says that nothing new is to be placed on the host, or ends that.", RETURNS_NOTHING,
       vbc_host_cordon(c->host, c->in.flag, &c->error), PARAM(GIVEN, flag, "on"), PARAM_END)
METHOD(check, "Whether the host can be used as a cloud.", RETURNS(findings),
       vbc_host_check(c->host, &c->out.findings, &c->error), PARAM_END)
static int gc_call(struct call *c)
{
	c->in.gc.size = sizeof(c->in.gc);
	return vbc_gc(c->host, &c->in.gc, &brief_wait, &c->out.leftovers, &c->error);
}

METHOD(gc,
       "Removes what killed programs left behind; with dry_run only reports it, with force\n"
       "retries what VirtualBox's service crashed on.",
       RETURNS(leftovers), gc_call(c), PARAM(OPTIONAL, gc.dry_run, "dry_run"),
       PARAM(OPTIONAL, gc.force, "force"), PARAM_END)
METHOD(location_list, "The one location there is.", RETURNS(locations),
       vbc_location_list(c->host, &c->out.locations, &c->error), PARAM_END)
METHOD(size_list, "The catalogue of sizes; the last is the placeholder.", RETURNS(sizes),
       vbc_size_list(c->host, &c->out.sizes, &c->error), PARAM_END)
METHOD(key_list, "The public keys, by name.", RETURNS(keys),
       vbc_key_list(c->host, &c->out.keys, &c->error), PARAM_END)
METHOD(key_get, "The key of a name.", RETURNS(key),
       vbc_key_get(c->host, c->in.name, &c->out.key, &c->error), PARAM(GIVEN, name, "name"),
       PARAM_END)
METHOD(key_create, "Makes a pair; its private key is in the result only.", RETURNS(key),
       vbc_key_create(c->host, c->in.name, &brief_wait, &c->out.key, &c->error),
       PARAM(GIVEN, name, "name"), PARAM_END)
METHOD(key_import, "Keeps a public key under a name.", RETURNS(key),
       vbc_key_import(c->host, c->in.name, c->in.text, &brief_wait, &c->out.key, &c->error),
       PARAM(GIVEN, name, "name"), PARAM(GIVEN, text, "public_key"), PARAM_END)
METHOD(key_delete, "Forgets a key.", RETURNS_NOTHING,
       vbc_key_delete(c->host, c->in.name, &brief_wait, &c->error), PARAM(GIVEN, name, "name"),
       PARAM_END)

const struct method_row host_methods[] = {
	ROW(cordon),        ROW(show),       ROW(check),      ROW(gc),
	ROW(location_list), ROW(size_list),  ROW(key_list),   ROW(key_get),
	ROW(key_create),    ROW(key_import), ROW(key_delete), {NULL, NULL},
};
