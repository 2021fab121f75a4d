/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/meta.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/name.h"
#include "base/path.h"
#include "base/str.h"

#define PREFIX   "libcloud/"
#define JSON_MAX (256u << 10) /* of an object */
/* Objects and lists in it, each of which takes a hundred times its text. */
#define GROUPS_MAX 1000

struct vbc_meta {
	json_t *object;
	bool incomplete; /* a value was no UTF-8, or there was no memory */
};

static struct vbc_meta *meta_wrap_object(json_t *object)
{
	struct vbc_meta *meta = calloc(1, sizeof(*meta));

	if (!meta || !object) {
		json_decref(object);
		free(meta);
		return NULL;
	}
	meta->object = object;
	return meta;
}

struct vbc_meta *vbc_meta_new(void)
{
	return meta_wrap_object(json_object());
}

/* Whole numbers that were read as others, as far as these can tell them apart. */
static void meta_make_integers(json_t *object)
{
	const double most = (double)(INT64_C(1) << 53);
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(object, next, key, value)
	{
		double number = json_real_value(value);

		if (json_is_object(value))
			meta_make_integers(value);
		else if (json_is_real(value) && number >= -most && number <= most &&
			 number == (double)(json_int_t)number)
			json_object_set_new(object, key, json_integer((json_int_t)number));
	}
}

/* A number that is too large spoils itself only. */
static json_t *meta_load_json(const char *json)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *object = json_loads(json, flags, &error);

	if (!object && json_error_code(&error) == json_error_numeric_overflow) {
		object = json_loads(json, flags | JSON_DECODE_INT_AS_REAL, NULL);
		meta_make_integers(object);
	}
	return object;
}

/* Whether it takes little memory once it is read; whether it is JSON at all is not asked. */
static bool meta_is_small(const char *json)
{
	size_t groups = 0;
	bool in_text = false;

	for (const char *at = json; *at; at++) {
		if (*at == '"')
			in_text = !in_text;
		else if (in_text && *at == '\\' && at[1])
			at++;
		else if (!in_text && (*at == '{' || *at == '['))
			groups++;
		if (groups > GROUPS_MAX || at - json >= (ptrdiff_t)JSON_MAX)
			return false;
	}
	return true;
}

struct vbc_meta *vbc_meta_parse(const char *json)
{
	json_t *object = meta_is_small(json) ? meta_load_json(json) : NULL;

	if (object && !json_is_object(object)) {
		json_decref(object);
		object = NULL;
	}
	return object ? meta_wrap_object(object) : NULL;
}

void vbc_meta_free(struct vbc_meta *meta)
{
	if (!meta)
		return;
	json_decref(meta->object);
	free(meta);
}

/* NULL for what is none, or none that VirtualBox can carry. */
static const char *meta_value_text(const json_t *value)
{
	const char *text = json_string_value(value);
	size_t at;
	long c;

	return text && vbc_text_ok(text, json_string_length(value), &at, &c) ? text : NULL;
}

const char *vbc_meta_str(const struct vbc_meta *meta, const char *key)
{
	const char *text = meta ? meta_value_text(json_object_get(meta->object, key)) : NULL;

	return text ? text : "";
}

const char *vbc_meta_name(const struct vbc_meta *meta, const char *key)
{
	const char *name = vbc_meta_str(meta, key);

	return vbc_name_check("thing", name, NULL) ? "" : name;
}

const char *vbc_meta_login(const struct vbc_meta *meta, const char *key)
{
	const char *login = vbc_meta_str(meta, key);

	return vbc_login_check(login, NULL) ? "" : login;
}

const char *vbc_meta_uuid(const struct vbc_meta *meta, const char *key)
{
	const char *id = vbc_meta_str(meta, key);

	return vbc_is_uuid(id) ? id : "";
}

int64_t vbc_meta_int(const struct vbc_meta *meta, const char *key)
{
	return meta ? json_integer_value(json_object_get(meta->object, key)) : 0;
}

int64_t vbc_meta_date(const struct vbc_meta *meta, const char *key)
{
	int64_t utc_ms = vbc_meta_int(meta, key);

	return vbc_is_date(utc_ms) ? utc_ms : 0;
}

unsigned vbc_meta_count(const struct vbc_meta *meta, const char *key, unsigned max)
{
	int64_t count = vbc_meta_int(meta, key);

	return count > 0 && count <= max ? (unsigned)count : 0;
}

static bool meta_is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			return false;
	return true;
}

bool vbc_meta_fits(const struct vbc_meta *meta, const char *key, enum vbc_meta_type type,
		   bool needed)
{
	const json_t *value = json_object_get(meta->object, key);
	const char *text = meta_value_text(value);
	int64_t number = json_integer_value(value);

	if (!value)
		return !needed;
	if (type == VBC_META_COUNT)
		return json_is_integer(value) && number >= needed && number <= UINT32_MAX;
	if (type == VBC_META_TEXTS)
		return json_is_object(value);
	if (!text || !text[0])
		return text && !needed;
	switch (type) {
	case VBC_META_LINE: return meta_is_line(text);
	case VBC_META_PATH: return meta_is_line(text) && vbc_path_is_absolute(text);
	case VBC_META_UUID: return vbc_is_uuid(text);
	default: return true;
	}
}

bool vbc_meta_same(const struct vbc_meta *a, const struct vbc_meta *b)
{
	return json_equal(a->object, b->object);
}

