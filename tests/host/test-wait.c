/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Short calls on a real host that are cancelled, before their first call and in between, or have no
 * time left: nothing is done then, and they can be made again.
 */
#include <time.h>

#include "volumes.h"

static struct vbc_host *host;
static struct vbc_node *node;
static struct vbc_volume *volume;
static const char *image;

/* Cancels at the nth question; takes some time for each. */
struct watch {
	unsigned nth, asked, slow_ms;
	bool nameless;
};

static int tick(void *data, const struct vbc_progress *p)
{
	struct watch *w = data;

	nanosleep(&(struct timespec){.tv_nsec = w->slow_ms * 1000000L}, NULL);
	w->nameless = w->nameless || !p->what || !p->what[0];
	return ++w->asked == w->nth;
}

typedef int action(const struct vbc_wait *wait, struct vbc_error *err);

#define ACTION(name, call)                                                                         \
	static int do_##name(const struct vbc_wait *wait, struct vbc_error *err)                   \
	{                                                                                          \
		return call;                                                                       \
	}

ACTION(pause, vbc_node_pause(host, node->id, &(struct vbc_node_pause_opts)VBC_NODE_PAUSE_OPTS_INIT,
			     wait, err))
ACTION(discard, vbc_node_discard_state(host, node->id, wait, err))
ACTION(rename, vbc_node_rename(host, node->id, own_name("renamed"), wait, err))
ACTION(set_description, vbc_node_set_description(host, node->id, "described", wait, err))
ACTION(tag, vbc_node_tag(host, node->id, "key", "value", wait, err))
ACTION(undisplay, vbc_display_disable(host, node->id, wait, err))
ACTION(unforward, vbc_forward_delete(host, node->id, "tcp-81", wait, err))
ACTION(detach, vbc_network_detach(host, node->id, 1, wait, err))
ACTION(plug, vbc_volume_attach(host, volume->id, node->id, NULL, wait, err))
ACTION(unplug, vbc_volume_detach(host, volume->id, NULL, wait, err))
ACTION(volume_rename, vbc_volume_rename(host, volume->id, own_name("v2"), wait, err))
ACTION(volume_destroy, vbc_volume_destroy(host, volume->id, wait, err))
ACTION(image_delete, vbc_image_delete(host, image, wait, err))
ACTION(key_delete, vbc_key_delete(host, own_name("key"), wait, err))
ACTION(network_delete, vbc_network_delete(host, own_name("net"), wait, err))
ACTION(gc, vbc_gc(host, NULL, wait, NULL, err))

static int do_forward(const struct vbc_wait *wait, struct vbc_error *err)
{
	struct vbc_forward_add_opts opts = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_forward *forward = NULL;
	int code;

	opts.guest_port = 81;
	code = vbc_forward_add(host, node->id, &opts, wait, &forward, err);
	vbc_forward_free(forward);
	return code;
}

static int do_display(const struct vbc_wait *wait, struct vbc_error *err)
{
	struct vbc_display_opts opts = VBC_DISPLAY_OPTS_INIT;
	struct vbc_display *display = NULL;
	int code;

	opts.no_password = true;
	code = vbc_display_enable(host, node->id, &opts, wait, &display, err);
	vbc_display_free(display);
	return code;
}

static int do_attach(const struct vbc_wait *wait, struct vbc_error *err)
{
	const struct vbc_network_choice nat = {.kind = VBC_NETWORK_KIND_NAT};
	struct vbc_network_attach_opts opts = VBC_NETWORK_ATTACH_OPTS_INIT;

	opts.slot = 1;
	return vbc_network_attach(host, node->id, &nat, &opts, wait, NULL, err);
}

static int do_network(const struct vbc_wait *wait, struct vbc_error *err)
{
	struct vbc_network_create_opts opts = VBC_NETWORK_CREATE_OPTS_INIT;
	struct vbc_network *network = NULL;
	int code;

	opts.name = own_name("net");
	code = vbc_network_create(host, &opts, wait, &network, err);
	vbc_network_free(network);
	return code;
}

static int do_key(const struct vbc_wait *wait, struct vbc_error *err)
{
	struct vbc_key *key = NULL;
	int code = vbc_key_create(host, own_name("key"), wait, &key, err);

	vbc_key_free(key);
	return code;
}

