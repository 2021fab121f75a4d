/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Key pairs: the public ones stand in the host's extra data, libcloud/key/NAME.
 */
#include "key/key.h"

#include <vboxcloud/key.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "base/name.h"
#include "base/result.h"
#include "base/str.h"
#include "host/keys.h"
#include "journal/run.h"
#include "key/pair.h"
#include "key/text.h"
#include "vbox/host-clock.h"
#include "vbox/meta.h"

#define KIND "key"

/* What is known of one; strings in some arena. */
struct facts {
	const char *name, *line, *fingerprint;
	char *private_key;
	int64_t created_ms;
};

static bool key_copy_facts(struct vbc_arena *a, const struct facts *f, struct vbc_key *key)
{
	key->name = vbc_arena_strdup(a, f->name);
	key->public_key = vbc_arena_strdup(a, f->line);
	key->fingerprint = vbc_arena_strdup(a, f->fingerprint);
	key->private_key = vbc_arena_strdup(a, f->private_key ? f->private_key : "");
	key->created_at_ms = f->created_ms;
	return key->name && key->public_key && key->fingerprint && key->private_key;
}

static int key_make_result(struct vbc_op *op, const struct facts *f, struct vbc_key **ret)
{
	struct vbc_key *key = vbc_result_new(&op->results, sizeof(*key));

	if (!key || !key_copy_facts(vbc_result_arena(key), f, key))
		return vbc_fail_nomem(&op->error);
	*ret = key;
	return VBC_OK;
}

/*
 * *ret_there tells whether there is a key of that name. One that cannot be read, as another program
 * wrote it, has no line and no fingerprint, but is shown all the same: else nobody could delete it.
 */
static int key_read_one(struct vbc_op *op, const char *name, struct facts *f, bool *ret_there)
{
	const char *meta_key = vbc_meta_key(op, KIND, name), *json = "";
	struct vbc_meta *VBC_META meta = NULL;
	struct vbc_error ignored = {0};
	int code = meta_key ? vbc_IVirtualBox_getExtraData(op, op->vbox, meta_key, &json)
			    : vbc_fail_nomem(&op->error);

	*ret_there = !code && json[0];
	if (!*ret_there)
		return code;
	meta = vbc_meta_parse(json);
	f->name = name;
	f->created_ms = vbc_meta_date(meta, "created_ms");
	if (vbc_key_read(&op->arena, vbc_meta_str(meta, "public_key"), &f->line, &f->fingerprint,
			 &ignored))
		f->line = f->fingerprint = "";
	return VBC_OK;
}

/* No key can have another name, be it asked for or deleted: what has one is not a key. */
static bool key_has_name(const char *name)
{
	struct vbc_error ignored = {0};

	return vbc_name_check("key", name, &ignored) == VBC_OK;
}

static int key_compare_name(const void *x, const void *y)
{
	const struct vbc_key *a = *(const struct vbc_key *const *)x;
	const struct vbc_key *b = *(const struct vbc_key *const *)y;

	return strcmp(a->name, b->name);
}

static int key_make_list(struct vbc_op *op, const struct vbc_strs *names, struct vbc_keys *list)
{
	struct vbc_arena *a = vbc_result_arena(list);
	const struct vbc_key **v = VBC_ARENA_ARRAY(a, const struct vbc_key *, names->n);
	int code = v ? VBC_OK : vbc_fail_nomem(&op->error);

	for (size_t i = 0; !code && i < names->n; i++) {
		struct vbc_key *key = VBC_ARENA_NEW(a, struct vbc_key);
		struct facts f = {0};
		bool there = false;

		if (!key_has_name(names->v[i]))
			continue;
		code = key ? key_read_one(op, names->v[i], &f, &there) : vbc_fail_nomem(&op->error);
		if (!code && there && !key_copy_facts(a, &f, key))
			code = vbc_fail_nomem(&op->error);
		if (!code && there)
			v[list->n++] = key;
	}
	if (code)
		return code;
	qsort(v, list->n, sizeof(const struct vbc_key *), key_compare_name);
	list->v = v;
	return VBC_OK;
}

