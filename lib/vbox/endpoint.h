/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What handles with equal address and credentials share inside one process: the connections and
 * the web session. Safe for threads and for fork().
 */
#ifndef VBC_VBOX_ENDPOINT_H
#define VBC_VBOX_ENDPOINT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <vboxcloud/host.h>

#include "http/http.h"
#include "soap/wire.h"

struct vbc_cache;

/* An operation under way, by a number that no other of this process has. */
struct vbc_running {
	struct vbc_running *next;
	int64_t number;
};

/* One log-on. Its references live as long as it does. */
struct vbc_websession {
	char *vbox;              /* the reference of IVirtualBox                              */
	char *version_text;      /* "7.2.22_Debian"                                           */
	uint32_t version;        /* 70222                                                     */
	int64_t clock_asked_ms;  /* when; 0: never                                          */
	int64_t clock_ahead_ms;  /* the host's UTC against vbc_now_ms()                     */
	unsigned users;          /* operations that work with it                              */
	bool retired;            /* no new operation takes it; the last user logs it off      */
	bool lost;               /* the host has forgotten it: no log-off                     */
	bool spared;             /* it is told of on the host: see vbc_websession_spare()      */
	unsigned calls;          /* each call may leave a reference on the host               */
	struct vbc_cache *cache; /* what need not be asked again, see cache.h; NULL: nothing  */
	void *kept;              /* of the layer above, until the session ends; NULL: nothing */
	void (*kept_free)(void *kept);
};

struct vbc_endpoint {
	struct vbc_endpoint *next;
	unsigned handles;
	int64_t left_ms; /* when the last one was closed */
	int pid;         /* whose connections and session these are */
	bool inherited;  /* by a child, which may well end without exit() */
	struct vbc_http *http;
	char *user, *password, *key;
	pthread_mutex_t mutex; /* guards what follows; never held during I/O */
	pthread_cond_t changed;
	struct vbc_websession *session;
	struct vbc_running *running; /* all that have a session, this or one before it */
	bool logging_on;
	unsigned refusals;        /* how often logging on has failed */
	struct vbc_error refusal; /* the newest of them              */
	bool knew_password;       /* it has been accepted before */
	bool told_newer;
};

struct vbc_host {
	struct vbc_endpoint *endpoint;
	void (*log)(void *data, int level, const char *line);
	void *log_data;
	int (*tick)(void *data);
	void *tick_data;
	bool one_shot;
	bool dry_run;
	int64_t ends_ms; /* when no call goes on; 0: never */
};

/* Finds or makes the endpoint of these options and counts one handle more. */
int vbc_endpoint_get(const struct vbc_host_opts *opts, struct vbc_endpoint **ret,
		     struct vbc_error *err);
/*
 * Counts one handle less. *ret_last: it was the last, and the caller logs off and frees the
 * endpoint: so where it has no session, or at_once. Otherwise *ret_left: it stays, without handles.
 */
void vbc_endpoint_leave(struct vbc_endpoint *endpoint, bool at_once, bool *ret_last,
			bool *ret_left);
/* One that has had no handle since before then, which is the caller's to end now; NULL: none. */
struct vbc_endpoint *vbc_endpoint_take_left(int64_t before_ms);
void vbc_endpoint_free(struct vbc_endpoint *endpoint);
/* Whether an operation of this number is under way in this process, whatever host it works on. */
bool vbc_endpoint_is_running(int64_t number);
/* Forgets what belongs to the process we were forked from. */
void vbc_endpoint_check_fork(struct vbc_endpoint *endpoint);

void vbc_websession_free(struct vbc_websession *ws);

#endif
