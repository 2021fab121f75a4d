/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/adapter-search.h"

#include <stdlib.h>

#include "machine/adapter-slots.h"
#include "machine/told.h"

/* How far the search in one machine is. */
struct search_place {
	uint32_t next;  /* the first slot that has not been asked about */
	uint32_t found; /* adapters                                     */
};

struct adapter_search {
	struct vbc_op *op;
	const vbc_ref *machines;
	const struct vbc_told *told; /* NULL: nothing was told */
	size_t n;
	uint32_t *slots; /* 0: not known */
	struct search_place *places;
	struct vbc_adapter *v; /* found so far, then those of the present round */
	size_t n_found, room;
	bool *lost;
};

static bool machine_is_told(const struct adapter_search *s, size_t machine)
{
	return s->told && s->told[machine].known;
}

/* Slots to ask about next: as many as adapters are missing, or all there are. */
static uint32_t slots_count_wanted(const struct adapter_search *s, size_t machine)
{
	const struct search_place *at = &s->places[machine];
	uint32_t end = s->slots[machine] ? s->slots[machine] : VBC_ADAPTERS, want = end;

	if (machine_is_told(s, machine)) {
		size_t missing = s->told[machine].n_adapters > at->found
					 ? s->told[machine].n_adapters - at->found
					 : 0;

		want = missing < end ? at->next + (uint32_t)missing : end;
	}
	if (want > end)
		want = end;
	return want > at->next ? want - at->next : 0;
}

static bool round_make_room(struct adapter_search *s, size_t more)
{
	struct vbc_adapter *v = s->v;

	if (s->n_found + more <= s->room)
		return true;
	s->room = s->n_found + more;
	s->v = VBC_ARENA_ARRAY(&s->op->arena, struct vbc_adapter, s->room);
	for (size_t i = 0; s->v && i < s->n_found; i++)
		s->v[i] = v[i];
	return s->v;
}

static int calls_run(struct adapter_search *s, struct vbc_batch_call *calls, size_t n)
{
	int code = vbc_batch(s->op, calls, n);

	for (size_t i = 0; i < n; i++)
		*s->lost |= calls[i].code == VBC_E_NOTFOUND || calls[i].code == VBC_E_BUSY;
	return code;
}

/* The adapters of the round's slots, behind those that were found. */
static void round_add_slots(struct adapter_search *s, struct vbc_batch_call *calls)
{
	struct vbc_adapter *v = s->v + s->n_found;

	for (size_t m = 0; m < s->n; m++) {
		uint32_t n = slots_count_wanted(s, m);

		for (uint32_t i = 0; i < n; i++, v++, calls++) {
			*v = (struct vbc_adapter){.machine = m,
						  .slot = s->places[m].next++,
						  .network = "",
						  .mac = ""};
			*calls = (struct vbc_batch_call){.method = VBC_M_IMachine_getNetworkAdapter,
							 .self = s->machines[m],
							 .in = {{.i = v->slot}},
							 .out = &v->ref,
							 .fixed = true};
		}
	}
}

/* What a new one is attached to, if it was told. */
static void adapter_take_told(const struct adapter_search *s, struct vbc_adapter *v)
{
	uint32_t place = s->places[v->machine].found++;
	const struct vbc_told *told = machine_is_told(s, v->machine) ? &s->told[v->machine] : NULL;

	v->attached = told && place < told->n_adapters && told->adapters[place] >= 0;
	if (v->attached)
		v->type = (enum vbc_NetworkAttachmentType)told->adapters[place];
}

