/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_HTTP_CURL_START_H
#define VBC_HTTP_CURL_START_H

/* Makes libcurl ready, once in a program; older ones cannot do that in two threads at once. */
void vbc_curl_start(void);

#endif
