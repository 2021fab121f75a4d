/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Moving a running node to another host that sees the same files at the same path: that host opens
 * the machine's own settings file and listens, this one sends it the memory, and then forgets the
 * machine. Both journals tell of it. What became of it is judged by the machines' states alone: the
 * connection to a machine's process, and so the answer of its last call, ends with the process.
 */
#include "node/teleport.h"

#include <string.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/str.h"
#include "forward/log.h"
#include "forward/port-settle.h"
#include "host/keys.h"
#include "journal/entry.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/address.h"
#include "machine/find.h"
#include "machine/list.h"
#include "machine/power-off.h"
#include "machine/settle.h"
#include "node/destroy.h"
#include "node/launch.h"
#include "node/teleport-disks.h"
#include "node/teleport-log.h"
#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/progress.h"

#define POLL_MS         100
#define LISTEN_MS       60000
#define SETTLE_MS       30000
#define STEP_MS         500
#define LISTENS_MS      500   /* after it said that it listens, it does */
#define SAYS_MS         20000 /* and that it says within                */
#define CONNECT_MS      10000 /* as long one tries to connect           */
#define PORT_FIRST      30000 /* below those that systems give to outgoing connections */
#define PORTS           2500
#define MAX_DOWNTIME_MS 250 /* VirtualBox's own default */

#define NODE "node" /* in the target's journal: the node's metadata                 */
#define SENT "sent" /* in both journals: the source may have given it away meanwhile */

struct teleport {
	const char *id_or_name;
	struct vbc_host *to;
	const struct vbc_wait *wait;
	/* of one run */
	struct vbc_op *source;
	vbc_ref machine, start; /* on the target */
	struct vbc_found found; /* on the source */
	const char *settings, *json, *address, *wanted_address; /* NULL: that of the host's URL */
	const struct vbc_meta *leaving; /* the entry of the source */
	const struct vbc_meta *arriving; /* that of the target      */
	char password[37];
	unsigned port;
};

static bool is_arrived(enum vbc_MachineState state)
{
	return state == VBC_MachineState_Running || state == VBC_MachineState_Paused;
}

/* It must be known while it runs: at its next start it would wait for a teleport again. */
static int listen_no_more(struct vbc_op *op, vbc_ref machine, const char *id)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_take(op, machine, id, VBC_LockType_Shared, &lock);

	if (!code)
		code = vbc_IMachine_setTeleporterEnabled(op, lock.machine, false);
	if (!code)
		code = vbc_IMachine_saveSettings(op, lock.machine);
	vbc_lock_drop(op, &lock);
	return code;
}

/* The node is this host's now. */
static int arrive(struct vbc_op *op, vbc_ref machine, const char *id, const struct vbc_meta *entry)
{
	const char *json = vbc_meta_str(entry, NODE), *key = vbc_meta_key(op, VBC_NODE_KIND, id);
	int code = key ? VBC_OK : vbc_fail_nomem(&op->error);

	if (!code && json[0])
		code = vbc_IVirtualBox_setExtraData(op, op->vbox, key, json);
	if (!code)
		code = vbc_teleport_take_disks(op, id, entry);
	if (!code)
		code = vbc_port_settle(op, id, machine);
	return code ? code : listen_no_more(op, machine, id);
}

/*
 * The files stay: they are the other host's too. But what VirtualBox still knew of its disks when
 * the node comes back it would not write into the node's settings again, and at its next start not
 * find.
 */
static int unregister(struct vbc_op *op, vbc_ref machine)
{
	struct vbc_refs media = {0};
	struct vbc_error first;
	int code = vbc_IMachine_unregister(op, machine, VBC_CleanupMode_Full, &media);

	if (code)
		return code;
	first = vbc_op_try(op);
	for (size_t i = 0; i < media.n; i++)
		vbc_IMedium_close(op, media.v[i]); /* in use by others: it may stay known */
	vbc_op_try_end(op, &first);
	return VBC_OK;
}

static void forget_all_disks(struct vbc_op *op, const struct vbc_meta *entry)
{
	vbc_teleport_forget_own(op, entry);
	vbc_teleport_forget_volumes(op, entry);
	vbc_teleport_forget_borrowed(op, entry);
}

