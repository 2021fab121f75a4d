/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The configuration file, as config.h describes it.
 */
#ifndef TOOL_CONFIG_FILE_H
#define TOOL_CONFIG_FILE_H

#include "config.h"

/* A [host NAME] section. */
struct config_entry {
	char *name;
	struct target target;                     /* its url may be NULL */
	char *labels;                             /* "rack=a,ssd", or NULL */
	char *cpu_overcommit, *memory_overcommit; /* numbers, or NULL */
};

/* A [fleet NAME] section. */
struct config_fleet {
	char *name;
	char *hosts; /* "vb1 vb2", names of entries */
	char *place; /* a word of place_words, or NULL */
	char *cpu_overcommit, *memory_overcommit;
	unsigned line; /* that says so, or that the section begins with */
};

struct config_file {
	char *path; /* NULL where there is no folder for it */
	char *default_host;
	char *default_from; /* the line that said so */
	struct config_entry *entries;
	size_t n;
	struct config_fleet *fleets;
	size_t n_fleets;
};

/*
 * Reads the file; one that is not there is empty. Errors: VBC_E_ARG. What was understood until then
 * is in *ret; config_file_done() is needed then too.
 */
int config_file_read(struct config_file *ret, struct vbc_error *err);
void config_file_done(struct config_file *file);

/*
 * The same in its steps: where it is; its text, NULL without an error where there is none; what the
 * text says, which is added to *file.
 */
struct config_file config_file_open(void);
char *config_file_text(const struct config_file *file, struct vbc_error *err);
int config_file_parse(struct config_file *file, const char *text, struct vbc_error *err);

/* The name in [host NAME], of what stands in the brackets; NULL when it is no such section. */
char *config_section_host(const char *section);

/* The section of that name, or NULL. */
struct config_entry *config_file_find(const struct config_file *file, const char *name);

#endif
