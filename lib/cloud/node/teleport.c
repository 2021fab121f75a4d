/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Moving a running node to another host that sees the same files at the same path: that host opens
 * the machine's own settings file and listens, this one sends it the memory, and then forgets the
 * machine. One program does both, with an operation on the source, and one on the target inside it:
 *
 *       on the source                                 on the target
 *   teleport_source_body()
 *     find the node, its volumes and images   [UP]
 *     S: "node-leave" is begun                     teleport_target_body()
 *                                                    would its volumes be volumes here?
 *                                                    T: "node-arrive" is begun
 *                                                    forget its disks, open and register it  [OFF]
 *                                                    vbc_teleport_listen(): start it   [LISTENING]
 *     S: "sent"                                      T: "sent"
 *     vbc_teleport_send()                [SENDING] ====memory====>
 *                                          [GIVEN]                                            [UP]
 *     or it stays: neither is "sent"          [UP]
 *                                                    vbc_teleport_arrive(): its metadata,
 *                                                      volumes and ports are this host's
 *                                                    T: ended; or vbc_node_arrive_undo()
 *     vbc_node_leave_undo(): unregister it,
 *       its metadata and volumes go
 *     S: ended; or it is undone once more
 *
 * S and T are the entries in the journals of the two, in brackets are the states of the machine
 * (node/teleport-state.h). The connection to a machine's process, and so the answer of its last
 * call, ends with the process; so what became of it is judged by the states alone, never by an
 * answer.
 *
 * A failure, and the death of this program at any point, leads to the same two undos, which look
 * only at their own host: after a failure this program calls them, else the next command on each
 * host.
 *
 *   machine on the source                        S: vbc_node_leave_undo()
 *     UP                                         stays, the entry ends
 *     SENDING                                    is waited for: VirtualBox goes on without us
 *     GIVEN; OFF, "sent", and its logs say so    goes
 *     not registered, and "sent"                 goes: what is left of it
 *     all else                                   stays: it was stopped or removed meanwhile
 *
 *   machine on the target                        T: vbc_node_arrive_undo()
 *     UP                                         has come, forward: vbc_teleport_arrive()
 *     OFF, "sent", unless its logs say it stayed has come and ended since: forward
 *     LISTENING                                  its start is cancelled, then as the next
 *     OFF                                        unregistered; its files are the source's
 *     not registered                             its disks are forgotten
 *
 * VirtualBox forgets that a machine was GIVEN when its service ends; from then on both hosts read
 * it in the machine's logs, which they share (node/teleport-log.h).
 */
#include <vboxcloud/node.h>

#include <stdlib.h>
#include <string.h>

#include "base/given.h"
#include "host/keys.h"
#include "journal/entry.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/address.h"
#include "machine/record.h"
#include "machine/registered.h"
#include "machine/wait-stable.h"
#include "node/teleport-disks.h"
#include "node/teleport-listen.h"
#include "node/teleport-send.h"
#include "node/teleport-state.h"
#include "node/teleport-undo.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

#define PORT_FIRST 30000 /* below those that systems give to outgoing connections */
#define PORTS      2500

struct teleport {
	const char *id_or_name;
	struct vbc_host *to;
	const struct vbc_wait *wait;
	const char *wanted_address; /* NULL: that of the host's URL */
	/* of one run */
	struct vbc_op *source;
	vbc_ref machine;           /* on the target */
	struct vbc_node_ref found; /* on the source */
	const char *settings, *json;
	const struct vbc_meta *leaving;  /* the entry of the source */
	const struct vbc_meta *arriving; /* that of the target      */
	struct vbc_teleport_way way;
};

/* The source's first: what is noted here makes this host keep a machine that has stopped. */
static int target_note_sending(struct vbc_op *op, struct vbc_op *source)
{
	int code = vbc_work_note(source, VBC_TELEPORT_SENT, "yes");

	return code ? vbc_fail_hint(&op->error, code, vbc_error_hint(&source->error), "%s",
				    source->error.text)
		    : vbc_work_note(op, VBC_TELEPORT_SENT, "yes");
}

static void journal_clear_sent(struct vbc_op *op)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	vbc_work_note(op, VBC_TELEPORT_SENT, "");
}

/* An open machine that is not registered would keep its disks known as long as the session lives.
 */
static int target_register(struct vbc_op *op, vbc_ref machine)
{
	int code = vbc_IVirtualBox_registerMachine(op, op->vbox, machine);

	if (code)
		vbc_op_release(op, machine);
	return code;
}

static bool target_open_disks(struct vbc_op *op, const struct teleport *t)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_teleport_open_disks(op, t->leaving);

	return !code;
}

static int target_open_machine(struct vbc_op *op, struct teleport *t)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	int code = vbc_IVirtualBox_openMachine(op, op->vbox, t->settings, "", &t->machine);

	/*
	 * What VirtualBox holds against the settings it says in an error of its machine. Opened
	 * without need, the disks would be left out of the settings when these are written next.
	 */
	if (code && op->error.component[0] && target_open_disks(op, t)) {
		vbc_op_forgive(op);
		code = vbc_IVirtualBox_openMachine(op, op->vbox, t->settings, "", &t->machine);
	}
	vbc_aside_end(&aside, code);
	return vbc_error_prefix(&op->error, code,
				"the other host must see the node's folder at the same path");
}

