/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/place-text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error-private.h"
#include "base/given.h"
#include "base/overcommit.h"
#include "base/str.h"

#define MIB       ((uint64_t)1 << 20)
#define TEXT_MAX  800 /* of all hosts in one sentence */
#define CAUSE_MAX 160 /* of one, in bytes */

const char *vbc_placement_reason_name(enum vbc_placement_reason reason)
{
	static const char *const names[] = {
		[VBC_PLACEMENT_REASON_FITS] = "fits",
		[VBC_PLACEMENT_REASON_FAILED] = "failed",
		[VBC_PLACEMENT_REASON_EXCLUDED] = "excluded",
		[VBC_PLACEMENT_REASON_LABEL] = "label",
		[VBC_PLACEMENT_REASON_CORDONED] = "cordoned",
		[VBC_PLACEMENT_REASON_IMAGE] = "image",
		[VBC_PLACEMENT_REASON_CPUS] = "cpus",
		[VBC_PLACEMENT_REASON_MEMORY] = "memory",
		[VBC_PLACEMENT_REASON_DISK] = "disk",
		[VBC_PLACEMENT_REASON_REFUSED] = "refused",
	};

	return (size_t)reason < sizeof(names) / sizeof(names[0]) ? names[reason] : "unknown";
}

const char *vbc_placement_error_text(const struct vbc_error *error)
{
	if (error->code == VBC_E_CONNECT || error->code == VBC_E_TIMEOUT)
		return "did not answer";
	return error->text;
}

static const char *text_of_cpus(struct vbc_arena *a, const struct vbc_row_facts *f)
{
	if (f->asked->cpus > f->room->cpus)
		return vbc_arena_printf(a, "it has %u CPU%s, %u asked", f->room->cpus,
					f->room->cpus == 1 ? "" : "s", f->asked->cpus);
	return vbc_arena_printf(a, "%" PRIu64 " of %" PRIu64 " CPUs free, %u asked",
				f->candidate->cpus_free, f->candidate->cpus_room, f->asked->cpus);
}

static const char *text_of_memory(struct vbc_arena *a, const struct vbc_row_facts *f)
{
	if (f->asked->memory_mib > f->room->memory_mib)
		return vbc_arena_printf(a, "it has %u MiB, %u asked", f->room->memory_mib,
					f->asked->memory_mib);
	return vbc_arena_printf(a, "%" PRIu64 " MiB free, %u asked", f->candidate->memory_free_mib,
				f->asked->memory_mib);
}

static const char *text_of_disk(struct vbc_arena *a, const struct vbc_row_facts *f)
{
	uint64_t asked = f->asked->disk_bytes + (f->room->has_image ? 0 : f->asked->image_bytes);

	return vbc_arena_printf(a, "%" PRIu64 " MiB of disk free, %" PRIu64 " asked",
				(uint64_t)f->candidate->disk_free_bytes / MIB,
				(asked + MIB - 1) / MIB);
}

static const char *text_of_label(struct vbc_arena *a, const struct vbc_tag *label)
{
	return vbc_arena_printf(a, "it has no label %s%s%s", label->key,
				label->value && label->value[0] ? "=" : "",
				label->value ? label->value : "");
}

const char *vbc_placement_text(struct vbc_arena *arena, const struct vbc_placement_row *row,
			       const struct vbc_row_facts *facts)
{
	switch (row->reason) {
	case VBC_PLACEMENT_REASON_FITS: return "";
	case VBC_PLACEMENT_REASON_FAILED:
		return vbc_arena_strdup(arena, vbc_placement_error_text(&row->error));
	case VBC_PLACEMENT_REASON_EXCLUDED: return "not meant";
	case VBC_PLACEMENT_REASON_LABEL: return text_of_label(arena, facts->missing);
	case VBC_PLACEMENT_REASON_CORDONED: return "cordoned";
	case VBC_PLACEMENT_REASON_IMAGE:
		return vbc_arena_printf(arena, "no image '%s'", facts->image);
	case VBC_PLACEMENT_REASON_CPUS: return text_of_cpus(arena, facts);
	case VBC_PLACEMENT_REASON_MEMORY: return text_of_memory(arena, facts);
	case VBC_PLACEMENT_REASON_DISK: return text_of_disk(arena, facts);
	case VBC_PLACEMENT_REASON_REFUSED: break;
	}
	return "";
}

