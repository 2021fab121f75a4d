/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images made of what a real host has: of the disks of nodes that are stopped, running, without a
 * disk, with a volume; and of other images. What they hold is compared with what they were made of.
 */
#include <unistd.h>

#include "image-files.h"
#include "volumes.h"

static struct vbc_host *host;

static struct vbc_image *create(const char *node, const char *name,
				const struct vbc_image_create_opts *opts)
{
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};

	if (!ok(vbc_image_create(host, node, name, opts, NULL, &image, &err) == 0, "an image: %s",
		name))
		printf("# %s\n", err.text);
	return image;
}

static void delete (struct vbc_image *image)
{
	struct vbc_error err = {0};

	if (image)
		succeeds(vbc_image_delete(host, image->id, NULL, &err), &err,
			 "the image is deleted");
	vbc_image_free(image);
}

/* The node's own disk lies in its folder. */
static void check_same(const struct vbc_image *image, const struct vbc_node *node)
{
	struct vbc_host_info *info = NULL;
	char path[1024];

	if (!image || vbc_host_show(host, &info, NULL))
		return;
	snprintf(path, sizeof(path), "%s/%s/%s.vdi", info->machine_folder, node->id, node->id);
	vbc_host_info_free(info);
	if (access(path, F_OK) == 0)
		ok(RUN("qemu-img", "compare", path, image->location), "with what is on the disk");
	else
		tap_skip("the content", "the host's disk is not this machine's");
}

static size_t count_snapshots(const char *node)
{
	struct vbc_snapshots *list = NULL;
	size_t n = vbc_snapshot_list(host, NULL, node, &list, NULL) ? 99 : list->n;

	vbc_snapshots_free(list);
	return n;
}

static void test_of_stopped(const struct vbc_node *node)
{
	struct vbc_image *image = create(node->name, own_name("of stopped"), NULL);

	if (!image)
		return;
	is_str(image->os_type, "Linux_64", "for the node's system");
	is_int(image->size_bytes, 1 << 30, "as large as the node's disk");
	ok(strstr(image->origin, node->id) != NULL, "its origin is the node");
	ok(image->created_at_ms > 0, "the time is known");
	check_same(image, node);
	delete (image);
}

static void test_of_running(const struct vbc_node *node)
{
	struct vbc_image_create_opts opts = VBC_IMAGE_CREATE_OPTS_INIT;
	struct vbc_error err = {0};
	struct vbc_image *image;

	opts.os_type = "Debian_64";
	opts.description = "while it runs";
	opts.init = "dmi";
	opts.min_cpus = 3;
	opts.min_memory_mib = 300;
	opts.min_disk_gib = 4;
	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node starts");
	image = create(node->id, own_name("of running"), &opts);
	is_str(state_of(host, node->id), "running", "it runs on");
	is_int(count_snapshots(node->id), 0, "without a snapshot");
	if (!image)
		return;
	is_str(image->os_type, "Debian_64", "the system is the one stated");
	is_str(image->description, "while it runs", "the description");
	is_str(image->init, "dmi", "the first boot");
	ok(image->min_cpus == 3 && image->min_memory_mib == 300 && image->min_disk_gib == 4,
	   "what it needs");
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err, "the node stops");
	check_same(image, node);
	delete (image);
}

/* A node whose disk is on top of a snapshot: all layers are in the image. */
static void test_of_layers(const struct vbc_node *node)
{
	struct vbc_snapshot_create_opts opts = VBC_SNAPSHOT_CREATE_OPTS_INIT;
	struct vbc_snapshot *s = NULL;
	struct vbc_error err = {0};
	struct vbc_image *image;

	opts.name = "below";
	succeeds(vbc_snapshot_create(host, NULL, node->id, &opts, NULL, &s, &err), &err,
		 "a snapshot of the node");
	image = create(node->id, own_name("of layers"), NULL);
	check_same(image, node);
	delete (image);
	succeeds(vbc_snapshot_delete(host, node->id, "below", NULL, &err), &err, "it is deleted");
	vbc_snapshot_free(s);
}

/* Nodes are made from such an image as from any, and images from those. */
static void test_use(const struct vbc_node *node)
{
	struct vbc_image_create_opts stated = VBC_IMAGE_CREATE_OPTS_INIT;
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_image *image, *next;
	struct vbc_node *made = NULL;
	struct vbc_error err = {0};

	stated.init = "none";
	image = create(node->id, own_name("to use"), &stated);
	if (!image)
		return;
	opts.image = image->id;
	opts.node_size = SMALL;
	succeeds(vbc_node_create(host, own_name("second"), &opts, NULL, &made, &err), &err,
		 "a node of the image");
	next = made ? create(made->id, own_name("next"), NULL) : NULL;
	if (next)
		is_str(next->init, "none", "the first boot is as its image's");
	delete (next);
	delete (image);
	if (made)
		ok(destroy_node(host, made->id), "the node outlives its image");
	vbc_node_free(made);
}

