/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Well-known images, by name: of the file that is installed with the command, and of the user's
 * catalog.ini in the folders for data and for configuration. A section in a later one replaces that
 * of its name.
 */
#ifndef TOOL_CATALOG_H
#define TOOL_CATALOG_H

#include <stddef.h>

struct vbc_error;

/* All strings are its own; NULL where nothing is said, but for name, url and file. */
struct catalog_entry {
	char *name, *title, *url, *checksum_url, *sha256;
	char *os_type, *username, *firmware, *init;
	char *preferred; /* "yes": one of those that are meant where none is named */
	char *file;      /* that it stands in */
};

struct catalog {
	struct catalog_entry *v;
	size_t n;
};

/* Errors: VBC_E_ARG. Call catalog_done() then too. */
int catalog_read(struct catalog *ret, struct vbc_error *err);
void catalog_done(struct catalog *catalog);

/* The entry of that name, or NULL. */
const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *name);
/* The one that is meant where none is named: the last one that says "default = yes"; or NULL. */
const struct catalog_entry *catalog_find_default(const struct catalog *catalog);
/* The name of the one that was most likely meant, or NULL. */
const char *catalog_nearest(const struct catalog *catalog, const char *name);

#endif
