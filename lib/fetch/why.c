/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/why.h"

/* What libcurl says of its failures, where that is not clear alone. */
static const struct {
	CURLcode rc;
	bool passing;
	const char *ours;
} failures[] = {
	{CURLE_COULDNT_RESOLVE_PROXY, false,
	 "the name of the proxy set in the environment cannot be resolved"},
	{CURLE_COULDNT_RESOLVE_HOST, true, "the server's name cannot be resolved"},
	{CURLE_COULDNT_CONNECT, true, "the server cannot be reached"},
	{CURLE_OPERATION_TIMEDOUT, true, "the server did not answer in time"},
	{CURLE_PARTIAL_FILE, true, "the connection broke"},
	{CURLE_RECV_ERROR, true, "the connection broke"},
	{CURLE_SEND_ERROR, true, "the connection broke"},
	{CURLE_GOT_NOTHING, true, "the connection broke"},
	{CURLE_SSL_CONNECT_ERROR, false, "a verified TLS connection could not be made"},
	{CURLE_PEER_FAILED_VERIFICATION, false,
	 "the server's certificate is not trusted (SSL_CERT_FILE can name other CA certificates)"},
	{CURLE_SSL_CACERT_BADFILE, false, "the CA certificates cannot be read"},
	{CURLE_UNSUPPORTED_PROTOCOL, false, "the server there does not speak HTTP"},
	{CURLE_WEIRD_SERVER_REPLY, false, "the server there does not speak HTTP"},
};

int vbc_fetch_fail_curl(const char *shown, CURLcode rc, const char *why, bool *ret_passing,
			struct vbc_error *err)
{
	const char *ours = "it failed";

	if (rc == CURLE_OUT_OF_MEMORY)
		return vbc_fail_nomem(err);
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].rc != rc)
			continue;
		ours = failures[i].ours;
		*ret_passing = failures[i].passing;
	}
	vbc_fail(err, VBC_E_FETCH, "cannot fetch '%s': %s: %s", shown, ours,
		 why[0] ? why : curl_easy_strerror(rc));
	if (err && !err->os)
		err->os = (int)rc;
	return VBC_E_FETCH;
}

static bool status_may_pass(int status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

static int status_find_code(int status)
{
	if (status == 404 || status == 410)
		return VBC_E_NOTFOUND;
	return status_may_pass(status) ? VBC_E_FETCH : VBC_E_ARG;
}

static const char *status_find_words(int status)
{
	switch (status) {
	case 404:
	case 410: return "there is no such file";
	case 401:
	case 403: return "access is refused";
	case 407: return "the proxy requires a password";
	case 429: return "the server asks to try again later";
	default: return status >= 500 ? "the server fails" : "the server's answer cannot be used";
	}
}

int vbc_fetch_fail_status(const char *shown, int status, bool *ret_passing, struct vbc_error *err)
{
	int code = status_find_code(status);

	*ret_passing = status_may_pass(status);
	vbc_fail(err, code, "cannot fetch '%s': %s (HTTP status %d)", shown,
		 status_find_words(status), status);
	if (err && !err->http)
		err->http = status;
	return code;
}
