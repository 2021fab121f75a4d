/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nodes on a real host: created, listed, found by id and name, and what is refused.
 */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "nodes.h"

static struct vbc_host *host;
static const char *image;

static void test_created(void)
{
	struct vbc_node *node = make_node(host, own_name("created"), false);
	char file[200];

	if (!ok(node != NULL, "a node is created"))
		return;
	is_int(strlen(node->id), 36, "its id is a UUID");
	is_str(node->name, own_name("created"), "its name");
	is_int(node->state, VBC_NODE_STATE_STOPPED, "it was not to be started");
	is_str(node->machine_state, "PoweredOff", "VirtualBox's word for that");
	is_str(node->size, SMALL, "its size");
	is_str(node->image, image, "its image");
	ok(llabs(node->created_at_ms - (int64_t)time(NULL) * 1000) < 60000, "its age");
	ok(node->cpus == 1 && node->memory_mib == 64 && node->disk_gib == 1, "its hardware");
	is_str(node->os_type, "Linux_64", "its system, which is the image's");
	is_str(node->description, "", "no description");
	is_str(node->error, "", "no error");
	snprintf(file, sizeof(file), "%s%c%s.vbox", node->id,
		 strchr(node->settings_file, '\\') ? '\\' : '/', node->id);
	ok(strstr(node->settings_file, file) != NULL, "its file is named after its id");
	ok(destroy_node(host, node->id), "it is destroyed");
	is_str(state_of(host, node->id), "VBC_E_NOTFOUND", "and gone");
	vbc_node_free(node);
}

static void test_options(void)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	opts.image = image;
	opts.node_size = "1_cpu-128_ram-3_disk";
	opts.description = "h\xc3\xa9 <&>\nsecond line";
	ok(!vbc_node_create(host, own_name("options"), &opts, NULL, &node, &err),
	   "a node with a description, started %s", err.text);
	if (!node)
		return;
	is_str(node->description, opts.description, "the description is exact");
	is_int(node->state, VBC_NODE_STATE_RUNNING, "it runs");
	ok(node->memory_mib == 128 && node->disk_gib == 3, "it has the size");
	ok(destroy_node(host, node->id), "a running node is destroyed");
	vbc_node_free(node);
	/* A program built with an older header knows fewer members: those behind are not read. */
	opts.size = offsetof(struct vbc_node_create_opts, description);
	opts.description = (const char *)1;
	opts.serial_file = (const char *)1;
	node = NULL;
	ok(!vbc_node_create(host, own_name("older"), &opts, NULL, &node, &err),
	   "options of an older program %s", err.text);
	if (node)
		ok(destroy_node(host, node->id), "and destroyed");
	vbc_node_free(node);
}

static void test_finding(void)
{
	struct vbc_node *node = make_node(host, own_name("found"), false), *found = NULL;
	char upper[37] = "";

	if (!ok(node != NULL, "a node to be found"))
		return;
	for (int i = 0; i < 36; i++)
		upper[i] = (char)toupper((unsigned char)node->id[i]);
	ok(!vbc_node_get(host, node->id, &found, NULL) && found, "by its id");
	is_str(found->name, node->name, "it is that one");
	is_int(found->created_at_ms, node->created_at_ms, "with all it had");
	is_str(found->settings_file, node->settings_file, "and its file");
	vbc_node_free(found);
	found = NULL;
	ok(!vbc_node_get(host, upper, &found, NULL) && found, "by its id in capitals");
	is_str(found->id, node->id, "it is that one");
	vbc_node_free(found);
	found = NULL;
	ok(!vbc_node_get(host, node->name, &found, NULL) && found, "by its name");
	is_str(found->id, node->id, "it is that one");
	vbc_node_free(found);
	found = NULL;
	ok(!vbc_node_get_fields(host, node->name, 0, &found, NULL) && found, "with no fields");
	is_str(found->id, node->id, "it is that one");
	is_int(found->state, VBC_NODE_STATE_STOPPED, "in its state");
	ok(!*found->settings_file && !found->cpus, "and no more is known of it");
	vbc_node_free(found);
	found = NULL;
	is_int(vbc_node_get_fields(host, "nobody", 0, &found, NULL), VBC_E_NOTFOUND, "or nobody");
	ok(destroy_node(host, node->name), "destroyed by its name");
	vbc_node_free(node);
}

static const struct vbc_node *find(const struct vbc_nodes *nodes, const char *id)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (strcmp(nodes->v[i]->id, id) == 0)
			return nodes->v[i];
	return NULL;
}

static void check_fields(const char *id, unsigned fields)
{
	struct vbc_nodes *nodes = NULL;
	const struct vbc_node *n;
	bool name = fields & VBC_NODE_FIELD_NAME, hardware = fields & VBC_NODE_FIELD_HARDWARE;
	bool size = fields & (VBC_NODE_FIELD_SIZE | VBC_NODE_FIELD_HARDWARE);

	ok(!vbc_node_list(host, fields, &nodes, NULL), "listed with the fields %x", fields);
	n = nodes ? find(nodes, id) : NULL;
	if (!ok(n != NULL, "it is there"))
		return;
	is_int(n->state, VBC_NODE_STATE_STOPPED, "the state is always there");
	is_str(n->machine_state, "PoweredOff", "so is VirtualBox's");
	is_str(n->name, name ? own_name("listed") : "", "the name as asked");
	is_str(n->size, size ? SMALL : "", "the size as asked");
	is_str(n->image, name ? image : "", "the image as asked");
	ok((n->created_at_ms != 0) == name, "the age as asked");
	ok((n->cpus == 1) == size && (n->memory_mib == 64) == size, "the hardware as asked");
	is_str(n->image_name, "", "what the image is called was not asked");
	is_str(n->firmware, "", "no list tells the firmware");
	is_str(n->os_type, hardware ? "Linux_64" : "", "the system as asked");
	ok((n->settings_file[0] != '\0') == ((fields & VBC_NODE_FIELD_FILES) != 0),
	   "the file as asked");
	ok(n->description && n->error, "no text is NULL");
	vbc_nodes_free(nodes);
}

