/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who owns an operation's results: the caller, when it ends well; those of a run that failed are
 * freed, which the build's leak checker proves. Which web sessions it uses lest they are forgotten;
 * they are played. And which error is its own.
 */
#include <stdlib.h>

#include "tap.h"
#include "vbox/aside.h"
#include "vbox/op.h"
#include "vbox/run.h"
#include "vbox/websession.h"

static char used[64]; /* the web sessions, in turn */

/* The linker hands calls of these to us, see meson.build. */
int __wrap_vbc_websession_take(struct vbc_op *op);
int __wrap_vbc_IVirtualBox_getVersion(struct vbc_op *op, vbc_ref self, const char **ret);
void __wrap_vbc_websession_give_back(struct vbc_op *op, bool lost);

int __wrap_vbc_websession_take(struct vbc_op *op)
{
	(void)op;
	return VBC_OK;
}

void __wrap_vbc_websession_give_back(struct vbc_op *op, bool lost)
{
	(void)op;
	(void)lost;
}

int __wrap_vbc_IVirtualBox_getVersion(struct vbc_op *op, vbc_ref self, const char **ret)
{
	(void)op;
	*ret = "7.2";
	snprintf(used + strlen(used), sizeof(used) - strlen(used), "%s ", self.s);
	return VBC_OK;
}

struct text {
	const char *s;
};

struct job {
	int stale, fail; /* in how many of the first runs */
	int runs;
	struct text *text;
};

/* Two results, of which it gives back one. */
static int body(struct vbc_op *op, void *arg)
{
	struct job *job = arg;
	struct text *spare = vbc_result_new(&op->results, sizeof(*spare));

	job->text = vbc_result_new(&op->results, sizeof(*job->text));
	if (!spare || !job->text)
		return vbc_fail_nomem(&op->error);
	job->text->s = vbc_arena_printf(vbc_result_arena(job->text), "run %d", ++job->runs);
	op->stale = job->runs <= job->stale; /* which the body does not notice */
	vbc_result_free(spare);
	return job->runs <= job->fail ? vbc_fail(&op->error, VBC_E_FAULT, "as told") : VBC_OK;
}

static void runs(struct job job, int code, int times, const char *what)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host = NULL;
	char wanted[16];

	ok(!vbc_host_open(&opts, &host, NULL), "a handle");
	is_int(vbc_op_run(host, NULL, NULL, body, &job), code, "%s", what);
	is_int(job.runs, times, "%s: runs", what);
	snprintf(wanted, sizeof(wanted), "run %d", times);
	if (!code) {
		is_str(job.text->s, wanted, "%s: the last run's result is the caller's", what);
		vbc_result_free(job.text);
	}
	vbc_host_close(host);
}

static void test_keep(void)
{
	struct vbc_websession *session = (struct vbc_websession *)used; /* any */
	struct vbc_op op = {.vbox = {"own"}, .transfer = {"upload's"}};

	op.use_at_ms = 1;
	vbc_op_keep(&op);
	is_str(used, "", "no web session, none used");
	op.session = session;
	op.use_at_ms = 0;
	vbc_op_keep(&op);
	is_str(used, "", "just begun: none used");
	op.use_at_ms = 1;
	vbc_op_keep(&op);
	is_str(used, "own upload's ", "later: each is used");
	vbc_op_keep(&op);
	is_str(used, "own upload's ", "once");
}

/* How the scope of what is put aside ends. */
enum end { RUNS_OUT, ENDS, FORGIVES, ABSENT };

static int fail_in_scope(struct vbc_op *op, int code, enum end end)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (code)
		vbc_fail(&op->error, code, "in the scope");
	switch (end) {
	case ENDS: return vbc_aside_end(&aside, code);
	case FORGIVES:
		return vbc_aside_forgive(&aside, code,
					 VBC_CODE(VBC_E_BUSY) | VBC_CODE(VBC_E_FAULT));
	case ABSENT: return vbc_aside_absent(&aside, code);
	case RUNS_OUT:
	default: return code;
	}
}

static const struct {
	const char *what;
	int code;
	enum end end;
	int returned;
	bool replaced; /* the error of before, by the one in the scope */
} asides[] = {
	{"a failure that nobody judges is forgotten", VBC_E_FAULT, RUNS_OUT, VBC_E_FAULT, false},
	{"a failure that is the operation's stays", VBC_E_FAULT, ENDS, VBC_E_FAULT, true},
	{"where nothing failed the error of before is back", VBC_OK, ENDS, VBC_OK, false},
	{"what is forgiven is no failure", VBC_E_BUSY, FORGIVES, VBC_OK, false},
	{"each code that is named is forgiven", VBC_E_FAULT, FORGIVES, VBC_OK, false},
	{"any other is not", VBC_E_CONNECT, FORGIVES, VBC_E_CONNECT, true},
	{"what is absent is no failure", VBC_E_NOTFOUND, ABSENT, VBC_OK, false},
	{"what cannot be looked for is one", VBC_E_STALE, ABSENT, VBC_E_STALE, true},
};

static void test_aside(void)
{
	for (size_t i = 0; i < VBC_COUNT(asides); i++) {
		struct vbc_op op = {.error = {.code = VBC_E_SPACE, .text = "before"}};

		is_int(fail_in_scope(&op, asides[i].code, asides[i].end), asides[i].returned, "%s",
		       asides[i].what);
		is_str(op.error.text, asides[i].replaced ? "in the scope" : "before", "%s: text",
		       asides[i].what);
	}
}

int main(void)
{
	test_aside();
	test_keep();
	runs((struct job){.runs = 0}, VBC_OK, 1, "all is well");
	runs((struct job){.stale = 1}, VBC_OK, 2, "a session that ended once");
	runs((struct job){.stale = 2}, VBC_E_STALE, 2, "one that ends each time");
	runs((struct job){.fail = 1}, VBC_E_FAULT, 1, "a result, and then a failure");
	return tap_done();
}