static int do_key_import(const struct vbc_wait *wait, struct vbc_error *err)
{
	const char *line = "ssh-ed25519 "
			   "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
	struct vbc_key *key = NULL;
	int code = vbc_key_import(host, own_name("key"), line, wait, &key, err);

	vbc_key_free(key);
	return code;
}

static void check_clean(const char *what)
{
	struct vbc_leftovers *leftovers = NULL;
	struct vbc_error err = {0};

	if (!ok(!vbc_gc(host, &dry_run, NULL, &leftovers, &err), "%s: looking %s", what, err.text))
		return;
	is_int(leftovers->n, 0, "%s: nothing is left", what);
	vbc_leftovers_free(leftovers);
}

/* Whether it ended so; one that is cancelled late may be done. */
static bool ends_with(action *act, const char *what, struct watch w, unsigned timeout_ms, int want)
{
	const struct vbc_wait wait = {.timeout_ms = timeout_ms, .tick = tick, .data = &w};
	struct vbc_error err = {0};
	int code = act(&wait, &err);

	ok(w.asked && !w.nameless, "%s: each question tells what is done", what);
	if (w.nth > 1 && !code)
		return false;
	is_str(vbc_code_name(code), vbc_code_name(want), "%s, at question %u: %s", what, w.asked,
	       err.text);
	return true;
}

/* An action, and the code that it has here at last when it is let be. */
static void test_action(action *act, const char *what, int want)
{
	struct vbc_error err = {0};
	int code;

	ends_with(act, what, (struct watch){.nth = 1}, 0, VBC_E_CANCELLED);
	ends_with(act, what, (struct watch){.slow_ms = 20}, 1, VBC_E_TIMEOUT);
	if (want == VBC_OK && !ends_with(act, what, (struct watch){.nth = 2}, 0, VBC_E_CANCELLED))
		return;
	check_clean(what);
	code = act(NULL, &err);
	is_str(vbc_code_name(code), vbc_code_name(want), "%s: at last %s", what, err.text);
}

/* Hosts without an extension pack have no displays. */
static void test_displays(void)
{
	struct vbc_display *display = NULL;
	struct vbc_error err = {0};
	bool has;

	if (!ok(!vbc_display_get(host, node->id, &display, &err), "its display %s", err.text))
		return;
	has = display->kind != VBC_DISPLAY_KIND_NONE;
	vbc_display_free(display);
	test_action(do_display, "enabling a display", has ? VBC_OK : VBC_E_STATE);
	test_action(do_undisplay, "disabling a display", VBC_OK);
}

static void test_node(void)
{
	test_action(do_pause, "pausing", VBC_OK);
	test_action(do_set_description, "describing", VBC_OK);
	test_action(do_tag, "tagging", VBC_OK);
	ok(!vbc_node_stop(host, node->id, &by_force, NULL, NULL), "the node stops");
	test_action(do_discard, "discarding the saved state", VBC_OK);
	test_action(do_rename, "renaming", VBC_OK);
	test_action(do_forward, "adding a forward", VBC_OK);
	test_action(do_unforward, "deleting a forward", VBC_OK);
	test_action(do_attach, "attaching an adapter", VBC_OK);
	test_action(do_detach, "detaching an adapter", VBC_OK);
	test_displays();
}

static void test_volume(void)
{
	test_action(do_plug, "attaching a volume", VBC_OK);
	test_action(do_unplug, "detaching a volume", VBC_OK);
	test_action(do_volume_rename, "renaming a volume", VBC_OK);
	test_action(do_volume_destroy, "destroying a volume", VBC_OK);
}

static void test_host(void)
{
	test_action(do_key, "making a key", VBC_OK);
	test_action(do_key_import, "importing a key", VBC_E_EXISTS);
	test_action(do_key_delete, "deleting a key", VBC_OK);
	test_action(do_network, "creating a network", VBC_OK);
	test_action(do_network_delete, "deleting a network", VBC_OK);
	test_action(do_gc, "removing leftovers", VBC_OK);
}

int main(void)
{
	host = host_open();
	image = make_image(host);
	node = make_node(host, own_name("wait"), true);
	volume = make_volume(host, own_name("v"), 1, true, NULL);
	if (!node || !volume)
		bail_out("there is no node or no volume");
	test_host();
	test_volume();
	test_node();
	ok(destroy_node(host, node->id), "the node is destroyed");
	test_action(do_image_delete, "deleting an image", VBC_OK);
	vbc_node_free(node);
	vbc_volume_free(volume);
	vbc_host_close(host);
	return tap_done();
}
