/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/recorded.h"

#include <string.h>

#include "base/id.h"
#include "base/path.h"
#include "base/str.h"
#include "disk/folder.h"
#include "disk/medium-facts.h"
#include "disk/medium.h"
#include "host/keys.h"
#include "journal/entry.h"
#include "machine/name.h"
#include "machine/read-again.h"
#include "vbox/meta.h"

#define CALLS_PER_DISK 3

static const char *disk_base_name(struct vbc_op *op, const char *path)
{
	const char *base = vbc_path_base(path), *dot = strrchr(base, '.');

	return vbc_arena_strndup(&op->arena, base,
				 dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

struct asking {
	struct vbc_op *op;
	struct vbc_disk *disks;
	bool *gone; /* another client deleted it meanwhile */
	size_t n;
	struct vbc_batch_call *calls;
	size_t *of; /* which disk each call is about */
	size_t n_calls;
	const char *folder; /* that they are to be in */
};

static void disk_add_call(struct asking *a, size_t disk, enum vbc_method_id method, const char *key,
			  void *out)
{
	a->of[a->n_calls] = disk;
	a->calls[a->n_calls++] =
		(struct vbc_batch_call){.method = method,
					.self = key ? a->op->vbox : a->disks[disk].medium,
					.in = {{.s = key}},
					.out = out};
}

static int disk_run_calls(struct asking *a)
{
	int code = vbc_batch(a->op, a->calls, a->n_calls);

	for (size_t i = 0; !code && i < a->n_calls; i++)
		if (a->calls[i].code)
			a->gone[a->of[i]] = true;
	a->n_calls = 0;
	return code;
}

/* With any of these its file is looked at. */
#define MEASURED (VBC_DISK_FILE | VBC_DISK_SIZE)

static void disk_drop_gone(struct asking *a)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n; i++)
		if (!a->gone[i] && vbc_path_in(a->disks[i].location, a->folder, true))
			a->disks[kept++] = a->disks[i];
	a->n = kept;
	memset(a->gone, 0, a->n * sizeof(*a->gone));
}

/* `once`: where the disks of the host are is asked once by a program that ends soon. */
static int disk_ask_where(struct asking *a, bool once)
{
	int code;

	for (size_t i = 0; i < a->n; i++) {
		disk_add_call(a, i, VBC_M_IMedium_getLocation, NULL, &a->disks[i].location);
		a->calls[i].fixed = once;
	}
	code = disk_run_calls(a);
	if (!code)
		disk_drop_gone(a);
	return code;
}

static int disk_ask_what(struct asking *a, unsigned fields)
{
	int code;

	for (size_t i = 0; i < a->n; i++) {
		struct vbc_disk *d = &a->disks[i];

		if (!d->id)
			disk_add_call(a, i, VBC_M_IMedium_getId, NULL, &d->id);
		d->format = "";
		if (fields & VBC_DISK_FILE)
			disk_add_call(a, i, VBC_M_IMedium_getFormat, NULL, &d->format);
		if (fields & VBC_DISK_USE)
			disk_add_call(a, i, VBC_M_IMedium_getMachineIds, NULL, &d->machines);
	}
	code = disk_run_calls(a);
	if (!code)
		disk_drop_gone(a);
	return code;
}

static int disk_ask_facts(struct asking *a, unsigned fields)
{
	unsigned wanted = (fields & VBC_DISK_FILE ? VBC_FACT_USED : 0) |
			  (fields & VBC_DISK_LAYOUT ? VBC_FACT_LAYOUT : 0);
	vbc_ref *media = VBC_ARENA_ARRAY(&a->op->arena, vbc_ref, a->n);
	struct vbc_medium_facts *facts =
		VBC_ARENA_ARRAY(&a->op->arena, struct vbc_medium_facts, a->n);
	int code;

	if (!media || !facts)
		return vbc_fail_nomem(&a->op->error);
	for (size_t i = 0; i < a->n; i++)
		media[i] = a->disks[i].medium;
	code = vbc_medium_facts(a->op, media, NULL, a->n, wanted, facts);
	for (size_t i = 0; !code && i < a->n; i++) {
		a->disks[i].facts = facts[i];
		a->gone[i] = facts[i].gone;
	}
	if (!code)
		disk_drop_gone(a);
	return code;
}

/* `ids`: those that there is metadata of; NULL: not known. */
static int disk_ask_metadata(struct asking *a, const char *kind, const struct vbc_strs *ids)
{
	for (size_t i = 0; i < a->n; i++) {
		const char *key;

		if (a->disks[i].json)
			continue;
		a->disks[i].json = "";
		if (ids && !vbc_strs_has(ids, a->disks[i].id))
			continue;
		key = vbc_meta_key(a->op, kind, a->disks[i].id);
		if (!key)
			return vbc_fail_nomem(&a->op->error);
		disk_add_call(a, i, VBC_M_IVirtualBox_getExtraData, key, &a->disks[i].json);
	}
	return disk_run_calls(a);
}

