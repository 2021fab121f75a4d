/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether a host can be used as a cloud. Each check has a number that never changes; those behind
 * one that failed are not made.
 */
#include <stdio.h>

#include "base/given.h"
#include "base/result.h"
#include "host/folders.h"
#include "journal/recover.h"
#include "vbox/run.h"
#include "vbox/websession.h"

enum { N_CONNECTION = 1, N_LOGON, N_RELEASE, N_UPLOADS, N_FOLDER, N_MACHINES, N_LEFTOVERS };
#define FINDINGS_MAX 64
#define OLDEST       50000

struct check {
	struct vbc_findings *list;
	const struct vbc_finding **v;
};

static int check_add_finding(struct vbc_op *op, struct check *c, unsigned number,
			     enum vbc_finding_level level, const char *subject, const char *text,
			     enum vbc_hint hint)
{
	struct vbc_arena *a = vbc_result_arena(c->list);
	struct vbc_finding *f = VBC_ARENA_NEW(a, struct vbc_finding);

	if (c->list->n == FINDINGS_MAX)
		return VBC_OK;
	if (!f || !(f->text = text ? vbc_arena_strdup(a, text) : NULL))
		return vbc_fail_nomem(op ? &op->error : NULL);
	f->number = number;
	f->level = level;
	f->subject = subject;
	f->hint = hint;
	c->v[c->list->n++] = f;
	return VBC_OK;
}

static int check_release(struct vbc_op *op, struct check *c)
{
	const char *text = vbc_arena_printf(&op->arena, "VirtualBox %s", op->session->version_text);

	if (op->version < OLDEST)
		return check_add_finding(op, c, N_RELEASE, VBC_FINDING_LEVEL_ERROR, "release", text,
					 VBC_HINT_NEWER_HOST);
	if (op->version > VBC_NEWEST_KNOWN)
		return check_add_finding(op, c, N_RELEASE, VBC_FINDING_LEVEL_WARNING, "release",
					 text, VBC_HINT_NEWER_CLIENT);
	return check_add_finding(op, c, N_RELEASE, VBC_FINDING_LEVEL_OK, "release", text,
				 VBC_HINT_NONE);
}

static int check_uploads(struct vbc_op *op, struct check *c)
{
	if (vbc_op_has(op, VBC_M_IMedium_openForIO))
		return check_add_finding(op, c, N_UPLOADS, VBC_FINDING_LEVEL_OK, "uploads",
					 "images can be uploaded through the web service",
					 VBC_HINT_NONE);
	return check_add_finding(op, c, N_UPLOADS, VBC_FINDING_LEVEL_WARNING, "uploads",
				 "this release cannot take uploads", VBC_HINT_IMPORT_ON_HOST);
}

/* The folder is usable if VirtualBox can look into it. */
static int check_folder(struct vbc_op *op, struct check *c)
{
	struct vbc_folders folders;
	int code = vbc_folders_get(op, &folders);

	return code ? code
		    : check_add_finding(op, c, N_FOLDER, VBC_FINDING_LEVEL_OK, "machine folder",
					folders.machines, VBC_HINT_NONE);
}

static int check_machines(struct vbc_op *op, struct check *c)
{
	struct vbc_refs machines = {0};
	struct vbc_enums states = {0};
	size_t broken = 0;
	const char *text;
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (!code)
		code = vbc_IVirtualBox_getMachineStates(op, op->vbox, machines, &states);
	if (code)
		return code;
	for (size_t i = 0; i < states.n; i++)
		broken += states.v[i] == VBC_MachineState_Null;
	text = vbc_arena_printf(&op->arena, "%zu machines, %zu of them cannot be read", machines.n,
				broken);
	return check_add_finding(op, c, N_MACHINES,
				 broken ? VBC_FINDING_LEVEL_WARNING : VBC_FINDING_LEVEL_OK,
				 "machines", text, broken ? VBC_HINT_SHOW_BROKEN : VBC_HINT_NONE);
}

static int check_add_leftover(struct vbc_op *op, void *arg, const char *kind, const char *id,
			      const char *text, enum vbc_stuck stuck)
{
	static const enum vbc_hint hints[] = {
		[VBC_STUCK_NOT] = VBC_HINT_GC_WORK,
		[VBC_STUCK_SERVICE] = VBC_HINT_GC_FORCE,
		[VBC_STUCK_UNREADABLE] = VBC_HINT_GC_ENTRY,
		[VBC_STUCK_LOCKED] = VBC_HINT_FREE_LOCKS,
	};
	const char *line = vbc_arena_printf(&op->arena, "%s %s: %s", kind, id, text);

	return check_add_finding(op, arg, N_LEFTOVERS, VBC_FINDING_LEVEL_WARNING, "leftovers", line,
				 hints[stuck]);
}

