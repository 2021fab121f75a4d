/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which of several claims for the room of a host are held.
 */
#include <stdlib.h>

#include "base/str.h"
#include "claim/judge.h"
#include "tap.h"

#define MOST 6

static const char *const ids[MOST] = {"a", "b", "c", "d", "e", "f"};

static enum vbc_claim_verdict judge(const char *own, unsigned cpus, uint64_t taken, uint64_t room,
				    const struct vbc_claimed *others, size_t n)
{
	const struct vbc_claimed claim = {.id = own, .asks = {cpus, 1}};

	return vbc_claim_judge(others, n, &claim, (struct vbc_amount){taken, 0},
			       (struct vbc_amount){room, 100});
}

static void test_rows(void)
{
	const struct vbc_claimed low = {"a", {1, 1}, false}, high = {"z", {1, 1}, false},
				 held = {"z", {1, 1}, true}, own = {"m", {1, 1}, false};

	is_int(judge("m", 1, 0, 1, NULL, 0), VBC_CLAIM_HELD, "alone, and it fits");
	is_int(judge("m", 2, 0, 1, NULL, 0), VBC_CLAIM_REFUSED, "alone, and it does not");
	is_int(judge("m", 1, 1, 1, NULL, 0), VBC_CLAIM_REFUSED, "a machine has the room");
	is_int(judge("m", 1, 0, 1, &own, 1), VBC_CLAIM_HELD, "its own claim is counted once");
	is_int(judge("m", 1, 0, 2, &low, 1), VBC_CLAIM_HELD, "room for both");
	is_int(judge("m", 1, 0, 1, &low, 1), VBC_CLAIM_REFUSED,
	       "room for one, and another is first");
	is_int(judge("m", 1, 0, 1, &high, 1), VBC_CLAIM_LATER, "room for one, and it is first");
	is_int(judge("m", 1, 0, 1, &held, 1), VBC_CLAIM_REFUSED, "room for one, which is held");
	is_int(vbc_claim_judge(NULL, 0, &(struct vbc_claimed){.id = "m", .asks = {1, 101}},
			       (struct vbc_amount){0}, (struct vbc_amount){9, 100}),
	       VBC_CLAIM_REFUSED, "memory counts, too");
}

/* A client in the game below. */
struct client {
	bool asks, holds, gave_up;
	bool knows; /* what it does next, by what it has read before */
	enum vbc_claim_verdict verdict;
};

static size_t game_claims(const struct client *v, size_t n, struct vbc_claimed *claims)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].asks)
			claims[m++] = (struct vbc_claimed){ids[i], {1, 1}, v[i].holds};
	return m;
}

/* It writes its claim, reads all, or does what follows from what it read. */
static void client_step(struct client *v, size_t n, size_t i, size_t room)
{
	struct vbc_claimed claims[MOST];
	struct client *c = &v[i];

	if (!c->asks) {
		c->asks = true;
	} else if (!c->knows) {
		c->verdict = judge(ids[i], 1, 0, room, claims, game_claims(v, n, claims));
		c->knows = true;
	} else {
		c->holds = c->verdict == VBC_CLAIM_HELD;
		c->gave_up = c->verdict == VBC_CLAIM_REFUSED;
		c->asks = !c->gave_up;
		c->knows = false;
	}
}

/*
 * Clients step in any order, and each may act long after it has read: never more hold than fit, and
 * in the end as many do.
 */
static void game_play(unsigned seed, size_t n, size_t room)
{
	struct client v[MOST] = {{0}};
	size_t held = 0, open = n;

	srand(seed);
	for (unsigned steps = 0; open && held <= room && steps < 10000; steps++) {
		size_t i = (size_t)rand() % n;

		if (v[i].holds || v[i].gave_up)
			continue;
		client_step(v, n, i, room);
		held += v[i].holds;
		open -= v[i].holds || v[i].gave_up;
	}
	if (held != (room < n ? room : n) || open)
		ok(false, "%zu clients, room for %zu: %zu hold, %zu wait (seed %u)", n, room, held,
		   open, seed);
}

static void test_games(void)
{
	for (unsigned seed = 0; seed < 20000; seed++)
		game_play(seed, 1 + seed % MOST, seed / MOST % 5);
	ok(true, "of any number of clients, as many hold as fit");
}

int main(void)
{
	test_rows();
	test_games();
	return tap_done();
}