static int key_list_body(struct vbc_op *op, void *arg)
{
	struct vbc_keys **ret = arg;
	struct vbc_strs keys = {0}, names = {0};
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_meta_ids_of(op, &keys, KIND, &names);
	if (code)
		return code;
	*ret = vbc_result_new(&op->results, sizeof(**ret));
	return *ret ? key_make_list(op, &names, *ret) : vbc_fail_nomem(&op->error);
}

int vbc_key_list(struct vbc_host *host, struct vbc_keys **ret_keys, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_keys))
		return VBC_E_ARG;

	struct vbc_keys *keys = NULL;
	int code = vbc_run_recovered(host, &vbc_op_brief, err, key_list_body, &keys);

	if (!code)
		*ret_keys = keys;
	return code;
}

void vbc_keys_free(struct vbc_keys *keys)
{
	vbc_result_free(keys);
}

struct job {
	const char *name, *public_key; /* public_key NULL: make a pair */
	struct vbc_key *key;
};

static int key_fail_not_found(struct vbc_op *op, const char *name)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_LIST_KEYS, "there is no key '%s'",
			     name);
}

/* Whether a text is a key, or tries to be one, and not the name of one: a name has no line end. */
static bool key_is_line(const char *text)
{
	if (strstr(text, " AAAA") && (strstr(text, "ssh-") || strstr(text, "ecdsa-")))
		return true; /* with something before it */
	return strchr(text, '\n') ||
	       ((vbc_starts_with(text, "ssh-") || vbc_starts_with(text, "ecdsa-") ||
		 vbc_starts_with(text, "sk-")) &&
		strpbrk(text, " \t"));
}

int vbc_key_line(struct vbc_op *op, const char *key, const char **ret_line)
{
	struct facts f = {0};
	bool there = false;
	int code;

	if (key_is_line(key))
		return vbc_key_read(&op->arena, key, ret_line, &f.fingerprint, &op->error);
	code = vbc_name_check("key", key, &op->error);
	if (!code)
		code = key_read_one(op, key, &f, &there);
	if (!code && !there)
		code = key_fail_not_found(op, key);
	if (!code && !f.line[0])
		code = vbc_fail(&op->error, VBC_E_ARG,
				"the key '%s' that the host keeps cannot be read; delete it, and "
				"import it again",
				key);
	if (!code)
		*ret_line = f.line;
	return code;
}

static int key_get_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct facts f = {0};
	bool there = false;
	int code = key_read_one(op, job->name, &f, &there);

	if (!code && !there)
		code = key_fail_not_found(op, job->name);
	return code ? code : key_make_result(op, &f, &job->key);
}

int vbc_key_get(struct vbc_host *host, const char *name, struct vbc_key **ret_key,
		struct vbc_error *err)
{
	if (vbc_lacks(err, host, name, ret_key))
		return VBC_E_ARG;

	struct job job = {.name = name};
	int code = vbc_name_check("key", name, err);

	if (!code)
		code = vbc_run_recovered(host, &vbc_op_brief, err, key_get_body, &job);
	if (!code)
		*ret_key = job.key;
	return code;
}

void vbc_key_free(struct vbc_key *key)
{
	if (!key)
		return;
	explicit_bzero((char *)(uintptr_t)key->private_key, strlen(key->private_key));
	vbc_result_free(key);
}

static int key_write_record(struct vbc_op *op, struct facts *f)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	int code = meta ? vbc_host_clock(op, &f->created_ms) : vbc_fail_nomem(&op->error);

	if (code)
		return code;
	vbc_meta_set_str(meta, "public_key", f->line);
	vbc_meta_set_int(meta, "created_ms", f->created_ms);
	return vbc_meta_put(op, KIND, f->name, meta);
}

