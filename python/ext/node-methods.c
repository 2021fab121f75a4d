/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of nodes.
 */
#include <stdlib.h>

#include "ext.h"

#define NETWORKS_MAX 9 /* one more than the library takes, so that it says so */

static const char *state_name(int state)
{
	return vbc_node_state_name((enum vbc_node_state)state);
}

static const char *source_name(int source)
{
	return vbc_address_source_name((enum vbc_address_source)source);
}

static const struct field adapter_shape[] = {
	FIELD(struct vbc_network_adapter, slot),
	FIELD_ENUM(struct vbc_network_adapter, kind, network_kind_name),
	FIELD(struct vbc_network_adapter, network),
	FIELD(struct vbc_network_adapter, mac),
	FIELDS_END,
};

static const struct field address_shape[] = {
	FIELD(struct vbc_address, host),
	FIELD(struct vbc_address, port),
	FIELD(struct vbc_address, guest_port),
	FIELD(struct vbc_address, adapter),
	FIELD_ENUM(struct vbc_address, source, source_name),
	FIELDS_END,
};

static const struct field tag_shape[] = {
	FIELD(struct vbc_tag, key),
	FIELD(struct vbc_tag, value),
	FIELDS_END,
};

#define F(member) FIELD(struct vbc_node, member)
const struct field node_shape[] = {
	F(id),
	F(name),
	FIELD_ENUM(struct vbc_node, state, state_name),
	F(machine_state),
	F(size),
	F(image),
	F(created_at_ms),
	F(cpus),
	FIELD_AS(struct vbc_node, memory_mib, "memory_mb"),
	FIELD_AS(struct vbc_node, disk_gib, "disk_gb"),
	F(os_type),
	F(description),
	F(settings_file),
	F(error),
	FIELD_LIST(struct vbc_node, adapters, adapter_shape),
	FIELD_LIST(struct vbc_node, forwards, forward_shape),
	FIELD_LIST(struct vbc_node, addresses, address_shape),
	FIELD_LIST(struct vbc_node, tags, tag_shape),
	FIELD_LIST(struct vbc_node, public_ips, NULL),
	FIELD_LIST(struct vbc_node, private_ips, NULL),
	F(firmware),
	F(username),
	FIELD_AS(struct vbc_node, is_protected, "protected"),
	F(iso),
	FIELDS_END,
};
#undef F
RESULT_RECORD(node, node_shape)
RESULT_LIST(nodes, node_shape)

static PyObject *result_bytes(const struct call *c)
{
	return PyBytes_FromStringAndSize(c->out.bytes, (Py_ssize_t)c->out_size);
}
#define RETURNS_BYTES .result = result_bytes, .free = free

#define ID PARAM(GIVEN, id, "id")

METHOD(node_list, "The nodes, by name; `fields` are NODE_... values, combined with |.",
       RETURNS(nodes), vbc_node_list(c->host, c->in.fields, &c->out.nodes, &c->error),
       PARAM(OPTIONAL, fields, "fields"), PARAM_END)
METHOD(node_get, "The node of an id or of a name that only one has.", RETURNS(node),
       vbc_node_get(c->host, c->in.id, &c->out.node, &c->error), ID, PARAM_END)

static struct vbc_first_boot *call_first_boot(struct call *c)
{
	struct vbc_first_boot *boot = &c->in.first_boot;

	boot->size = sizeof(*boot);
	boot->user_data = c->in.data.bytes;
	boot->user_data_size = c->in.data.size;
	while (boot->ssh_keys && boot->ssh_keys[boot->n_ssh_keys])
		boot->n_ssh_keys++;
	return boot;
}
#define FIRST_BOOT                                                                                 \
	PARAM(NAMED, first_boot.ssh_keys, "ssh_keys"),                                             \
		PARAM(NAMED, first_boot.password, "password"), PARAM_DATA(NAMED, "user_data"),     \
		PARAM(NAMED, first_boot.hostname, "hostname")

