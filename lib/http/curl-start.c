/* SPDX-License-Identifier: Apache-2.0 */
#include "http/curl-start.h"

#include <curl/curl.h>
#include <pthread.h>

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void http_start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void vbc_curl_start(void)
{
	pthread_once(&curl_once, http_start_curl);
}
