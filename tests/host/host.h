/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What tests on a real host share: the host that the environment names, and other programs.
 */
#ifndef VBC_TESTS_HOST_H
#define VBC_TESTS_HOST_H

#include <stdbool.h>

#include <vboxcloud/vboxcloud.h>

#include "tap.h"

/* What leads to the host of VBOXCLOUD_HOST; ends the program, as skipped, when there is none. */
struct vbc_host_opts host_opts(void);
/* A handle on it. */
struct vbc_host *host_open(void);

/*
 * What the runner wants done between each two commands on the host: nothing, or that its VirtualBox
 * starts anew. The macros put it before each call of the library. A program of several threads may
 * be at work in another.
 */
void between_commands(void);
#include "between.h"

/* Runs a program with its output thrown away; true when it succeeded. */
bool run(const char *const *argv);
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* For what a test cannot go on without. */
void bail_out(const char *what) __attribute__((noreturn));

/* For vbc_node_stop(), vbc_node_reboot() and vbc_gc(). */
extern const struct vbc_node_stop_opts by_force;
extern const struct vbc_gc_opts dry_run;

#endif
