/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The machines of an inventory as they come, go and change.
 */
#include <vboxcloud/node.h>

#include <string.h>

#include "base/str.h"
#include "inventory/stock.h"
#include "tap.h"

static void machines_set(struct vbc_stock *stock, const char *const *refs, size_t n)
{
	vbc_ref v[8];

	for (size_t i = 0; i < n; i++)
		v[i].s = refs[i];
	ok(vbc_stock_set_machines(stock, &(struct vbc_refs){.n = n, .v = v}), "%zu machines", n);
}

/* A node of that id and name. */
static void node_set(struct vbc_stock *stock, size_t i, const char *id, const char *name)
{
	const struct vbc_node node = {
		.id = id, .name = name, .machine_state = "PoweredOff", .size = "", .image = ""};

	ok(vbc_stocked_set(stock, &stock->v[i], &node, VBC_NODE_FIELD_NAME, (vbc_ref){"disk"}),
	   "%s is read", name);
}

static void test_come_and_go(void)
{
	const char *const first[] = {"r1", "r2", "r3"}, *const then[] = {"r4", "r3", "r1"};
	struct vbc_stock stock = {.n = 0};

	machines_set(&stock, first, 3);
	for (size_t i = 0; i < 3; i++)
		ok(!stock.v[i].node && streq(stock.v[i].ref, first[i]), "nothing is known of %s",
		   first[i]);
	node_set(&stock, 0, "i1", "one");
	node_set(&stock, 2, "i3", "three");
	machines_set(&stock, then, 3);
	ok(!stock.v[0].node, "one is new");
	is_str(stock.v[1].node->name, "three", "what is known goes with its machine");
	is_str(stock.v[2].node->name, "one", "wherever that is now");
	is_str(stock.v[1].disk, "disk", "with its disk");
	machines_set(&stock, then, 0);
	is_int((int)stock.n, 0, "all are gone");
	vbc_stock_done(&stock);
}

static void test_changes(void)
{
	const char *const refs[] = {"r1", "r2"};
	struct vbc_stock stock = {.n = 0};

	machines_set(&stock, refs, 2);
	node_set(&stock, 0, "i1", "one");
	node_set(&stock, 1, "i2", "two");
	vbc_stock_mark(&stock, "i2");
	vbc_stock_mark(&stock, "i3");
	ok(!stock.v[0].changed && stock.v[1].changed, "the one that is named has changed");
	node_set(&stock, 1, "i2", "two, renamed");
	ok(!stock.v[1].changed, "until it is read again");
	is_str(stock.v[1].node->name, "two, renamed", "as it is now");
	is_int((int)stock.v[1].fields, VBC_NODE_FIELD_NAME, "with what was read");
	vbc_stock_done(&stock);
	is_int((int)stock.n, 0, "the end");
}

/* What a host says of many machines, a little at a time. */
static void test_bounded(void)
{
	static char text[VBC_STOCK_MAX / 3];
	const char *const refs[] = {"r1", "r2", "r3"};
	const struct vbc_node node = {
		.id = "i", .name = text, .machine_state = "", .size = "", .image = ""};
	struct vbc_stock stock = {.n = 0};
	size_t kept = 0;

	memset(text, 'x', sizeof(text) - 1);
	machines_set(&stock, refs, 3);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < 3; i++)
			kept += vbc_stocked_set(&stock, &stock.v[i], &node, 0, (vbc_ref){NULL});
	is_int((int)kept, 4, "what is too much is not kept");
	ok(stock.bytes <= VBC_STOCK_MAX && !stock.v[2].node, "it counts as not read");
	vbc_stock_done(&stock);
}

int main(void)
{
	test_come_and_go();
	test_changes();
	test_bounded();
	return tap_done();
}
