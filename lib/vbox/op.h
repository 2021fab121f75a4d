/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An operation: what one public function does on a host. It has a connection and a web session,
 * an arena for everything it learns, one error, and the caller's patience. The typed calls of
 * vbox-api.h are made through it.
 */
#ifndef VBC_VBOX_OP_H
#define VBC_VBOX_OP_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error-private.h"
#include "base/result.h"
#include "vbox-api.h"
#include "vbox/endpoint.h"

struct vbc_lease;

/* What an operation was asked to work on, once it is found. */
struct vbc_subject {
	const char *noun, *id, *name;
	/* Null when the host has none of that id. */
	int (*look)(struct vbc_op *op, const char *id, vbc_ref *ret);
	/* Null, or: VBC_E_STATE when VirtualBox cannot read it, of which its calls only say
	 * "limited". */
	int (*check_readable)(struct vbc_op *op, const char *id);
};
#define VBC_SUBJECTS 2

struct vbc_op {
	struct vbc_host *host;
	struct vbc_arena arena;
	struct vbc_error error;     /* the first one */
	struct vbc_results results; /* the caller's when it ends well, else freed */
	const struct vbc_wait *wait;
	int64_t deadline_ms; /* 0: none */
	struct vbc_progress progress;
	struct vbc_websession *session;
	struct vbc_running running; /* while it has a session */
	vbc_ref vbox;               /* IVirtualBox of the session */
	uint32_t version;
	struct vbc_conn *conn;
	struct vbc_buf request, reply;
	int http_status; /* of the reply */
	unsigned calls;  /* so far */
	bool wrote;      /* a call that changes something may have been done */
	bool stale;      /* the host forgot the session */
	bool cancelled;
	int64_t over_ms;   /* since when its caller does not wait for it; 0: it does */
	int64_t called_ms; /* when the call under way began */
	unsigned silences; /* calls that the host did not answer in its time */
	bool given_up;     /* the host does not answer: no call is made any more */
	bool undoing;      /* cleaning up: goes on when it is over, until vbc_op_ends_ms() */
	bool broken_off;   /* a wait of that ended without what was waited for */
	bool recovering;   /* cleaning up after other programs: no lock is waited for */
	bool explaining;   /* asking for the details of an error */
	bool may_lack;     /* asking for what need not be there: then no details are wanted */
	vbc_ref transfer;  /* IVirtualBox of the web session of an upload or download */
	vbc_ref ihost;     /* IHost, once asked for */
	struct vbc_subject about[VBC_SUBJECTS];
	const void *known; /* of the layer above, in the arena: replaced, never changed */
	struct {
		vbc_ref ihost;
		const void *known;
	} lasting;                /* these, of before vbc_op_borrow() */
	struct vbc_lease *leases; /* what it has said of itself on the host, see lease.h */
	int64_t renew_at_ms;
	int64_t use_at_ms; /* when its web sessions are used, lest they are forgotten; 0: not yet
			      known */
};

/* The patience of functions that take no struct vbc_wait: what only reads. */
extern const struct vbc_wait vbc_op_brief;

/*
 * What another client removes meanwhile makes calls fail in many ways. So when the operation fails,
 * it is looked for what it is about, and that this is not there is the error then.
 */
void vbc_op_about(struct vbc_op *op, const struct vbc_subject *subject);
/* From here on the operation itself may have removed it. */
void vbc_op_about_nothing(struct vbc_op *op);
/* VBC_E_NOTFOUND when it is not there any more; for loops that wait. */
int vbc_op_check_there(struct vbc_op *op);
/* VBC_E_STATE when the host cannot read it. */
int vbc_op_check_readable(struct vbc_op *op);

/* VBC_E_STALE, in its words. */
int vbc_op_fail_stale(struct vbc_op *op);

/* IHost, asked for once in an operation. */
int vbc_op_ihost(struct vbc_op *op, vbc_ref *ret_host);

/* For operations that need no session (logging off): buffers, and the end of everything. */
void vbc_op_init_buffers(struct vbc_op *op);
void vbc_op_done(struct vbc_op *op);

/* A new random UUID; VBC_E_NOMEM when this system has no random numbers. */
int vbc_op_make_uuid(struct vbc_op *op, char ret[37]);

/* Whether the host has this call. */
bool vbc_op_has(const struct vbc_op *op, enum vbc_method_id method);

/* Whether `s` is one of these. */
bool vbc_strs_has(const struct vbc_strs *strs, const char *s);

/*
 * For what takes long with no call, or with calls in one web session alone: when it is time to,
 * renews what the operation has said of itself on the host, as each call does, and uses its web
 * sessions.
 */
void vbc_op_keep(struct vbc_op *op);

/*
 * Tells the caller how far the work is and asks whether to go on; VBC_E_CANCELLED, VBC_E_TIMEOUT.
 * While it cleans up after itself it goes on for a while; what others left is not worth anybody's
 * time.
 */
int vbc_op_tick(struct vbc_op *op);
/*
 * The one end of all that is still done when the operation is over: cancelling, undoing, closing.
 * No call is waited for then or begun. What is not undone by then stays in the journal.
 */
int64_t vbc_op_ends_ms(const struct vbc_op *op);
/* The same also while it is cleaned up, where the answer changes only how long calls may take. */
bool vbc_op_is_over(struct vbc_op *op);
/* Says why it does not go on. */
int vbc_op_fail_over(const struct vbc_op *op, struct vbc_error *err);
/* Sleeps, ticking. */
int vbc_op_sleep(struct vbc_op *op, unsigned ms);

/*
 * Around calls whose answers are needed in between only, as of loops that are told much: they go
 * into an arena of their own. The operation forgets what it learns in them.
 */
struct vbc_arena vbc_op_borrow(struct vbc_op *op);
void vbc_op_borrow_end(struct vbc_op *op, const struct vbc_arena *kept);

/* Gives a reference back that the host made only for us, and what it stands for. */
void vbc_op_release(struct vbc_op *op, vbc_ref ref);
/*
 * The same of what takes nothing but a little memory there (sessions, progress objects): a program
 * that ends soon leaves it to the end of its web session.
 */
void vbc_op_release_small(struct vbc_op *op, vbc_ref ref);

void vbc_op_log(const struct vbc_op *op, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Reads that do not depend on each other, made over several connections at once. */
struct vbc_batch_call {
	enum vbc_method_id method;
	vbc_ref self;
	union vbc_in in[2];
	void *out;         /* of its one output, in the operation's arena */
	void *const *outs; /* of its several outputs, instead of that */
	bool fixed;    /* it has no text argument, and its answer, one string or reference, holds as
			  long as the object lives, or long enough: see cache.h */
	bool may_fail; /* any fault of it fails no other */
	int code;      /* of this call: that its object is gone fails no other */
};
int vbc_batch(struct vbc_op *op, struct vbc_batch_call *calls, size_t n);
/*
 * The same call without arguments of each object, whose output goes to out[i] of `size` bytes;
 * *ret_calls (may be NULL) has the codes, in the operation's arena.
 */
int vbc_batch_each(struct vbc_op *op, enum vbc_method_id method, const vbc_ref *objects, size_t n,
		   void *out, size_t size, struct vbc_batch_call **ret_calls);
/*
 * A part of an object, which that has as long as it lives, asked for once in a web session. number:
 * the method's argument, if it has one.
 */
int vbc_part(struct vbc_op *op, enum vbc_method_id method, vbc_ref self, int64_t number,
	     vbc_ref *ret_part);

static inline bool vbc_ref_is_null(vbc_ref ref)
{
	return !ref.s || !ref.s[0];
}

#endif
