/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HTTP_CA_H
#define VBC_HTTP_CA_H

/*
 * The file with the certificates of the authorities that this system trusts. NULL: libcurl knows
 * better, as one that is the system's own does, or there is none, or SSL_CERT_FILE or SSL_CERT_DIR
 * say it.
 */
const char *vbc_ca_find(void);

#endif
