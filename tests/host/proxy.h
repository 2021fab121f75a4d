/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The proxy in front of the host, as seen from a test: started, told its rules, asked what passed.
 */
#ifndef VBC_TESTS_PROXY_H
#define VBC_TESTS_PROXY_H

#include <sys/types.h>

#include "host.h"

struct proxy {
	pid_t pid;
	int in; /* it ends when this is closed */
	char url[64];
	char record[64]; /* the file that its calls are written to */
};

/* Between here and the host of VBOXCLOUD_HOST. */
void proxy_start(struct proxy *p);
void proxy_stop(struct proxy *p);

/* A handle on that host through it; 0: the library's own time for a call. */
struct vbc_host *proxy_open(const struct proxy *p, unsigned call_timeout_ms);
/* The same, of which nothing outlives the last equal handle. */
struct vbc_host *proxy_open_one_shot(const struct proxy *p, unsigned call_timeout_ms);

/* Replaces the rules, see tests/proxylib/rules.py. */
void proxy_rules(const struct proxy *p, const char *json);
/* Forgets its rules and its counts. */
void proxy_reset(const struct proxy *p);
/* How many calls of a method passed since then. */
int proxy_count(const struct proxy *p, const char *method);
/* Whether the first rule has been applied. */
bool proxy_has_fired(const struct proxy *p);

/* Logs the newest log-on off that passed, as if the host had forgotten it. */
void proxy_log_off(const struct proxy *p);

#endif
