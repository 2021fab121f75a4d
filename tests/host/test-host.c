/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Handles on a real host: opened and closed, what they tell of the host, what they log.
 */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

static void test_nothing(void)
{
	vbc_host_close(NULL);
	vbc_host_info_free(NULL);
	vbc_findings_free(NULL);
	vbc_nodes_free(NULL);
	vbc_node_free(NULL);
	vbc_images_free(NULL);
	vbc_image_free(NULL);
	vbc_sizes_free(NULL);
	vbc_locations_free(NULL);
	vbc_leftovers_free(NULL);
	ok(true, "NULL is freed");
}

/* A port of our own in place of the host: who connects to it is seen. */
static int listen_somewhere(char *url, size_t size)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof(a);

	if (bind(fd, (struct sockaddr *)&a, n) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&a, &n))
		bail_out("no port to listen on");
	snprintf(url, size, "http://127.0.0.1:%u", ntohs(a.sin_port));
	return fd;
}

static bool is_connected_to(int fd)
{
	return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) != 0;
}

static void test_unused(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host *host;
	char url[64];
	int fd = listen_somewhere(url, sizeof(url)), bad = 0;

	opts.url = url;
	opts.call_timeout_ms = 1000;
	for (int i = 0; i < 200; i++) {
		host = NULL;
		bad += vbc_host_open(&opts, &host, NULL) != 0;
		vbc_host_close(host);
	}
	is_int(bad, 0, "200 handles are opened and closed");
	ok(!is_connected_to(fd), "without a word to the host");
	if (ok(!vbc_host_open(&opts, &host, NULL), "one more is opened")) {
		is_int(vbc_host_show(host, &(struct vbc_host_info *){NULL}, NULL), VBC_E_TIMEOUT,
		       "and used");
		ok(is_connected_to(fd), "of that the host hears");
		vbc_host_close(host);
	}
	close(fd);
}

static void test_often(void)
{
	int bad = 0;

	for (int i = 0; i < 20; i++) {
		struct vbc_host *host = host_open();
		struct vbc_locations *locations = NULL;

		bad += vbc_location_list(host, &locations, NULL) != 0;
		vbc_locations_free(locations);
		vbc_host_close(host);
	}
	is_int(bad, 0, "20 handles are opened, used and closed");
}

static void test_show(struct vbc_host *host)
{
	struct vbc_host_info *i = NULL;
	struct vbc_error err = {0};

	if (!ok(!vbc_host_show(host, &i, &err), "the host is shown %s", err.text))
		return;
	ok(strncmp(i->url, "http", 4) == 0 && strrchr(i->url, ':') > i->url + 5, "URL %s", i->url);
	ok(i->version[0] >= '5' && strchr(i->version, '.'), "release %s", i->version);
	ok(strchr(i->api_version, '_') && i->api_version[0] == i->version[0], "API %s",
	   i->api_version);
	ok(i->os[0], "system %s", i->os);
	ok(i->cpus >= 1 && i->cpus < 10000, "%u CPUs", i->cpus);
	ok(i->memory_mib >= 256 && i->memory_available_mib <= i->memory_mib, "%u of %u MiB free",
	   i->memory_available_mib, i->memory_mib);
	ok(strncmp(i->images_folder, i->machine_folder, strlen(i->machine_folder)) == 0 &&
		   strcmp(i->images_folder + strlen(i->machine_folder) + 1, "images") == 0,
	   "folder of images %s", i->images_folder);
	ok(strstr(i->volumes_folder, "volumes") && strstr(i->snapshots_folder, "snapshots"),
	   "the others beside it");
	vbc_host_info_free(i);
}

static void test_lists(struct vbc_host *host)
{
	struct vbc_locations *locations = NULL;
	struct vbc_sizes *sizes = NULL;
	bool has_default = false;

	ok(!vbc_location_list(host, &locations, NULL) && locations->n == 1, "one location");
	if (locations) {
		is_str(locations->v[0]->id, "virtualbox-location", "its id");
		is_str(locations->v[0]->name, "VirtualBox Location", "its name");
		ok(locations->v[0]->version[0] && locations->v[0]->host[0], "its host");
	}
	ok(!vbc_size_list(host, &sizes, NULL) && sizes->n >= 10 && sizes->n <= 41, "sizes");
	for (size_t i = 0; sizes && i < sizes->n; i++)
		has_default = has_default || strcmp(sizes->v[i]->id, "1_cpu-256_ram-30_disk") == 0;
	ok(has_default, "with the one that is always there");
	vbc_locations_free(locations);
	vbc_sizes_free(sizes);
}

