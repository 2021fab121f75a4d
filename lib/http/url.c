/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * libcurl takes URLs apart. It forgives more than is good here, and each release of it something
 * else, so what it found is judged once more.
 */
#include "http/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"

#define DEFAULT_PORT "18083"
#define SHOWN_MAX    100

/* What libcurl finds in it; NULL where there is nothing. */
struct parts {
	char *scheme, *user, *password, *name, *zone, *port, *path, *query, *fragment;
};

/* A text that may hold a password is not repeated. */
static const char *url_hide_secret(const char *text)
{
	return strpbrk(text, "@?#") ? "..." : text;
}

static int url_refuse_text(const char *text, const char *why, struct vbc_error *err)
{
	return vbc_fail(err, VBC_E_ARG, "'%.*s' is not the address of a host: %s", SHOWN_MAX,
			url_hide_secret(text), why);
}

static int url_refuse_form(const char *text, struct vbc_error *err)
{
	return url_refuse_text(text, "it looks like NAME, NAME:18083 or http://NAME:18083", err);
}

static bool url_has_scheme(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || (n && text[n] && strchr("+-.", text[n])))
		n++;
	return n && strncmp(text + n, "://", 3) == 0;
}

static bool url_has_odd_bytes(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f || *text == '\\')
			return true;
	return false;
}

static void url_find_parts(CURLU *u, struct parts *ret)
{
	const struct {
		CURLUPart part;
		char **at;
	} wanted[] = {
		{CURLUPART_SCHEME, &ret->scheme},     {CURLUPART_USER, &ret->user},
		{CURLUPART_PASSWORD, &ret->password}, {CURLUPART_HOST, &ret->name},
		{CURLUPART_ZONEID, &ret->zone},       {CURLUPART_PORT, &ret->port},
		{CURLUPART_PATH, &ret->path},         {CURLUPART_QUERY, &ret->query},
		{CURLUPART_FRAGMENT, &ret->fragment},
	};

	for (size_t i = 0; i < VBC_COUNT(wanted); i++)
		if (curl_url_get(u, wanted[i].part, wanted[i].at, 0) != CURLUE_OK)
			*wanted[i].at = NULL;
}

static void url_free_parts(struct parts *parts)
{
	curl_free(parts->scheme);
	curl_free(parts->user);
	curl_free(parts->password);
	curl_free(parts->name);
	curl_free(parts->zone);
	curl_free(parts->port);
	curl_free(parts->path);
	curl_free(parts->query);
	curl_free(parts->fragment);
}

/* Of a machine: letters of any language, digits, and what stands between them. */
static bool url_host_is_name(const char *name)
{
	bool has_letter = false;
	size_t at;
	long c;

	if (name[0] == '[')
		return true; /* an IPv6 address, which libcurl has checked */
	if (!vbc_text_ok(name, strlen(name), &at, &c))
		return false;
	for (; *name; name++) {
		bool letter = isalnum((unsigned char)*name) || (unsigned char)*name >= 0x80;

		if (!letter && !strchr("-._", *name))
			return false;
		has_letter = has_letter || letter;
	}
	return has_letter;
}

static bool url_is_port(const char *port)
{
	char *end;
	unsigned long n = strtoul(port, &end, 10);

	return !*end && n >= 1 && n <= 65535;
}

static int url_check_parts(const char *text, const struct parts *parts, struct vbc_error *err)
{
	if (parts->user || parts->password)
		return vbc_fail(err, VBC_E_ARG,
				"the host's address must not contain a user or password; they are "
				"given separately");
	if (!parts->scheme || (!streq(parts->scheme, "http") && !streq(parts->scheme, "https")))
		return url_refuse_text(text, "its URL must begin with http:// or https://", err);
	if (parts->query || parts->fragment)
		return url_refuse_text(text, "nothing with ? or # may follow the name and the port",
				       err);
	if (!parts->name || !url_host_is_name(parts->name))
		return url_refuse_form(text, err);
	if (parts->port && !url_is_port(parts->port))
		return url_refuse_text(text, "its port is not between 1 and 65535", err);
	return VBC_OK;
}

static int url_join_parts(const struct parts *parts, struct vbc_url *ret, struct vbc_error *err)
{
	const char *port = parts->port ? parts->port : DEFAULT_PORT;
	const char *path = parts->path ? parts->path : "/";
	size_t n = strlen(parts->name);
	struct vbc_url url = {0};
	char *name = NULL;
	bool done;

	/* A zone, as in [fe80::1%eth0], is told apart from the address. */
	if (parts->zone && parts->name[n - 1] == ']' && !strchr(parts->name, '%'))
		done = asprintf(&name, "%.*s%%25%s]", (int)n - 1, parts->name, parts->zone) >= 0;
	else
		done = (name = strdup(parts->name));
	done = done && asprintf(&url.authority, "%s:%s", parts->name, port) >= 0 &&
	       asprintf(&url.text, "%s://%s:%s%s", parts->scheme, name, port,
			streq(path, "/") ? "" : path) >= 0 &&
	       (url.path = strdup(path));
	free(name);
	if (!done) {
		vbc_url_done(&url);
		return vbc_fail_nomem(err);
	}
	*ret = url;
	return VBC_OK;
}

static int url_parse_whole(const char *text, const char *whole, struct vbc_url *ret,
			   struct vbc_error *err)
{
	CURLU *u = curl_url();
	struct parts parts = {0};
	CURLUcode rc;
	int code;

	if (!u)
		return vbc_fail_nomem(err);
	rc = curl_url_set(u, CURLUPART_URL, whole, CURLU_NON_SUPPORT_SCHEME);
	if (rc == CURLUE_OK)
		url_find_parts(u, &parts);
	curl_url_cleanup(u);
	if (rc == CURLUE_OUT_OF_MEMORY)
		return vbc_fail_nomem(err);
	if (rc == CURLUE_BAD_PORT_NUMBER)
		return url_refuse_text(text, "its port is not between 1 and 65535", err);
	if (rc != CURLUE_OK)
		return url_refuse_form(text, err);
	code = url_check_parts(text, &parts, err);
	if (!code)
		code = url_join_parts(&parts, ret, err);
	url_free_parts(&parts);
	return code;
}

int vbc_url_parse(const char *text, struct vbc_url *ret, struct vbc_error *err)
{
	const char *colon = strchr(text, ':');
	char *whole;
	int code;

	if (url_has_odd_bytes(text))
		return url_refuse_form(text, err);
	if (strstr(text, ":///")) /* some releases take what follows for the name */
		return url_refuse_form(text, err);
	if (url_has_scheme(text))
		return url_parse_whole(text, text, ret, err);
	if (!*text || *text == '/' || strncasecmp(text, "http:", 5) == 0 ||
	    strncasecmp(text, "https:", 6) == 0)
		return url_refuse_form(text, err);
	if (colon && *text != '[' && strchr(colon + 1, ':') && !strpbrk(text, "@/"))
		return url_refuse_text(
			text, "an IPv6 address must be in brackets, as in [::1]:18083", err);
	if (asprintf(&whole, "http://%s", text) < 0)
		return vbc_fail_nomem(err);
	code = url_parse_whole(text, whole, ret, err);
	free(whole);
	return code;
}

void vbc_url_done(struct vbc_url *url)
{
	free(url->text);
	free(url->authority);
	free(url->path);
}
