/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics in Prometheus' text format. A sample that is unknown is left out: 0 would be a lie.
 */
#include "metrics-text.h"

#include <inttypes.h>
#include <stdarg.h>

#include "util.h"

/* Samples of one name, with its head before the first: Prometheus wants them together, whatever
 * hosts they are of. */
struct family {
	FILE *to;
	const char *name, *type, *help;
	bool begun;
};

/* Its value is escaped as the format asks. */
static void label_write(FILE *to, const char *name, const char *value, bool first)
{
	fprintf(to, "%s%s=\"", first ? "" : ",", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", to);
		else if (*value == '"' || *value == '\\')
			fprintf(to, "\\%c", *value);
		else
			fputc(*value, to);
	}
	fputc('"', to);
}

/* Names and values of labels in turn, up to a name that is NULL. */
static void sample_begin(struct family *f, ...)
{
	const char *label;
	va_list labels;
	bool first = true;

	if (!f->begun)
		fprintf(f->to, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
	f->begun = true;
	fprintf(f->to, "%s{", f->name);
	va_start(labels, f);
	while ((label = va_arg(labels, const char *))) {
		label_write(f->to, label, va_arg(labels, const char *), first);
		first = false;
	}
	va_end(labels);
	fputs("} ", f->to);
}

static void sample_whole(struct family *f, const char *host, const char *label, const char *value,
			 int64_t number)
{
	if (number < 0)
		return;
	sample_begin(f, "host", host, label, value, NULL);
	fprintf(f->to, "%" PRId64 "\n", number);
}

static void sample_fraction(struct family *f, const char *host, const char *label,
			    const char *value, double number)
{
	if (number < 0)
		return;
	sample_begin(f, "host", host, label, value, NULL);
	fprintf(f->to, "%.6g\n", number);
}

static void up_write(struct family *f, const struct metrics_of *of)
{
	sample_begin(f, "host", of->host, NULL);
	fprintf(f->to, "%d\n", of->metrics != NULL);
}

static void cpus_write(struct family *f, const struct metrics_of *of)
{
	sample_begin(f, "host", of->host, NULL);
	fprintf(f->to, "%u\n", of->metrics->cpus);
}

static void cpu_ratio_write(struct family *f, const struct metrics_of *of)
{
	sample_fraction(f, of->host, "mode", "user", of->metrics->cpu_user);
	sample_fraction(f, of->host, "mode", "kernel", of->metrics->cpu_kernel);
	sample_fraction(f, of->host, "mode", "idle", of->metrics->cpu_idle);
}

static void memory_write(struct family *f, const struct metrics_of *of)
{
	sample_whole(f, of->host, "kind", "total", of->metrics->memory_total_bytes);
	sample_whole(f, of->host, "kind", "used", of->metrics->memory_used_bytes);
	sample_whole(f, of->host, "kind", "free", of->metrics->memory_free_bytes);
}

static void filesystem_write(struct family *f, const char *host, const char *path, const char *kind,
			     int64_t bytes)
{
	if (bytes < 0)
		return;
	sample_begin(f, "host", host, "path", path, "kind", kind, NULL);
	fprintf(f->to, "%" PRId64 "\n", bytes);
}

static void filesystems_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->metrics->n_filesystems; i++) {
		const struct vbc_metrics_filesystem *fs = of->metrics->filesystems[i];

		filesystem_write(f, of->host, fs->path, "total", fs->total_bytes);
		filesystem_write(f, of->host, fs->path, "used", fs->used_bytes);
		filesystem_write(f, of->host, fs->path, "free", fs->free_bytes);
	}
}

static void info_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->nodes->n; i++) {
		const struct vbc_node *node = of->nodes->v[i];

		sample_begin(f, "host", of->host, "uuid", node->id, "name", node->name, "size",
			     node->size, "image", node->image, NULL);
		fputs("1\n", f->to);
	}
}

static void states_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->nodes->n; i++)
		for (int state = VBC_NODE_STATE_UNKNOWN; state <= VBC_NODE_STATE_ERROR; state++) {
			sample_begin(f, "host", of->host, "uuid", of->nodes->v[i]->id, "state",
				     vbc_node_state_name((enum vbc_node_state)state), NULL);
			fputs(state == (int)of->nodes->v[i]->state ? "1\n" : "0\n", f->to);
		}
}