/* -- all hosts in one sentence -------------------------------------------------------------- */

/* How many rows have which reason. */
struct tally {
	size_t room, failed, cordoned, image;
	int code; /* that all failures have; 0: there is none, or they differ */
};

static bool reason_is_room(enum vbc_placement_reason reason)
{
	return reason == VBC_PLACEMENT_REASON_CPUS || reason == VBC_PLACEMENT_REASON_MEMORY ||
	       reason == VBC_PLACEMENT_REASON_DISK || reason == VBC_PLACEMENT_REASON_REFUSED ||
	       reason == VBC_PLACEMENT_REASON_FITS;
}

static struct tally rows_tally(const struct vbc_placement *placement)
{
	struct tally t = {0};

	for (size_t i = 0; i < placement->n; i++) {
		const struct vbc_placement_row *row = placement->v[i];

		t.room += reason_is_room(row->reason);
		t.cordoned += row->reason == VBC_PLACEMENT_REASON_CORDONED;
		t.image += row->reason == VBC_PLACEMENT_REASON_IMAGE;
		if (row->reason != VBC_PLACEMENT_REASON_FAILED)
			continue;
		t.code = !t.failed++ || t.code == row->error.code ? row->error.code : 0;
	}
	return t;
}

/* What is missing first of all. */
static int tally_code(const struct tally *t)
{
	if (t->room)
		return VBC_E_SPACE;
	if (t->failed && !t->image && !t->cordoned && t->code && t->code != VBC_E_TIMEOUT)
		return t->code;
	if (t->failed)
		return VBC_E_CONNECT;
	return t->cordoned ? VBC_E_STATE : VBC_E_NOTFOUND;
}

static bool sentence_add(char *text, size_t *n, const char *host, const char *why)
{
	char part[CAUSE_MAX + 80];
	int length =
		snprintf(part, sizeof(part), "%s%.60s: %.*s", *n ? "; " : "", host, CAUSE_MAX, why);

	if (length < 0 || (size_t)length >= sizeof(part) || *n + (size_t)length >= TEXT_MAX)
		return false;
	memcpy(text + *n, part, (size_t)length + 1);
	*n += (size_t)length;
	return true;
}

static const char *row_why(const struct vbc_placement_row *row, const struct vbc_error *refused)
{
	const char *text = refused && refused->code ? vbc_placement_error_text(refused) : row->text;

	if (vbc_starts_with(text, VBC_NO_ROOM))
		text += strlen(VBC_NO_ROOM);
	return row->reason == VBC_PLACEMENT_REASON_FITS && !*text ? "it has room" : text;
}

int vbc_placement_refuse(const struct vbc_placement *placement, const struct vbc_error *refused,
			 struct vbc_error *err)
{
	const struct tally tally = rows_tally(placement);
	enum vbc_hint hint = tally_code(&tally) == VBC_E_NOTFOUND && tally.image
				     ? VBC_HINT_LIST_IMAGES
				     : VBC_HINT_NONE;
	char text[TEXT_MAX + 60] = "";
	size_t n = 0, told = 0;

	while (told < placement->n &&
	       sentence_add(text, &n, placement->v[told]->host,
			    row_why(placement->v[told], refused ? &refused[told] : NULL)))
		told++;
	if (told < placement->n)
		snprintf(text + n, sizeof(text) - n, "; and %zu more", placement->n - told);
	return vbc_fail_hint(err, tally_code(&tally), hint, "no host can take it: %s", text);
}

int vbc_placement_fail(const struct vbc_placement *placement, struct vbc_error *err)
{
	if (vbc_lacks(err, placement))
		return VBC_E_ARG;
	return vbc_placement_refuse(placement, NULL, err);
}
