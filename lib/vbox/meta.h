/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What VirtualBox has no field for: one JSON object per thing in the host's extra data, under the
 * key libcloud/KIND/ID. It needs no lock and survives everything the thing goes through.
 */
#ifndef VBC_VBOX_META_H
#define VBC_VBOX_META_H

#include "vbox/op.h"

struct vbc_meta; /* a JSON object, in memory */

struct vbc_meta *vbc_meta_new(void);
void vbc_meta_free(struct vbc_meta *meta);
static inline void vbc_meta_cleanup(struct vbc_meta **meta)
{
	vbc_meta_free(*meta);
}
#define VBC_META VBC_CLEANUP(vbc_meta_cleanup)

/*
 * Values. Other programs can write these keys too, so each value is looked at when it is read: one
 * that is missing, of another type or not of its kind reads as "" or 0, which is unknown. Borrowed
 * from meta.
 */
const char *vbc_meta_str(const struct vbc_meta *meta,
			 const char *key); /* VirtualBox can carry it */
const char *vbc_meta_name(const struct vbc_meta *meta, const char *key); /* or a word */
const char *vbc_meta_login(const struct vbc_meta *meta, const char *key);
const char *vbc_meta_uuid(const struct vbc_meta *meta, const char *key);
int64_t vbc_meta_int(const struct vbc_meta *meta, const char *key);
int64_t vbc_meta_date(const struct vbc_meta *meta, const char *key); /* ms since 1970  */
unsigned vbc_meta_count(const struct vbc_meta *meta, const char *key, unsigned max);
/* Whether a value is of its type; one that is missing, "" or 0 is, unless it is needed. */
enum vbc_meta_type {
	VBC_META_TEXT,
	VBC_META_LINE, /* without control characters: where a disk is, a reference */
	VBC_META_PATH, /* an absolute one */
	VBC_META_UUID,
	VBC_META_COUNT,
	VBC_META_TEXTS, /* an object of texts */
};
bool vbc_meta_fits(const struct vbc_meta *meta, const char *key, enum vbc_meta_type type,
		   bool needed);
/* Whether two hold the same. */
bool vbc_meta_same(const struct vbc_meta *a, const struct vbc_meta *b);
/* What cannot be set (no UTF-8, no memory) makes vbc_meta_put() fail: nothing is left out. */
void vbc_meta_set_str(struct vbc_meta *meta, const char *key, const char *value);
void vbc_meta_set_int(struct vbc_meta *meta, const char *key, int64_t value);

/*
 * A value in the object that `key` holds, which is made; value NULL: takes it away. False: nothing
 * was changed, there was none to take away or no memory.
 */
bool vbc_meta_set_in(struct vbc_meta *meta, const char *key, const char *name, const char *value);
/*
 * All those that are text, by name; two strings each, in the operation's arena. False: no memory.
 */
bool vbc_meta_pairs(struct vbc_op *op, const struct vbc_meta *meta, const char *key,
		    struct vbc_strs *ret_names, struct vbc_strs *ret_values);

/* From the text of the extra data; NULL when it is none of ours. */
struct vbc_meta *vbc_meta_parse(const char *json);

/* *ret_meta is NULL when there is none. */
int vbc_meta_get(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta **ret_meta);
/* Only its text, in the operation's arena; "" when there is none. */
int vbc_meta_text(struct vbc_op *op, const char *kind, const char *id, const char **ret_json);
/* The texts of several, "" where there is none, all asked for at once. */
int vbc_meta_texts(struct vbc_op *op, const char *kind, const struct vbc_strs *ids,
		   const char ***ret_texts);
int vbc_meta_put(struct vbc_op *op, const char *kind, const char *id, const struct vbc_meta *meta);
/* As it is put, in the operation's arena; NULL: no memory. */
const char *vbc_meta_dump(struct vbc_op *op, const struct vbc_meta *meta);
int vbc_meta_delete(struct vbc_op *op, const char *kind, const char *id);

/* The key, in the operation's arena; NULL when there is no memory. */
const char *vbc_meta_key(struct vbc_op *op, const char *kind, const char *id);

/* The ids of all objects of a kind, in the operation's arena. */
int vbc_meta_ids(struct vbc_op *op, const char *kind, struct vbc_strs *ret_ids);
/* The same for keys that were fetched already. */
int vbc_meta_ids_of(struct vbc_op *op, const struct vbc_strs *keys, const char *kind,
		    struct vbc_strs *ret_ids);

#endif
