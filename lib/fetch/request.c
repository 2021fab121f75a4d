/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "http/ca.h"
#include "http/curl-start.h"
#include "http/sigpipe.h"

#define ROOM         1048576u
#define AT_ONCE      131072L
#define CONNECT_MS   30000L
#define MOMENT_MS    250
#define NO_SOCKET_MS 10

static size_t request_keep_header(char *line, size_t size, size_t n, void *data)
{
	struct vbc_request *r = data;

	vbc_answer_take_line(&r->answer, line, size * n);
	return size * n;
}

/* What comes with another status is a page for people. */
static size_t request_keep_body(char *bytes, size_t size, size_t n, void *data)
{
	struct vbc_request *r = data;

	n *= size;
	if (r->answer.status != 200 && r->answer.status != 206)
		return n;
	if (r->at == r->end)
		r->at = r->end = 0;
	if (n > ROOM - r->end) {
		r->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(r->data + r->end, bytes, n);
	r->end += n;
	return n;
}

static void request_set_up(struct vbc_request *r)
{
	const char *named = getenv("SSL_CERT_FILE"),
		   *ca_file = named && named[0] ? named : vbc_ca_find();

	curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(r->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(r->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(r->curl, CURLOPT_USERAGENT, "libcloud-virtualbox/" VBC_VERSION);
	curl_easy_setopt(r->curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(r->curl, CURLOPT_BUFFERSIZE, AT_ONCE);
	curl_easy_setopt(r->curl, CURLOPT_ERRORBUFFER, r->why);
	curl_easy_setopt(r->curl, CURLOPT_HEADERFUNCTION, request_keep_header);
	curl_easy_setopt(r->curl, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, request_keep_body);
	curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, r);
	if (ca_file)
		curl_easy_setopt(r->curl, CURLOPT_CAINFO, ca_file);
}

int vbc_request_init(struct vbc_request *r, struct vbc_error *err)
{
	vbc_curl_start();
	*r = (struct vbc_request){.multi = curl_multi_init(), .curl = curl_easy_init()};
	r->data = malloc(ROOM);
	if (!r->multi || !r->curl || !r->data) {
		vbc_request_done(r);
		return vbc_fail_nomem(err);
	}
	request_set_up(r);
	return VBC_OK;
}

void vbc_request_stop(struct vbc_request *r)
{
	struct vbc_sigpipe blocked;

	vbc_sigpipe_block(&blocked);
	if (r->running)
		curl_multi_remove_handle(r->multi, r->curl);
	vbc_sigpipe_unblock(&blocked);
	r->running = r->paused = false;
	r->at = r->end = 0;
}

void vbc_request_done(struct vbc_request *r)
{
	struct vbc_sigpipe blocked;

	vbc_request_stop(r);
	vbc_sigpipe_block(&blocked);
	curl_easy_cleanup(r->curl);
	curl_multi_cleanup(r->multi);
	vbc_sigpipe_unblock(&blocked);
	curl_slist_free_all(r->headers);
	free(r->data);
	*r = (struct vbc_request){0};
}

static bool request_add_header(struct vbc_request *r, const char *name, const char *value)
{
	char *VBC_FREE line = NULL;
	struct curl_slist *list;

	if (asprintf(&line, "%s: %s", name, value) < 0) {
		line = NULL;
		return false;
	}
	list = curl_slist_append(r->headers, line);
	r->headers = list ? list : r->headers;
	return list != NULL;
}

int vbc_request_begin(struct vbc_request *r, const char *url, const char *range,
		      const char *version, struct vbc_error *err)
{
	bool made;

	vbc_request_stop(r);
	curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(vbc_steal(r->headers));
	made = request_add_header(r, "Accept-Encoding", "identity");
	if (made && range && version)
		made = request_add_header(r, "If-Range", version);
	r->answer = (struct vbc_answer){.size = UINT64_MAX};
	r->why[0] = '\0';
	r->result = CURLE_OK;
	if (!made || curl_easy_setopt(r->curl, CURLOPT_URL, url) != CURLE_OK ||
	    curl_easy_setopt(r->curl, CURLOPT_RANGE, range) != CURLE_OK ||
	    curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, r->headers) != CURLE_OK ||
	    curl_multi_add_handle(r->multi, r->curl) != CURLM_OK)
		return vbc_fail_nomem(err);
	r->running = true;
	return VBC_OK;
}

static void request_note_end(struct vbc_request *r, CURLcode result)
{
	r->result = result;
	curl_multi_remove_handle(r->multi, r->curl);
	r->running = false;
}

/* libcurl does not wait while it has no socket yet. */
static void request_wait_moment(struct vbc_request *r)
{
	int sockets = 0;

	curl_multi_wait(r->multi, NULL, 0, MOMENT_MS, &sockets);
	if (!sockets)
		vbc_sleep_ms(NO_SOCKET_MS);
}

bool vbc_request_run(struct vbc_request *r)
{
	size_t before = r->end - r->at;
	bool head = r->answer.complete;
	struct vbc_sigpipe blocked;
	CURLMsg *message;
	int running;

	vbc_sigpipe_block(&blocked);
	if (r->paused) {
		r->paused = false;
		curl_easy_pause(r->curl, CURLPAUSE_CONT);
	}
	if (curl_multi_perform(r->multi, &running) != CURLM_OK)
		request_note_end(r, CURLE_OUT_OF_MEMORY);
	while ((message = curl_multi_info_read(r->multi, &running)))
		if (message->msg == CURLMSG_DONE)
			request_note_end(r, message->data.result);
	if (r->running && r->end - r->at == before && r->answer.complete == head)
		request_wait_moment(r);
	vbc_sigpipe_unblock(&blocked);
	return r->end - r->at != before || r->answer.complete != head;
}

size_t vbc_request_take(struct vbc_request *r, void *to, size_t n)
{
	size_t there = r->end - r->at;

	n = n < there ? n : there;
	memcpy(to, r->data + r->at, n);
	r->at += n;
	return n;
}