static void test_copy(const char *of)
{
	struct vbc_image_create_opts opts = VBC_IMAGE_CREATE_OPTS_INIT;
	struct vbc_image *original = NULL, *copy = NULL, *again = NULL;
	struct vbc_error err = {0};

	opts.description = "a copy";
	if (vbc_image_get(host, of, &original, &err) ||
	    !succeeds(vbc_image_copy(host, of, own_name("copy"), &opts, NULL, &copy, &err), &err,
		      "an image is copied"))
		return;
	ok(strcmp(copy->id, original->id) != 0 && strcmp(copy->location, original->location) != 0,
	   "it is another");
	is_str(copy->description, "a copy", "what was stated");
	is_str(copy->os_type, original->os_type, "and the rest is the original's");
	is_str(copy->init, original->init, "the first boot too");
	is_str(copy->sha256, original->sha256, "and the checksum");
	ok(copy->size_bytes == original->size_bytes, "the size");
	if (access(copy->location, F_OK) == 0)
		ok(RUN("qemu-img", "compare", copy->location, original->location), "the content");
	else
		tap_skip("the content", "the host's disk is not this machine's");
	refuses(vbc_image_copy(host, of, copy->name, NULL, NULL, &again, &err), &err, VBC_E_EXISTS,
		copy->id, "a second of that name");
	ok(!again, "the output is untouched");
	delete (copy);
	vbc_image_free(original);
}

static void refused(const char *node, const char *name, const char *init, int code,
		    const char *text)
{
	struct vbc_image_create_opts opts = VBC_IMAGE_CREATE_OPTS_INIT;
	struct vbc_image *none = NULL;
	struct vbc_error err = {0};

	opts.init = init;
	refuses(vbc_image_create(host, node, name, &opts, NULL, &none, &err), &err, code, text,
		text);
	ok(!none, "the output is untouched");
}

static void test_refused(const char *node)
{
	struct vbc_image *none = NULL;
	struct vbc_error err = {0};

	refused(own_name("nobody"), "x", NULL, VBC_E_NOTFOUND, "there is no node");
	refused(node, "", NULL, VBC_E_ARG, "needs a name");
	refused(node, "two\nlines", NULL, VBC_E_ARG, "U+000A");
	refused(node, "x", "cloud", VBC_E_ARG, "'nocloud', 'dmi' or 'none'");
	refuses(vbc_image_copy(host, own_name("no image"), "x", NULL, NULL, &none, &err), &err,
		VBC_E_NOTFOUND, "there is no image", "of no image");
}

static int cancel(void *data, const struct vbc_progress *progress)
{
	(void)data;
	return progress->percent >= 5;
}

/* With a volume as its only disk, the node has none of its own. */
static void test_without_disk(const struct vbc_node *node, const struct vbc_volume *volume)
{
	const struct vbc_wait wait = {.tick = cancel};
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};

	succeeds(vbc_volume_attach(host, volume->id, node->id, NULL, NULL, &err), &err,
		 "a volume is attached");
	image = create(node->id, own_name("beside a volume"), NULL);
	check_same(image, node);
	delete (image);
	image = NULL;
	is_int(vbc_image_create(host, node->id, own_name("late"), NULL, &wait, &image, &err),
	       VBC_E_CANCELLED, "one is cancelled");
	ok(!image, "the output is untouched");
	succeeds(vbc_volume_detach(host, volume->id, NULL, NULL, &err), &err,
		 "the volume is detached");
}

int main(void)
{
	struct vbc_volume *volume;
	struct vbc_node *node;
	struct holdings before;
	const char *image;

	host = host_open();
	image = make_image(host);
	volume = make_volume(host, own_name("v"), 1, true, NULL);
	before = look(host);
	node = make_node(host, own_name("node"), false);
	if (!node || !volume)
		bail_out("nothing to test with");
	test_of_stopped(node);
	test_of_layers(node);
	test_of_running(node);
	test_use(node);
	test_copy(image);
	test_refused(node->id);
	test_without_disk(node, volume);
	ok(destroy_node(host, node->id), "the node is destroyed");
	is_as_before(host, &before, "images of nodes");
	ok(destroy_volume(host, volume->id), "the volume is destroyed");
	vbc_volume_free(volume);
	vbc_node_free(node);
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
