/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of volumes and of their snapshots share: making them, and a look at the bytes on
 * a volume of fixed size, where the host's disk is this machine's.
 */
#ifndef VBC_TESTS_VOLUMES_H
#define VBC_TESTS_VOLUMES_H

#include "nodes.h"

/* Told: whether a call succeeded. */
static inline bool succeeds(int code, const struct vbc_error *err, const char *what)
{
	return ok(code == 0, "%s %s", what, err->text);
}

/* Told: whether it failed with a code and a text that holds `text`. */
static inline bool refuses(int code, const struct vbc_error *err, int want, const char *text,
			   const char *what)
{
	bool good = is_str(vbc_code_name(code), vbc_code_name(want), "%s: %s", what, err->text);

	return ok(strstr(err->text, text) != NULL, "%s: says '%s'", what, text) && good;
}

/* A volume; a failure is told, and NULL. `snapshot` may be NULL. */
struct vbc_volume *make_volume(struct vbc_host *host, const char *name, unsigned size_gib,
			       bool dynamic, const char *snapshot);
/* The volume of that id as it is now; a failure ends the test. */
struct vbc_volume *get_volume(struct vbc_host *host, const char *id);
/* Whether the volume is destroyed; a failure is told. */
bool destroy_volume(struct vbc_host *host, const char *id);
/* Whether the volume is attached to the node of that id; "": to none. */
bool is_attached_to(struct vbc_host *host, const char *id, const char *node);

/* Writes a pattern of that seed near the start and the end of the first GiB. */
void write_pattern(const struct vbc_volume *volume, unsigned seed);
/* Whether the volume of fixed size of that id has it; -1 where its file cannot be seen. */
int look_for_pattern(struct vbc_host *host, const char *id, unsigned seed);

static inline void has_pattern(struct vbc_host *host, const char *id, unsigned seed,
			       const char *what)
{
	int found = look_for_pattern(host, id, seed);

	if (found < 0)
		tap_skip(what, "the host's disk is not this machine's");
	else
		ok(found, "%s", what);
}

#endif
