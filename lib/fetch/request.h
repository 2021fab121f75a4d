/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One request at a time, by libcurl: its answer comes into a buffer, as far as that has room.
 */
#ifndef VBC_FETCH_REQUEST_H
#define VBC_FETCH_REQUEST_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/error-private.h"
#include "fetch/answer.h"

struct vbc_request {
	CURLM *multi; /* keeps connections */
	CURL *curl;
	struct curl_slist *headers;
	char why[CURL_ERROR_SIZE];
	struct vbc_answer answer;
	unsigned char *data; /* data[at..end) was not taken yet */
	size_t at, end;
	bool running, paused;
	CURLcode result; /* when it does not run any more */
};

int vbc_request_init(struct vbc_request *r, struct vbc_error *err);
void vbc_request_done(struct vbc_request *r);

/* Asks for a range of bytes, "0-1023", or all (NULL); of this version of the file only (NULL: any).
 */
int vbc_request_begin(struct vbc_request *r, const char *url, const char *range,
		      const char *version, struct vbc_error *err);
void vbc_request_stop(struct vbc_request *r);

/* Lets it go on, and waits a moment for that. False: nothing has come. */
bool vbc_request_run(struct vbc_request *r);

/* Takes up to n bytes of what has come. */
size_t vbc_request_take(struct vbc_request *r, void *to, size_t n);

#endif
