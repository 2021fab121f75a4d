/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Why a file is not to be had, in words.
 */
#ifndef VBC_FETCH_WHY_H
#define VBC_FETCH_WHY_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/error-private.h"

/* Fails with what libcurl says; *ret_passing: it may go well another time. */
int vbc_fetch_fail_curl(const char *shown, CURLcode rc, const char *why, bool *ret_passing,
			struct vbc_error *err);

/* The same with a status of HTTP. */
int vbc_fetch_fail_status(const char *shown, int status, bool *ret_passing, struct vbc_error *err);

#endif
