/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which ids the settings files of machines tell.
 */
#include "base/arena.h"
#include "base/str.h"
#include "machine/claim.h"
#include "tap.h"

#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"

static struct vbc_op op;

static void is_claimed(const char *file, const char *wanted, const char *what)
{
	const char *all[] = {A, B, "web", ""};
	const struct vbc_strs ids = {.n = 4, .v = all};
	const char *id = NULL;

	is_int(vbc_ids_claim(&op, &ids, &file, 1, &id), VBC_OK, "%s", what);
	is_str(id, wanted, "%s", what);
}

static void test_one(void)
{
	is_claimed("/vms/" A "/" A ".vbox", A, "a node");
	is_claimed("/" B "/" B ".vbox", B, "at the root");
	is_claimed("C:\\vms\\" B "\\" B ".vbox", B, "on Windows");
	is_claimed("/vms/web/web.vbox", "", "a machine of another tool");
	is_claimed("/vms/" A "/web.vbox", "", "in the folder of a node");
	is_claimed("/vms/web/" A ".vbox", "", "a file of that name in another folder");
	is_claimed("/vms/" B "/" A ".vbox", "", "in that of another node");
	is_claimed("/vms/x" A "/" A ".vbox", "", "a folder whose name ends so");
	is_claimed("/vms/" A "x/" A ".vbox", "", "a folder whose name begins so");
	is_claimed("/vms/" A "/" A ".vbox-prev", "", "another file");
	is_claimed(A "/" A ".vbox", "", "no absolute path");
	is_claimed("/" A ".vbox", "", "no folder");
	is_claimed("/vms/web/web.vbox", "", "what others call a node's key is no id");
	is_claimed("", "", "nothing");
}

static void test_several(void)
{
	const char *all[] = {A, B};
	const struct vbc_strs ids = {.n = 2, .v = all}, none = {.n = 0};
	const char *const files[] = {"/a/" A "/" A ".vbox", "/b/" A "/" A ".vbox",
				     "/a/" B "/" B ".vbox"};
	const char *claims[3] = {NULL};

	is_int(vbc_ids_claim(&op, &ids, files, 3, claims), VBC_OK, "three");
	is_str(claims[0], "", "of two files of one name");
	is_str(claims[1], "", "neither tells");
	is_str(claims[2], B, "another does");
	is_int(vbc_ids_claim(&op, &none, files, 3, claims), VBC_OK, "without ids");
	is_str(claims[2], "", "none tells");
	is_int(vbc_ids_claim(&op, &ids, files, 0, claims), VBC_OK, "without machines");
}

int main(void)
{
	test_one();
	test_several();
	vbc_arena_done(&op.arena);
	return tap_done();
}
