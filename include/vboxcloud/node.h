/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes: virtual machines.
 */
#ifndef VBOXCLOUD_NODE_H
#define VBOXCLOUD_NODE_H

#include <vboxcloud/address.h>
#include <vboxcloud/display.h>
#include <vboxcloud/first-boot.h>
#include <vboxcloud/forward.h>
#include <vboxcloud/host.h>
#include <vboxcloud/network.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a node is doing. The names are libcloud's. Since 0.1. */
enum vbc_node_state {
	VBC_NODE_STATE_UNKNOWN = 0,
	VBC_NODE_STATE_RUNNING,
	VBC_NODE_STATE_STARTING,
	VBC_NODE_STATE_STOPPING,
	VBC_NODE_STATE_STOPPED,
	VBC_NODE_STATE_PAUSED,
	VBC_NODE_STATE_SUSPENDED, /* its state is saved on the host's disk */
	VBC_NODE_STATE_UPDATING,  /* a snapshot or setting up is under way */
	VBC_NODE_STATE_ERROR      /* VirtualBox cannot read the machine    */
};

/* The name of a state: "running", "stopped", ... Static text; any thread. Since 0.1. */
const char *vbc_node_state_name(enum vbc_node_state state);

/* A word that a user gave to a node. Since 0.1. */
struct vbc_tag {
	const char *key, *value; /* value may be "" */
};

struct vbc_tags {
	size_t n;
	const struct vbc_tag *const *v; /* by key */
};

struct vbc_node {
	const char *id;   /* the machine's UUID                                     */
	const char *name; /* free text, several nodes may share one                 */
	enum vbc_node_state state;
	const char *machine_state; /* VirtualBox's own word, "PoweredOff"                   */
	const char *size;          /* size id of what the machine has now; "" unknown        */
	const char *image;         /* id of the image it was made from, "" unknown           */
	int64_t created_at_ms;     /* since 1970 UTC; 0: unknown (made by another tool)      */
	unsigned cpus, memory_mib; /* 0 unknown                                              */
	unsigned disk_gib;         /* of its first disk; 0: it has none, or unknown          */
	const char *os_type;       /* "Debian_64"                                            */
	const char *description;
	const char *settings_file; /* on the host                                           */
	const char *error; /* why it is VBC_NODE_STATE_ERROR, else ""                      */
	struct vbc_network_adapters adapters; /* those that are switched on                 */
	struct vbc_forwards forwards;
	struct vbc_addresses addresses; /* of its adapters, then of its forwards            */
	struct vbc_texts public_ips, private_ips; /* the guest's own among the addresses    */
	struct vbc_tags tags;
	const char *firmware;   /* as in struct vbc_image; "" unknown, so in lists         */
	const char *username;   /* who logs in, as its image said; "" unknown              */
	bool is_protected;      /* see vbc_node_protect()                                  */
	const char *image_name; /* of its image; "" unknown, or VBC_NODE_FIELD_IMAGE_NAME was
				   not asked for                                          */
	const char *iso; /* path on the host of the disc in its drive, which is not a seed; ""
			    none, and in lists                                            */
};

struct vbc_nodes {
	size_t n;
	const struct vbc_node *const *v;
};

/*
 * What a list needs to know: each group costs calls to the host, so ask for what you read.
 * id, state and machine_state are always there.
 */
enum vbc_node_field {
	VBC_NODE_FIELD_NAME = 1 << 0, /* name, image, created_at_ms, tags, username, is_protected */
	VBC_NODE_FIELD_HARDWARE = 1 << 1, /* size, cpus, memory, disk, os_type, description  */
	VBC_NODE_FIELD_FILES = 1 << 2,    /* settings_file, error                            */
	VBC_NODE_FIELD_NETWORK = 1 << 3,  /* adapters, forwards, addresses, and both kinds of ips */
	VBC_NODE_FIELD_SIZE = 1 << 4,     /* size, cpus, memory, disk: as VBC_NODE_FIELD_HARDWARE,
					     but for the disk of a node of ours, which is taken to
					     be as large as it was made or resized           */
	VBC_NODE_FIELD_IMAGE_NAME = 1 << 5, /* image_name, with image: for people, with a call for
					       each image that nodes were made from     */
	VBC_NODE_FIELD_ALL = ~VBC_NODE_FIELD_IMAGE_NAME /* but for that, which image tells  */
};

