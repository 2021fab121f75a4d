/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Metrics in Prometheus' text format. A sample that is unknown is left out: 0 would be a lie.
 */
#include "metrics-text.h"

#include <inttypes.h>
#include <stdarg.h>

#include "util.h"

static void family_begin(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

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
static void sample_begin(FILE *to, const char *name, ...)
{
	const char *label;
	va_list labels;
	bool first = true;

	fprintf(to, "%s{", name);
	va_start(labels, name);
	while ((label = va_arg(labels, const char *))) {
		label_write(to, label, va_arg(labels, const char *), first);
		first = false;
	}
	va_end(labels);
	fputs("} ", to);
}

static void sample_whole(FILE *to, const char *name, const char *host, const char *label,
			 const char *value, int64_t number)
{
	if (number < 0)
		return;
	sample_begin(to, name, "host", host, label, value, NULL);
	fprintf(to, "%" PRId64 "\n", number);
}

static void sample_fraction(FILE *to, const char *name, const char *host, const char *label,
			    const char *value, double number)
{
	if (number < 0)
		return;
	sample_begin(to, name, "host", host, label, value, NULL);
	fprintf(to, "%.6g\n", number);
}

static void up_write(FILE *to, const char *host, int up)
{
	family_begin(to, "vboxcloud_up", "gauge", "Whether the host answered.");
	sample_begin(to, "vboxcloud_up", "host", host, NULL);
	fprintf(to, "%d\n", up);
}

static void host_write_load(FILE *to, const char *host, const struct vbc_metrics *m)
{
	const char *name = "vboxcloud_host_cpu_ratio";

	family_begin(to, "vboxcloud_host_cpus", "gauge", "Processors of the host.");
	sample_begin(to, "vboxcloud_host_cpus", "host", host, NULL);
	fprintf(to, "%u\n", m->cpus);
	family_begin(to, name, "gauge", "Share of the host's processors in each mode, 0 to 1.");
	sample_fraction(to, name, host, "mode", "user", m->cpu_user);
	sample_fraction(to, name, host, "mode", "kernel", m->cpu_kernel);
	sample_fraction(to, name, host, "mode", "idle", m->cpu_idle);
	name = "vboxcloud_host_memory_bytes";
	family_begin(to, name, "gauge", "Memory of the host.");
	sample_whole(to, name, host, "kind", "total", m->memory_total_bytes);
	sample_whole(to, name, host, "kind", "used", m->memory_used_bytes);
	sample_whole(to, name, host, "kind", "free", m->memory_free_bytes);
}

static void filesystem_write(FILE *to, const char *host, const char *path, const char *kind,
			     int64_t bytes)
{
	if (bytes < 0)
		return;
	sample_begin(to, "vboxcloud_host_filesystem_bytes", "host", host, "path", path, "kind",
		     kind, NULL);
	fprintf(to, "%" PRId64 "\n", bytes);
}

static void host_write_filesystems(FILE *to, const char *host, const struct vbc_metrics *m)
{
	family_begin(to, "vboxcloud_host_filesystem_bytes", "gauge", "File systems of the host.");
	for (size_t i = 0; i < m->n_filesystems; i++) {
		const struct vbc_metrics_filesystem *fs = m->filesystems[i];

		filesystem_write(to, host, fs->path, "total", fs->total_bytes);
		filesystem_write(to, host, fs->path, "used", fs->used_bytes);
		filesystem_write(to, host, fs->path, "free", fs->free_bytes);
	}
}

static void nodes_write_info(FILE *to, const char *host, const struct vbc_nodes *nodes)
{
	family_begin(to, "vboxcloud_node_info", "gauge", "What a node is; always 1.");
	for (size_t i = 0; i < nodes->n; i++) {
		const struct vbc_node *node = nodes->v[i];

		sample_begin(to, "vboxcloud_node_info", "host", host, "uuid", node->id, "name",
			     node->name, "size", node->size, "image", node->image, NULL);
		fputs("1\n", to);
	}
}

static void nodes_write_states(FILE *to, const char *host, const struct vbc_nodes *nodes)
{
	const char *name = "vboxcloud_node_state";

	family_begin(to, name, "gauge", "1 for the state that a node is in, 0 for all others.");
	for (size_t i = 0; i < nodes->n; i++)
		for (int state = VBC_NODE_STATE_UNKNOWN; state <= VBC_NODE_STATE_ERROR; state++) {
			sample_begin(to, name, "host", host, "uuid", nodes->v[i]->id, "state",
				     vbc_node_state_name((enum vbc_node_state)state), NULL);
			fputs(state == (int)nodes->v[i]->state ? "1\n" : "0\n", to);
		}
}

static void nodes_write_configured(FILE *to, const char *host, const struct vbc_nodes *nodes)
{
	const char *name = "vboxcloud_node_cpus";

	family_begin(to, name, "gauge", "Virtual processors of a node.");
	for (size_t i = 0; i < nodes->n; i++)
		sample_whole(to, name, host, "uuid", nodes->v[i]->id,
			     nodes->v[i]->cpus ? (int64_t)nodes->v[i]->cpus : VBC_METRIC_UNKNOWN);
	name = "vboxcloud_node_memory_configured_bytes";
	family_begin(to, name, "gauge", "Memory of a node, as its guest sees it.");
	for (size_t i = 0; i < nodes->n; i++)
		sample_whole(to, name, host, "uuid", nodes->v[i]->id,
			     nodes->v[i]->memory_mib ? (int64_t)nodes->v[i]->memory_mib << 20
						     : VBC_METRIC_UNKNOWN);
}

static void nodes_write_cores(FILE *to, const char *host, const struct vbc_metrics *m)
{
	const char *name = "vboxcloud_node_cpu_cores_used";

	family_begin(to, name, "gauge", "Processors of the host that a node keeps busy.");
	for (size_t i = 0; i < m->n_nodes; i++)
		sample_fraction(to, name, host, "uuid", m->nodes[i]->id, m->nodes[i]->cpu_cores);
}

/* A family of whole numbers in struct vbc_metrics_node. */
static const struct figure_family {
	const char *name, *type, *help;
	size_t at;
} figure_families[] = {
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

static int64_t figure_of(const struct figure_family *family, const struct vbc_metrics_node *node)
{
	return *(const int64_t *)((const char *)node + family->at);
}

/* One that nothing is known of has no head either. */
static void nodes_write_figures(FILE *to, const char *host, const struct vbc_metrics *m,
				const struct figure_family *family)
{
	bool begun = false;

	for (size_t i = 0; i < m->n_nodes; i++) {
		int64_t value = figure_of(family, m->nodes[i]);

		if (value >= 0 && !begun)
			family_begin(to, family->name, family->type, family->help);
		begun = begun || value >= 0;
		sample_whole(to, family->name, host, "uuid", m->nodes[i]->id, value);
	}
}

void metrics_text(FILE *to, const char *host, const struct vbc_metrics *metrics,
		  const struct vbc_nodes *nodes)
{
	up_write(to, host, 1);
	host_write_load(to, host, metrics);
	host_write_filesystems(to, host, metrics);
	nodes_write_info(to, host, nodes);
	nodes_write_states(to, host, nodes);
	nodes_write_configured(to, host, nodes);
	nodes_write_cores(to, host, metrics);
	for (size_t i = 0; i < COUNT(figure_families); i++)
		nodes_write_figures(to, host, metrics, &figure_families[i]);
}

void metrics_text_down(FILE *to, const char *host)
{
	up_write(to, host, 0);
}
