/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-list ROUNDS [all [cold]]: lists the nodes again and again: their names, or all that is
 * known of them. On one open handle, as a long-lived program does, or, cold, on a new one with a
 * session of its own each time. Prints milliseconds: "warm 41.3", and what the processor did for
 * each list, here and, where BENCH_PIDS names the host's processes, there: "cpu 2.1", "service 8".
 */
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "common.h"

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* Of one process, as the kernel counts it. */
static double service_ms_of(const char *pid, size_t n)
{
	char path[64];
	unsigned long user = 0, system = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.*s/stat", (int)n, pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		   &system) != 2)
		user = system = 0;
	fclose(file);
	return (double)(user + system) * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static double service_ms(void)
{
	const char *at = getenv("BENCH_PIDS");
	double sum = 0;

	while (at && *at) {
		size_t n = strcspn(at, ",");

		sum += service_ms_of(at, n);
		at += n + (at[n] == ',');
	}
	return sum;
}

static void list(struct vbc_host *host, unsigned fields)
{
	struct vbc_nodes *nodes = NULL;
	struct vbc_error error = {0};

	must(vbc_node_list(host, fields, &nodes, &error), &error);
	vbc_nodes_free(nodes);
}

static void list_cold(unsigned rounds, unsigned fields)
{
	for (unsigned i = 0; i < rounds; i++) {
		int64_t began = vbc_now_us();
		struct vbc_host *host = open_host_once();

		list(host, fields);
		vbc_host_close(host);
		printf("cold %.3f\n", (double)(vbc_now_us() - began) / 1000);
	}
}

static void list_warm(unsigned rounds, unsigned fields)
{
	struct vbc_host *host = open_host();
	double service, cpu;

	list(host, fields); /* which logs on */
	service = service_ms();
	for (unsigned i = 0; i < rounds; i++) {
		int64_t began = vbc_now_us();

		cpu = cpu_ms();
		list(host, fields);
		printf("warm %.3f\n", (double)(vbc_now_us() - began) / 1000);
		printf("cpu %.3f\n", cpu_ms() - cpu);
	}
	if (rounds)
		printf("service %.3f\n", (service_ms() - service) / rounds);
	vbc_host_close(host);
}

int main(int argc, char **argv)
{
	unsigned rounds = argument(argc, argv, 1);
	unsigned fields = argc > 2 && streq(argv[2], "all") ? (unsigned)VBC_NODE_FIELD_ALL
							    : VBC_NODE_FIELD_NAME;

	if (argc > 3 && streq(argv[3], "cold"))
		list_cold(rounds, fields);
	else
		list_warm(rounds, fields);
	return 0;
}