/*
 * Lists the nodes of a host, by name. A machine that VirtualBox cannot read is listed in state
 * VBC_NODE_STATE_ERROR. `fields`: enum vbc_node_field, or-ed. *ret_nodes is the caller's, free it
 * with vbc_nodes_free(). Errors as vbc_host_show(). Any thread. Since 0.1.
 *
 * The first list asks for each machine. Those that follow with the same web session ask which were
 * changed, and for these alone; all that was changed by calls that returned before the list began
 * is in it. Asked each time are the addresses of running machines that are not behind NAT and,
 * before VirtualBox 7.0, the disks' sizes of those that do not run (with VBC_NODE_FIELD_HARDWARE,
 * or of other tools' machines). That a program other than VirtualBox has made a disk larger shows
 * when its machine was changed, or in a new session.
 */
int vbc_node_list(struct vbc_host *host, unsigned fields, struct vbc_nodes **ret_nodes,
		  struct vbc_error *err);
void vbc_nodes_free(struct vbc_nodes *nodes);

/*
 * Finds one node by its id or by a name that only one has; all fields are filled. *ret_node is
 * the caller's, free it with vbc_node_free(). Errors: VBC_E_NOTFOUND, VBC_E_ARG (several have
 * that name; their ids are in the text), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_node_get(struct vbc_host *host, const char *id_or_name, struct vbc_node **ret_node,
		 struct vbc_error *err);

/*
 * The same with fewer calls to the host: only `fields` are filled, enum vbc_node_field, or-ed, and
 * what vbc_node_list() fills without any; 0 asks whether there is such a node. image_name is not
 * known. *ret_node is the caller's, free it with vbc_node_free(). Errors as vbc_node_get(). Any
 * thread. Since 0.1.
 */
int vbc_node_get_fields(struct vbc_host *host, const char *id_or_name, unsigned fields,
			struct vbc_node **ret_node, struct vbc_error *err);
void vbc_node_free(struct vbc_node *node);

/* How much of a host its machines may have, as multiples of what it has itself. Since 0.1. */
struct vbc_overcommit {
	double cpus;   /* 0: VBC_OVERCOMMIT_CPUS   */
	double memory; /* 0: VBC_OVERCOMMIT_MEMORY */
};

#define VBC_OVERCOMMIT_CPUS   4.0
#define VBC_OVERCOMMIT_MEMORY 1.0

/* How to create. Start from VBC_NODE_CREATE_OPTS_INIT; strings are borrowed for the call. */
struct vbc_node_create_opts {
	size_t size;
	const char *image; /* id or name; required, but with `iso`                                */
	const char *node_size; /* size id, of which parts may be left out ("4_cpu-30_disk"). These,
				  or with NULL all, are those of VBC_SIZE_DEFAULT, or what the
				  image needs if that is more; of a linked disk, the image's  */
	const char *description; /* NULL: ""                                                */
	const char *serial_file; /* path on the host that the first serial port is written to;
				    NULL: the port is left unconnected                       */
	bool no_start;           /* leave it stopped                                        */
	const struct vbc_first_boot *first_boot; /* NULL: the guest is told nothing         */
	/* Its adapters in order, at most 8 (with the chipset ICH9 36); none: one on NAT. */
	const struct vbc_network_choice *networks;
	size_t n_networks;
	/* Of adapters on NAT. Without one to TCP port 22, "ssh" is made from a free port.    */
	const struct vbc_forward_add_opts *const *forwards;
	size_t n_forwards;
	bool linked;         /* the disk holds only what differs from the image, which cannot
				be deleted then; it is made at once, whatever the image's
				size, and as large: node_size must have that much disk     */
	const char *os_type; /* VirtualBox's id of the guest's system, "Debian_64"; NULL: the
				image's                                                    */
	const struct vbc_display_opts *display; /* NULL: no remote display; see display.h  */
	const char *firmware;       /* "bios", "efi", "efi-secure"; NULL: the image's          */
	const struct vbc_tag *tags; /* as vbc_node_tag() sets them; of one key the last      */
	size_t n_tags;
	bool serial;     /* the first serial port is written to a file that vbc_node_console()
			    reads, and that is deleted with the node; not with serial_file     */
	const char *iso; /* instead of an image: an installer's disc, a file here, which is
			    uploaded, or "host:/PATH", a file of the host. The disk is empty
			    then, and is started from once there is something on it            */
	/* VBC_E_SPACE, with the figure, where the host's machines, whether they run or not, and
	   what other clients make there with this option, leave no such room. Of several clients
	   that ask at the same time, as many are given room as there is room for. NULL: nobody
	   looks.  */
	const struct vbc_overcommit *within;
};

