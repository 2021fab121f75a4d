/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/link.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error-private.h"

#define SHOWN_MAX 300

bool vbc_link_is(const char *text)
{
	return strncasecmp(text, "http:", 5) == 0 || strncasecmp(text, "https:", 6) == 0;
}

bool vbc_link_is_local(const char *text)
{
	return strncasecmp(text, "file:", 5) == 0;
}

int vbc_link_check_scheme(const char *text, struct vbc_error *err)
{
	size_t n =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	if (!n || strncmp(text + n, "://", 3) != 0 || vbc_link_is(text) || vbc_link_is_local(text))
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"URLs with %.*s: are not supported; give one with https:, http: or file:",
			n < SHOWN_MAX ? (int)n : SHOWN_MAX, text);
}

int vbc_link_path(const char *text, char **ret, struct vbc_error *err)
{
	const char *path = text + strlen("file:");
	char *decoded;
	int n = 0;

	if (strncmp(path, "//localhost/", 12) == 0)
		path += 11;
	else if (strncmp(path, "///", 3) == 0)
		path += 2;
	if (path[0] != '/' || path[1] == '/' || !path[1])
		return vbc_fail(err, VBC_E_ARG,
				"'%.*s' names no file of this machine: that looks like "
				"file:///PATH",
				SHOWN_MAX, text);
	decoded = curl_easy_unescape(NULL, path, 0, &n);
	if (decoded && strlen(decoded) != (size_t)n) {
		curl_free(decoded);
		return vbc_fail(err, VBC_E_ARG, "'%.*s' names no file: no path contains a %%00",
				SHOWN_MAX, text);
	}
	*ret = decoded ? strdup(decoded) : NULL;
	curl_free(decoded);
	return *ret ? VBC_OK : vbc_fail_nomem(err);
}

bool vbc_link_same_scheme(const char *a, const char *b)
{
	size_t n = strcspn(a, ":");

	return strcspn(b, ":") == n && strncasecmp(a, b, n) == 0;
}

static bool link_has_odd_bytes(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return true;
	return false;
}

/* What stands before an @ may be a password, what follows a ? a token. */
static int link_refuse_text(const char *text, const char *why, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG, "'%.*s' is not the URL of a file: %s", SHOWN_MAX,
			strpbrk(text, "@?") ? "..." : text, why);
}

static bool link_has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

/* A part as a string of its own; NULL: there is none, or no memory. */
static char *link_copy_part(CURLU *u, CURLUPart part, unsigned flags)
{
	char *text = NULL, *copy;

	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return NULL;
	copy = strdup(text);
	curl_free(text);
	return copy;
}

/* The path may hold a %00 or the like, which libcurl does not decode. */
static char *link_find_name(CURLU *u)
{
	char *path = link_copy_part(u, CURLUPART_PATH, CURLU_URLDECODE);
	char *plain = path ? path : link_copy_part(u, CURLUPART_PATH, 0);
	const char *slash = plain ? strrchr(plain, '/') : NULL;
	char *name = plain ? strdup(slash ? slash + 1 : plain) : NULL;

	free(plain);
	return name;
}

static int link_take_parts(CURLU *u, struct vbc_link *ret, struct vbc_error *err)
{
	struct vbc_link link = {0};

	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	link.url = link_copy_part(u, CURLUPART_URL, 0);
	curl_url_set(u, CURLUPART_QUERY, NULL, 0);
	link.shown = link_copy_part(u, CURLUPART_URL, 0);
	link.name = link_find_name(u);
	if (!link.url || !link.shown || !link.name) {
		vbc_link_done(&link);
		return vbc_fail_nomem(err);
	}
	*ret = link;
	return VBC_OK;
}

int vbc_link_parse(const char *text, struct vbc_link *ret, struct vbc_error *err)
{
	CURLU *u = curl_url();
	CURLUcode rc;
	int code;

	if (!u)
		return vbc_fail_nomem(err);
	rc = curl_url_set(u, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
	if (rc == CURLUE_OUT_OF_MEMORY)
		code = vbc_fail_nomem(err);
	else if (link_has_odd_bytes(text))
		code = link_refuse_text(text, "it contains a space or a control character", err);
	else if (rc != CURLUE_OK || !strstr(text, "://"))
		code = link_refuse_text(text, "it looks like https://NAME/PATH/FILE", err);
	else if (link_has_part(u, CURLUPART_USER) || link_has_part(u, CURLUPART_PASSWORD))
		code = vbc_fail(err, VBC_E_ARG,
				"a URL must not contain a user or password, as other users of this "
				"machine may see it; fetch the file with another program first");
	else
		code = link_take_parts(u, ret, err);
	curl_url_cleanup(u);
	return code;
}

char *vbc_link_resolve(const char *from, const char *to)
{
	CURLU *u = curl_url();
	char *url = NULL;

	if (u && curl_url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_URL, to, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		url = link_copy_part(u, CURLUPART_URL, 0);
	curl_url_cleanup(u);
	return url;
}

void vbc_link_done(struct vbc_link *link)
{
	free(link->url);
	free(link->shown);
	free(link->name);
	*link = (struct vbc_link){0};
}
