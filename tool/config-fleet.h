/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of fleets: [fleet NAME] sections, and the labels of hosts.
 */
#ifndef TOOL_CONFIG_FLEET_H
#define TOOL_CONFIG_FLEET_H

#include "config-file.h"
#include "out.h"

/* The fleet that is all configured hosts, as long as none of them has that name. */
#define FLEET_ALL "all"

/* The section of that name, or NULL; and the same, made where there is none. */
struct config_fleet *config_find_fleet(const struct config_file *file, const char *name);
struct config_fleet *config_take_fleet(struct config_file *file, const char *name, unsigned line);
void config_fleets_done(struct config_file *file);

/* Whether a host is in a fleet, of a file that was read without an error. */
bool config_fleet_has(const struct config_fleet *fleet, const char *host);

/* Whether a host or a fleet can have that name: letters, digits, - and _, so that it is never taken
 * for an address. */
#define CONFIG_NAME_MAX 63 /* bytes */
bool config_name_is_good(const char *name);

/* Why that cannot be the name of a fleet; NULL: it can. */
const char *config_fleet_name_is_wrong(const char *name);

/* What is between the hosts of a fleet. */
#define FLEET_SEPARATORS " \t,"

/* The first name in a list, which moves on behind it; of *ret_n bytes, 0: no more. */
const char *config_next_host(const char **list, const char *separators, size_t *ret_n);

/* Whether all of them have hosts, which there are. Errors: VBC_E_ARG, with the line. */
int config_check_fleets(const struct config_file *file, struct vbc_error *err);

/* Words that tell how a fleet places new nodes. */
#define PLACE_SPREAD "spread"
#define PLACE_PACK   "pack"

/* A factor like "1.5", above 0 and up to 100; false: it is none. */
bool config_factor_read(const char *text, double *ret);

/* What is said of a host itself, or else of its fleet; either may be NULL. */
struct vbc_overcommit config_find_overcommit(const struct config_entry *entry,
					     const struct config_fleet *fleet);

/* Labels as they are written, "rack=a,ssd". */
struct labels {
	char *text; /* in pieces, to which the pairs point */
	struct pair *v;
	size_t n;
};

/* Why they cannot be used, a sentence that names what is wrong, the caller's; NULL: they can. */
char *config_labels_read(const char *text, struct labels *ret);
void labels_done(struct labels *labels);

#endif