static int node_call_create(struct call *c)
{
	struct vbc_first_boot *boot = call_first_boot(c);
	struct vbc_network_choice networks[NETWORKS_MAX];
	int code = parse_networks(c, c->in.texts, networks, NETWORKS_MAX, &c->in.node.n_networks);

	if (code)
		return code;
	c->in.node.networks = networks;
	c->in.node.forwards = c->in.forwards.v;
	c->in.node.n_forwards = c->in.forwards.n;
	c->in.node.tags = c->in.tags.v;
	c->in.node.n_tags = c->in.tags.n;
	c->in.display.size = sizeof(c->in.display);
	c->in.node.display = c->in.flag ? &c->in.display : NULL;
	c->in.node.size = sizeof(c->in.node);
	if (boot->n_ssh_keys || boot->password || boot->user_data || boot->hostname)
		c->in.node.first_boot = boot;
	return vbc_node_create(c->host, c->in.name, &c->in.node, &c->wait, &c->out.node, &c->error);
}
METHOD(node_create, "Makes a node from an image, and starts it.", RETURNS(node),
       node_call_create(c), PARAM(GIVEN, name, "name"), PARAM(NAMED, node.image, "image"),
       PARAM(NAMED, node.node_size, "size"), PARAM(NAMED, node.description, "description"),
       PARAM(NAMED, node.serial_file, "serial_file"), PARAM(NAMED, node.serial, "serial"),
       PARAM(NAMED, node.iso, "iso"), PARAM(NAMED, node.no_start, "no_start"),
       PARAM(NAMED, node.linked, "linked"), PARAM(NAMED, node.os_type, "os_type"),
       PARAM(NAMED, node.firmware, "firmware"), PARAM(NAMED, texts, "networks"),
       PARAM_FORWARDS(NAMED, "forwards"), PARAM_TAGS(NAMED, "tags"), PARAM(NAMED, flag, "display"),
       PARAM(NAMED, display.port, "display_port"), PARAM(NAMED, display.address, "display_address"),
       PARAM(NAMED, display.password, "display_password"),
       PARAM(NAMED, display.no_password, "display_no_password"), FIRST_BOOT, PARAM_WAIT, PARAM_END)
METHOD(first_boot_replace, "Gives a stopped node a new first boot.", RETURNS_NOTHING,
       vbc_first_boot_replace(c->host, c->in.id, call_first_boot(c), &c->wait, &c->error),
       PARAM(GIVEN, id, "node"), FIRST_BOOT, PARAM_WAIT, PARAM_END)

static int node_call_clone(struct call *c)
{
	c->in.clone.size = sizeof(c->in.clone);
	return vbc_node_clone(c->host, c->in.id, c->in.name, &c->in.clone, &c->wait, &c->out.node,
			      &c->error);
}
METHOD(node_clone, "Makes a node that is like another, and starts it.", RETURNS(node),
       node_call_clone(c), ID, PARAM(GIVEN, name, "name"), PARAM(NAMED, clone.node_size, "size"),
       PARAM(NAMED, clone.no_start, "no_start"), PARAM(NAMED, clone.snapshot, "snapshot"),
       PARAM(NAMED, clone.linked, "linked"), PARAM_WAIT, PARAM_END)

static PyObject *result_log(const struct call *c)
{
	return PyUnicode_DecodeUTF8(c->out.bytes, (Py_ssize_t)c->out_size, "replace");
}
static int node_call_log(struct call *c)
{
	char *text = NULL;
	int code = vbc_node_log(c->host, c->in.id, &text, &c->out_size, &c->error);

	c->out.bytes = text;
	return code;
}
#define RETURNS_LOG .result = result_log, .free = free
METHOD(node_log, "The log that VirtualBox wrote of a node's last run.", RETURNS_LOG,
       node_call_log(c), ID, PARAM_END)
static int node_call_console(struct call *c)
{
	char *text = NULL;
	int code = vbc_node_console(c->host, c->in.id, &text, &c->out_size, &c->error);

	c->out.bytes = text;
	return code;
}
METHOD(node_console, "What the guest wrote to its first serial port.", RETURNS_LOG,
       node_call_console(c), ID, PARAM_END)
METHOD(node_start, "Starts a node, or wakes it.", RETURNS_NOTHING,
       vbc_node_start(c->host, c->in.id, NULL, &c->wait, &c->error), ID, PARAM_WAIT, PARAM_END)
static const struct vbc_node_stop_opts *stop_opts(struct call *c)
{
	c->in.stop.size = sizeof(c->in.stop);
	return &c->in.stop;
}
METHOD(node_stop, "Stops a node: by its power button, or with force at once.", RETURNS_NOTHING,
       vbc_node_stop(c->host, c->in.id, stop_opts(c), &c->wait, &c->error), ID,
       PARAM(OPTIONAL, stop.force, "force"), PARAM_WAIT, PARAM_END)
METHOD(node_reboot, "Reboots a node: through the guest, or with force by reset.", RETURNS_NOTHING,
       vbc_node_reboot(c->host, c->in.id, stop_opts(c), &c->wait, &c->error), ID,
       PARAM(OPTIONAL, stop.force, "force"), PARAM_WAIT, PARAM_END)
