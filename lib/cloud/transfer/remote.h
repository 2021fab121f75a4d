/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A file that does not lie here: on a web server, or what comes by standard input. It is read as a
 * stream where the server lets us read any place of it, else put into a temporary file first.
 */
#ifndef VBC_TRANSFER_REMOTE_H
#define VBC_TRANSFER_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "transfer/sums.h"

struct vbc_error;
struct vbc_looking;
struct vbc_remote;
struct vbc_stream;

struct vbc_remote_opts {
	uint64_t max_bytes;                /* the most that is fetched              */
	const struct vbc_looking *looking; /* told while it is fetched; may be NULL */
};

/* Whether a file is named so: a URL of http or https, or "-". */
bool vbc_remote_is(const char *file);

/* Reads nothing yet. Errors: VBC_E_ARG. */
int vbc_remote_new(const char *file, const struct vbc_remote_opts *opts, struct vbc_remote **ret,
		   struct vbc_error *err);
void vbc_remote_close(struct vbc_remote *r);

/* For people; and the file's name, which may be "". Both live as long as it. */
const char *vbc_remote_shown(const struct vbc_remote *r);
const char *vbc_remote_name(const struct vbc_remote *r);

/* Begins to fetch it. It is to have this sum, if one is stated. */
int vbc_remote_begin(struct vbc_remote *r, const struct vbc_sum *want, struct vbc_error *err);

/* Why it cannot be read as a stream; NULL: it can. */
const char *vbc_remote_obstacle(const struct vbc_remote *r);
/* A stream of it, which must be closed before it. Its sum is checked with vbc_remote_check(). */
int vbc_remote_stream(struct vbc_remote *r, struct vbc_stream *ret, struct vbc_error *err);
/* From here on it is read through, from its first byte on; bytes may be read once more then. */
int vbc_remote_rewind(struct vbc_remote *r, struct vbc_error *err);
/* After that: fails if what was read does not have the sum. */
int vbc_remote_check(const struct vbc_remote *r, struct vbc_error *err);

/* Makes a temporary file for it, in a folder that is known as long as it. */
int vbc_remote_make_room(struct vbc_remote *r, const char **ret_folder, struct vbc_error *err);
/* A stream of its copy there, of which the sum was checked. */
int vbc_remote_spool(struct vbc_remote *r, struct vbc_stream *ret, struct vbc_error *err);

#endif
