/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reaching what only a host itself reaches: by an ssh that logs in to the host and connects from
 * there (ssh -W), as `ssh -J` does for whoever logs in to a node.
 */
#ifndef TOOL_JUMP_H
#define TOOL_JUMP_H

#include <stdbool.h>
#include <sys/types.h>

struct vbc_error;
struct vbc_ssh;

/* Whether it is [USER@]HOST[:PORT] that ssh takes for nothing else: no option, no list. */
bool jump_is_destination(const char *text);

/* The connection that is tried; zero but for `place` at first. */
struct jump {
	const char *place;
	pid_t pid;
	int socket; /* a second descriptor of it, so that ssh ends only for reasons of its own */
	int errors; /* a file: what ssh complains about                                        */
};

/*
 * The dial of struct vbc_ssh_opts, with a struct jump as its data. The attempt before is judged: an
 * ssh that could not log in to the host will not the next time. Errors: VBC_E_CONNECT, VBC_E_NOMEM,
 * those of process_start().
 */
int jump_dial(void *data, const struct vbc_ssh *ssh, struct vbc_error *err);

void jump_done(struct jump *jump);

#endif
