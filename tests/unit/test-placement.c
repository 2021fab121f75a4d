/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which hosts can have a node, in which order, and the sentence that says why none can.
 */
#include "base/str.h"
#include "fleet/place-text.h"
#include "fleet/score.h"
#include "tap.h"

#define GIB ((uint64_t)1 << 30)

static const struct vbc_overcommit usual = {0, 0}, none = {1, 1}, double_memory = {0, 2};
static const struct vbc_asked small = {.cpus = 1, .memory_mib = 1024, .disk_bytes = GIB};

static struct vbc_room room_new(unsigned cpus, unsigned memory_mib, uint64_t cpus_promised,
				uint64_t memory_promised_mib)
{
	return (struct vbc_room){.cpus = cpus,
				 .memory_mib = memory_mib,
				 .cpus_promised = cpus_promised,
				 .memory_promised_mib = memory_promised_mib,
				 .disk_free_bytes = -1,
				 .has_image = true};
}

static enum vbc_placement_reason judge(const struct vbc_room *room, const struct vbc_overcommit *o,
				       const struct vbc_asked *asked)
{
	struct vbc_candidate c = {0};

	vbc_candidate_fill(&c, room, o);
	return vbc_candidate_judge(&c, room, asked);
}

static void test_room(void)
{
	struct vbc_room room = room_new(2, 4096, 7, 3072);
	struct vbc_asked asked = small;

	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_FITS, "the last that fits");
	room.cpus_promised = 8;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_CPUS,
	       "four times the CPUs are promised");
	room.cpus_promised = 1;
	is_int(judge(&room, &none, &asked), VBC_PLACEMENT_REASON_FITS, "as many as there are");
	room.cpus_promised = 2;
	is_int(judge(&room, &none, &asked), VBC_PLACEMENT_REASON_CPUS,
	       "without overcommit no more");
	room.memory_promised_mib = 3073;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_MEMORY, "a MiB too little");
	is_int(judge(&room, &double_memory, &asked), VBC_PLACEMENT_REASON_FITS, "memory twice");
	room.memory_promised_mib = 9000;
	is_int(judge(&room, &double_memory, &asked), VBC_PLACEMENT_REASON_MEMORY,
	       "more than all is taken");
	room = room_new(2, 4096, 0, 0);
	asked.cpus = 3;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_CPUS,
	       "more CPUs than a host has");
	asked.cpus = 1;
	asked.memory_mib = 4097;
	is_int(judge(&room, &double_memory, &asked), VBC_PLACEMENT_REASON_MEMORY,
	       "more memory than a host has");
}

static void test_disk(void)
{
	struct vbc_room room = room_new(2, 4096, 0, 0);
	struct vbc_asked asked = small;

	asked.image_bytes = GIB;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_FITS,
	       "what is free is not known");
	room.disk_free_bytes = (int64_t)GIB;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_FITS, "just enough disk");
	room.disk_free_bytes--;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_DISK, "a byte too little");
	room.has_image = false;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_IMAGE, "no image");
	asked.can_copy = true;
	room.disk_free_bytes = 2 * (int64_t)GIB - 1;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_DISK,
	       "no room for image and disk");
	room.disk_free_bytes++;
	is_int(judge(&room, &usual, &asked), VBC_PLACEMENT_REASON_FITS, "room for both");
}

static void test_labels(void)
{
	const struct vbc_tag has[] = {{"rack", "a"}, {"ssd", ""}};
	const struct vbc_placement_host host = {.host = "vb1", .labels = has, .n_labels = 2};
	const struct vbc_tag where[] = {
		{"ssd", NULL}, {"rack", NULL}, {"rack", "a"}, {"rack", "b"}};

	ok(!vbc_label_missing(&host, where, 3), "a label, any value, that value");
	ok(vbc_label_missing(&host, where, 4) == &where[3], "another value");
	ok(vbc_label_missing(NULL, where, 1) == &where[0], "a host without labels");
	ok(!vbc_label_missing(NULL, where, 0), "no label is needed");
}

/* Which of two comes first: 'a' or 'b'. */
static char first(const struct vbc_candidate *a, const struct vbc_candidate *b,
		  enum vbc_placement_strategy strategy)
{
	int order = vbc_candidate_compare(a, b, strategy);

