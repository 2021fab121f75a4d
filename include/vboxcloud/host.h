/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A VirtualBox host: one vboxwebsrv, one cloud region.
 */
#ifndef VBOXCLOUD_HOST_H
#define VBOXCLOUD_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vboxcloud/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A host, opaque. Several threads may use one handle at the same time. After fork() both sides
 * may go on using it: the child opens connections and a web session of its own and never ends
 * those of its parent. Handles with the same URL, credentials and TLS settings inside one process
 * (of ca_file also the same content) share connections and the web session.
 */
struct vbc_host;

/* Where and how to connect. Start from VBC_HOST_OPTS_INIT; strings are copied. Since 0.1. */
struct vbc_host_opts {
	size_t size;                 /* sizeof(struct vbc_host_opts), set by the INIT macro       */
	const char *url;             /* NAME, NAME:PORT (an IPv6 address in brackets), or a URL,
					http://NAME[:PORT] or https://…; without a scheme it is
					http, without a port 18083; NULL: 127.0.0.1              */
	const char *user;            /* NULL: ""                                                  */
	const char *password;        /* NULL: ""                                                  */
	const char *ca_file;         /* PEM file that https certificates are verified against,
					and nothing else; NULL: the system's                     */
	unsigned connect_timeout_ms; /* 0: 10 000                                                 */
	unsigned call_timeout_ms;    /* the longest silence of the host in one call; 0: 60 000.
					Its whole answer may take twice as long, and a second
					for each 64 KiB                                          */
	/* Told of each call and of things worth knowing (a stale lock freed, a newer VirtualBox);
	   one line of UTF-8 without its end, never a password. May be called by any thread that
	   uses the handle. NULL: nobody. `level`: 0 warning, 1 note, 2 trace of a call.         */
	void (*log)(void *data, int level, const char *line);
	void *log_data;
	/* Asked at least once a second by each thread that waits in a call of the handle; non-zero
	   cancels that call as the tick of struct vbc_wait does. For what shall be able to end
	   every call: signals, a program's end. NULL: nobody.                                   */
	int (*tick)(void *data);
	void *tick_data;
	/* The program asks a little and ends: nothing is prepared on the host for later lists of
	   nodes before the second (without it each costs a few calls in all from the second on,
	   see vbc_node_list()), and nothing outlives the handle, see vbc_host_close(). Where it
	   names several nodes or disks, what the others are called is asked once.                */
	bool one_shot;
	/* The SHA-256 of the one https certificate that is accepted, 64 hexadecimal digits, also
	   with colons between the bytes, as vbc_host_certificate() gives it. It is accepted for
	   that alone: whoever signed it, whatever name and dates are in it, and `ca_file` does not
	   count. Any other is refused with VBC_E_TLS before anything is sent. NULL or "":
	   certificates are verified as usual. */
	const char *fingerprint;
	/* Nothing is changed by this handle, on the host or here: a function that would is made as
	   far as it only asks, and fails then with what is wrong, or with VBC_E_DRY_RUN where it
	   would begin to change something. What nothing need be changed for succeeds. What other
	   programs have left is not undone, either.                                              */
	bool dry_run;
	/* What all calls of the handle have together, from vbc_host_open() on: each ends then as
	   one whose struct vbc_wait is over, with VBC_E_TIMEOUT, and none begins to wait for what
	   takes longer, as whether another program still works on the host. 0: no limit.         */
	unsigned total_timeout_ms;
};

#define VBC_HOST_OPTS_INIT                                                                         \
	{                                                                                          \
		.size = sizeof(struct vbc_host_opts)                                               \
	}

/*
 * Makes a handle. Nothing is sent yet: the first call connects and logs on.
 * *ret_host is the caller's, end it with vbc_host_close(). Errors: VBC_E_ARG (the URL cannot be
 * used), VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_host_open(const struct vbc_host_opts *opts, struct vbc_host **ret_host,
		  struct vbc_error *err);

/*
 * Ends a handle. NULL is fine. No other thread may still use the handle. When the last handle of a
 * web session is closed, session and connections stay for a minute, for a handle that is opened
 * again: one that is opened for each poll costs what one costs that is kept. After that minute the
 * next open or close of any handle ends them, at the latest the end of the program by exit(). With
 * one_shot, and in a child that has the handle from its parent, they end at once. To end them is to
 * log off, waiting at most two seconds for the host, and only in the process that logged on. Since
 * 0.1.
 */
void vbc_host_close(struct vbc_host *host);

