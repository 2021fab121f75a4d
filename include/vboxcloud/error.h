/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Errors are values: each function that can fail returns 0 or a negative code of enum vbc_code
 * and fills a struct vbc_error that the caller owns. The struct holds no pointers: copy it, keep
 * it, hand it to another thread, never free it.
 */
#ifndef VBOXCLOUD_ERROR_H
#define VBOXCLOUD_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a program can decide on. The numbers never change. Since 0.1. */
enum vbc_code {
	VBC_OK = 0,
	VBC_E_ARG = -1,       /* the caller's argument cannot be used                        */
	VBC_E_NOMEM = -2,     /* no memory here                                              */
	VBC_E_CONNECT = -3,   /* nobody answers, or the connection broke                     */
	VBC_E_TLS = -4,       /* the host's certificate or TLS settings were not accepted    */
	VBC_E_AUTH = -5,      /* user or password refused                                    */
	VBC_E_TIMEOUT = -6,   /* not done within the time allowed                            */
	VBC_E_CANCELLED = -7, /* the caller's tick function asked to stop                    */
	VBC_E_PROTOCOL = -8,  /* what answered does not speak vboxwebsrv's SOAP              */
	VBC_E_VERSION = -9,   /* this host's VirtualBox release lacks it                     */
	VBC_E_STALE = -10,    /* the host forgot the web session in the middle of a change   */
	VBC_E_NOTFOUND = -11, /* no such node, image, size, file                             */
	VBC_E_EXISTS = -12,   /* there is one already                                        */
	VBC_E_BUSY = -13,     /* somebody else has it locked                                 */
	VBC_E_STATE = -14,    /* not possible in the present state (running, stopped)        */
	VBC_E_SPACE = -15,    /* the host's or this machine's disk is full, or no host has room */
	VBC_E_FAULT = -16,    /* VirtualBox said no; `result` and `text` say why             */
	VBC_E_FETCH = -17,    /* a file of another server is not to be had                   */
	VBC_E_DRY_RUN = -18   /* it would be done: see `dry_run` of struct vbc_host_opts      */
};

/*
 * What a person can do about a failure. The library says what failed and why; the front end says
 * how to get out of it, in its own words: commands and options, or methods and arguments. A newer
 * library may have more hints; ignore those you do not know. The numbers never change. Since 0.1.
 */
enum vbc_hint {
	VBC_HINT_NONE = 0,
	VBC_HINT_LIST_NODES = 1,      /* list the nodes that exist                           */
	VBC_HINT_LIST_IMAGES = 2,     /* ... images                                          */
	VBC_HINT_LIST_VOLUMES = 3,    /* ... volumes                                         */
	VBC_HINT_LIST_SNAPSHOTS = 4,  /* ... snapshots                                       */
	VBC_HINT_LIST_KEYS = 5,       /* ... keys                                            */
	VBC_HINT_LIST_NETWORKS = 6,   /* ... networks                                        */
	VBC_HINT_LIST_FORWARDS = 7,   /* ... forwards of that node                           */
	VBC_HINT_LIST_PORTS = 8,      /* ... forwards of all nodes, which take ports         */
	VBC_HINT_SHOW_NODE = 9,       /* look at its `error`                                 */
	VBC_HINT_SHOW_BROKEN = 10,    /* look at `error` of all nodes                        */
	VBC_HINT_READ_LOG = 11,       /* vbc_node_log() on the other host                    */
	VBC_HINT_DISCARD_STATE = 12,  /* vbc_node_discard_state(), then start it afresh      */
	VBC_HINT_CREATE_NETWORK = 13, /* list the networks, or create one                    */
	VBC_HINT_HOSTONLY = 14,       /* create a network of the kind hostonly               */
	VBC_HINT_FORWARD_SSH = 15,    /* on NAT, forward a port to its port 22               */
	VBC_HINT_OPEN_SSH = 16,       /* forward a port of all addresses to its port 22      */
	VBC_HINT_FORWARD_NAME = 17,   /* give the forward another name                       */
	VBC_HINT_DELETE_FORWARD = 18, /* vbc_forward_delete()                                */
	VBC_HINT_NO_PASSWORD = 19,    /* set `no_password` if that is intended               */
	VBC_HINT_FORMAT_RAW = 20,     /* give the format "raw" if that is what it is         */
	VBC_HINT_IMPORT_ON_HOST = 21, /* copy images to the host, and import those files     */
	VBC_HINT_GC = 22,             /* vbc_gc() tries again                                */
	VBC_HINT_GC_IMAGE = 23,       /* once that node is gone, vbc_gc() forgets the image  */
	VBC_HINT_GC_WORK = 24,        /* vbc_gc() undoes it, as does the next change         */
	VBC_HINT_GC_FORCE = 25,       /* vbc_gc() and `force`, once it can work              */
	VBC_HINT_GC_ENTRY = 26,       /* the same removes the entry                          */
	VBC_HINT_CHECK_HOST = 27,     /* vbc_host_check()                                    */
	VBC_HINT_NEWER_HOST = 28,     /* install a supported release of VirtualBox           */
	VBC_HINT_NEWER_CLIENT = 29,   /* look for a newer release of this library            */
	VBC_HINT_START_SERVICE = 30,  /* start, restart or reconfigure vboxwebsrv            */
	VBC_HINT_FREE_LOCKS = 31,     /* restart vboxwebsrv                                  */
	VBC_HINT_CA_FILE = 32,        /* give the host's certificate, or correct the URL     */
	VBC_HINT_CREDENTIALS = 33,    /* correct them, or restart vboxwebsrv and VBoxSVC     */
	VBC_HINT_URL = 34,            /* correct the URL                                     */
	VBC_HINT_SERVICE_LOG = 35,    /* read vboxwebsrv's log on the host                   */
	VBC_HINT_FETCH_LIMIT = 36,    /* raise the limit of what is fetched, if it is right  */
	VBC_HINT_FINGERPRINT = 37,    /* ask the host's owner whether its certificate changed */
	VBC_HINT_UNPROTECT = 38,      /* vbc_node_protect() without `on`                     */
	VBC_HINT_SERIAL = 39,         /* make nodes with `serial` to read their consoles     */
	VBC_HINT_HOST_NAME = 40       /* correct the name in the URL, or put an address there */
};

/*
 * One failure. `text` is one line of UTF-8 for people, without a trailing full stop, and never
 * holds a password. Zero it before the first use ({0}); functions keep the first error they
 * meet and leave the struct untouched on success.
 */
struct vbc_error {
	int code;           /* enum vbc_code                                               */
	int32_t result;     /* VirtualBox's result code (COM), 0 if none                   */
	int http;           /* HTTP status, 0 if none                                      */
	int os;             /* errno or the transport's own code, 0 if none                */
	int hint;           /* enum vbc_hint; read it with vbc_error_hint()                */
	char call[64];      /* the VirtualBox call that failed, "" if none                 */
	char component[48]; /* VirtualBox's component that failed, "" if unknown           */
	char text[892];
};

/*
 * The name of a code ("VBC_E_BUSY"), or "unknown". Static text; any thread. Since 0.1.
 */
const char *vbc_code_name(int code);

/*
 * The way out of a failure, VBC_HINT_NONE if there is none to suggest; err may be NULL. Any thread.
 * Errors: none. Since 0.1.
 */
enum vbc_hint vbc_error_hint(const struct vbc_error *err);

/*
 * The name of a hint ("VBC_HINT_LIST_NODES"), or "unknown". Static text; any thread. Since 0.1.
 */
const char *vbc_hint_name(int hint);

#ifdef __cplusplus
}
#endif
#endif
