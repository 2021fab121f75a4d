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
	VBC_E_ARG = -1,        /* the caller's argument cannot be used                        */
	VBC_E_NOMEM = -2,      /* no memory here                                              */
	VBC_E_CONNECT = -3,    /* nobody answers, or the connection broke                     */
	VBC_E_TLS = -4,        /* the host's certificate or TLS settings were not accepted    */
	VBC_E_AUTH = -5,       /* user or password refused                                    */
	VBC_E_TIMEOUT = -6,    /* not done within the time allowed                            */
	VBC_E_CANCELLED = -7,  /* the caller's tick function asked to stop                    */
	VBC_E_PROTOCOL = -8,   /* what answered does not speak vboxwebsrv's SOAP              */
	VBC_E_VERSION = -9,    /* this host's VirtualBox release lacks it                     */
	VBC_E_STALE = -10,     /* the host forgot the web session in the middle of a change   */
	VBC_E_NOTFOUND = -11,  /* no such node, image, size, file                             */
	VBC_E_EXISTS = -12,    /* there is one already                                        */
	VBC_E_BUSY = -13,      /* somebody else has it locked                                 */
	VBC_E_STATE = -14,     /* not possible in the present state (running, stopped)        */
	VBC_E_SPACE = -15,     /* the host's or this machine's disk is full                   */
	VBC_E_FAULT = -16      /* VirtualBox said no; `result` and `text` say why             */
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
	char call[64];      /* the VirtualBox call that failed, "" if none                 */
	char component[48]; /* VirtualBox's component that failed, "" if unknown           */
	char text[896];
};

/*
 * The name of a code ("VBC_E_BUSY"), or "unknown". Static text; any thread. Since 0.1.
 */
const char *vbc_code_name(int code);

#ifdef __cplusplus
}
#endif
#endif