/* A machine whose process is new still shows as off. */
static int await_coming(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + SAYS_MS;
	enum vbc_MachineState state = VBC_MachineState_Null;
	enum vbc_SessionState session = VBC_SessionState_Null;
	int code = vbc_IMachine_getState(op, machine, &state);

	while (!code && state != VBC_MachineState_TeleportingIn &&
	       session != VBC_SessionState_Unlocked && vbc_now_ms() < deadline) {
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_IMachine_getSessionState(op, machine, &session);
		if (!code)
			code = vbc_IMachine_getState(op, machine, &state);
	}
	return code;
}

/* The machine's state says that it listens long before it does; its log is right. */
static int await_ears(struct vbc_op *op, vbc_ref machine)
{
	int64_t deadline = vbc_now_ms() + SAYS_MS;
	enum vbc_MachineState state = VBC_MachineState_TeleportingIn;
	int code = VBC_OK;

	while (!code && state == VBC_MachineState_TeleportingIn && vbc_now_ms() < deadline) {
		struct vbc_arena kept = vbc_op_borrow(op); /* a log is long */
		const char *text = "";
		bool listens;

		code = vbc_port_log(op, machine, 0, &text);
		listens = !code && strstr(text, "Teleporter: Waiting for incoming VM");
		vbc_op_borrow_end(op, &kept);
		if (code || listens)
			break;
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_IMachine_getState(op, machine, &state);
	}
	return code;
}

static bool is_of_machine(struct vbc_op *op, vbc_ref operation, const char *id)
{
	struct vbc_error saved = vbc_op_try(op);
	const char *of = "";
	vbc_ref machine = {NULL};

	/* Others were begun by disks, and one that has ended meanwhile is forgotten. */
	if (!vbc_IProgress_getInitiator(op, operation, &machine) && !vbc_ref_is_null(machine))
		vbc_IMachine_getId(op, machine, &of);
	vbc_op_try_end(op, &saved);
	return streq(of, id);
}

/* Its start does not end before the node has come, and who began that may be gone. */
static int cancel_start(struct vbc_op *op, const char *id)
{
	struct vbc_refs running = {0};
	int code = vbc_IVirtualBox_getProgressOperations(op, op->vbox, &running);

	for (size_t i = 0; !code && i < running.n; i++)
		if (is_of_machine(op, running.v[i], id))
			vbc_progress_abort(op, running.v[i]);
	return code;
}

/*
 * A machine that listens has no power to cut: its start is cancelled instead, of which it would not
 * hear before.
 */
static int stop_listening(struct vbc_op *op, vbc_ref machine, const char *id)
{
	int code = await_coming(op, machine);

	if (!code)
		code = await_ears(op, machine);
	if (code)
		return code;
	vbc_sleep_ms(LISTENS_MS);
	code = cancel_start(op, id);
	return code ? code : vbc_lock_wait_free(op, machine, id);
}

int vbc_node_arrive_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	enum vbc_SessionState session = VBC_SessionState_Null;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (!code && vbc_ref_is_null(machine))
		forget_all_disks(op, entry);
	if (code || vbc_ref_is_null(machine))
		return code;
	code = vbc_IMachine_getState(op, machine, &state);
	if (!code)
		code = vbc_IMachine_getSessionState(op, machine, &session);
	if (!code && (is_arrived(state) ||
		      (session == VBC_SessionState_Unlocked && vbc_meta_str(entry, SENT)[0] &&
		       vbc_teleport_find_fate(op, machine) != VBC_TELEPORT_STAYED)))
		return arrive(op, machine, id, entry);
	if (!code && session != VBC_SessionState_Unlocked)
		code = stop_listening(op, machine, id);
	if (!code)
		code = listen_no_more(op, machine, id);
	if (!code)
		code = unregister(op, machine);
	if (!code)
		forget_all_disks(op, entry);
	return code;
}

/* The state of a machine that is not on its way any more: it goes without the program that sent it.
 */
static int get_rest(struct vbc_op *op, vbc_ref machine, enum vbc_MachineState *ret_state)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;
	int code = vbc_IMachine_getState(op, machine, ret_state);

	while (!code && (*ret_state == VBC_MachineState_Teleporting ||
			 *ret_state == VBC_MachineState_TeleportingPausedVM ||
			 *ret_state == VBC_MachineState_TeleportingIn)) {
		if (vbc_now_ms() >= deadline)
			return vbc_fail(&op->error, VBC_E_BUSY, "it is still being teleported");
		code = vbc_op_sleep(op, POLL_MS);
		if (!code)
			code = vbc_IMachine_getState(op, machine, ret_state);
	}
	return code;
}

