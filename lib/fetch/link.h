/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The URL of a file, as people give it.
 */
#ifndef VBC_FETCH_LINK_H
#define VBC_FETCH_LINK_H

#include <stdbool.h>

struct vbc_error;

/* All the struct's own. */
struct vbc_link {
	char *url;   /* to be asked for: without a fragment                        */
	char *shown; /* for people: without the query too, which may be a secret   */
	char *name;  /* of the file: the last part of the path, decoded; may be "" */
};

/* Whether it is one that is fetched: it begins with http: or https: in any case. */
bool vbc_link_is(const char *text);

/* VBC_E_ARG if it is a URL of another scheme, as ftp://; what is none is not judged. */
int vbc_link_check_scheme(const char *text, struct vbc_error *err);

/* Errors: VBC_E_ARG, with a sentence that repeats nothing which may be a password. */
int vbc_link_parse(const char *text, struct vbc_link *ret, struct vbc_error *err);
void vbc_link_done(struct vbc_link *link);

/*
 * The path of a URL of a file here: "file:///a%20b", "file:/a". *ret is malloc'd. Errors:
 * VBC_E_ARG.
 */
bool vbc_link_is_local(const char *text);
int vbc_link_path(const char *text, char **ret, struct vbc_error *err);

/* Whether two URLs have the same scheme. */
bool vbc_link_same_scheme(const char *a, const char *b);

/* Where `to`, which may be relative, leads from a URL; malloc'd. NULL: nowhere, or no memory. */
char *vbc_link_resolve(const char *from, const char *to);

#endif