static void check_image_name(const char *id)
{
	struct vbc_nodes *nodes = NULL;
	const struct vbc_node *n;

	ok(!vbc_node_list(host, VBC_NODE_FIELD_IMAGE_NAME, &nodes, NULL),
	   "listed with images' names");
	n = nodes ? find(nodes, id) : NULL;
	ok(n && !strcmp(n->image, image) && !strncmp(n->image_name, "halts ", 6), "it is there: %s",
	   n ? n->image_name : "");
	vbc_nodes_free(nodes);
}

static void test_list(void)
{
	struct vbc_node *node = make_node(host, own_name("listed"), false);
	struct vbc_nodes *nodes = NULL;
	bool sorted = true;

	if (!ok(node != NULL, "a node to be listed"))
		return;
	for (unsigned fields = 0; fields < 8; fields++)
		check_fields(node->id, fields);
	check_fields(node->id, VBC_NODE_FIELD_SIZE);
	check_fields(node->id, VBC_NODE_FIELD_SIZE | VBC_NODE_FIELD_NAME);
	check_image_name(node->id);
	check_fields(node->id, (unsigned)VBC_NODE_FIELD_ALL);
	ok(!vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, NULL), "the list");
	for (size_t i = 1; nodes && i < nodes->n; i++)
		sorted = sorted && strcmp(nodes->v[i - 1]->name, nodes->v[i]->name) <= 0;
	ok(sorted, "is sorted by name");
	vbc_nodes_free(nodes);
	ok(destroy_node(host, node->id), "destroyed");
	vbc_node_free(node);
}

static void test_not_found(void)
{
	static const struct {
		const char *what;
		int code;
	} wrong[] = {
		{"no such node", VBC_E_NOTFOUND},
		{"00000000-0000-0000-0000-000000000001", VBC_E_NOTFOUND},
		{"", VBC_E_ARG},
		{NULL, VBC_E_ARG},
		{"../x", VBC_E_NOTFOUND},
		{"\xff", VBC_E_NOTFOUND},
		{"\xef\xbf\xbe", VBC_E_NOTFOUND},
		{"a\nb", VBC_E_NOTFOUND},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *what = wrong[i].what;
		struct vbc_node *node = (struct vbc_node *)(void *)&host;
		struct vbc_error err = {0};

		is_int(vbc_node_get(host, what, &node, &err), wrong[i].code, "get: %s", err.text);
		ok(err.code == wrong[i].code && err.text[0], "the error says so");
		ok(node == (struct vbc_node *)(void *)&host, "the output is left alone");
		is_int(vbc_node_start(host, what, NULL, NULL, NULL), wrong[i].code, "start");
		is_int(vbc_node_stop(host, what, &by_force, NULL, NULL), wrong[i].code, "stop");
		is_int(vbc_node_reboot(host, what, &by_force, NULL, NULL), wrong[i].code, "reboot");
		is_int(vbc_node_wait(host, what, VBC_NODE_STATE_RUNNING, NULL, NULL), wrong[i].code,
		       "wait");
		is_int(vbc_node_destroy(host, what, NULL, NULL), wrong[i].code, "destroy");
	}
}

static void refused(const char *name, const char *of, const char *size, int code, const char *what)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	opts.image = of;
	opts.node_size = size;
	is_int(vbc_node_create(host, name, &opts, NULL, &node, &err), code, "%s: %s", what,
	       err.text);
	ok(!node, "%s: no node", what);
}

static void test_refused(void)
{
	struct holdings before = look(host);
	const char *name = own_name("refused");
	struct vbc_host_info *info = NULL;
	char large[60];

	refused(name, NULL, SMALL, VBC_E_ARG, "no image");
	refused(name, "", SMALL, VBC_E_ARG, "an image without a name");
	refused(name, "no such image", SMALL, VBC_E_NOTFOUND, "an unknown image");
	refused(name, "00000000-0000-0000-0000-000000000001", SMALL, VBC_E_NOTFOUND,
		"an unknown id");
	refused(name, image, "large", VBC_E_ARG, "a size that is none");
	refused(name, image, "", VBC_E_ARG, "the placeholder size");
	refused(name, image, "1_cpu-64_ram-0_disk", VBC_E_ARG, "a size without a disk");
	if (!vbc_host_show(host, &info, NULL)) {
		snprintf(large, sizeof(large), "%u_cpu-64_ram-1_disk", info->cpus + 1);
		refused(name, image, large, VBC_E_ARG, "more CPUs than the host");
		snprintf(large, sizeof(large), "1_cpu-%u_ram-1_disk", info->memory_mib + 1);
		refused(name, image, large, VBC_E_ARG, "more memory than the host");
	}
	vbc_host_info_free(info);
	is_int(vbc_node_create(host, name, NULL, NULL, NULL, NULL), VBC_E_ARG, "no options");
	is_as_before(host, &before, "refused");
}

int main(void)
{
	struct holdings before;

	host = host_open();
	image = make_image(host);
	before = look(host);
	test_created();
	test_options();
	test_finding();
	test_list();
	test_not_found();
	test_refused();
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