static int check_leftovers(struct vbc_op *op, struct check *c)
{
	const struct vbc_recover_how how = {.found = check_add_leftover, .arg = c, .dry_run = true};
	struct vbc_strs keys = {0};
	size_t before = c->list->n;
	int code = vbc_IVirtualBox_getExtraDataKeys(op, op->vbox, &keys);

	if (!code)
		code = vbc_recover(op, &keys, &how);
	if (code || c->list->n > before)
		return code;
	return check_add_finding(op, c, N_LEFTOVERS, VBC_FINDING_LEVEL_OK, "leftovers",
				 "no half-done work", VBC_HINT_NONE);
}

static int host_check_body(struct vbc_op *op, void *arg)
{
	struct check *c = arg;
	int code;

	c->list->n = 0; /* the body may run twice */
	code = check_add_finding(op, c, N_CONNECTION, VBC_FINDING_LEVEL_OK, "connection",
				 vbc_http_url(op->host->endpoint->http), VBC_HINT_NONE);
	if (!code)
		code = check_add_finding(op, c, N_LOGON, VBC_FINDING_LEVEL_OK, "logon", "accepted",
					 VBC_HINT_NONE);
	if (!code)
		code = check_release(op, c);
	if (!code)
		code = check_uploads(op, c);
	if (!code)
		code = check_folder(op, c);
	if (!code)
		code = check_machines(op, c);
	return code ? code : check_leftovers(op, c);
}

static enum vbc_hint finding_pick_hint(int code, const struct vbc_error *failure)
{
	if ((code == VBC_E_TLS || code == VBC_E_CONNECT) && vbc_error_hint(failure))
		return vbc_error_hint(failure);
	switch (code) {
	case VBC_E_CONNECT:
	case VBC_E_TIMEOUT: return VBC_HINT_START_SERVICE;
	case VBC_E_TLS: return VBC_HINT_CA_FILE;
	case VBC_E_AUTH: return VBC_HINT_CREDENTIALS;
	case VBC_E_PROTOCOL: return VBC_HINT_URL;
	default: return VBC_HINT_SERVICE_LOG;
	}
}

/* A host that could not be checked to the end is the finding. */
static int check_add_failure(struct check *c, int code, const struct vbc_error *failure)
{
	bool logon = code == VBC_E_AUTH;

	if (c->list->n)
		return check_add_finding(NULL, c, c->v[c->list->n - 1]->number + 1,
					 VBC_FINDING_LEVEL_ERROR, "service", failure->text,
					 finding_pick_hint(code, failure));
	return check_add_finding(NULL, c, logon ? N_LOGON : N_CONNECTION, VBC_FINDING_LEVEL_ERROR,
				 logon ? "logon" : "connection", failure->text,
				 finding_pick_hint(code, failure));
}

int vbc_host_check(struct vbc_host *host, struct vbc_findings **ret_findings, struct vbc_error *err)
{
	if (vbc_lacks(err, host, ret_findings))
		return VBC_E_ARG;

	/* Not the operation's: what it found before it failed is told, too. */
	struct check c = {.list = vbc_result_new(NULL, sizeof(struct vbc_findings))};
	struct vbc_error failure = {0};
	int code;

	if (c.list)
		c.v = VBC_ARENA_ARRAY(vbc_result_arena(c.list), const struct vbc_finding *,
				      FINDINGS_MAX);
	if (!c.v) {
		vbc_findings_free(c.list);
		return vbc_fail_nomem(err);
	}
	c.list->v = c.v;
	code = vbc_op_run(host, &vbc_op_brief, &failure, host_check_body, &c);
	if (code && code != VBC_E_NOMEM)
		code = check_add_failure(&c, code, &failure);
	if (code) {
		vbc_findings_free(c.list);
		return vbc_fail(err, code, "%s", failure.text);
	}
	*ret_findings = c.list;
	return VBC_OK;
}

void vbc_findings_free(struct vbc_findings *findings)
{
	vbc_result_free(findings);
}
