/* SPDX-License-Identifier: Apache-2.0 */
#include "meta.h"

#include <jansson.h>
#include <string.h>

#include "str.h"

#define PREFIX "libcloud/"
#define JSON_MAX (256u << 10) /* of an object: read, it takes a hundred times its text */

struct vbc_meta {
	json_t *object;
	bool incomplete; /* a value was no UTF-8, or there was no memory */
};

static struct vbc_meta *wrap(json_t *object)
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
	return wrap(json_object());
}

struct vbc_meta *vbc_meta_parse(const char *json)
{
	bool fits = strlen(json) <= JSON_MAX;
	json_t *object = fits ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (object && !json_is_object(object)) {
		json_decref(object);
		object = NULL;
	}
	return object ? wrap(object) : NULL;
}

void vbc_meta_free(struct vbc_meta *meta)
{
	if (!meta)
		return;
	json_decref(meta->object);
	free(meta);
}

const char *vbc_meta_str(const struct vbc_meta *meta, const char *key)
{
	const char *value = meta ? json_string_value(json_object_get(meta->object, key)) : NULL;

	return value ? value : "";
}

int64_t vbc_meta_int(const struct vbc_meta *meta, const char *key)
{
	return meta ? json_integer_value(json_object_get(meta->object, key)) : 0;
}

static void set(struct vbc_meta *meta, const char *key, json_t *value)
{
	if (json_object_set_new(meta->object, key, value) != 0)
		meta->incomplete = true;
}

void vbc_meta_set_str(struct vbc_meta *meta, const char *key, const char *value)
{
	set(meta, key, json_string(value));
}

void vbc_meta_set_int(struct vbc_meta *meta, const char *key, int64_t value)
{
	set(meta, key, json_integer(value));
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
	json_object_foreach(object, name, value) {
		names[i] = vbc_arena_strdup(&op->arena, name);
		values[i] = vbc_arena_strdup(&op->arena,
					     json_is_string(value) ? json_string_value(value) : "");
		if (!names[i] || !values[i++])
			return false;
	}
	*ret_names = (struct vbc_strs){.n = n, .v = names};
	*ret_values = (struct vbc_strs){.n = n, .v = values};
	return true;
}

const char *vbc_meta_key(struct vbc_op *op, const char *kind, const char *id)
{
	return vbc_arena_printf(&op->arena, PREFIX "%s/%s", kind, id);
}

int vbc_meta_get(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta **ret_meta)
{
	const char *key = vbc_meta_key(op, kind, id), *json = "";
	int code;

	if (!key)
		return vbc_fail_nomem(&op->error);
	code = vbc_IVirtualBox_getExtraData(op, op->vbox, key, &json);
	if (!code)
		*ret_meta = json[0] ? vbc_meta_parse(json) : NULL;
	return code;
}

int vbc_meta_put(struct vbc_op *op, const char *kind, const char *id, const struct vbc_meta *meta)
{
	const char *key = vbc_meta_key(op, kind, id);
	char *json;
	int code;

	json = json_dumps(meta->object, JSON_COMPACT | JSON_SORT_KEYS);
	if (meta->incomplete || (json && strlen(json) > JSON_MAX)) {
		free(json);
		return vbc_fail(&op->error, VBC_E_ARG,
				"what is to be recorded of %s '%s' is no UTF-8, or too much", kind,
				id);
	}
	code = key && json ? vbc_IVirtualBox_setExtraData(op, op->vbox, key, json)
			   : vbc_fail_nomem(&op->error);

	free(json);
	return code;
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
		if (vbc_starts_with(keys->v[i], prefix))
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