static int key_read_or_make(struct vbc_op *op, const struct job *job, struct facts *f)
{
	const char *line = job->public_key;
	int code = VBC_OK;

	if (!line)
		code = vbc_key_generate(&op->arena, job->name, &line, &f->private_key, &op->error);
	return code ? code : vbc_key_read(&op->arena, line, &f->line, &f->fingerprint, &op->error);
}

static int key_add_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct facts f = {0};
	bool there = false;
	int code = key_read_one(op, job->name, &f, &there);

	op->progress.what = "keeping the key";
	if (!code && there)
		code = vbc_fail(&op->error, VBC_E_EXISTS, "there is a key '%s' already", job->name);
	f.name = job->name;
	if (!code)
		code = key_read_or_make(op, job, &f);
	if (!code)
		code = key_write_record(op, &f);
	if (!code)
		code = key_make_result(op, &f, &job->key);
	if (f.private_key)
		explicit_bzero(f.private_key, strlen(f.private_key));
	return code;
}

static int key_add_or_make(struct vbc_host *host, const char *name, const char *public_key,
			   const struct vbc_wait *wait, struct vbc_key **ret_key,
			   struct vbc_error *err)
{
	struct job job = {.name = name, .public_key = public_key};
	int code = vbc_name_check("key", name, err);

	if (!code)
		code = vbc_run_recovered(host, wait, err, key_add_body, &job);
	if (!code)
		*ret_key = job.key;
	return code;
}

int vbc_key_create(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		   struct vbc_key **ret_key, struct vbc_error *err)
{
	if (vbc_lacks(err, host, name, ret_key))
		return VBC_E_ARG;

	return key_add_or_make(host, name, NULL, wait, ret_key, err);
}

int vbc_key_import(struct vbc_host *host, const char *name, const char *public_key,
		   const struct vbc_wait *wait, struct vbc_key **ret_key, struct vbc_error *err)
{
	if (vbc_lacks(err, host, name, public_key, ret_key))
		return VBC_E_ARG;

	return key_add_or_make(host, name, public_key ? public_key : "", wait, ret_key, err);
}

static int key_make_pair(const char *name, struct vbc_key *key, struct vbc_error *err)
{
	struct vbc_arena *a = vbc_result_arena(key);
	struct facts f = {.name = name};
	const char *line = NULL;
	int code = vbc_key_generate(a, name, &line, &f.private_key, err);

	if (!code)
		code = vbc_key_read(a, line, &f.line, &f.fingerprint, err);
	if (!code && !key_copy_facts(a, &f, key))
		code = vbc_fail_nomem(err);
	if (f.private_key)
		explicit_bzero(f.private_key, strlen(f.private_key));
	return code;
}

int vbc_key_make(const char *name, struct vbc_key **ret_key, struct vbc_error *err)
{
	if (vbc_lacks(err, name, ret_key))
		return VBC_E_ARG;

	struct vbc_key *key = NULL;
	int code = vbc_name_check("key", name, err);

	if (code)
		return code;
	key = vbc_result_new(NULL, sizeof(*key));
	code = key ? key_make_pair(name, key, err) : vbc_fail_nomem(err);
	if (!code)
		*ret_key = key;
	else
		vbc_result_free(key);
	return code;
}

static int key_delete_body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct facts f;
	bool there = false;
	int code = key_read_one(op, job->name, &f, &there);

	op->progress.what = "deleting the key";
	if (!code && !there)
		code = key_fail_not_found(op, job->name);
	return code ? code : vbc_meta_delete(op, KIND, job->name);
}

int vbc_key_delete(struct vbc_host *host, const char *name, const struct vbc_wait *wait,
		   struct vbc_error *err)
{
	if (vbc_lacks(err, host, name))
		return VBC_E_ARG;

	struct job job = {.name = name};
	int code = vbc_name_check("key", name, err);

	return code ? code : vbc_run_recovered(host, wait, err, key_delete_body, &job);
}
