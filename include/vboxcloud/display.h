/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Remote displays: screen, keyboard and mouse of a node, which VirtualBox itself serves on a port
 * of the host, whatever the guest does. New nodes have none unless asked for.
 */
#ifndef VBOXCLOUD_DISPLAY_H
#define VBOXCLOUD_DISPLAY_H

#include <vboxcloud/host.h>
#include <vboxcloud/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the host's extension pack speaks. Since 0.1. */
enum vbc_display_kind {
	VBC_DISPLAY_KIND_NONE = 0, /* it has none for remote displays */
	VBC_DISPLAY_KIND_VNC,
	VBC_DISPLAY_KIND_RDP
};

/* The name of a kind: "none", "vnc", "rdp". Static text; any thread. Since 0.1. */
const char *vbc_display_kind_name(enum vbc_display_kind kind);

struct vbc_display {
	const char *node; /* id                                                               */
	bool enabled;
	bool listening; /* the node runs, and VirtualBox says that it listens; where the host is
			   this very machine, the port was tried too                        */
	bool has_password;
	enum vbc_display_kind kind;
	const char *ext_pack; /* name of the extension pack, "" none                          */
	const char *address;  /* on which it listens, in numbers, "0.0.0.0" all of the host's; ""
				 not enabled, or unknown                                      */
	unsigned port;        /* 0 not enabled, or unknown                                    */
};

/*
 * Shows a node's remote display. *ret_display is the caller's, free it with vbc_display_free().
 * Errors: VBC_E_NOTFOUND, VBC_E_ARG, VBC_E_BUSY, and those of vbc_host_show(). Any thread.
 * Since 0.1.
 */
int vbc_display_get(struct vbc_host *host, const char *node, struct vbc_display **ret_display,
		    struct vbc_error *err);
void vbc_display_free(struct vbc_display *display);

/* How to enable. Start from VBC_DISPLAY_OPTS_INIT; strings are borrowed for the call. */
struct vbc_display_opts {
	size_t size;
	unsigned port;        /* 0: a free one is chosen and reserved on the host             */
	const char *address;  /* IPv4; NULL: "127.0.0.1"; "" all of the host's addresses      */
	const char *password; /* 1 to 8 printable ASCII characters; NULL: as before. VirtualBox
				 keeps it, readable, in the machine's settings on the host */
	bool no_password;     /* allow a display without one                                  */
};

#define VBC_DISPLAY_OPTS_INIT                                                                      \
	{                                                                                          \
		.size = sizeof(struct vbc_display_opts)                                            \
	}

/*
 * Enables a node's remote display, or moves one that is enabled; the node is stopped, suspended,
 * running or paused. On a node that runs it listens when this returns; its guest stands still
 * for a moment, as VirtualBox's VNC can crash when it is switched while the guest draws. A change
 * that fails, or whose program is killed, once begun leaves the display disabled. Without a
 * password VNC lets nobody in, or everybody (that depends on the host's build), and with RDP there
 * can be none: then no_password must say so, but for RDP on the loopback address. *ret_display as
 * vbc_display_get().
 * Errors: VBC_E_ARG, VBC_E_EXISTS (the port is taken), VBC_E_STATE (the host has no extension pack
 * for it; the node is just starting, ...), VBC_E_NOTFOUND, VBC_E_BUSY. Any thread. Since 0.1.
 */
int vbc_display_enable(struct vbc_host *host, const char *node, const struct vbc_display_opts *opts,
		       const struct vbc_wait *wait, struct vbc_display **ret_display,
		       struct vbc_error *err);

/*
 * Disables a node's remote display and forgets its password; one that is disabled is left alone.
 * Errors as vbc_display_enable(). Any thread. Since 0.1.
 */
int vbc_display_disable(struct vbc_host *host, const char *node, const struct vbc_wait *wait,
			struct vbc_error *err);

#ifdef __cplusplus
}
#endif
#endif
