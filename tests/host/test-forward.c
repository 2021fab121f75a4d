/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Port forwards on a real host: of a new node, added to and removed from nodes that are stopped and
 * that run, refused, wanted by several at once, gone with their node.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <unistd.h>

#include "volumes.h"

#define MANY 6

static struct vbc_host *host;

/* The forward of a name; a copy, its name NULL when there is none. */
static struct vbc_forward look_up(const char *node, const char *name)
{
	struct vbc_forward found = {.name = NULL};
	struct vbc_forwards *list = NULL;
	struct vbc_error err = {0};

	if (vbc_forward_list(host, node, &list, &err))
		bail_out(err.text);
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->v[i]->name, name) == 0) {
			found = *list->v[i];
			found.name = name;
		}
	}
	vbc_forwards_free(list); /* and the strings, but for the name */
	return found;
}

static bool has(const char *node, const char *name, unsigned host_port, unsigned guest_port)
{
	struct vbc_forward f = look_up(node, name);

	return f.name && f.host_port == host_port && f.guest_port == guest_port;
}

/* Adds one; its port of the host, 0 when that failed. */
static unsigned add(const char *node, unsigned host_port, unsigned guest_port, const char *name,
		    const char *what)
{
	struct vbc_forward_add_opts opts = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_forward *forward = NULL;
	struct vbc_error err = {0};
	unsigned port = 0;

	opts.host_port = host_port;
	opts.guest_port = guest_port;
	opts.name = name;
	if (succeeds(vbc_forward_add(host, node, &opts, NULL, &forward, &err), &err, what)) {
		port = forward->host_port;
		ok(has(node, forward->name, port, guest_port), "%s: it is listed", what);
	}
	vbc_forward_free(forward);
	return port;
}

static void delete (const char *node, const char *name, const char *what)
{
	struct vbc_error err = {0};

	succeeds(vbc_forward_delete(host, node, name, NULL, &err), &err, what);
	ok(!look_up(node, name).name, "%s: it is gone", what);
}

static bool listens(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	bool answers = false;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 50 && !answers; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		answers = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
		close(fd);
		if (!answers)
			usleep(100000);
	}
	return answers;
}

static void test_new(const struct vbc_node *node)
{
	struct vbc_forward f = look_up(node->id, "ssh");

	ok(f.name && f.guest_port == 22, "a new node has a forward to SSH");
	ok(f.host_port >= 20000 && f.host_port < 30000, "from port %u of the host", f.host_port);
}

static void refuses_add(const char *node, struct vbc_forward_add_opts opts, int want,
			const char *text)
{
	struct vbc_forward *untouched = NULL;
	struct vbc_error err = {0};

	opts.size = sizeof(opts);
	refuses(vbc_forward_add(host, node, &opts, NULL, &untouched, &err), &err, want, text,
		"a wrong one");
	ok(!untouched, "gives no forward");
}

static void test_refused(const struct vbc_node *a, const struct vbc_node *b, unsigned taken)
{
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 0}, VBC_E_ARG,
		    "guest's port");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 65536}, VBC_E_ARG,
		    "guest's port");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .host_port = 65536},
		    VBC_E_ARG, "host's port");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .protocol = "sctp"},
		    VBC_E_ARG, "sctp");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .host_ip = "999.1.1.1"},
		    VBC_E_ARG, "999");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .guest_ip = "::1"},
		    VBC_E_ARG, "IPv4");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .name = "a,b"}, VBC_E_ARG,
		    "comma");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .name = ""}, VBC_E_ARG,
		    "name");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .adapter = 8}, VBC_E_ARG,
		    "adapters");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 1, .adapter = 3},
		    VBC_E_STATE, "not on NAT");
	refuses_add(own_name("none"), (struct vbc_forward_add_opts){.guest_port = 1},
		    VBC_E_NOTFOUND, "no node");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 22, .name = "ssh"},
		    VBC_E_EXISTS, "'ssh'");
	refuses_add(a->id, (struct vbc_forward_add_opts){.guest_port = 81, .host_port = taken},
		    VBC_E_EXISTS, "web");
	refuses_add(b->id, (struct vbc_forward_add_opts){.guest_port = 80, .host_port = taken},
		    VBC_E_EXISTS, a->id);
}

static void test_changes(const struct vbc_node *a, const struct vbc_node *b)
{
	struct vbc_forward_add_opts udp = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_forward *forward = NULL;
	struct vbc_error err = {0};
	unsigned port = add(a->id, 0, 80, "web", "adding one from any port");

	test_refused(a, b, port);
	udp.protocol = "udp";
	udp.host_port = port;
	udp.guest_port = 53;
	udp.host_ip = "";
	if (succeeds(vbc_forward_add(host, a->id, &udp, NULL, &forward, &err), &err,
		     "the same port of UDP")) {
		is_str(forward->name, "udp-53", "is named after what it is");
		is_str(forward->protocol, "udp", "is of UDP");
		is_str(forward->host_ip, "", "from all addresses");
	}
	vbc_forward_free(forward);
	delete (a->id, "udp-53", "deleting it");
	delete (a->id, "web", "deleting from a stopped node");
	refuses(vbc_forward_delete(host, a->id, "web", NULL, &err), &err, VBC_E_NOTFOUND, "web",
		"deleting it again");
	is_int(add(b->id, port, 80, NULL, "the other takes the port"), port, "that was given back");
	delete (b->id, "tcp-80", "deleting that");
}

