/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX 200000

extern char **environ;

static void read_line(int fd, char *line, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
}

void proxy_start(struct proxy *p)
{
	const char *ca = getenv("VBOXCLOUD_CA_FILE");
	const char *const argv[] = {PROXY,      "--target", getenv("VBOXCLOUD_HOST"),
				    "--record", p->record,  ca ? "--tls-ca" : NULL,
				    ca,         NULL};
	posix_spawn_file_actions_t files;
	int in[2], out[2], record;

	snprintf(p->record, sizeof(p->record), "/tmp/vboxcloud-test-XXXXXX");
	record = mkostemp(p->record, O_CLOEXEC);
	if (record < 0 || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		bail_out("no pipe to the proxy");
	close(record);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in[0], 0);
	posix_spawn_file_actions_adddup2(&files, out[1], 1);
	if (posix_spawn(&p->pid, argv[0], &files, NULL, (char *const *)(uintptr_t)argv, environ))
		bail_out("the proxy does not start");
	posix_spawn_file_actions_destroy(&files);
	close(in[0]);
	close(out[1]);
	read_line(out[0], p->url, sizeof(p->url));
	close(out[0]);
	p->in = in[1];
	if (strncmp(p->url, "http://", 7) != 0)
		bail_out("the proxy does not say where it listens");
}

void proxy_stop(struct proxy *p)
{
	close(p->in);
	waitpid(p->pid, NULL, 0);
	unlink(p->record);
}

static struct vbc_host *handle_open(const struct proxy *p, unsigned call_timeout_ms, bool one_shot)
{
	struct vbc_host_opts opts = host_opts();
	struct vbc_host *host = NULL;

	opts.url = p->url;
	opts.ca_file = NULL;
	opts.call_timeout_ms = call_timeout_ms;
	opts.one_shot = one_shot;
	if (vbc_host_open(&opts, &host, NULL))
		bail_out("no handle");
	return host;
}

struct vbc_host *proxy_open(const struct proxy *p, unsigned call_timeout_ms)
{
	return handle_open(p, call_timeout_ms, false);
}

struct vbc_host *proxy_open_one_shot(const struct proxy *p, unsigned call_timeout_ms)
{
	return handle_open(p, call_timeout_ms, true);
}

/* Sends one request to the proxy's port; its answer, to be freed. */
static char *exchange(const struct proxy *p, const char *start, const char *body)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *answer = calloc(1, ANSWER_MAX), *request = NULL;
	size_t n = 0;
	ssize_t got;

	a.sin_port = htons((uint16_t)atoi(strrchr(p->url, ':') + 1));
	if (!answer || connect(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    asprintf(&request,
		     "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
		     start, strlen(body), body) < 0 ||
	    send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		bail_out("the proxy cannot be reached");
	while (n + 1 < ANSWER_MAX && (got = recv(fd, answer + n, ANSWER_MAX - n - 1, 0)) > 0)
		n += (size_t)got;
	free(request);
	close(fd);
	return answer;
}

void proxy_rules(const struct proxy *p, const char *json)
{
	char *answer = exchange(p, "POST /__proxy/rules", json);

	if (!strstr(answer, " 200 "))
		bail_out(answer);
	free(answer);
}

void proxy_reset(const struct proxy *p)
{
	free(exchange(p, "POST /__proxy/reset", ""));
}

/* In the order of calls, which the names stand in. */
int proxy_count(const struct proxy *p, const char *method)
{
	char *answer = exchange(p, "GET /__proxy/calls", ""), *quoted = NULL;
	const char *at = strstr(answer, "\"order\": ");
	int n = 0;

	if (asprintf(&quoted, "\"%s\"", method) < 0 || !at)
		bail_out("the proxy does not tell its calls");
	for (at = strstr(at, quoted); at; at = strstr(at + 1, quoted))
		n++;
	free(quoted);
	free(answer);
	return n;
}

bool proxy_has_fired(const struct proxy *p)
{
	char *answer = exchange(p, "GET /__proxy/calls", "");
	const char *at = strstr(answer, "\"fired\": [");
	bool fired = at && at[strlen("\"fired\": [")] != '0';

	free(answer);
	return fired;
}

/* What stands between `before` and the next '<' in the last line of the record that holds `what`.
 */
static char *find_last(const char *path, const char *what, const char *before)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, *found = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0) {
		const char *at = strstr(line, what) ? strstr(line, before) : NULL;

		if (!at)
			continue;
		free(found);
		found = strdup(at + strlen(before));
		found[strcspn(found, "<")] = '\0';
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

void proxy_log_off(const struct proxy *p)
{
	char *ref = find_last(p->record, "\"IWebsessionManager_logon\"", "<returnval>");
	char *body = NULL;

	if (!ref ||
	    asprintf(&body,
		     "<?xml version=\"1.0\"?><e:Envelope "
		     "xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		     "xmlns:v=\"http://www.virtualbox.org/\"><e:Body><v:IWebsessionManager_logoff>"
		     "<refIVirtualBox>%s</refIVirtualBox></v:IWebsessionManager_logoff></e:Body>"
		     "</e:Envelope>",
		     ref) < 0)
		bail_out("no log-on passed the proxy");
	free(exchange(p, "POST /", body));
	free(body);
	free(ref);
}