/* Which of the round's n are switched on: these stay. */
static int round_keep_enabled(struct adapter_search *s, struct vbc_batch_call *calls, size_t n)
{
	struct vbc_adapter *v = s->v + s->n_found;
	size_t m = 0, asked = 0;
	int code;

	for (size_t i = 0; i < n; i++)
		if (!vbc_ref_is_null(v[i].ref))
			v[m++] = v[i];
	for (size_t i = 0; i < m; i++) {
		v[i].enabled =
			machine_is_told(s, v[i].machine) && s->told[v[i].machine].in_first_slots;
		if (!v[i].enabled)
			calls[asked++] =
				(struct vbc_batch_call){.method = VBC_M_INetworkAdapter_getEnabled,
							.self = v[i].ref,
							.out = &v[i].enabled};
	}
	code = calls_run(s, calls, asked);
	for (size_t i = 0; !code && i < m; i++) {
		if (!v[i].enabled)
			continue;
		adapter_take_told(s, &v[i]);
		s->v[s->n_found++] = v[i];
	}
	return code;
}

static int search_run_round(struct adapter_search *s, bool *ret_more)
{
	struct vbc_batch_call *calls;
	size_t n = 0;
	int code;

	for (size_t m = 0; m < s->n; m++)
		n += slots_count_wanted(s, m);
	*ret_more = n;
	if (!n)
		return VBC_OK;
	calls = VBC_ARENA_ARRAY(&s->op->arena, struct vbc_batch_call, n);
	if (!calls || !round_make_room(s, n))
		return vbc_fail_nomem(&s->op->error);
	round_add_slots(s, calls);
	code = calls_run(s, calls, n);
	return code ? code : round_keep_enabled(s, calls, n);
}

static int search_run(struct adapter_search *s)
{
	bool more = true;
	int code = VBC_OK;

	while (!code && more)
		code = search_run_round(s, &more);
	return code;
}

/*
 * How many slots there are: of machines of which nothing was told, or, in the end, of those that
 * have more adapters than were found in the usual number of slots.
 */
static int search_ask_slots(struct adapter_search *s, bool in_the_end)
{
	vbc_ref *machines = VBC_ARENA_ARRAY(&s->op->arena, vbc_ref, s->n);
	size_t *places = VBC_ARENA_ARRAY(&s->op->arena, size_t, s->n);
	const uint32_t *slots = NULL;
	size_t n = 0;
	int code;

	if (!machines || !places)
		return vbc_fail_nomem(&s->op->error);
	for (size_t m = 0; m < s->n; m++) {
		bool missing = machine_is_told(s, m)
				       ? in_the_end && s->places[m].found < s->told[m].n_adapters
				       : !in_the_end;

		if (!missing)
			continue;
		places[n] = m;
		machines[n++] = s->machines[m];
	}
	code = n ? vbc_network_slots(s->op, machines, n, &slots, s->lost) : VBC_OK;
	for (size_t i = 0; !code && i < n; i++)
		s->slots[places[i]] = slots[i];
	return code;
}

static int adapters_compare(const void *x, const void *y)
{
	const struct vbc_adapter *a = x, *b = y;

	if (a->machine != b->machine)
		return a->machine < b->machine ? -1 : 1;
	return a->slot < b->slot ? -1 : a->slot > b->slot;
}

int vbc_adapters_search(struct vbc_op *op, const vbc_ref *machines, const struct vbc_told *told,
			size_t n, struct vbc_adapter **ret, size_t *ret_n, uint32_t **ret_slots,
			bool *ret_lost)
{
	struct adapter_search s = {
		.op = op, .machines = machines, .told = told, .n = n, .lost = ret_lost};
	int code;

	s.slots = VBC_ARENA_ARRAY(&op->arena, uint32_t, n);
	s.places = VBC_ARENA_ARRAY(&op->arena, struct search_place, n);
	if (!s.slots || !s.places)
		return vbc_fail_nomem(&op->error);
	code = search_ask_slots(&s, false);
	if (!code)
		code = search_run(&s);
	if (!code && told)
		code = search_ask_slots(&s, true);
	if (!code && told)
		code = search_run(&s);
	if (code)
		return code;
	if (s.n_found)
		qsort(s.v, s.n_found, sizeof(*s.v), adapters_compare);
	*ret = s.v;
	*ret_n = s.n_found;
	*ret_slots = s.slots;
	return VBC_OK;
}