/* A disk whose file is named after work in progress is not there yet. */
static int disk_find_unfinished(struct vbc_op *op, const struct vbc_disk *disks, size_t n,
				bool *ret_unfinished)
{
	struct vbc_strs keys = {0}, entries = {0};
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_meta_ids_of(op, &keys, VBC_JOURNAL_KIND, &entries);
	for (size_t i = 0; !code && i < n; i++) {
		const char *base = disk_base_name(op, disks[i].location);

		if (!base)
			return vbc_fail_nomem(&op->error);
		ret_unfinished[i] = vbc_strs_has(&entries, base);
	}
	return code;
}

static int disk_drop_unfinished(struct asking *a)
{
	int code = disk_find_unfinished(a->op, a->disks, a->n, a->gone);

	if (!code)
		disk_drop_gone(a);
	return code;
}

/*
 * The same of one that several may make under one id, each with a file of its own, which only
 * begins with the id: that one is there has metadata.
 */
static int disk_drop_begun(struct asking *a)
{
	struct vbc_strs keys = {0}, entries = {0};
	int code = vbc_host_keys(a->op, &keys);

	if (!code)
		code = vbc_meta_ids_of(a->op, &keys, VBC_JOURNAL_KIND, &entries);
	for (size_t i = 0; !code && i < a->n; i++) {
		const char *base = vbc_path_base(a->disks[i].location);

		for (size_t k = 0; !a->disks[i].json[0] && k < entries.n; k++)
			a->gone[i] = a->gone[i] || (vbc_starts_with(base, entries.v[k]) &&
						    base[strlen(entries.v[k])] == '-');
	}
	if (!code)
		disk_drop_gone(a);
	return code;
}

static int disk_make_room(struct asking *a, const struct vbc_refs *media)
{
	struct vbc_arena *arena = &a->op->arena;

	a->disks = VBC_ARENA_ARRAY(arena, struct vbc_disk, media->n);
	a->gone = VBC_ARENA_ARRAY(arena, bool, media->n);
	a->calls = VBC_ARENA_ARRAY(arena, struct vbc_batch_call, media->n * CALLS_PER_DISK);
	a->of = VBC_ARENA_ARRAY(arena, size_t, media->n * CALLS_PER_DISK);
	if (!a->disks || !a->gone || !a->calls || !a->of)
		return vbc_fail_nomem(&a->op->error);
	for (a->n = 0; a->n < media->n; a->n++)
		a->disks[a->n].medium = media->v[a->n];
	return VBC_OK;
}

/* With what is known of the only one: its id, its metadata; NULL: ask for it. */
static int disk_query_known(struct vbc_op *op, const char *kind, const struct vbc_disk *only,
			    unsigned fields, struct vbc_disk **ret_disks, size_t *ret_n)
{
	bool all = vbc_ref_is_null(only->medium);
	struct asking a = {.op = op};
	struct vbc_refs media = {.n = 1, .v = &only->medium};
	struct vbc_strs keys = {0}, ids = {0};
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_disk_folder(op, kind, &a.folder);
	if (!code && all)
		code = vbc_machine_read_again(op);
	if (!code && all)
		code = vbc_IVirtualBox_getHardDisks(op, op->vbox, &media);
	if (!code && all)
		code = vbc_meta_ids_of(op, &keys, kind, &ids);
	if (!code)
		code = disk_make_room(&a, &media);
	if (!code && !all)
		a.disks[0] = *only;
	if (!code)
		code = disk_ask_where(&a, all && op->host->one_shot);
	if (!code && all)
		code = disk_drop_unfinished(&a);
	if (!code)
		code = disk_ask_what(&a, fields);
	if (!code)
		code = disk_ask_metadata(&a, kind, all ? &ids : NULL);
	if (code)
		return code;
	disk_drop_gone(&a);
	code = all ? disk_drop_begun(&a) : VBC_OK;
	if (code)
		return code;
	code = fields & MEASURED ? disk_ask_facts(&a, fields) : VBC_OK;
	if (code)
		return code;
	*ret_disks = a.disks;
	*ret_n = a.n;
	return VBC_OK;
}

int vbc_disk_query(struct vbc_op *op, const char *kind, vbc_ref only, unsigned fields,
		   struct vbc_disk **ret_disks, size_t *ret_n)
{
	const struct vbc_disk disk = {.medium = only};

	return disk_query_known(op, kind, &disk, fields, ret_disks, ret_n);
}

const char *vbc_disk_name(struct vbc_op *op, const struct vbc_disk *disk)
{
	struct vbc_meta *VBC_META meta = disk->json[0] ? vbc_meta_parse(disk->json) : NULL;

	const char *name = vbc_meta_name(meta, "name");

	return name[0] ? vbc_arena_strdup(&op->arena, name) : disk_base_name(op, disk->location);
}

