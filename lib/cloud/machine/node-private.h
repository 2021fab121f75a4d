/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the node share.
 */
#ifndef VBC_MACHINE_NODE_PRIVATE_H
#define VBC_MACHINE_NODE_PRIVATE_H

#include <vboxcloud/node.h>
#include <vboxcloud/size.h>

#include "vbox/lock.h"
#include "vbox/meta.h"
#include "vbox/op.h"

#define VBC_NODE_KIND "node"             /* of its metadata: libcloud/node/<uuid>            */
#define VBC_NODE_TAGS "tags"             /* in it: an object                                 */
#define VBC_NODE_SIZE_KEY "libcloud_size" /* extra data of the machine, as the original driver's */

/* Names of snapshots that are not the user's begin so; one tells when the node was created. */
#define VBC_NODE_HIDDEN "libcloud: "
#define VBC_NODE_MARKER VBC_NODE_HIDDEN "created"

#define VBC_NODE_CONTROLLER "SATA" /* of the nodes we make */

#define VBC_NODE_FIRMWARE (1 << 30) /* of enum vbc_node_fields: firmware, of one node alone */

/* A node that was found; strings in the operation's arena. */
struct vbc_found {
	vbc_ref machine;
	const char *id, *name;
};

/* Sweeps, then finds one node by its id or by a name that only one has. */
int vbc_node_find(struct vbc_op *op, const char *id_or_name, struct vbc_found *ret);

/* The name of a node of that id, in the operation's arena. */
int vbc_node_name(struct vbc_op *op, vbc_ref machine, const char *id, const char **ret_name);

/*
 * All nodes, with arrays of refs, in the operation's arena; `only` (may be null): just that one.
 * keys: of the host's extra data.
 */
int vbc_node_collect(struct vbc_op *op, const struct vbc_strs *keys, vbc_ref only, unsigned fields,
		     struct vbc_node **ret_nodes, vbc_ref **ret_refs, size_t *ret_n);

/*
 * Fills in the adapters, forwards and addresses of nodes, in the operation's arena. Those that
 * VirtualBox cannot read have none.
 */
int vbc_node_network(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs, size_t n);
/* Copies them into an arena; false when there is no memory. */
bool vbc_node_copy_network(struct vbc_arena *a, struct vbc_node *node);

/* All there is to know of one node; *ret is a result of its own. */
int vbc_node_read(struct vbc_op *op, vbc_ref machine, const char *id, struct vbc_node **ret);

/* Moves the nodes that VirtualBox can read to the front, with their refs; returns how many. */
size_t vbc_node_keep_readable(struct vbc_node *nodes, vbc_ref *refs, size_t n);

/* Copies a node's struct and strings into a caller's arena; NULL when there is no memory. */
const struct vbc_node *vbc_node_copy(struct vbc_arena *a, const struct vbc_node *node);

enum vbc_node_state vbc_node_state_from(enum vbc_MachineState state);

/* The log of the machine's last run, and the nth before it. */
int vbc_node_read_log(struct vbc_op *op, vbc_ref machine, unsigned nth, struct vbc_buf *text);
/* When a log was begun, in ms since 1970 UTC; 0: it does not say. */
int64_t vbc_log_opened_ms(const char *log);
/* What the last error says that a log tells of, in the arena; NULL: there is none. */
char *vbc_log_cause(struct vbc_arena *a, const char *log);

/*
 * Starts the machine in the session of a lock that is prepared or open, and waits until it runs.
 * Afterwards, when it runs, the session is locked.
 */
int vbc_node_launch(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock, unsigned from,
		    unsigned to);
/* The same without waiting. */
int vbc_node_spawn(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock,
		   vbc_ref *ret_progress);

/* The state now; the error says so when VirtualBox cannot read the machine. */
enum vbc_node_state vbc_node_state_now(struct vbc_op *op, vbc_ref machine, int *ret_code);

/* The state, once the node is neither starting nor stopping nor being set up. */
enum vbc_node_state vbc_node_settled(struct vbc_op *op, vbc_ref machine, int *ret_code);

/* Whether it has come to this state, whatever a call has said of it. */
bool vbc_node_is(struct vbc_op *op, vbc_ref machine, enum vbc_node_state wanted);

/* Locks a running node; VBC_E_STATE when it has stopped meanwhile. */
int vbc_node_take_console(struct vbc_op *op, vbc_ref machine, const char *id,
			  struct vbc_lock *lock, vbc_ref *ret_console);

/* Starts a node that is stopped or suspended, or lets a paused one go on. */
int vbc_node_wake(struct vbc_op *op, const struct vbc_found *f, enum vbc_node_state state);

#define VBC_IN(state) (1u << (state))
/*
 * Finds a node in one of these states, once it is settled; in another it is VBC_E_STATE: cannot be
 * <done>. ret_state may be NULL.
 */
int vbc_node_find_in(struct vbc_op *op, const char *id_or_name, unsigned states, const char *done,
		     struct vbc_found *ret, enum vbc_node_state *ret_state);

/*
 * Finds a node and locks it for changing; one that is not stopped (or is suspended) is
 * VBC_E_STATE: cannot be <done>.
 */
int vbc_node_take_stopped(struct vbc_op *op, const char *id_or_name, const char *done,
			  struct vbc_found *ret, struct vbc_lock *lock);