	ok((order < 0) == (vbc_candidate_compare(b, a, strategy) > 0), "either way round");
	return order < 0 ? 'a' : 'b';
}

static void test_order(void)
{
	struct vbc_candidate a = {.memory_room_mib = 4096, .memory_free_mib = 3000, .random = 2},
			     b = {.memory_room_mib = 8192, .memory_free_mib = 3100, .random = 1};

	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD) == 'b', "the most free memory");
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_PACK) == 'b', "the most that is taken");
	b.memory_room_mib = 4096;
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_PACK) == 'a', "of hosts of one size the fuller");
	a.memory_free_mib = 3100;
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD) == 'b', "of equals any");
	a.n_near = 1;
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD) == 'a',
	   "beside those that it is to be near");
	b.n_near = 1;
	b.n_apart = 1;
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD) == 'a', "away from others");
	a.n_near = 0;
	ok(first(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD) == 'b',
	   "which counts less than being near");
}

static void test_near(void)
{
	struct vbc_candidate a = {.memory_free_mib = 1000}, b = {.memory_free_mib = 900};

	ok(vbc_candidate_is_near(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD), "about as good");
	b.memory_free_mib = 899;
	ok(!vbc_candidate_is_near(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD), "not as good");
	b.memory_free_mib = 1000;
	b.n_apart = 1;
	ok(!vbc_candidate_is_near(&a, &b, VBC_PLACEMENT_STRATEGY_SPREAD), "not apart");
	ok(vbc_candidate_is_near(&(struct vbc_candidate){0}, &(struct vbc_candidate){0},
				 VBC_PLACEMENT_STRATEGY_PACK),
	   "two that are empty");
}

static void test_take(void)
{
	struct vbc_asked asked = small;
	struct vbc_candidate c = {
		.cpus_free = 1, .memory_free_mib = 1500, .disk_free_bytes = 3 * (int64_t)GIB};

	asked.image_bytes = GIB;
	asked.is_apart = true;
	vbc_candidate_take(&c, &asked);
	ok(c.cpus_free == 0 && c.memory_free_mib == 476 && c.disk_free_bytes == (int64_t)GIB &&
		   c.has_image && c.n_apart == 1 && c.n_near == 0,
	   "a host has the node, and the image");
	vbc_candidate_take(&c, &asked);
	ok(c.cpus_free == 0 && c.memory_free_mib == 0 && c.disk_free_bytes == 0,
	   "nothing is less than nothing");
}

/* -- the sentence --------------------------------------------------------------------------- */

static void is_refused(const struct vbc_placement_row *const *rows, size_t n, int code,
		       const char *text)
{
	const struct vbc_placement placement = {.n = n, .v = rows};
	struct vbc_error err = {0};

	is_int(vbc_placement_fail(&placement, &err), code, "the code of: %s", text);
	is_str(err.text, text, "the sentence");
}

static void test_sentence(void)
{
	const struct vbc_placement_row full = {.host = "vb1",
					       .reason = VBC_PLACEMENT_REASON_MEMORY,
					       .text = "2048 MiB free, 4096 asked"},
				       off = {.host = "vb2",
					      .reason = VBC_PLACEMENT_REASON_CORDONED,
					      .text = "cordoned"},
				       away = {.host = "vb3",
					       .reason = VBC_PLACEMENT_REASON_FAILED,
					       .text = "did not answer",
					       .error = {.code = VBC_E_TIMEOUT}},
				       shut = {.host = "vb4",
					       .reason = VBC_PLACEMENT_REASON_FAILED,
					       .text = "user or password refused",
					       .error = {.code = VBC_E_AUTH}},
				       bare = {.host = "vb5",
					       .reason = VBC_PLACEMENT_REASON_IMAGE,
					       .text = "no image 'x'"};
	const struct vbc_placement_row *const all[] = {&full, &off, &away};

	is_refused(all, 3, VBC_E_SPACE,
		   "no host can take it: vb1: 2048 MiB free, 4096 asked; vb2: cordoned; vb3: did "
		   "not answer");
	is_refused(all + 1, 2, VBC_E_CONNECT,
		   "no host can take it: vb2: cordoned; vb3: did not answer");
	is_refused(all + 1, 1, VBC_E_STATE, "no host can take it: vb2: cordoned");
	is_refused((const struct vbc_placement_row *const[]){&shut, &shut}, 2, VBC_E_AUTH,
		   "no host can take it: vb4: user or password refused; vb4: user or password "
		   "refused");
	is_refused((const struct vbc_placement_row *const[]){&away, &shut}, 2, VBC_E_CONNECT,
		   "no host can take it: vb3: did not answer; vb4: user or password refused");
	is_refused((const struct vbc_placement_row *const[]){&bare, &away}, 2, VBC_E_CONNECT,
		   "no host can take it: vb5: no image 'x'; vb3: did not answer");
	is_refused((const struct vbc_placement_row *const[]){&bare}, 1, VBC_E_NOTFOUND,
		   "no host can take it: vb5: no image 'x'");
}