static int disk_fail_not_found(struct vbc_op *op, const struct vbc_disk_noun *noun,
			       const char *what)
{
	return vbc_fail_hint(&op->error, VBC_E_NOTFOUND, noun->hint, "there is no %s '%s'",
			     noun->text, what);
}

static const char *disk_name_of(struct vbc_op *op, const struct vbc_disk_noun *noun,
				const struct vbc_disk *disk)
{
	return noun->name_of ? noun->name_of(op, disk) : vbc_disk_name(op, disk);
}

/* The disks that a word may mean. */
struct hits {
	const struct vbc_disk **v;
	size_t n;
};

/* All ids, for a person to choose from. */
static int disk_fail_ambiguous(struct vbc_op *op, const struct vbc_disk_noun *noun,
			       const char *word, const struct hits *hits, bool by_name)
{
	struct vbc_buf VBC_BUF ids;

	vbc_buf_init(&ids, 700);
	for (size_t i = 0; i < hits->n; i++) {
		const char *name = by_name ? NULL : disk_name_of(op, noun, hits->v[i]);

		vbc_buf_puts(&ids, i ? ", " : "");
		vbc_buf_puts(&ids, hits->v[i]->id);
		if (name)
			vbc_buf_printf(&ids, " '%s'", name);
	}
	if (by_name)
		return vbc_fail(&op->error, VBC_E_ARG,
				"more than one %s is called '%s'; use an id: %s", noun->text, word,
				ids.data ? ids.data : "");
	return vbc_fail(&op->error, VBC_E_ARG,
			"more than one %s has an id that begins with '%s'; use more of it: %s",
			noun->text, word, ids.data ? ids.data : "");
}

/* Asks of the one that was found what the search had no need of. */
static int disk_read_rest(struct vbc_op *op, const struct vbc_disk_noun *noun,
			  const struct vbc_disk *hit, unsigned fields, struct vbc_disk *ret_disk)
{
	const struct vbc_refs medium = {.n = 1, .v = &hit->medium};
	struct asking a = {.op = op};
	int code = disk_make_room(&a, &medium);

	if (!code)
		code = vbc_disk_folder(op, noun->kind, &a.folder);
	if (code)
		return code;
	a.disks[0] = *hit;
	code = disk_ask_what(&a, fields);
	if (!code && (fields & MEASURED))
		code = disk_ask_facts(&a, fields);
	if (!code && !a.n)
		code = disk_fail_not_found(op, noun, hit->id);
	if (!code)
		*ret_disk = a.disks[0];
	return code;
}

/*
 * The only one that has the name in its metadata, or else whose id begins so; "": there is none, or
 * more than one.
 */
static int disk_find_recorded(struct vbc_op *op, const char *kind, const char *name,
			      struct vbc_disk *ret)
{
	struct vbc_strs keys = {0}, ids = {0};
	const char **texts = NULL;
	struct vbc_disk named = {.id = ""}, begun = {.id = ""};
	bool is_prefix = vbc_is_id_prefix(name);
	size_t n_named = 0, n_begun = 0;
	int code = vbc_host_keys(op, &keys);

	if (!code)
		code = vbc_meta_ids_of(op, &keys, kind, &ids);
	if (!code)
		code = vbc_meta_texts(op, kind, &ids, &texts);
	for (size_t i = 0; !code && i < ids.n; i++) {
		struct vbc_meta *VBC_META meta = vbc_meta_parse(texts[i]);

		if (streq(vbc_meta_name(meta, "name"), name))
			named = (struct vbc_disk){.id = n_named++ ? "" : ids.v[i],
						  .json = texts[i]};
		if (is_prefix && vbc_id_begins(ids.v[i], name))
			begun = (struct vbc_disk){.id = n_begun++ ? "" : ids.v[i],
						  .json = texts[i]};
	}
	*ret = n_named ? named : begun;
	return code;
}

/* What is recorded holds if the disk is where it belongs, and whole. */
static int disk_find_own(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *name,
			 unsigned fields, struct vbc_disk *ret_disk, bool *ret_found)
{
	struct vbc_disk *disks = NULL, own = {.id = ""};
	const char *its;
	bool unfinished = false;
	size_t n = 0;
	int code = disk_find_recorded(op, noun->kind, name, &own);

	if (code || !vbc_is_uuid(own.id)) /* which VirtualBox would take for a path */
		return code;
	code = vbc_machine_read_again(op);
	if (!code)
		code = vbc_medium_find(op, own.id, &own.medium);
	if (!code && !vbc_ref_is_null(own.medium))
		code = disk_query_known(op, noun->kind, &own, fields, &disks, &n);
	if (!code && n)
		code = disk_find_unfinished(op, disks, n, &unfinished);
	if (code || !n || unfinished)
		return code;
	its = disk_name_of(op, noun, disks);
	if (!its)
		return vbc_fail_nomem(&op->error);
	*ret_found = streq(its, name) || (vbc_is_id_prefix(name) && vbc_id_begins(own.id, name));
	*ret_disk = disks[0];
	return VBC_OK;
}