/* Whether it was given away. That VirtualBox says so as long as its service runs. */
static bool is_given_away(struct vbc_op *op, vbc_ref machine, enum vbc_MachineState state,
			  const struct vbc_meta *entry)
{
	bool is_off = state == VBC_MachineState_PoweredOff || state == VBC_MachineState_Aborted;

	return state == VBC_MachineState_Teleported ||
	       (is_off && vbc_meta_str(entry, SENT)[0] &&
		vbc_teleport_find_fate(op, machine) == VBC_TELEPORT_WENT);
}

/* A machine that is not here, and was never sent, was removed by another tool: its volumes stay. */
int vbc_node_leave_undo(struct vbc_op *op, const char *id, const struct vbc_meta *entry)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	vbc_ref machine = {NULL};
	int code = vbc_node_registered(op, id, &machine);

	if (!code && vbc_ref_is_null(machine) && !vbc_meta_str(entry, SENT)[0])
		return VBC_OK;
	if (!code && !vbc_ref_is_null(machine))
		code = get_rest(op, machine, &state);
	if (code || (!vbc_ref_is_null(machine) && !is_given_away(op, machine, state, entry)))
		return code;
	if (!vbc_ref_is_null(machine)) {
		code = vbc_lock_wait_free(op, machine, id);
		if (!code)
			code = unregister(op, machine);
	}
	if (code)
		return code;
	vbc_teleport_forget_own(op, entry);
	code = vbc_teleport_leave_disks(op, id, entry);
	return code ? code : vbc_node_forget(op, id);
}

static int configure(struct vbc_op *op, const struct teleport *t, vbc_ref machine)
{
	int code = vbc_IMachine_setTeleporterPort(op, machine, t->port);

	if (!code)
		code = vbc_IMachine_setTeleporterAddress(op, machine, t->address);
	if (!code)
		code = vbc_IMachine_setTeleporterPassword(op, machine, t->password);
	if (!code)
		code = vbc_IMachine_setTeleporterEnabled(op, machine, true);
	return code ? code : vbc_IMachine_saveSettings(op, machine);
}

static int fail_deaf(struct vbc_op *op, const struct teleport *t)
{
	return vbc_fail(&op->error, VBC_E_STATE, "the other host does not listen at %s port %u",
			t->address, t->port);
}

/* On the target: whether the start has ended, because the node came, or in an error. */
static int check_start(struct vbc_op *op, const struct teleport *t, bool *ret_ended)
{
	int code = vbc_IProgress_getCompleted(op, t->start, ret_ended);

	if (code || !*ret_ended)
		return code;
	return vbc_error_prefix(&op->error, vbc_progress_wait(op, t->start, "teleporting", 0, 0),
				"the other host does not listen at %s port %u", t->address,
				t->port);
}

/* The progress of the start ends when the node has arrived; so this waits for the state. */
static int await_listening(struct vbc_op *op, const struct teleport *t)
{
	int64_t deadline = vbc_now_ms() + LISTEN_MS;

	for (;;) {
		enum vbc_MachineState state = VBC_MachineState_Null;
		bool ended = false;
		int code = vbc_IMachine_getState(op, t->machine, &state);

		if (!code && state == VBC_MachineState_TeleportingIn)
			return await_ears(op, t->machine);
		if (!code)
			code = check_start(op, t, &ended);
		if (!code && (ended || vbc_now_ms() >= deadline))
			code = fail_deaf(op, t);
		if (!code)
			code = vbc_op_sleep(op, POLL_MS);
		if (code)
			return code;
	}
}

static int listen(struct vbc_op *op, struct teleport *t)
{
	struct vbc_lock lock = {0};
	int code = vbc_lock_take(op, t->machine, t->found.id, VBC_LockType_Write, &lock);

	if (!code)
		code = configure(op, t, lock.machine);
	if (!code)
		code = vbc_lock_open(op, &lock);
	if (!code)
		code = vbc_node_spawn(op, t->machine, &lock, &t->start);
	if (!code) {
		code = await_listening(op, t);
		lock.locked = code == VBC_OK;
	}
	vbc_lock_drop(op, &lock);
	return code;
}

/* The end of the machine's process fails the calls that wait for it, which says nothing. */
static int await_sent(struct vbc_op *op, struct vbc_op *target, vbc_ref progress)
{
	bool completed = false;
	int code = VBC_OK;

	while (!code && !completed) {
		struct vbc_error first = vbc_op_try(op);

		vbc_op_keep(op);
		vbc_op_keep(target);
		completed = vbc_IProgress_waitForCompletion(op, progress, STEP_MS) ||
			    vbc_IProgress_getCompleted(op, progress, &completed) || completed;
		vbc_op_try_end(op, &first);
		code = vbc_op_tick(op);
	}
	if (code)
		vbc_progress_abort(op, progress);
	return code;
}