/*
 * The URL that the handle uses, with its scheme and port: "http://127.0.0.1:18083". It is the
 * handle's; NULL for no handle. Any thread. Since 0.1.
 */
const char *vbc_host_url(const struct vbc_host *host);

/* What a host's certificate says of itself. Since 0.1. */
struct vbc_certificate {
	const char *fingerprint;      /* its SHA-256, "AB:CD:…", as vbc_host_opts.fingerprint
					 takes it and "openssl x509 -fingerprint -sha256" shows it */
	const char *subject, *issuer; /* "CN=lab.example"; "": none                         */
	int64_t not_before_ms, not_after_ms; /* since 1970 UTC; 0: unknown                      */
	bool accepted;   /* the settings of the handle accept it                     */
	const char *why; /* why not, one sentence; NULL: they do                     */
};

/*
 * Asks the host for the certificate that it shows at the moment, whether or not that would be
 * accepted, so that a person can compare it with what the host's owner says, and pin it with
 * vbc_host_opts.fingerprint. Connects twice for that, logs on nowhere and sends no credentials.
 * *ret_certificate is the caller's, free it with vbc_certificate_free(). Errors: VBC_E_ARG (the URL
 * is not https), VBC_E_CONNECT, VBC_E_TLS (no TLS there), VBC_E_TIMEOUT, VBC_E_CANCELLED,
 * VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_host_certificate(struct vbc_host *host, struct vbc_certificate **ret_certificate,
			 struct vbc_error *err);
void vbc_certificate_free(struct vbc_certificate *certificate);

/* What a host is. Sizes in MiB. Since 0.1. */
struct vbc_host_info {
	const char *url;
	const char *version;     /* "7.2.22"                                             */
	const char *api_version; /* "7_2"                                                */
	const char *os;          /* "Linux"                                              */
	unsigned cpus;           /* online logical processors                            */
	unsigned memory_mib, memory_available_mib;
	const char *machine_folder; /* where nodes live                                     */
	const char *images_folder, *volumes_folder, *snapshots_folder;
	bool cordoned;          /* see vbc_host_cordon()                              */
	int64_t cordoned_at_ms; /* since when, since 1970 UTC; 0: unknown, or it is not   */
};

/*
 * Asks the host what it is. *ret_info is the caller's, free it with vbc_host_info_free().
 * Errors: VBC_E_CONNECT, VBC_E_TLS, VBC_E_AUTH, VBC_E_PROTOCOL, VBC_E_TIMEOUT. Any thread.
 * Since 0.1.
 */
int vbc_host_show(struct vbc_host *host, struct vbc_host_info **ret_info, struct vbc_error *err);
void vbc_host_info_free(struct vbc_host_info *info);

/*
 * Says that nothing new is to be placed on the host (`on`), or ends that. What chooses a host for a
 * new node leaves it out; its nodes run on, and whoever names the host can still make nodes there.
 * It is kept on the host, so that every client knows. No change is none: it stays cordoned since
 * when it was first. Errors: as of vbc_host_show(), VBC_E_DRY_RUN. Any thread. Since 0.1.
 */
int vbc_host_cordon(struct vbc_host *host, bool on, struct vbc_error *err);

/* How much a finding of vbc_host_check() matters. */
enum vbc_finding_level {
	VBC_FINDING_LEVEL_OK = 0,
	VBC_FINDING_LEVEL_WARNING = 1,
	VBC_FINDING_LEVEL_ERROR = 2
};

/* One thing that was checked. Since 0.1. */
struct vbc_finding {
	unsigned number; /* stable: 1 connection, 2 logon, 3 release, ...        */
	enum vbc_finding_level level;
	const char *subject; /* "logon"                                              */
	const char *text;    /* what was found, one sentence                         */
	enum vbc_hint hint;  /* what to do about it, VBC_HINT_NONE when nothing      */
};

struct vbc_findings {
	size_t n;
	const struct vbc_finding *const *v;
};

/*
 * Checks whether the host can be used as a cloud: connection, TLS, logon, release, folders, free
 * space, locks and half-done work of programs that are gone. A host that cannot be reached is a
 * finding, not an error. *ret_findings is the caller's, free it with vbc_findings_free().
 * Errors: VBC_E_ARG, VBC_E_NOMEM. Any thread. Since 0.1.
 */
int vbc_host_check(struct vbc_host *host, struct vbc_findings **ret_findings,
		   struct vbc_error *err);
void vbc_findings_free(struct vbc_findings *findings);

#ifdef __cplusplus
}
#endif
#endif