/* Those of that name, or else those whose ids begin so. */
static int disk_find_hits(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *word,
			  const struct vbc_disk *disks, size_t n, bool by_name, struct hits *hits)
{
	hits->n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *its = by_name ? disk_name_of(op, noun, &disks[i]) : "";

		if (!its)
			return vbc_fail_nomem(&op->error);
		if (by_name ? streq(its, word) : vbc_id_begins(disks[i].id, word))
			hits->v[hits->n++] = &disks[i];
	}
	return VBC_OK;
}

static int disk_find_among_all(struct vbc_op *op, const struct vbc_disk_noun *noun,
			       const char *word, unsigned fields, struct vbc_disk *ret_disk)
{
	struct hits hits = {.n = 0};
	struct vbc_disk *disks = NULL;
	bool by_name = true;
	size_t n = 0;
	int code = vbc_disk_query(op, noun->kind, (vbc_ref){NULL}, 0, &disks, &n);

	if (code)
		return code;
	hits.v = VBC_ARENA_ARRAY(&op->arena, const struct vbc_disk *, n);
	if (!hits.v)
		return vbc_fail_nomem(&op->error);
	code = disk_find_hits(op, noun, word, disks, n, true, &hits);
	if (!code && !hits.n && vbc_is_id_prefix(word)) {
		by_name = false;
		code = disk_find_hits(op, noun, word, disks, n, false, &hits);
	}
	if (code)
		return code;
	if (hits.n > 1)
		return disk_fail_ambiguous(op, noun, word, &hits, by_name);
	if (!hits.n)
		return disk_fail_not_found(op, noun, word);
	return disk_read_rest(op, noun, hits.v[0], fields, ret_disk);
}

static int disk_find_by_name(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *name,
			     unsigned fields, struct vbc_disk *ret_disk)
{
	bool found = false;
	int code = fields & VBC_DISK_SURELY
			   ? VBC_OK
			   : disk_find_own(op, noun, name, fields, ret_disk, &found);

	return code || found ? code : disk_find_among_all(op, noun, name, fields, ret_disk);
}

/* Of a disk that is none of these, who has it tells best what it is. */
static int disk_fail_elsewhere(struct vbc_op *op, const struct vbc_disk_noun *noun, vbc_ref medium,
			       const char *id)
{
	struct vbc_strs machines = {0};
	vbc_ref machine = {NULL};
	const char *node = "";
	int code = vbc_IMedium_getMachineIds(op, medium, &machines);

	if (!code && !machines.n)
		return disk_fail_not_found(op, noun, id);
	if (!code)
		code = vbc_IVirtualBox_findMachine(op, op->vbox, machines.v[0], &machine);
	if (!code)
		code = vbc_node_name(op, machine, machines.v[0], &node);
	return code ? code
		    : vbc_fail(&op->error, VBC_E_NOTFOUND,
			       "there is no %s '%s': that is a disk of node '%s' (%s), "
			       "and is deleted with it",
			       noun->text, id, node, machines.v[0]);
}

static int disk_find_by_id(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *id,
			   unsigned fields, struct vbc_disk *ret_disk)
{
	struct vbc_disk *disks = NULL;
	vbc_ref medium = {NULL};
	size_t n = 0;
	int code = vbc_machine_read_again(op);

	if (!code)
		code = vbc_medium_find(op, id, &medium);
	if (code)
		return code;
	if (vbc_ref_is_null(medium))
		return disk_fail_not_found(op, noun, id);
	code = vbc_disk_query(op, noun->kind, medium, fields, &disks, &n);
	if (!code && !n)
		return disk_fail_elsewhere(op, noun, medium, id);
	if (!code)
		*ret_disk = disks[0];
	return code;
}

int vbc_disk_find(struct vbc_op *op, const struct vbc_disk_noun *noun, const char *id_or_name,
		  unsigned fields, struct vbc_disk *ret_disk)
{
	int code;

	if (!id_or_name || !id_or_name[0])
		return vbc_fail(&op->error, VBC_E_ARG, "no %s was named: give its id or name",
				noun->text);
	code = vbc_is_uuid(id_or_name) ? disk_find_by_id(op, noun, id_or_name, fields, ret_disk)
				       : disk_find_by_name(op, noun, id_or_name, fields, ret_disk);
	if (!code)
		vbc_op_about(op, &(struct vbc_subject){noun->text, ret_disk->id, id_or_name,
						       vbc_medium_find, NULL});
	return code;
}