#define VBC_NODE_CREATE_OPTS_INIT                                                                  \
	{                                                                                          \
		.size = sizeof(struct vbc_node_create_opts)                                        \
	}

/*
 * Creates a node from an image: a machine of its own with a full copy of the image as its disk,
 * grown to the size's disk, and starts it. Returns when it runs. `name`: 1 to 255 characters of
 * Unicode; several nodes may share one. A failed or cancelled create leaves nothing on the host;
 * what a killed program leaves, the next call of any client removes.
 * wait may be NULL. *ret_node is the caller's, free it with vbc_node_free().
 * Errors: VBC_E_ARG (name, size, image, iso, os_type, firmware or first_boot cannot be used; the
 * size exceeds the host), VBC_E_NOTFOUND (no such image, key or file), VBC_E_VERSION (the host
 * cannot do first_boot or the firmware, or takes no upload),
 * VBC_E_SPACE, VBC_E_TIMEOUT, VBC_E_CANCELLED, VBC_E_FAULT, and those of vbc_host_show(). Any
 * thread. Since 0.1.
 */
int vbc_node_create(struct vbc_host *host, const char *name,
		    const struct vbc_node_create_opts *opts, const struct vbc_wait *wait,
		    struct vbc_node **ret_node, struct vbc_error *err);

/*
 * Checks what vbc_node_create() can refuse without its host, before what may take long: the name,
 * the form of the size, tags, adapters, display, firmware and first boot. opts->image may be one
 * that is not there yet. Errors: VBC_E_ARG, VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_node_create_check(const char *name, const struct vbc_node_create_opts *opts,
			  struct vbc_error *err);

/* How to clone. Start from VBC_NODE_CLONE_OPTS_INIT; strings are borrowed for the call. */
struct vbc_node_clone_opts {
	size_t size;
	const char *node_size; /* size id, of which parts may be left out; these, or with NULL all,
				  are as those of the node that is cloned                   */
	bool no_start;         /* leave it stopped                                          */
	const char *snapshot;  /* of the node, id or name: the disk as it was then; NULL: now */
	bool linked;           /* the disk holds only what differs from that snapshot; without
				  one, one is taken, which stays: "linked clone <id>"       */
};

#define VBC_NODE_CLONE_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct vbc_node_clone_opts)                                         \
	}

/*
 * Makes a new node that is like another, stopped or running: its size, networks, port forwards
 * (from other ports of the host), description, tags, firmware, chipset and TPM, with a full copy of
 * its first disk as it is on that moment, or was at a snapshot; what the firmware and a TPM keep
 * outside of the disk is not copied, which the host's log function is told as a warning. Volumes,
 * snapshots, the seed of the first boot and what other tools have set up are not copied. One that
 * is linked is made at once, whatever the disk's size, and is as large for ever; as long as it is
 * there, the snapshot and the node cannot be deleted. All else as vbc_node_create(); VBC_E_STATE:
 * the node is suspended (and no snapshot was named), or just starting or stopping. Any thread.
 * Since 0.1.
 */
int vbc_node_clone(struct vbc_host *host, const char *id_or_name, const char *name,
		   const struct vbc_node_clone_opts *opts, const struct vbc_wait *wait,
		   struct vbc_node **ret_node, struct vbc_error *err);

/* How to start or resume. It has no options yet, and can grow. Start from VBC_NODE_START_OPTS_INIT.
 */
struct vbc_node_start_opts {
	size_t size;
};

#define VBC_NODE_START_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct vbc_node_start_opts)                                         \
	}