static int target_receive(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	int code;

	vbc_teleport_forget_disks(op, t->arriving);
	code = target_open_machine(op, t);
	if (!code)
		code = target_register(op, t->machine);
	if (!code)
		code = vbc_teleport_listen(op, t->machine, t->found.id, &t->way);
	if (!code)
		code = target_note_sending(op, t->source);
	if (!code) {
		code = vbc_teleport_send(t->source, op, &t->found, &t->way);
		if (code) { /* it is known where the node is */
			vbc_fail_hint(&op->error, code, vbc_error_hint(&t->source->error), "%s",
				      t->source->error.text);
			journal_clear_sent(op);
			journal_clear_sent(t->source);
		}
	}
	return code ? code : vbc_teleport_arrive(op, t->machine, t->found.id, t->arriving);
}

/* The other host gives it away before it runs here. */
static int target_check_running(struct vbc_op *op, vbc_ref machine)
{
	enum vbc_teleport_state state = VBC_TELEPORT_ELSE;
	int code = vbc_teleport_rest(op, machine, &state);

	if (code || state == VBC_TELEPORT_UP)
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_READ_LOG,
			     "it arrived on the other host, and stopped there");
}

static int teleport_target_body(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {VBC_WORK_THING, "node-arrive", t->found.id, entry, NULL};
	struct vbc_strs keys = {0};
	vbc_ref machine = {NULL};
	int code = entry ? vbc_host_keys(op, &keys) : vbc_fail_nomem(&op->error);

	op->progress.what = "teleporting";
	if (!code)
		code = vbc_node_registered(op, t->found.id, &machine);
	if (!code && !vbc_ref_is_null(machine))
		code = vbc_fail(&op->error, VBC_E_EXISTS, "the other host already has this node");
	t->way.address = t->wanted_address;
	if (!code && !t->way.address)
		t->way.address = vbc_url_host(op);
	if (!code && !t->way.address)
		code = vbc_fail_nomem(&op->error);
	if (!code)
		code = vbc_teleport_check_volumes(op, t->leaving);
	if (!code)
		code = vbc_teleport_tell_disks(op, &keys, t->leaving, entry);
	if (code)
		return code;
	vbc_meta_set_str(entry, VBC_TELEPORT_SETTINGS, t->settings);
	vbc_meta_set_str(entry, VBC_TELEPORT_NODE, t->json);
	t->arriving = entry;
	code = vbc_work_run(op, &work, target_receive, t);
	return code ? code : target_check_running(op, t->machine);
}

static int source_look(struct vbc_op *op, struct teleport *t)
{
	const char *key;
	int code = vbc_node_find_in(op, t->id_or_name, VBC_IN(VBC_NODE_STATE_RUNNING), "teleported",
				    &t->found, NULL);

	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, t->found.machine, &t->settings);
	if (code)
		return code;
	key = vbc_node_record_key(op, t->found.id);
	return key ? vbc_IVirtualBox_getExtraData(op, op->vbox, key, &t->json)
		   : vbc_fail_nomem(&op->error);
}

/* A port and a password for this once. */
static int source_choose_way(struct vbc_op *op, struct teleport *t)
{
	char random[37];
	int code = vbc_op_make_uuid(op, random);

	if (!code)
		code = vbc_op_make_uuid(op, t->way.password);
	if (code)
		return code;
	t->way.port = PORT_FIRST + (unsigned)strtoul(random + 24, NULL, 16) % PORTS;
	return VBC_OK;
}

/* Whatever was said: a machine that was given away is the other host's. */
static void source_leave(struct vbc_op *op, const struct teleport *t, struct vbc_meta *entry,
			 int code)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	if (code || vbc_node_leave_undo(op, t->found.id, entry) || vbc_journal_end(op, t->found.id))
		vbc_journal_undo(op, t->found.id, entry);
}

static int teleport_source_body(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct vbc_error error = {0};
	int code = entry ? source_look(op, t) : vbc_fail_nomem(&op->error);

	op->progress.what = "teleporting";
	if (!code)
		code = source_choose_way(op, t);
	if (!code) {
		code = vbc_teleport_find_disks(op, t->found.machine, t->found.id, t->settings,
					       entry);
		vbc_error_prefix(&op->error, code, "cannot teleport node '%s'", t->found.name);
	}
	if (code)
		return code;
	vbc_meta_set_str(entry, VBC_TELEPORT_SETTINGS, t->settings);
	vbc_op_about_nothing(op);
	code = vbc_journal_begin(op, "node-leave", t->found.id, entry);
	if (code) {
		vbc_journal_undo(op, t->found.id, entry);
		return code;
	}
	t->source = op;
	t->leaving = entry;
	code = vbc_run_recovered(t->to, t->wait, &error, teleport_target_body, t);
	if (code && !op->error.code)
		vbc_fail_hint(&op->error, code, vbc_error_hint(&error), "%s", error.text);
	source_leave(op, t, entry, code);
	return vbc_error_prefix(&op->error, code, "cannot teleport node '%s'", t->found.name);
}

int vbc_node_teleport(struct vbc_host *host, const char *id_or_name, struct vbc_host *to,
		      const struct vbc_node_teleport_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, to))
		return VBC_E_ARG;

	struct vbc_node_teleport_opts o = VBC_NODE_TELEPORT_OPTS_INIT;
	struct teleport t = {.id_or_name = id_or_name, .to = to, .wait = wait};

	vbc_opts_read(&o, opts);
	t.wanted_address = o.address;
	return vbc_run_recovered(host, wait, err, teleport_source_body, &t);
}
