/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/stock.h"

#include <vboxcloud/node.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "machine/node-copy.h"

static void stocked_forget(struct vbc_stocked *machine)
{
	vbc_arena_done(&machine->arena);
	machine->node = NULL;
	machine->fields = 0;
	machine->disk = "";
}

static void stocked_done(struct vbc_stocked *machine)
{
	stocked_forget(machine);
	free(machine->ref);
}

/* Where the machine of a reference is; most often it is where it was. Without one: n. */
static size_t stock_find_ref(const struct vbc_stock *stock, const char *ref, size_t guess)
{
	if (guess < stock->n && stock->v[guess].ref && streq(stock->v[guess].ref, ref))
		return guess;
	for (size_t i = 0; i < stock->n; i++)
		if (stock->v[i].ref && streq(stock->v[i].ref, ref))
			return i;
	return stock->n;
}

/* References to all of them, each of its own; NULL: no memory. */
static char **refs_copy(const struct vbc_refs *machines)
{
	char **copies = calloc(machines->n + 1, sizeof(*copies));
	bool whole = copies;

	for (size_t i = 0; whole && i < machines->n; i++) {
		copies[i] = strdup(machines->v[i].s ? machines->v[i].s : "");
		whole = copies[i];
	}
	for (size_t i = 0; copies && !whole && i < machines->n; i++)
		free(copies[i]);
	if (!whole) {
		free(copies);
		return NULL;
	}
	return copies;
}

bool vbc_stock_set_machines(struct vbc_stock *stock, const struct vbc_refs *machines)
{
	char **refs = refs_copy(machines);
	struct vbc_stocked *v = calloc(machines->n + 1, sizeof(*v));
	size_t last = 0;

	if (!refs || !v) {
		for (size_t i = 0; refs && i < machines->n; i++)
			free(refs[i]);
		free(refs);
		free(v);
		return false;
	}
	for (size_t i = 0; i < machines->n; i++) {
		size_t at = stock_find_ref(stock, refs[i], last);

		v[i] = (struct vbc_stocked){.ref = refs[i], .disk = ""};
		if (at == stock->n)
			continue;
		last = at + 1;
		free(refs[i]);
		v[i] = stock->v[at];
		stock->v[at] = (struct vbc_stocked){.ref = NULL};
	}
	free(refs);
	vbc_stock_done(stock);
	*stock = (struct vbc_stock){.n = machines->n, .v = v};
	for (size_t i = 0; i < stock->n; i++)
		stock->bytes += vbc_arena_size(&v[i].arena);
	return true;
}

void vbc_stock_mark(struct vbc_stock *stock, const char *id)
{
	for (size_t i = 0; i < stock->n; i++)
		if (stock->v[i].node && streq(stock->v[i].node->id, id))
			stock->v[i].changed = true;
}

bool vbc_stocked_set(struct vbc_stock *stock, struct vbc_stocked *machine,
		     const struct vbc_node *node, unsigned fields, vbc_ref disk)
{
	stock->bytes -= vbc_arena_size(&machine->arena);
	stocked_forget(machine);
	machine->node = vbc_node_copy(&machine->arena, node);
	machine->disk = vbc_arena_strdup(&machine->arena, disk.s ? disk.s : "");
	if (!machine->node || !machine->disk ||
	    stock->bytes + vbc_arena_size(&machine->arena) > VBC_STOCK_MAX) {
		stocked_forget(machine);
		return false;
	}
	stock->bytes += vbc_arena_size(&machine->arena);
	machine->fields = fields;
	machine->changed = false;
	return true;
}

void vbc_stock_done(struct vbc_stock *stock)
{
	for (size_t i = 0; i < stock->n; i++)
		stocked_done(&stock->v[i]);
	free(stock->v);
	*stock = (struct vbc_stock){.n = 0};
}