/*
 * Starts a node, or wakes a suspended or paused one; one that runs is left alone. Returns when it
 * runs. Where another program of the host has the port of one of its forwards, the forward gets
 * another if any would do (host_port 0); else it does not work, which the host's log function is
 * told as a warning. opts may be NULL. Errors: VBC_E_NOTFOUND, VBC_E_ARG (ambiguous name),
 * VBC_E_BUSY (locked by another program), VBC_E_STATE, VBC_E_FAULT, VBC_E_TIMEOUT, VBC_E_CANCELLED.
 * Any thread. Since 0.1.
 */
int vbc_node_start(struct vbc_host *host, const char *id_or_name,
		   const struct vbc_node_start_opts *opts, const struct vbc_wait *wait,
		   struct vbc_error *err);

/* How to stop or reboot. Start from VBC_NODE_STOP_OPTS_INIT. */
struct vbc_node_stop_opts {
	size_t size;
	bool force; /* cut the power, or press the reset button: the guest is not asked */
};

#define VBC_NODE_STOP_OPTS_INIT                                                                    \
	{                                                                                          \
		.size = sizeof(struct vbc_node_stop_opts)                                          \
	}

/*
 * Stops a node: presses its ACPI power button and waits until the guest has shut down, or with
 * `force` cuts the power. One that is stopped is left alone. When the guest does not react within
 * the time of `wait` (without a limit: 90 s) the node runs on and VBC_E_TIMEOUT says so; a guest
 * that has not turned ACPI on is VBC_E_STATE at once. opts may be NULL. Errors as vbc_node_start().
 * Any thread. Since 0.1.
 */
int vbc_node_stop(struct vbc_host *host, const char *id_or_name,
		  const struct vbc_node_stop_opts *opts, const struct vbc_wait *wait,
		  struct vbc_error *err);

/*
 * Reboots a running node: through the guest, or with `force` by its reset button. opts may be
 * NULL. Errors as vbc_node_stop(), and VBC_E_STATE when it does not run. Any thread. Since 0.1.
 */
int vbc_node_reboot(struct vbc_host *host, const char *id_or_name,
		    const struct vbc_node_stop_opts *opts, const struct vbc_wait *wait,
		    struct vbc_error *err);

/* How to pause or suspend. It has no options yet, and can grow. Start from
 * VBC_NODE_PAUSE_OPTS_INIT. */
struct vbc_node_pause_opts {
	size_t size;
};

#define VBC_NODE_PAUSE_OPTS_INIT                                                                   \
	{                                                                                          \
		.size = sizeof(struct vbc_node_pause_opts)                                         \
	}

/*
 * Pauses a running node: its memory stays where it is. One that is paused is left alone. opts may
 * be NULL. Errors as vbc_node_start(); VBC_E_STATE when it does not run. Any thread. Since 0.1.
 */
int vbc_node_pause(struct vbc_host *host, const char *id_or_name,
		   const struct vbc_node_pause_opts *opts, const struct vbc_wait *wait,
		   struct vbc_error *err);

/*
 * Suspends a running or paused node: its state goes to the host's disk, and its power off. One that
 * is suspended is left alone. opts may be NULL. Errors as vbc_node_pause(), and VBC_E_SPACE. Any
 * thread. Since 0.1.
 */
int vbc_node_suspend(struct vbc_host *host, const char *id_or_name,
		     const struct vbc_node_pause_opts *opts, const struct vbc_wait *wait,
		     struct vbc_error *err);

/*
 * Lets a paused or suspended node go on; one that runs is left alone. opts may be NULL. Errors as
 * vbc_node_start(); VBC_E_STATE when it is stopped. Any thread. Since 0.1.
 */
int vbc_node_resume(struct vbc_host *host, const char *id_or_name,
		    const struct vbc_node_start_opts *opts, const struct vbc_wait *wait,
		    struct vbc_error *err);

/*
 * Throws the saved state of a suspended node away: it is stopped then, as if its power had been
 * cut. Errors as vbc_node_start(). Any thread. Since 0.1.
 */
