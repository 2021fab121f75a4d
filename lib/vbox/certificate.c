/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The certificate that a host shows.
 */
#include <stdlib.h>

#include "base/given.h"
#include "base/result.h"
#include "cert/cert.h"
#include "vbox/endpoint.h"

static int certificate_copy(const struct vbc_cert *cert, struct vbc_certificate **ret,
			    struct vbc_error *err)
{
	struct vbc_certificate *c = vbc_result_new(NULL, sizeof(*c));
	struct vbc_arena *a = c ? vbc_result_arena(c) : NULL;

	if (!c)
		return vbc_fail_nomem(err);
	c->fingerprint = vbc_arena_strdup(a, vbc_fingerprint_format(&cert->fingerprint).text);
	c->subject = vbc_arena_strdup(a, cert->subject);
	c->issuer = vbc_arena_strdup(a, cert->issuer);
	c->not_before_ms = cert->not_before_ms;
	c->not_after_ms = cert->not_after_ms;
	if (!c->fingerprint || !c->subject || !c->issuer) {
		vbc_certificate_free(c);
		return vbc_fail_nomem(err);
	}
	*ret = c;
	return VBC_OK;
}

/* Of anybody's, before it is judged. */
static int certificate_fetch(struct vbc_host *host, const struct vbc_http_wait *wait,
			     struct vbc_certificate **ret, struct vbc_error *err)
{
	struct vbc_cert cert VBC_CLEANUP(vbc_cert_done) = {.subject = NULL};
	char *VBC_FREE pem = NULL;
	int code = vbc_http_certificate(host->endpoint->http, wait, &pem, err);

	if (!code)
		code = vbc_cert_read(pem, &cert, err);
	return code ? code : certificate_copy(&cert, ret, err);
}

/* By a connection as all others are, on which nothing is sent. */
static int certificate_judge(struct vbc_host *host, const struct vbc_http_wait *wait,
			     struct vbc_certificate *certificate, struct vbc_error *err)
{
	struct vbc_error why = {0};
	int code = vbc_http_try(host->endpoint->http, wait, &why);

	certificate->accepted = code == VBC_OK;
	if (code == VBC_E_TLS) {
		certificate->why = vbc_arena_strdup(vbc_result_arena(certificate), why.text);
		return certificate->why ? VBC_OK : vbc_fail_nomem(err);
	}
	return code ? vbc_fail(err, code, "%s", why.text) : VBC_OK;
}

int vbc_host_certificate(struct vbc_host *host, struct vbc_certificate **ret_certificate,
			 struct vbc_error *err)
{
	struct vbc_certificate *found = NULL;
	struct vbc_error error = {0};
	int code;

	if (vbc_lacks(err, host, ret_certificate))
		return VBC_E_ARG;

	const struct vbc_http_wait wait = {.tick = host->tick, .data = host->tick_data};

	code = certificate_fetch(host, &wait, &found, &error);
	if (found)
		code = certificate_judge(host, &wait, found, &error);
	if (code) {
		vbc_certificate_free(found);
		if (err && !err->code)
			*err = error;
		return code;
	}
	*ret_certificate = found;
	return VBC_OK;
}

void vbc_certificate_free(struct vbc_certificate *certificate)
{
	vbc_result_free(certificate);
}