static void meta_set_value(struct vbc_meta *meta, const char *key, json_t *value)
{
	if (json_object_set_new(meta->object, key, value) != 0)
		meta->incomplete = true;
}

void vbc_meta_set_str(struct vbc_meta *meta, const char *key, const char *value)
{
	meta_set_value(meta, key, json_string(value));
}

void vbc_meta_set_int(struct vbc_meta *meta, const char *key, int64_t value)
{
	meta_set_value(meta, key, json_integer(value));
}

bool vbc_meta_set_in(struct vbc_meta *meta, const char *key, const char *name, const char *value)
{
	json_t *object = json_object_get(meta->object, key);

	if (!value)
		return json_object_del(object, name) == 0;
	if (!json_is_object(object)) {
		json_object_set_new(meta->object, key, json_object());
		object = json_object_get(meta->object, key);
	}
	return json_object_set_new(object, name, json_string(value)) == 0;
}

bool vbc_meta_pairs(struct vbc_op *op, const struct vbc_meta *meta, const char *key,
		    struct vbc_strs *ret_names, struct vbc_strs *ret_values)
{
	json_t *object = meta ? json_object_get(meta->object, key) : NULL, *value;
	size_t n = json_object_size(object), i = 0;
	const char **names = VBC_ARENA_ARRAY(&op->arena, const char *, n);
	const char **values = VBC_ARENA_ARRAY(&op->arena, const char *, n);
	const char *name;

	if (!names || !values)
		return false;
	json_object_foreach(object, name, value)
	{
		if (!meta_value_text(value))
			continue;
		names[i] = vbc_arena_strdup(&op->arena, name);
		values[i] = vbc_arena_strdup(&op->arena, meta_value_text(value));
		if (!names[i] || !values[i++])
			return false;
	}
	*ret_names = (struct vbc_strs){.n = i, .v = names};
	*ret_values = (struct vbc_strs){.n = i, .v = values};
	return true;
}

const char *vbc_meta_key(struct vbc_op *op, const char *kind, const char *id)
{
	return vbc_arena_printf(&op->arena, PREFIX "%s/%s", kind, id);
}

int vbc_meta_text(struct vbc_op *op, const char *kind, const char *id, const char **ret_json)
{
	const char *key = vbc_meta_key(op, kind, id);

	return key ? vbc_IVirtualBox_getExtraData(op, op->vbox, key, ret_json)
		   : vbc_fail_nomem(&op->error);
}

int vbc_meta_get(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta **ret_meta)
{
	const char *json = "";
	int code = vbc_meta_text(op, kind, id, &json);

	if (!code)
		*ret_meta = json[0] ? vbc_meta_parse(json) : NULL;
	return code;
}

int vbc_meta_texts(struct vbc_op *op, const char *kind, const struct vbc_strs *ids,
		   const char ***ret_texts)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, ids->n);
	const char **texts = VBC_ARENA_ARRAY(&op->arena, const char *, ids->n);

	if (!calls || !texts)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < ids->n; i++) {
		const char *key = vbc_meta_key(op, kind, ids->v[i]);

		if (!key)
			return vbc_fail_nomem(&op->error);
		texts[i] = "";
		calls[i] = (struct vbc_batch_call){.method = VBC_M_IVirtualBox_getExtraData,
						   .self = op->vbox,
						   .in = {{.s = key}},
						   .out = &texts[i]};
	}
	*ret_texts = texts;
	return vbc_batch(op, calls, ids->n);
}

const char *vbc_meta_dump(struct vbc_op *op, const struct vbc_meta *meta)
{
	char *json = json_dumps(meta->object, JSON_COMPACT | JSON_SORT_KEYS);
	const char *copy = json ? vbc_arena_strdup(&op->arena, json) : NULL;

	free(json);
	return copy;
}

int vbc_meta_put(struct vbc_op *op, const char *kind, const char *id, const struct vbc_meta *meta)
{
	const char *key = vbc_meta_key(op, kind, id), *json = vbc_meta_dump(op, meta);

	if (meta->incomplete || (json && strlen(json) > JSON_MAX))
		return vbc_fail(&op->error, VBC_E_ARG,
				"the metadata of %s '%s' is not UTF-8, or too large", kind, id);
	return key && json ? vbc_IVirtualBox_setExtraData(op, op->vbox, key, json)
			   : vbc_fail_nomem(&op->error);
}

int vbc_meta_delete(struct vbc_op *op, const char *kind, const char *id)
{
	const char *key = vbc_meta_key(op, kind, id);

	return key ? vbc_IVirtualBox_setExtraData(op, op->vbox, key, "")
		   : vbc_fail_nomem(&op->error);
}

int vbc_meta_ids_of(struct vbc_op *op, const struct vbc_strs *keys, const char *kind,
		    struct vbc_strs *ret_ids)
{
	const char *prefix = vbc_meta_key(op, kind, "");
	const char **ids = VBC_ARENA_ARRAY(&op->arena, const char *, keys->n);
	size_t n = 0;

	if (!prefix || !ids)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < keys->n; i++)
		if (vbc_starts_with(keys->v[i], prefix) && !streq(keys->v[i], prefix))
			ids[n++] = keys->v[i] + strlen(prefix);
	*ret_ids = (struct vbc_strs){.n = n, .v = ids};
	return VBC_OK;
}

int vbc_meta_ids(struct vbc_op *op, const char *kind, struct vbc_strs *ret_ids)
{
	struct vbc_strs keys = {0};
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	return code ? code : vbc_meta_ids_of(op, &keys, kind, ret_ids);
}