/* Why it did not go: the progress object may tell. */
static int explain(struct vbc_op *op, vbc_ref progress)
{
	int code = vbc_progress_wait(op, progress, "teleporting", 0, 100);

	return code ? code : vbc_fail(&op->error, VBC_E_STATE, "VirtualBox did not teleport it");
}

static int judge(struct vbc_op *op, const struct teleport *t, vbc_ref progress)
{
	int64_t deadline = vbc_now_ms() + SETTLE_MS;

	for (;;) {
		enum vbc_MachineState state = VBC_MachineState_Null;
		int code = vbc_IMachine_getState(op, t->found.machine, &state);

		if (code || state == VBC_MachineState_Teleported)
			return code;
		if (is_arrived(state) || vbc_now_ms() >= deadline)
			return explain(op, progress);
		vbc_sleep_ms(POLL_MS);
	}
}

static int send_once(struct vbc_op *op, struct vbc_op *target, const struct teleport *t)
{
	struct vbc_lock lock = {0};
	vbc_ref console = {NULL}, progress = {NULL};
	int code = vbc_node_take_console(op, t->found.machine, t->found.id, &lock, &console);

	if (code)
		return code;
	code = vbc_IConsole_teleport(op, console, t->address, t->port, t->password, MAX_DOWNTIME_MS,
				     &progress);
	if (!code) {
		int sent = await_sent(op, target, progress);
		bool undoing = op->undoing;

		op->undoing = true; /* where it is must be known, also when nobody waits any more */
		code = judge(op, t, progress);
		op->undoing = undoing;
		if (code && sent)
			code = sent;
	}
	lock.locked = code != VBC_OK; /* the end of the machine's process unlocks */
	vbc_lock_drop(op, &lock);
	return code;
}

/*
 * On the source: sends it. Afterwards the machine is the target's, or still here and running. The
 * target may not listen yet.
 */
static int send(struct vbc_op *op, struct vbc_op *target, const struct teleport *t)
{
	struct vbc_error saved = op->error;
	int64_t deadline = vbc_now_ms() + CONNECT_MS;
	bool ended = false;
	int code = send_once(op, target, t);

	while (code == VBC_E_FAULT && !ended && vbc_now_ms() < deadline) {
		op->error = saved;
		code = check_start(target, t, &ended);
		if (!code && !ended)
			code = vbc_op_sleep(op, LISTENS_MS);
		if (!code && !ended)
			code = send_once(op, target, t);
	}
	return code;
}

/* The source's first: what is noted here makes this host keep a machine that has stopped. */
static int note_sending(struct vbc_op *op, struct vbc_op *source)
{
	int code = vbc_journal_note(source, SENT, "yes");

	return code ? vbc_fail_hint(&op->error, code, vbc_error_hint(&source->error), "%s",
				    source->error.text)
		    : vbc_journal_note(op, SENT, "yes");
}

static void not_sent(struct vbc_op *op)
{
	struct vbc_error first = vbc_op_try(op);

	vbc_journal_note(op, SENT, "");
	vbc_op_try_end(op, &first);
}

/* An open machine that is not registered would keep its disks known as long as the session lives. */
static int register_here(struct vbc_op *op, vbc_ref machine)
{
	int code = vbc_IVirtualBox_registerMachine(op, op->vbox, machine);

	if (code)
		vbc_op_release(op, machine);
	return code;
}

static bool open_disks(struct vbc_op *op, const struct teleport *t)
{
	struct vbc_error first = vbc_op_try(op);
	int code = vbc_teleport_open_disks(op, t->leaving);

	vbc_op_try_end(op, &first);
	return !code;
}

static int open_machine(struct vbc_op *op, struct teleport *t)
{
	struct vbc_error saved = vbc_op_try(op);
	int code = vbc_IVirtualBox_openMachine(op, op->vbox, t->settings, "", &t->machine);

	/*
	 * What VirtualBox holds against the settings it says in an error of its machine. Opened
	 * without need, the disks would be left out of the settings when these are written next.
	 */
	if (code && op->error.component[0] && open_disks(op, t)) {
		op->error = saved;
		code = vbc_IVirtualBox_openMachine(op, op->vbox, t->settings, "", &t->machine);
	}
	return vbc_error_prefix(&op->error, code,
				"the other host must see the node's folder at the same path");
}