/* A socket that listens on the loopback address at some port, whose number is told. */
static int hold(unsigned *ret_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&at, size) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&at, &size))
		bail_out("no port to listen at");
	*ret_port = ntohs(at.sin_port);
	return fd;
}

/* A port that another program has, which VirtualBox does not tell. */
static void test_held(const struct vbc_node *node)
{
	struct vbc_error err = {0};
	unsigned port;
	int fd = hold(&port);

	refuses_add(node->id, (struct vbc_forward_add_opts){.guest_port = 85, .host_port = port},
		    VBC_E_EXISTS, "another program");
	ok(!look_up(node->id, "tcp-85").name, "is not listed");
	close(fd);
	ok(add(node->id, port, 85, NULL, "when it is free again"), "it can be had");
	ok(listens(port), "and is listened at");
	succeeds(vbc_forward_delete(host, node->id, "tcp-85", NULL, &err), &err, "it goes again");
}

static void test_running(const struct vbc_node *node)
{
	struct vbc_error err = {0};
	unsigned port;

	succeeds(vbc_node_start(host, node->id, NULL, NULL, &err), &err, "the node starts");
	port = add(node->id, 0, 80, "live", "adding to a running node");
	ok(listens(port), "the host listens at once");
	delete (node->id, "live", "deleting from a running node");
	is_str(state_of(host, node->id), "running", "the node still runs");
	test_held(node);
	add(node->id, port, 80, "live", "adding it again");
	succeeds(vbc_node_stop(host, node->id, &by_force, NULL, &err), &err, "the node stops");
	ok(has(node->id, "live", port, 80), "it is there after the stop");
}

struct rival {
	pthread_t thread;
	const char *node;
	unsigned wanted, got;
	int code;
};

static void *compete(void *arg)
{
	struct vbc_forward_add_opts opts = VBC_FORWARD_ADD_OPTS_INIT;
	struct vbc_forward *forward = NULL;
	struct rival *r = arg;

	opts.guest_port = 443;
	opts.host_port = r->wanted;
	r->code = vbc_forward_add(host, r->node, &opts, NULL, &forward, NULL);
	r->got = r->code ? 0 : forward->host_port;
	vbc_forward_free(forward);
	return NULL;
}

static void race(struct rival *r, unsigned wanted)
{
	for (size_t i = 0; i < MANY; i++) {
		r[i].wanted = wanted;
		if (pthread_create(&r[i].thread, NULL, compete, &r[i]))
			bail_out("no thread");
	}
	for (size_t i = 0; i < MANY; i++)
		pthread_join(r[i].thread, NULL);
}

static void test_rivals(void)
{
	struct vbc_node *nodes[MANY];
	struct rival r[MANY] = {{0}};
	unsigned same = 0, won = 0, refused = 0;

	for (size_t i = 0; i < MANY; i++) {
		nodes[i] = make_node(host, own_name("rival"), false);
		if (!nodes[i])
			bail_out("no node");
		r[i].node = nodes[i]->id;
	}
	race(r, 0);
	for (size_t i = 0; i < MANY; i++)
		for (size_t j = 0; j < MANY; j++)
			same += !r[i].got || (i != j && r[i].got == r[j].got);
	is_int(same, 0, "several that ask for any port at once get one each");
	for (size_t i = 0; i < MANY; i++)
		vbc_forward_delete(host, r[i].node, "tcp-443", NULL, NULL);
	race(r, r[0].got);
	for (size_t i = 0; i < MANY; i++) {
		won += r[i].code == 0;
		refused += r[i].code == VBC_E_EXISTS;
	}
	ok(won <= 1 && won + refused == MANY,
	   "of several that want the same port at most one gets it");
	for (size_t i = 0; i < MANY; i++) {
		ok(destroy_node(host, nodes[i]->id), "a rival is destroyed");
		vbc_node_free(nodes[i]);
	}
}

int main(void)
{
	struct vbc_node *a, *b;
	unsigned port;

	host = host_open();
	make_image(host);
	a = make_node(host, own_name("a"), false);
	b = make_node(host, own_name("b"), false);
	if (!a || !b)
		bail_out("nothing to test with");
	test_new(a);
	test_changes(a, b);
	test_running(a);
	test_rivals();
	port = look_up(a->id, "live").host_port;
	ok(destroy_node(host, a->id), "a node is destroyed");
	is_int(add(b->id, port, 80, NULL, "its port can be had"), port, "by another");
	ok(destroy_node(host, b->id), "that is destroyed too");
	vbc_node_free(a);
	vbc_node_free(b);
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