static void node_cpus_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->nodes->n; i++) {
		unsigned cpus = of->nodes->v[i]->cpus;

		sample_whole(f, of->host, "uuid", of->nodes->v[i]->id,
			     cpus ? (int64_t)cpus : VBC_METRIC_UNKNOWN);
	}
}

static void node_memory_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->nodes->n; i++) {
		unsigned mib = of->nodes->v[i]->memory_mib;

		sample_whole(f, of->host, "uuid", of->nodes->v[i]->id,
			     mib ? (int64_t)mib << 20 : VBC_METRIC_UNKNOWN);
	}
}

static void cores_write(struct family *f, const struct metrics_of *of)
{
	for (size_t i = 0; i < of->metrics->n_nodes; i++)
		sample_fraction(f, of->host, "uuid", of->metrics->nodes[i]->id,
				of->metrics->nodes[i]->cpu_cores);
}

/* What all hosts have but those that did not answer. */
static const struct {
	const char *name, *help;
	void (*write)(struct family *f, const struct metrics_of *of);
} families[] = {
	{"vboxcloud_host_cpus", "Processors of the host.", cpus_write},
	{"vboxcloud_host_cpu_ratio", "Share of the host's processors in each mode, 0 to 1.",
	 cpu_ratio_write},
	{"vboxcloud_host_memory_bytes", "Memory of the host.", memory_write},
	{"vboxcloud_host_filesystem_bytes", "File systems of the host.", filesystems_write},
	{"vboxcloud_node_info", "What a node is; always 1.", info_write},
	{"vboxcloud_node_state", "1 for the state that a node is in, 0 for all others.",
	 states_write},
	{"vboxcloud_node_cpus", "Virtual processors of a node.", node_cpus_write},
	{"vboxcloud_node_memory_configured_bytes", "Memory of a node, as its guest sees it.",
	 node_memory_write},
	{"vboxcloud_node_cpu_cores_used", "Processors of the host that a node keeps busy.",
	 cores_write},
};

/* A family of whole numbers in struct vbc_metrics_node. */
static const struct figures {
	const char *name, *type, *help;
	size_t at;
} figures[] = {
	{"vboxcloud_node_memory_used_bytes", "gauge", "Memory of the host that a node uses.",
	 offsetof(struct vbc_metrics_node, memory_used_bytes)},
	{"vboxcloud_node_disk_used_bytes", "gauge", "Space on the host that a node's disks use.",
	 offsetof(struct vbc_metrics_node, disk_used_bytes)},
	{"vboxcloud_node_network_receive_bytes_total", "counter",
	 "Received by a node's adapters since it was started.",
	 offsetof(struct vbc_metrics_node, received_bytes)},
	{"vboxcloud_node_network_transmit_bytes_total", "counter",
	 "Sent by a node's adapters since it was started.",
	 offsetof(struct vbc_metrics_node, transmitted_bytes)},
	{"vboxcloud_node_disk_read_bytes_total", "counter",
	 "Read from a node's disks since it was started.",
	 offsetof(struct vbc_metrics_node, read_bytes)},
	{"vboxcloud_node_disk_written_bytes_total", "counter",
	 "Written to a node's disks since it was started.",
	 offsetof(struct vbc_metrics_node, written_bytes)},
};

static int64_t figure_of(const struct figures *family, const struct vbc_metrics_node *node)
{
	return *(const int64_t *)((const char *)node + family->at);
}

static void figures_write(struct family *f, const struct metrics_of *of, const struct figures *its)
{
	for (size_t i = 0; i < of->metrics->n_nodes; i++)
		sample_whole(f, of->host, "uuid", of->metrics->nodes[i]->id,
			     figure_of(its, of->metrics->nodes[i]));
}

void metrics_text(FILE *to, const struct metrics_of *v, size_t n)
{
	struct family up = {to, "vboxcloud_up", "gauge", "Whether the host answered.", false};

	for (size_t i = 0; i < n; i++)
		up_write(&up, &v[i]);
	for (size_t k = 0; k < COUNT(families); k++) {
		struct family f = {to, families[k].name, "gauge", families[k].help, false};

		for (size_t i = 0; i < n; i++)
			if (v[i].metrics)
				families[k].write(&f, &v[i]);
	}
	for (size_t k = 0; k < COUNT(figures); k++) {
		struct family f = {to, figures[k].name, figures[k].type, figures[k].help, false};

		for (size_t i = 0; i < n; i++)
			if (v[i].metrics)
				figures_write(&f, &v[i], &figures[k]);
	}
}