METHOD(node_pause, "Pauses a running node.", RETURNS_NOTHING,
       vbc_node_pause(c->host, c->in.id, NULL, &brief_wait, &c->error), ID, PARAM_END)
METHOD(node_suspend, "Saves a node's state on the host's disk.", RETURNS_NOTHING,
       vbc_node_suspend(c->host, c->in.id, NULL, &c->wait, &c->error), ID, PARAM_WAIT, PARAM_END)
METHOD(node_resume, "Continues a paused or suspended node.", RETURNS_NOTHING,
       vbc_node_resume(c->host, c->in.id, NULL, &c->wait, &c->error), ID, PARAM_WAIT, PARAM_END)
METHOD(node_discard_state, "Discards the saved state of a node.", RETURNS_NOTHING,
       vbc_node_discard_state(c->host, c->in.id, &brief_wait, &c->error), ID, PARAM_END)
METHOD(node_rename, "Renames a stopped node.", RETURNS_NOTHING,
       vbc_node_rename(c->host, c->in.id, c->in.name, &brief_wait, &c->error), ID,
       PARAM(GIVEN, name, "name"), PARAM_END)
METHOD(node_describe, "Sets the description of a node.", RETURNS_NOTHING,
       vbc_node_set_description(c->host, c->in.id, c->in.text, &brief_wait, &c->error), ID,
       PARAM(GIVEN, text, "description"), PARAM_END)
METHOD(node_resize, "Gives a stopped node another size.", RETURNS_NOTHING,
       vbc_node_resize(c->host, c->in.id, c->in.text, &c->wait, &c->error), ID,
       PARAM(GIVEN, text, "size"), PARAM_WAIT, PARAM_END)
METHOD(node_rebuild, "Gives a stopped node a new disk made of an image.", RETURNS(node),
       vbc_node_rebuild(c->host, c->in.id, c->in.text, &c->wait, &c->out.node, &c->error), ID,
       PARAM(GIVEN, text, "image"), PARAM_WAIT, PARAM_END)
METHOD(node_tag, "Sets a tag of a node, or removes it if no value is given.", RETURNS_NOTHING,
       vbc_node_tag(c->host, c->in.id, c->in.name, c->in.text, &brief_wait, &c->error), ID,
       PARAM(GIVEN, name, "key"), PARAM(OPTIONAL, text, "value"), PARAM_END)
METHOD(node_protect, "Protects a node from being destroyed and rebuilt, or ends that.",
       RETURNS_NOTHING, vbc_node_protect(c->host, c->in.id, c->in.flag, &brief_wait, &c->error), ID,
       PARAM(GIVEN, flag, "on"), PARAM_END)
METHOD(node_destroy, "Destroys a node and its own disks.", RETURNS_NOTHING,
       vbc_node_destroy(c->host, c->in.id, &c->wait, &c->error), ID, PARAM_WAIT, PARAM_END)
METHOD(node_eject, "Takes a disc out of a node's drive.", RETURNS_NOTHING,
       vbc_node_eject(c->host, c->in.id, &c->wait, &c->error), ID, PARAM_WAIT, PARAM_END)
METHOD(node_wait, "Waits until a node is in a state.", RETURNS_NOTHING,
       vbc_node_wait(c->host, c->in.id, c->in.state, &c->wait, &c->error), ID,
       PARAM_STATE(GIVEN, "state"), PARAM_WAIT, PARAM_END)
METHOD(node_screenshot, "A picture of the screen: PNG.", RETURNS_BYTES,
       vbc_node_screenshot(c->host, c->in.id, &c->out.bytes, &c->out_size, &c->error), ID,
       PARAM_END)

const struct method_row node_methods[] = {
	ROW(first_boot_replace),
	ROW(node_list),
	ROW(node_get),
	ROW(node_create),
	ROW(node_clone),
	ROW(node_log),
	ROW(node_start),
	ROW(node_stop),
	ROW(node_reboot),
	ROW(node_pause),
	ROW(node_suspend),
	ROW(node_resume),
	ROW(node_discard_state),
	ROW(node_rename),
	ROW(node_describe),
	ROW(node_rebuild),
	ROW(node_resize),
	ROW(node_tag),
	ROW(node_protect),
	ROW(node_destroy),
	ROW(node_wait),
	ROW(node_screenshot),
	ROW(node_console),
	ROW(node_eject),
	{NULL, NULL},
};