int vbc_node_discard_state(struct vbc_host *host, const char *id_or_name,
			   const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Renames a stopped node: 1 to 255 characters of Unicode; several nodes may share a name. Errors:
 * VBC_E_STATE (it is not stopped), VBC_E_ARG, VBC_E_NOTFOUND, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_node_rename(struct vbc_host *host, const char *id_or_name, const char *name,
		    const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Sets the description of a node, also while it runs. Errors as vbc_node_start(). Any thread. Since
 * 0.1.
 */
int vbc_node_set_description(struct vbc_host *host, const char *id_or_name, const char *description,
			     const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Gives a stopped node another size: CPUs, memory, and a disk that is as large or larger. Of the
 * size id parts may be left out, as in "4096_ram": these stay. Errors: VBC_E_STATE (it is not
 * stopped; its disk would have to grow and has snapshots or is linked), VBC_E_ARG (no size of this
 * host; its disk is smaller), VBC_E_NOTFOUND, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_node_resize(struct vbc_host *host, const char *id_or_name, const char *size,
		    const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Gives a stopped node a new disk, a full copy of an image, in place of its own, which is gone with
 * all that is on it. The node stays what it is: id, name, size (its disk is as large as it was),
 * networks, forwards, volumes, tags, and the seed of its first boot, which the new guest takes
 * for its own. wait may be NULL. *ret_node is the caller's, free it with vbc_node_free(). One that
 * fails or is cancelled leaves the old disk, unless the new one was in its place already. Errors:
 * VBC_E_STATE (it is not stopped; it has snapshots or is linked to another disk; it starts from a
 * volume; it is protected), VBC_E_ARG (the image needs a larger size, or other firmware),
 * VBC_E_NOTFOUND, VBC_E_SPACE, VBC_E_BUSY, and those of vbc_node_start(). Any thread. Since 0.1.
 */
int vbc_node_rebuild(struct vbc_host *host, const char *id_or_name, const char *image,
		     const struct vbc_wait *wait, struct vbc_node **ret_node,
		     struct vbc_error *err);

/*
 * Takes the disc out of a node's drive that it was installed from, whether it runs or not, also
 * when the guest has locked the drive. One that was uploaded for the node is deleted; a file of the
 * host stays. Errors: VBC_E_NOTFOUND (no such node; it has no disc), and those of vbc_node_start().
 * Any thread. Since 0.1.
 */
int vbc_node_eject(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		   struct vbc_error *err);

/*
 * Sets the tag `key` of a node, or with `value` NULL takes it away; one that is not there is no
 * error. Both are text of 1 to 255 characters, the value may be "". Errors: VBC_E_ARG,
 * VBC_E_NOTFOUND, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_node_tag(struct vbc_host *host, const char *id_or_name, const char *key, const char *value,
		 const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Protects a node, or with `on` false ends that: as long as it is protected, vbc_node_destroy() and
 * vbc_node_rebuild() fail with VBC_E_STATE. All else can be done with it, reverting to a snapshot,
 * too. One that is so already is no error. A clone is not protected, whatever its source is.
 * Errors: VBC_E_NOTFOUND, VBC_E_ARG (ambiguous name), VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_node_protect(struct vbc_host *host, const char *id_or_name, bool on,
		     const struct vbc_wait *wait, struct vbc_error *err);

/* How to teleport. Start from VBC_NODE_TELEPORT_OPTS_INIT; strings are borrowed for the call. */
struct vbc_node_teleport_opts {
	size_t size;
	const char *address; /* where this host reaches the other; NULL: at the host of its URL */
};

#define VBC_NODE_TELEPORT_OPTS_INIT                                                                \
	{                                                                                          \
		.size = sizeof(struct vbc_node_teleport_opts)                                      \
	}

/*
 * Moves a running node to another host without stopping it. That host must see the node's folder
 * and disks at the same path (shared storage), and be reached by this one on a TCP port of 30000 to
 * 32499. opts may be NULL. The memory goes over that connection as it is,
 * not encrypted; only who has a password that is made for this once is let in. Afterwards the node
 * is the other host's, with its metadata, forwards and volumes; or, on failure, it still runs here.
 * Images, snapshots of volumes and keys stay; an image that it is linked to cannot be deleted as
 * long as its disk is there. Errors: VBC_E_STATE (it does not run; VirtualBox cannot teleport it; a
 * disk is another node's too; a volume would be none there, as the hosts have different machine
 * folders), VBC_E_BUSY (another node's disk is linked to it), VBC_E_EXISTS, VBC_E_NOTFOUND,
 * VBC_E_FAULT (the other host cannot open it), VBC_E_CANCELLED, VBC_E_TIMEOUT. Any thread; the two
 * handles must be different. Since 0.1.
 */
int vbc_node_teleport(struct vbc_host *host, const char *id_or_name, struct vbc_host *to,
		      const struct vbc_node_teleport_opts *opts, const struct vbc_wait *wait,
		      struct vbc_error *err);

/*
 * Destroys a node: cuts its power, removes the machine, its disks and its folder. Disks that are
 * not the node's own (images, volumes, those of other tools outside its folder) are detached and
 * stay. Of a machine that VirtualBox cannot read, files that are not VirtualBox's own stay too, and
 * are named in the log. Snapshots go first: where it fails after that, the node stays without them.
 * Errors as vbc_node_start(); VBC_E_BUSY: another node's disk is linked to it; VBC_E_STATE: it is
 * protected. Any thread. Since 0.1.
 */
int vbc_node_destroy(struct vbc_host *host, const char *id_or_name, const struct vbc_wait *wait,
		     struct vbc_error *err);

/*
 * Waits until the node is in a state. Errors: VBC_E_TIMEOUT, VBC_E_CANCELLED, VBC_E_NOTFOUND,
 * VBC_E_STATE (it is in VBC_NODE_STATE_ERROR, or its start ended while one waited for it). Any
 * thread. Since 0.1.
 */
int vbc_node_wait(struct vbc_host *host, const char *id_or_name, enum vbc_node_state state,
		  const struct vbc_wait *wait, struct vbc_error *err);

/*
 * Waits until a running node has an address, of any source: so one with a port of the host
 * forwarded to it has one at once, and another when its guest or a DHCP server tells. *ret_node is
 * the caller's, free it with vbc_node_free(). Errors: those of vbc_node_wait(); VBC_E_STATE: it
 * does not run (any more), or it is only on NAT, without a forward. Any thread. Since 0.1.
 */
int vbc_node_wait_address(struct vbc_host *host, const char *id_or_name,
			  const struct vbc_wait *wait, struct vbc_node **ret_node,
			  struct vbc_error *err);

/*
 * Takes a picture of a running node's screen: PNG. *ret_png, of *ret_size bytes, is the caller's,
 * free it with free(). Errors: VBC_E_STATE (not running), and those of vbc_node_start(). Any
 * thread. Since 0.1.
 */
int vbc_node_screenshot(struct vbc_host *host, const char *id_or_name, void **ret_png,
			size_t *ret_size, struct vbc_error *err);

/*
 * Reads the log that VirtualBox has written of a node's last run. *ret_text, of *ret_size bytes, is
 * the caller's, free it with free(); a zero follows its last byte. Errors: VBC_E_NOTFOUND (no such
 * node, or it was never started), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_node_log(struct vbc_host *host, const char *id_or_name, char **ret_text, size_t *ret_size,
		 struct vbc_error *err);

/*
 * Reads what the guest of a node has written to its first serial port since VirtualBox last started
 * the node (also from a saved state), if the node was made with `serial`: up to 32 MiB. The bytes
 * are the guest's, of any kind. *ret_text, of *ret_size bytes, is the caller's, free it with
 * free(); a zero follows its last byte. Errors: VBC_E_NOTFOUND (no such node; it has no console
 * that can be read, or was never started), VBC_E_FAULT (there is more), and those of
 * vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_node_console(struct vbc_host *host, const char *id_or_name, char **ret_text,
		     size_t *ret_size, struct vbc_error *err);

/*
 * Follows the same from its beginning, however much there is: calls `tell` in this thread with each
 * piece as it comes, handing it `data`, until it returns non-zero: then the result is VBC_OK. A
 * piece is valid during the call only, and may end within a character. That the node stops does not
 * end it; when it is started again, its new output is told. wait->tick is asked at least once a
 * second: non-zero ends it with VBC_E_CANCELLED, as timeout_ms does with VBC_E_TIMEOUT. wait may be
 * NULL. Errors: VBC_E_NOTFOUND (no such node, also when it is destroyed meanwhile; it has no
 * console that can be read), and those of vbc_host_show(). Any thread. Since 0.1.
 */
int vbc_node_console_follow(struct vbc_host *host, const char *id_or_name,
			    int (*tell)(void *data, const char *text, size_t size), void *data,
			    const struct vbc_wait *wait, struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
