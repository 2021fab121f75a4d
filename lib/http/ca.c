/* SPDX-License-Identifier: Apache-2.0 */
#include "http/ca.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#if VBC_CA_SEARCH

const char *vbc_ca_find(void)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch */
		"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, Red Hat */
		"/etc/ssl/ca-bundle.pem",             /* SUSE */
	};

	if (getenv("SSL_CERT_FILE") || getenv("SSL_CERT_DIR"))
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

#else

const char *vbc_ca_find(void)
{
	return NULL;
}

#endif