static void test_many(void)
{
	const struct vbc_placement_row row = {.host = "a-host-with-quite-a-long-name-of-its-own",
					      .reason = VBC_PLACEMENT_REASON_CPUS,
					      .text = "0 of 8 CPUs free, 2 asked"};
	const struct vbc_placement_row *rows[100];
	const struct vbc_placement placement = {.n = 100, .v = rows};
	struct vbc_error err = {0};

	for (size_t i = 0; i < 100; i++)
		rows[i] = &row;
	is_int(vbc_placement_fail(&placement, &err), VBC_E_SPACE, "of a hundred hosts");
	ok(strlen(err.text) < 880 && vbc_ends_with(err.text, " more") && strstr(err.text, "; and "),
	   "as many as there is room for, and how many more: %s", err.text);
}

static void test_text(void)
{
	struct vbc_arena VBC_ARENA arena = {NULL};
	struct vbc_room room = room_new(2, 4096, 7, 3072);
	struct vbc_candidate c = {0};
	struct vbc_placement_row row = {.reason = VBC_PLACEMENT_REASON_CPUS};
	struct vbc_asked asked = {.cpus = 2, .memory_mib = 2048, .disk_bytes = GIB + 1};
	const struct vbc_tag missing = {"rack", "a"}, bare = {"ssd", NULL};
	struct vbc_row_facts facts = {.missing = &missing,
				      .room = &room,
				      .candidate = &c,
				      .asked = &asked,
				      .image = "debian"};

	room.disk_free_bytes = (int64_t)GIB;
	vbc_candidate_fill(&c, &room, &usual);
	is_str(vbc_placement_text(&arena, &row, &facts), "1 of 8 CPUs free, 2 asked", "CPUs");
	asked.cpus = 3;
	is_str(vbc_placement_text(&arena, &row, &facts), "it has 2 CPUs, 3 asked", "of the host");
	row.reason = VBC_PLACEMENT_REASON_MEMORY;
	is_str(vbc_placement_text(&arena, &row, &facts), "1024 MiB free, 2048 asked", "memory");
	row.reason = VBC_PLACEMENT_REASON_DISK;
	is_str(vbc_placement_text(&arena, &row, &facts), "1024 MiB of disk free, 1025 asked",
	       "disk, rounded up");
	row.reason = VBC_PLACEMENT_REASON_LABEL;
	is_str(vbc_placement_text(&arena, &row, &facts), "it has no label rack=a", "a label");
	facts.missing = &bare;
	is_str(vbc_placement_text(&arena, &row, &facts), "it has no label ssd", "a bare label");
	row.reason = VBC_PLACEMENT_REASON_IMAGE;
	is_str(vbc_placement_text(&arena, &row, &facts), "no image 'debian'", "the image");
	is_str(vbc_placement_reason_name(VBC_PLACEMENT_REASON_REFUSED), "refused", "its name");
	is_str(vbc_placement_reason_name((enum vbc_placement_reason)99), "unknown", "a newer one");
}

int main(void)
{
	test_room();
	test_disk();
	test_labels();
	test_order();
	test_near();
	test_take();
	test_sentence();
	test_many();
	test_text();
	return tap_done();
}