static int node_receive(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	int code;

	forget_all_disks(op, t->arriving);
	code = open_machine(op, t);
	if (!code)
		code = register_here(op, t->machine);
	if (!code)
		code = listen(op, t);
	if (!code)
		code = note_sending(op, t->source);
	if (!code) {
		code = send(t->source, op, t);
		if (code) { /* it is known where the node is */
			vbc_fail_hint(&op->error, code, vbc_error_hint(&t->source->error), "%s",
				      t->source->error.text);
			not_sent(op);
			not_sent(t->source);
		}
	}
	return code ? code : arrive(op, t->machine, t->found.id, t->arriving);
}

/* The other host gives it away before it runs here. */
static int check_running(struct vbc_op *op, vbc_ref machine)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	int code = get_rest(op, machine, &state);

	if (code || is_arrived(state))
		return code;
	return vbc_fail_hint(&op->error, VBC_E_STATE, VBC_HINT_READ_LOG,
			     "it arrived on the other host, and stopped there");
}

static int target_body(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	const struct vbc_work work = {vbc_journal_begin, "node-arrive", t->found.id, entry, NULL};
	struct vbc_strs keys = {0};
	vbc_ref machine = {NULL};
	int code = entry ? vbc_host_keys(op, &keys) : vbc_fail_nomem(&op->error);

	op->progress.what = "teleporting";
	if (!code)
		code = vbc_node_registered(op, t->found.id, &machine);
	if (!code && !vbc_ref_is_null(machine))
		code = vbc_fail(&op->error, VBC_E_EXISTS, "the other host already has this node");
	t->address = t->wanted_address;
	if (!code && !t->address)
		t->address = vbc_url_host(op);
	if (!code && !t->address)
		code = vbc_fail_nomem(&op->error);
	if (!code)
		code = vbc_teleport_check_volumes(op, t->leaving);
	if (!code)
		code = vbc_teleport_tell_disks(op, &keys, t->leaving, entry);
	if (code)
		return code;
	vbc_meta_set_str(entry, VBC_TELEPORT_SETTINGS, t->settings);
	vbc_meta_set_str(entry, NODE, t->json);
	t->arriving = entry;
	code = vbc_work_run(op, &work, node_receive, t);
	return code ? code : check_running(op, t->machine);
}

static int look(struct vbc_op *op, struct teleport *t)
{
	const char *key;
	int code = vbc_node_find_in(op, t->id_or_name, VBC_IN(VBC_NODE_STATE_RUNNING), "teleported",
				    &t->found, NULL);

	if (!code)
		code = vbc_IMachine_getSettingsFilePath(op, t->found.machine, &t->settings);
	if (code)
		return code;
	key = vbc_meta_key(op, VBC_NODE_KIND, t->found.id);
	return key ? vbc_IVirtualBox_getExtraData(op, op->vbox, key, &t->json)
		   : vbc_fail_nomem(&op->error);
}

/* A port and a password for this once. */
static int choose_secrets(struct vbc_op *op, struct teleport *t)
{
	char random[37];

	if (!vbc_uuid_new(random) || !vbc_uuid_new(t->password))
		return vbc_fail(&op->error, VBC_E_NOMEM,
				"this system cannot provide random numbers");
	t->port = PORT_FIRST + (unsigned)strtoul(random + 24, NULL, 16) % PORTS;
	return VBC_OK;
}

/* Whatever was said: a machine that was given away is the other host's. */
static void leave(struct vbc_op *op, const struct teleport *t, struct vbc_meta *entry, int code)
{
	struct vbc_error first = vbc_op_try(op);

	if (code || vbc_node_leave_undo(op, t->found.id, entry) || vbc_journal_end(op, t->found.id))
		vbc_journal_undo(op, t->found.id, entry);
	vbc_op_try_end(op, &first);
}

static int source_body(struct vbc_op *op, void *arg)
{
	struct teleport *t = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	struct vbc_error error = {0};
	int code = entry ? look(op, t) : vbc_fail_nomem(&op->error);

	op->progress.what = "teleporting";
	if (!code)
		code = choose_secrets(op, t);
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
	code = vbc_run_recovered(t->to, t->wait, &error, target_body, t);
	if (code && !op->error.code)
		vbc_fail_hint(&op->error, code, vbc_error_hint(&error), "%s", error.text);
	leave(op, t, entry, code);
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
	return vbc_run_recovered(host, wait, err, source_body, &t);
}
