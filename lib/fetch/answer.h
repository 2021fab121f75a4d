/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the head of an answer says of the file.
 */
#ifndef VBC_FETCH_ANSWER_H
#define VBC_FETCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbc_answer {
	int status;
	bool complete; /* all of the head was read                          */
	char etag[256], modified[64], encoding[32]; /* "" none              */
	char location[4096];     /* of a redirect                                   */
	bool ranged;             /* it is a part: from `from` to before `to`          */
	uint64_t from, to, size; /* size of the whole; UINT64_MAX: not told */
};

/* Takes a line of the head, with its end. A new status begins a new answer. */
void vbc_answer_take_line(struct vbc_answer *answer, const char *line, size_t n);

/* What tells one version of the file from another, for If-Range; NULL: the server says nothing. */
const char *vbc_answer_version(const struct vbc_answer *answer);

/* Whether both are of the same version of the file, as far as they tell. */
bool vbc_answer_is_same(const struct vbc_answer *a, const struct vbc_answer *b);

#endif
