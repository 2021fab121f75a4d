/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every public function, given NULL for each thing that it must be given: it says which, before
 * anything is sent or opened. The list of public names tells whether all of them are here.
 */
#include <stdlib.h>

#include <vboxcloud/vboxcloud.h>

#include "tap.h"

static struct vbc_host *host;
static void *any; /* of any kind, not to be looked at */
static struct vbc_error err;
static char *tried;

/* Calls it and judges what came of it; then it counts as tried. */
#define LACKS(argument, call)                                                                      \
	do {                                                                                       \
		err = (struct vbc_error){0};                                                       \
		judge(argument, #call, (call));                                                    \
	} while (0)

static void judge(const char *argument, const char *call, int code)
{
	char wanted[100], *more = NULL;

	snprintf(wanted, sizeof(wanted), "'%s' must not be NULL", argument);
	ok(code == VBC_E_ARG && err.code == code && strcmp(err.text, wanted) == 0, "%s: %d %s",
	   call, code, err.text);
	if (asprintf(&more, "%s %.*s;", tried ? tried : "", (int)strcspn(call, "("), call) < 0)
		abort();
	free(tried);
	tried = more;
}

static int hear(void *data, const char *text, size_t size)
{
	(void)data;
	(void)text;
	(void)size;
	return 0;
}

static int tell(void *data, const struct vbc_event *event)
{
	(void)data;
	(void)event;
	return 1;
}

static int tell_of(void *data, const struct vbc_fleet_event *event)
{
	(void)data;
	(void)event;
	return 0;
}

static int ask(void *data, size_t number, struct vbc_host *of, struct vbc_error *why)
{
	(void)data;
	(void)number;
	(void)of;
	(void)why;
	return 0;
}

static void test_fleets(void)
{
	LACKS("members", vbc_fleet_open(NULL, 1, NULL, any, &err));
	LACKS("ret_fleet", vbc_fleet_open(any, 1, NULL, NULL, &err));
	LACKS("fleet", vbc_fleet_each(NULL, ask, NULL, any, &err));
	LACKS("call", vbc_fleet_each(any, NULL, NULL, any, &err));
	LACKS("ret_failures", vbc_fleet_each(any, ask, NULL, NULL, &err));
	LACKS("host", vbc_host_room(NULL, NULL, any, &err));
	LACKS("ret_room", vbc_host_room(host, NULL, NULL, &err));
	LACKS("fleet", vbc_fleet_place(NULL, any, NULL, any, &err));
	LACKS("node", vbc_fleet_place(any, NULL, NULL, any, &err));
	LACKS("ret_placement", vbc_fleet_place(any, any, NULL, NULL, &err));
	LACKS("placement", vbc_placement_fail(NULL, &err));
	LACKS("fleet", vbc_fleet_node_create_at(NULL, any, 0, "x", any, NULL, NULL, any, &err));
	LACKS("placement", vbc_fleet_node_create_at(any, NULL, 0, "x", any, NULL, NULL, any, &err));
	LACKS("name", vbc_fleet_node_create_at(any, any, 0, NULL, any, NULL, NULL, any, &err));
	LACKS("node", vbc_fleet_node_create_at(any, any, 0, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_node", vbc_fleet_node_create_at(any, any, 0, "x", any, NULL, NULL, NULL, &err));
	LACKS("fleet", vbc_fleet_node_create(NULL, "x", any, NULL, NULL, any, &err));
	LACKS("name", vbc_fleet_node_create(any, NULL, any, NULL, NULL, any, &err));
	LACKS("node", vbc_fleet_node_create(any, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_node", vbc_fleet_node_create(any, "x", any, NULL, NULL, NULL, &err));
	LACKS("fleet", vbc_fleet_node_list(NULL, 0, any, &err));
	LACKS("ret_nodes", vbc_fleet_node_list(any, 0, NULL, &err));
	LACKS("fleet", vbc_fleet_watch(NULL, tell_of, NULL, NULL, &err));
	LACKS("tell", vbc_fleet_watch(any, NULL, NULL, NULL, &err));
}

static void test_others(void)
{
	LACKS("host", vbc_api_call(NULL, any, 1, NULL, any, &err));
	LACKS("calls", vbc_api_call(host, NULL, 1, NULL, any, &err));
	LACKS("ret_reply", vbc_api_call(host, any, 1, NULL, NULL, &err));
	LACKS("host", vbc_display_disable(NULL, "x", NULL, &err));
	LACKS("node", vbc_display_disable(host, NULL, NULL, &err));
	LACKS("host", vbc_display_enable(NULL, "x", NULL, NULL, any, &err));
	LACKS("node", vbc_display_enable(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_display", vbc_display_enable(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_display_get(NULL, "x", any, &err));
	LACKS("node", vbc_display_get(host, NULL, any, &err));
	LACKS("ret_display", vbc_display_get(host, "x", NULL, &err));
	LACKS("host", vbc_gc(NULL, NULL, NULL, NULL, &err));
	LACKS("host", vbc_host_certificate(NULL, any, &err));
	LACKS("ret_certificate", vbc_host_certificate(host, NULL, &err));
	LACKS("host", vbc_host_check(NULL, any, &err));
	LACKS("ret_findings", vbc_host_check(host, NULL, &err));
	LACKS("ret_host", vbc_host_open(NULL, NULL, &err));
	LACKS("host", vbc_host_show(NULL, any, &err));
	LACKS("ret_info", vbc_host_show(host, NULL, &err));
	LACKS("host", vbc_host_cordon(NULL, true, &err));
	LACKS("host", vbc_metrics_get(NULL, NULL, any, &err));
	LACKS("ret_metrics", vbc_metrics_get(host, NULL, NULL, &err));
	LACKS("host", vbc_key_create(NULL, "x", NULL, any, &err));
	LACKS("name", vbc_key_create(host, NULL, NULL, any, &err));
	LACKS("ret_key", vbc_key_create(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_key_delete(NULL, "x", NULL, &err));
	LACKS("name", vbc_key_delete(host, NULL, NULL, &err));
	LACKS("host", vbc_key_get(NULL, "x", any, &err));
	LACKS("name", vbc_key_get(host, NULL, any, &err));
	LACKS("ret_key", vbc_key_get(host, "x", NULL, &err));
	LACKS("host", vbc_key_import(NULL, "x", "x", NULL, any, &err));
	LACKS("name", vbc_key_import(host, NULL, "x", NULL, any, &err));
	LACKS("public_key", vbc_key_import(host, "x", NULL, NULL, any, &err));
	LACKS("ret_key", vbc_key_import(host, "x", "x", NULL, NULL, &err));
	LACKS("host", vbc_key_list(NULL, any, &err));
	LACKS("ret_keys", vbc_key_list(host, NULL, &err));
	LACKS("name", vbc_key_make(NULL, any, &err));
	LACKS("ret_key", vbc_key_make("x", NULL, &err));
	LACKS("host", vbc_location_list(NULL, any, &err));
	LACKS("ret_locations", vbc_location_list(host, NULL, &err));
	LACKS("host", vbc_size_list(NULL, any, &err));
	LACKS("ret_sizes", vbc_size_list(host, NULL, &err));
	LACKS("id", vbc_size_parse(NULL, any, &err));
	LACKS("ret_size", vbc_size_parse("x", NULL, &err));
	LACKS("host", vbc_ssh_find(NULL, "x", any, &err));
	LACKS("node", vbc_ssh_find(host, NULL, any, &err));
	LACKS("ret_ssh", vbc_ssh_find(host, "x", NULL, &err));
	LACKS("host", vbc_ssh_reach(NULL, "x", NULL, NULL, any, &err));
	LACKS("node", vbc_ssh_reach(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_ssh", vbc_ssh_reach(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_ssh_wait(NULL, "x", NULL, any, &err));
	LACKS("node", vbc_ssh_wait(host, NULL, NULL, any, &err));
	LACKS("ret_ssh", vbc_ssh_wait(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_watch(NULL, tell, NULL, NULL, &err));
	LACKS("tell", vbc_watch(host, NULL, NULL, NULL, &err));
}

static void test_consoles(void)
{
	LACKS("host", vbc_node_get_fields(NULL, "x", 0, any, &err));
	LACKS("id_or_name", vbc_node_get_fields(host, NULL, 0, any, &err));
	LACKS("ret_node", vbc_node_get_fields(host, "x", 0, NULL, &err));
	LACKS("host", vbc_node_eject(NULL, "x", NULL, &err));
	LACKS("id_or_name", vbc_node_eject(host, NULL, NULL, &err));
	LACKS("host", vbc_node_console(NULL, "x", any, any, &err));
	LACKS("id_or_name", vbc_node_console(host, NULL, any, any, &err));
	LACKS("ret_text", vbc_node_console(host, "x", NULL, any, &err));
	LACKS("ret_size", vbc_node_console(host, "x", any, NULL, &err));
	LACKS("host", vbc_node_console_follow(NULL, "x", hear, NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_console_follow(host, NULL, hear, NULL, NULL, &err));
	LACKS("tell", vbc_node_console_follow(host, "x", NULL, NULL, NULL, &err));
}

static void test_nodes(void)
{
	LACKS("host", vbc_first_boot_replace(NULL, "x", any, NULL, &err));
	LACKS("node", vbc_first_boot_replace(host, NULL, any, NULL, &err));
	LACKS("first_boot", vbc_first_boot_replace(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_node_clone(NULL, "x", "x", NULL, NULL, any, &err));
	LACKS("id_or_name", vbc_node_clone(host, NULL, "x", NULL, NULL, any, &err));
	LACKS("name", vbc_node_clone(host, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_node", vbc_node_clone(host, "x", "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_create(NULL, "x", NULL, NULL, any, &err));
	LACKS("name", vbc_node_create(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_node", vbc_node_create(host, "x", NULL, NULL, NULL, &err));
	LACKS("name", vbc_node_create_check(NULL, NULL, &err));
	LACKS("host", vbc_node_set_description(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_set_description(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_destroy(NULL, "x", NULL, &err));
	LACKS("id_or_name", vbc_node_destroy(host, NULL, NULL, &err));
	LACKS("host", vbc_node_discard_state(NULL, "x", NULL, &err));
	LACKS("id_or_name", vbc_node_discard_state(host, NULL, NULL, &err));
	LACKS("host", vbc_node_get(NULL, "x", any, &err));
	LACKS("id_or_name", vbc_node_get(host, NULL, any, &err));
	LACKS("ret_node", vbc_node_get(host, "x", NULL, &err));
	LACKS("host", vbc_node_list(NULL, 0, any, &err));
	LACKS("ret_nodes", vbc_node_list(host, 0, NULL, &err));
	LACKS("host", vbc_node_log(NULL, "x", any, any, &err));
	LACKS("id_or_name", vbc_node_log(host, NULL, any, any, &err));
	LACKS("ret_text", vbc_node_log(host, "x", NULL, any, &err));
	LACKS("ret_size", vbc_node_log(host, "x", any, NULL, &err));
	LACKS("host", vbc_node_pause(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_pause(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_reboot(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_reboot(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_rename(NULL, "x", "x", NULL, &err));
	LACKS("id_or_name", vbc_node_rename(host, NULL, "x", NULL, &err));
	LACKS("name", vbc_node_rename(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_node_rebuild(NULL, "x", "x", NULL, any, &err));
	LACKS("id_or_name", vbc_node_rebuild(host, NULL, "x", NULL, any, &err));
	LACKS("image", vbc_node_rebuild(host, "x", NULL, NULL, any, &err));
	LACKS("ret_node", vbc_node_rebuild(host, "x", "x", NULL, NULL, &err));
	LACKS("host", vbc_node_resize(NULL, "x", "x", NULL, &err));
	LACKS("id_or_name", vbc_node_resize(host, NULL, "x", NULL, &err));
	LACKS("size", vbc_node_resize(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_node_resume(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_resume(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_screenshot(NULL, "x", any, any, &err));
	LACKS("id_or_name", vbc_node_screenshot(host, NULL, any, any, &err));
	LACKS("ret_png", vbc_node_screenshot(host, "x", NULL, any, &err));
	LACKS("ret_size", vbc_node_screenshot(host, "x", any, NULL, &err));
	LACKS("host", vbc_node_start(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_start(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_stop(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_stop(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_suspend(NULL, "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_suspend(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_tag(NULL, "x", "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_tag(host, NULL, "x", NULL, NULL, &err));
	LACKS("key", vbc_node_tag(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_teleport(NULL, "x", host, NULL, NULL, &err));
	LACKS("id_or_name", vbc_node_teleport(host, NULL, host, NULL, NULL, &err));
	LACKS("to", vbc_node_teleport(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_node_wait(NULL, "x", VBC_NODE_STATE_RUNNING, NULL, &err));
}

static void test_nodes_again(void)
{
	LACKS("host", vbc_node_protect(NULL, "x", true, NULL, &err));
	LACKS("id_or_name", vbc_node_protect(host, NULL, true, NULL, &err));
	LACKS("id_or_name", vbc_node_wait(host, NULL, VBC_NODE_STATE_RUNNING, NULL, &err));
	LACKS("host", vbc_node_wait_address(NULL, "x", NULL, any, &err));
	LACKS("id_or_name", vbc_node_wait_address(host, NULL, NULL, any, &err));
	LACKS("ret_node", vbc_node_wait_address(host, "x", NULL, NULL, &err));
}

static void test_networks(void)
{
	LACKS("host", vbc_forward_add(NULL, "x", any, NULL, any, &err));
	LACKS("node", vbc_forward_add(host, NULL, any, NULL, any, &err));
	LACKS("opts", vbc_forward_add(host, "x", NULL, NULL, any, &err));
	LACKS("ret_forward", vbc_forward_add(host, "x", any, NULL, NULL, &err));
	LACKS("host", vbc_forward_delete(NULL, "x", "x", NULL, &err));
	LACKS("node", vbc_forward_delete(host, NULL, "x", NULL, &err));
	LACKS("name", vbc_forward_delete(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_forward_list(NULL, NULL, any, &err));
	LACKS("ret_forwards", vbc_forward_list(host, NULL, NULL, &err));
	LACKS("host", vbc_network_attach(NULL, "x", any, NULL, NULL, NULL, &err));
	LACKS("node", vbc_network_attach(host, NULL, any, NULL, NULL, NULL, &err));
	LACKS("choice", vbc_network_attach(host, "x", NULL, NULL, NULL, NULL, &err));
	LACKS("host", vbc_network_create(NULL, any, NULL, any, &err));
	LACKS("opts", vbc_network_create(host, NULL, NULL, any, &err));
	LACKS("ret_network", vbc_network_create(host, any, NULL, NULL, &err));
	LACKS("host", vbc_network_delete(NULL, "x", NULL, &err));
	LACKS("name", vbc_network_delete(host, NULL, NULL, &err));
	LACKS("host", vbc_network_detach(NULL, "x", 0, NULL, &err));
	LACKS("node", vbc_network_detach(host, NULL, 0, NULL, &err));
	LACKS("host", vbc_network_list(NULL, any, &err));
	LACKS("ret_networks", vbc_network_list(host, NULL, &err));
	LACKS("text", vbc_network_parse(NULL, any, &err));
	LACKS("ret_choice", vbc_network_parse("x", NULL, &err));
}

static void test_images(void)
{
	LACKS("host", vbc_image_copy(NULL, "x", "x", NULL, NULL, any, &err));
	LACKS("id_or_name", vbc_image_copy(host, NULL, "x", NULL, NULL, any, &err));
	LACKS("name", vbc_image_copy(host, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_image", vbc_image_copy(host, "x", "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_send(NULL, "x", host, NULL, NULL, any, &err));
	LACKS("id_or_name", vbc_image_send(host, NULL, host, NULL, NULL, any, &err));
	LACKS("to", vbc_image_send(host, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_image", vbc_image_send(host, "x", host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_update(NULL, "x", NULL, NULL, any, &err));
	LACKS("id_or_name", vbc_image_update(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_image", vbc_image_update(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_create(NULL, "x", "x", NULL, NULL, any, &err));
	LACKS("node", vbc_image_create(host, NULL, "x", NULL, NULL, any, &err));
	LACKS("name", vbc_image_create(host, "x", NULL, NULL, NULL, any, &err));
	LACKS("ret_image", vbc_image_create(host, "x", "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_delete(NULL, "x", NULL, &err));
	LACKS("id_or_name", vbc_image_delete(host, NULL, NULL, &err));
	LACKS("host", vbc_image_export(NULL, "x", "x", NULL, NULL, &err));
	LACKS("id_or_name", vbc_image_export(host, NULL, "x", NULL, NULL, &err));
	LACKS("file", vbc_image_export(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_get(NULL, "x", any, &err));
	LACKS("id_or_name", vbc_image_get(host, NULL, any, &err));
	LACKS("ret_image", vbc_image_get(host, "x", NULL, &err));
	LACKS("host", vbc_image_import(NULL, "x", NULL, NULL, any, &err));
	LACKS("file", vbc_image_import(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_image", vbc_image_import(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_image_list(NULL, any, &err));
	LACKS("ret_images", vbc_image_list(host, NULL, &err));
}

static void test_volumes(void)
{
	LACKS("host", vbc_snapshot_create(NULL, NULL, NULL, NULL, NULL, any, &err));
	LACKS("ret_snapshot", vbc_snapshot_create(host, NULL, NULL, NULL, NULL, NULL, &err));
	LACKS("host", vbc_snapshot_delete(NULL, NULL, "x", NULL, &err));
	LACKS("snapshot", vbc_snapshot_delete(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_snapshot_list(NULL, NULL, NULL, any, &err));
	LACKS("ret_snapshots", vbc_snapshot_list(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_snapshot_list_all(NULL, any, &err));
	LACKS("ret_snapshots", vbc_snapshot_list_all(host, NULL, &err));
	LACKS("host", vbc_snapshot_revert(NULL, "x", NULL, NULL, &err));
	LACKS("node", vbc_snapshot_revert(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_volume_attach(NULL, "x", "x", NULL, NULL, &err));
	LACKS("volume", vbc_volume_attach(host, NULL, "x", NULL, NULL, &err));
	LACKS("node", vbc_volume_attach(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_volume_create(NULL, "x", NULL, NULL, any, &err));
	LACKS("name", vbc_volume_create(host, NULL, NULL, NULL, any, &err));
	LACKS("ret_volume", vbc_volume_create(host, "x", NULL, NULL, NULL, &err));
	LACKS("host", vbc_volume_destroy(NULL, "x", NULL, &err));
	LACKS("volume", vbc_volume_destroy(host, NULL, NULL, &err));
	LACKS("host", vbc_volume_detach(NULL, "x", NULL, NULL, &err));
	LACKS("volume", vbc_volume_detach(host, NULL, NULL, NULL, &err));
	LACKS("host", vbc_volume_get(NULL, "x", any, &err));
	LACKS("id_or_name", vbc_volume_get(host, NULL, any, &err));
	LACKS("ret_volume", vbc_volume_get(host, "x", NULL, &err));
	LACKS("host", vbc_volume_list(NULL, any, &err));
	LACKS("ret_volumes", vbc_volume_list(host, NULL, &err));
	LACKS("host", vbc_volume_rename(NULL, "x", "x", NULL, &err));
	LACKS("volume", vbc_volume_rename(host, NULL, "x", NULL, &err));
	LACKS("name", vbc_volume_rename(host, "x", NULL, NULL, &err));
	LACKS("host", vbc_volume_resize(NULL, "x", 1, NULL, &err));
	LACKS("volume", vbc_volume_resize(host, NULL, 1, NULL, &err));
}

/* What a struct must hold, not only be. */
static void test_inside(void)
{
	const char *const keys[] = {NULL};
	struct vbc_first_boot boot = VBC_FIRST_BOOT_INIT;
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_network_create_opts network = VBC_NETWORK_CREATE_OPTS_INIT;
	const struct vbc_api_value value = {"this", NULL};
	struct vbc_api_call call = {.method = NULL};

	boot.ssh_keys = keys;
	boot.n_ssh_keys = 1;
	opts.image = opts.node_size = "x";
	is_int(vbc_api_call(host, &call, 1, NULL, any, NULL), VBC_E_ARG, "a call of no method");
	call = (struct vbc_api_call){"IVirtualBox_getVersion", &value, 1};
	is_int(vbc_api_call(host, &call, 1, NULL, any, NULL), VBC_E_ARG, "an argument of no value");
	call.args = NULL;
	is_int(vbc_api_call(host, &call, 1, NULL, any, NULL), VBC_E_ARG, "no arguments at all");
	is_int(vbc_node_create(host, "x", NULL, NULL, any, NULL), VBC_E_ARG, "a node of no image");
	opts.first_boot = &boot;
	is_int(vbc_first_boot_replace(host, "x", &boot, NULL, NULL), VBC_E_ARG,
	       "a key that is none");
	opts.node_size = "1_cpu-64_ram-1_disk";
	is_int(vbc_node_create(host, "x", &opts, NULL, any, NULL), VBC_E_ARG, "nor for a new node");
	is_int(vbc_node_create_check("x", &opts, NULL), VBC_E_ARG, "which is known before");
	opts.first_boot = NULL;
	is_int(vbc_node_create_check("x", &opts, NULL), 0, "without it nothing is wrong with one");
	opts.tags = &(struct vbc_tag){"", "x"};
	opts.n_tags = 1;
	is_int(vbc_node_create_check("x", &opts, NULL), VBC_E_ARG, "a tag without a key");
	network.kind = VBC_NETWORK_KIND_NATNETWORK;
	is_int(vbc_network_create(host, &network, NULL, any, NULL), VBC_E_ARG,
	       "a network of no name");
	is_int(vbc_snapshot_create(host, NULL, NULL, NULL, NULL, any, NULL), VBC_E_ARG,
	       "a snapshot of nothing");
}

/* Names that say what a value is, and those that free, take NULL or none. */
static bool may_be_missing(const char *name)
{
	const char *end = strrchr(name, '_');

	return strcmp(end, "_free") == 0 || strcmp(end, "_name") == 0 ||
	       strcmp(name, "vbc_error_hint") == 0 || strcmp(name, "vbc_host_close") == 0 ||
	       strcmp(name, "vbc_host_url") == 0 || strcmp(name, "vbc_fleet_close") == 0 ||
	       strcmp(name, "vbc_fleet_count") == 0 || strcmp(name, "vbc_fleet_host") == 0 ||
	       strcmp(name, "vbc_fleet_cancel") == 0;
}

static void test_all_tried(void)
{
	FILE *map = fopen(MAP, "re");
	char line[200], name[100], mark[110];
	int n = 0;

	while (map && fgets(line, sizeof(line), map)) {
		if (sscanf(line, " %90[a-z0-9_]", name) != 1 || strncmp(name, "vbc_", 4) != 0)
			continue;
		snprintf(mark, sizeof(mark), " %s;", name);
		ok(may_be_missing(name) || strstr(tried, mark), "%s is tried above", name);
		n++;
	}
	ok(n > 90, "%d public names", n);
	if (map)
		fclose(map);
}

int main(void)
{
	struct vbc_host_opts opts = VBC_HOST_OPTS_INIT;
	char room[1000] = {0};

	any = room;
	opts.url = "127.0.0.1:1"; /* where nobody listens */
	ok(!vbc_host_open(&opts, &host, NULL), "a handle");
	test_fleets();
	test_others();
	test_nodes();
	test_consoles();
	test_nodes_again();
	test_networks();
	test_images();
	test_volumes();
	test_inside();
	test_all_tried();
	vbc_host_close(host);
	free(tried);
	return tap_done();
}