static void test_check(struct vbc_host *host)
{
	struct vbc_findings *f = NULL;
	struct vbc_error err = {0};
	bool ordered = true, spoken = true;

	if (!ok(!vbc_host_check(host, &f, &err), "the host is checked %s", err.text))
		return;
	for (size_t i = 0; i < f->n; i++) {
		ordered = ordered && (i == 0 || f->v[i]->number >= f->v[i - 1]->number);
		spoken = spoken && f->v[i]->subject[0] && f->v[i]->text[0] &&
			 (f->v[i]->level == VBC_FINDING_LEVEL_OK) ==
				 (f->v[i]->hint == VBC_HINT_NONE);
		ok(f->v[i]->level != VBC_FINDING_LEVEL_ERROR, "%u %s: %s", f->v[i]->number,
		   f->v[i]->subject, f->v[i]->text);
	}
	ok(f->n >= 5, "%zu findings", f->n);
	ok(ordered, "in the order of their numbers");
	ok(spoken, "each with words, and with a hint unless all is well");
	vbc_findings_free(f);
}

/* A host that is not there: an error for all but the check, whose finding it is. */
static void test_nobody(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_host_info *info = NULL;
	struct vbc_findings *f = NULL;
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};

	opts.url = "http://127.0.0.1:1";
	ok(!vbc_host_open(&opts, &host, NULL), "a handle on nobody");
	is_int(vbc_host_show(host, &info, &err), VBC_E_CONNECT, "show: %s", err.text);
	ok(!info && err.code == VBC_E_CONNECT && strstr(err.text, "127.0.0.1:1"), "names the host");
	is_int(vbc_host_show(host, &info, NULL), VBC_E_CONNECT, "nobody asks why");
	if (ok(!vbc_host_check(host, &f, NULL) && f->n == 1, "check: one finding")) {
		is_int(f->v[0]->number, 1, "of the connection");
		is_int(f->v[0]->level, VBC_FINDING_LEVEL_ERROR, "an error");
		is_int(f->v[0]->hint, VBC_HINT_START_SERVICE, "with a hint");
	}
	vbc_findings_free(f);
	vbc_host_close(host);
}

struct log {
	pthread_mutex_t mutex;
	int lines, broken, secret, traces, levels;
};

static void take_line(void *data, int level, const char *line)
{
	struct log *log = data;

	pthread_mutex_lock(&log->mutex);
	log->lines++;
	log->broken += !line[0] || strpbrk(line, "\r\n") != NULL;
	log->secret += strstr(line, "hush-hush") != NULL;
	log->traces += level == 2 && strstr(line, "IWebsessionManager_logon") != NULL;
	log->levels += level < 0 || level > 2;
	pthread_mutex_unlock(&log->mutex);
}

/* With a password of our own, whether or not the host takes it. */
static void test_log(void)
{
	struct log log = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	struct vbc_nodes *nodes = NULL;
	struct vbc_host *host = NULL;
	struct vbc_error err = {0};
	int code;

	opts.url = getenv("VBOXCLOUD_HOST");
	opts.ca_file = getenv("VBOXCLOUD_CA_FILE");
	opts.user = "somebody";
	opts.password = "hush-hush <&> \xe6\xbc\xa2";
	opts.log = take_line;
	opts.log_data = &log;
	ok(!vbc_host_open(&opts, &host, NULL), "a handle that logs");
	code = vbc_node_list(host, (unsigned)VBC_NODE_FIELD_ALL, &nodes, &err);
	ok(code == 0 || code == VBC_E_AUTH, "the list, or a refused log-on: %s", err.text);
	ok(!strstr(err.text, "hush-hush"), "the error has no password");
	vbc_nodes_free(nodes);
	vbc_host_close(host);
	ok(log.lines > 0, "%d lines were logged", log.lines);
	is_int(log.traces, 1, "one of them traces the log-on");
	is_int(log.broken, 0, "each is one line");
	is_int(log.levels, 0, "each has a level");
	is_int(log.secret, 0, "none has the password");
}

/* What would break the service that answers is never sent to it. */
static void test_bad_text(void)
{
	static const char *const bad[] = {"\xff", "\xef\xbf\xbe", "\xed\xa0\x80", "a\x01"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
		struct vbc_host_info *info = NULL;
		struct vbc_host *host = NULL;
		struct vbc_error err = {0};

		opts.url = getenv("VBOXCLOUD_HOST");
		opts.ca_file = getenv("VBOXCLOUD_CA_FILE");
		opts.user = i % 2 ? bad[i] : "somebody";
		opts.password = i % 2 ? "hush-hush" : bad[i];
		ok(!vbc_host_open(&opts, &host, NULL), "a handle with bad text");
		is_int(vbc_host_show(host, &info, &err), VBC_E_ARG, "is not sent: %s", err.text);
		ok(!strstr(err.text, "hush"), "without the password in the error");
		vbc_host_close(host);
	}
}

int main(void)
{
	struct vbc_host *host = host_open();

	test_nothing();
	test_unused();
	test_often();
	test_show(host);
	test_lists(host);
	test_check(host);
	test_nobody();
	test_log();
	test_bad_text();
	vbc_host_close(host);
	return tap_done();
}