/*
 * The hard disk that a machine boots from: the first, in the order in which the firmware looks for
 * them, that is no volume; where all are volumes, the first of these. VBC_E_STATE: it has none.
 */
int vbc_node_disk(struct vbc_op *op, vbc_ref machine, vbc_ref *ret_disk);

/* What is attached to a machine, and which of that is the disk it boots from. */
struct vbc_node_disks {
	vbc_ref machine;
	struct vbc_IMediumAttachment_array all; /* given, as the machine is */
	size_t n_disks;
	const struct vbc_IMediumAttachment *first; /* NULL: none */
	bool lost; /* the machine or a disk of it has gone meanwhile: nothing is known */
};
int vbc_node_first_disk(struct vbc_op *op, struct vbc_node_disks *d);
/* Of many at once; one that is lost fails no other. */
int vbc_node_first_disks(struct vbc_op *op, struct vbc_node_disks *v, size_t n);

/* Disks on buses with a lower rank come first; on buses of one rank, those of the first controller. */
unsigned vbc_node_bus_rank(enum vbc_StorageBus bus);

/* Whether a disk is a volume, or what a snapshot has put on top of one. */
int vbc_node_disk_is_volume(struct vbc_op *op, vbc_ref disk, bool *ret);

/*
 * Fills in the sizes of nodes whose CPUs and memory are known, in the operation's arena; of those
 * that VirtualBox cannot read they are unknown. exact: the disk is asked for, too, where its size
 * was recorded when it was made.
 */
int vbc_node_sizes(struct vbc_op *op, struct vbc_node *nodes, const vbc_ref *refs, size_t n,
		   bool exact);

/*
 * Fails with VBC_E_BUSY when the disk of another node is linked to one of the machine's, which is
 * that of the node or, with the disks of then, of one of its snapshots. all: or to any that belongs
 * to the node's snapshots.
 */
int vbc_node_check_bases(struct vbc_op *op, vbc_ref machine, const char *node_id, bool all);

/* What other tools show as the name of a node; see node/name.c. NULL: no memory. */
const char *vbc_node_tame_name(struct vbc_op *op, const char *name);

/* The metadata of a node; of a machine of another tool, what there is to begin with. */
int vbc_node_meta(struct vbc_op *op, const struct vbc_found *f, struct vbc_meta **ret_meta);

/* Sets up the hardware of a machine that is not registered yet; serial_file may be NULL. */
struct vbc_platform;
int vbc_node_set_hardware(struct vbc_op *op, vbc_ref machine, const struct vbc_size *size,
			  const struct vbc_platform *platform, const char *serial_file);

/*
 * The network adapters and forwards of a machine that is not registered yet, of the node `id` that
 * the journal knows; names: of the networks, resolved. The first: what can be judged without a host.
 */
int vbc_node_check_adapters(const struct vbc_node_create_opts *opts, struct vbc_error *err);
int vbc_node_set_adapters(struct vbc_op *op, vbc_ref machine, const char *id,
			  const struct vbc_node_create_opts *opts, const char *const *names);

/* Whether a machine in this state has power. */
bool vbc_node_has_power(enum vbc_node_state s);

/* With a lock that is prepared: cuts the power if there is any, waits until nobody has it locked. */
int vbc_node_power_off(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock);

/*
 * With a lock that is prepared: removes a machine from the host: power, snapshots, registration,
 * its own disks, its folder. Whatever of it is gone already is no error.
 */
int vbc_node_remove(struct vbc_op *op, vbc_ref machine, struct vbc_lock *lock);

/* The machine of that id, or of that settings file; null when none is registered. */
int vbc_node_registered(struct vbc_op *op, const char *id, vbc_ref *ret_machine);

/* Removes what the host's extra data holds of a node that is no more: metadata, reserved ports. */
int vbc_node_forget(struct vbc_op *op, const char *id);

/*
 * What is known of a machine's settings: whether VirtualBox can read them, if they are still there.
 * Its service may not survive to try; so where an earlier try may have ended it, or they are not
 * readable, they are not opened. READABLE and UNOPENED: nobody needs the machine's disks.
 */
enum vbc_settings { VBC_SETTINGS_UNREADABLE, VBC_SETTINGS_READABLE, VBC_SETTINGS_UNOPENED };

/*
 * Removes what is left of a machine that is not registered. In the folder of a node of ours that is
 * all that machines make; elsewhere, others may have their files in the same folder: there it is
 * what the settings tell of. What may be dear to somebody stays, and is named in the log.
 */
int vbc_node_remove_files(struct vbc_op *op, const char *settings, enum vbc_settings are);

/*
 * The same of a machine that was just unregistered, with these media. Nobody finds it any more: so
 * this goes through to its end, cancelled or not.
 */
int vbc_node_delete_files(struct vbc_op *op, vbc_ref machine, const char *folder,
			  const struct vbc_refs *media);

/* Where a settings file is, with the separator at its end; NULL: no memory. */
const char *vbc_node_folder(struct vbc_op *op, const char *settings);

#define VBC_NODE_SNAPSHOTS "Snapshots" /* the folder in it that is VirtualBox's own */

/* Removes the folder that these settings would be in, and what VirtualBox itself keeps there. */
int vbc_node_remove_folder(struct vbc_op *op, const char *settings);

#endif
