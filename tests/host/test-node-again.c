/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Listing nodes again in one program: what cannot have changed is not asked for again, what others
 * change meanwhile is seen.
 */
#include <stdio.h>
#include <string.h>

#include "nodes.h"
#include "proxy.h"

static struct proxy proxy;

static struct vbc_nodes *list(struct vbc_host *host)
{
	struct vbc_error err = {0};
	struct vbc_nodes *nodes = NULL;

	if (vbc_node_list(host, VBC_NODE_FIELD_ALL, &nodes, &err))
		bail_out(err.text);
	return nodes;
}

static const struct vbc_node *find(const struct vbc_nodes *nodes, const char *id)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (strcmp(nodes->v[i]->id, id) == 0)
			return nodes->v[i];
	return NULL;
}

/* Whether a list tells all of the node that there is: its adapter, and so many forwards. */
static bool shows(struct vbc_host *host, const char *id, const char *name, size_t n_forwards)
{
	struct vbc_nodes *nodes = list(host);
	const struct vbc_node *node = find(nodes, id);
	bool good = node && strcmp(node->name, name) == 0 && node->adapters.n == 1 &&
		    strlen(node->adapters.v[0]->mac) == 17 && node->forwards.n == n_forwards &&
		    node->cpus == 1 && node->settings_file[0];

	vbc_nodes_free(nodes);
	return good;
}

static void test_calls(struct vbc_host *seen, const char *id, const char *name)
{
	static const char *const parts[] = {"IMachine_getNetworkAdapter",
					    "INetworkAdapter_getEnabled",
					    "INetworkAdapter_getNATEngine"};

	proxy_reset(&proxy);
	ok(shows(seen, id, name, 1), "a first list");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ok(proxy_count(&proxy, parts[i]) > 0, "asks for the parts of machines: %s",
		   parts[i]);
	is_int(proxy_count(&proxy, "IMachine_getId"), 0, "its id is in the path of its settings");
	proxy_reset(&proxy);
	ok(shows(seen, id, name, 1), "a second");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		is_int(proxy_count(&proxy, parts[i]), 0, "does not: %s", parts[i]);
}

/* A node that was changed is read again, and one call fails as if its object was no more. */
static void test_lost(struct vbc_host *seen, struct vbc_host *other, const char *id,
		      const char *name)
{
	static const char *const methods[] = {"INetworkAdapter_getEnabled",
					      "INetworkAdapter_getMACAddress",
					      "INATEngine_getRedirects"};
	char rule[200];

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		ok(vbc_node_set_description(other, id, methods[i], NULL, NULL) == 0,
		   "another client changes the node");
		proxy_reset(&proxy);
		snprintf(rule, sizeof(rule),
			 "[{\"method\": \"%s\", \"nth\": 1, \"do\": \"stale\"}]", methods[i]);
		proxy_rules(&proxy, rule);
		ok(shows(seen, id, name, 1), "%s: a part that is no more is asked for again",
		   methods[i]);
		ok(proxy_count(&proxy, methods[i]) >= 2, "once more: %d calls",
		   proxy_count(&proxy, methods[i]));
	}
}

static void test_changes(struct vbc_host *seen, struct vbc_host *other, const char *id,
			 const char *name)
{
	struct vbc_forward_add_opts forward = VBC_FORWARD_ADD_OPTS_INIT;
	const char *newer = own_name("newer");
	struct vbc_forward *added = NULL;
	struct vbc_nodes *nodes;

	forward.guest_port = 8080;
	ok(vbc_forward_add(other, id, &forward, NULL, &added, NULL) == 0 &&
		   shows(seen, id, name, 2),
	   "a forward that another client adds is seen");
	vbc_forward_free(added);
	ok(vbc_node_rename(other, id, newer, NULL, NULL) == 0 && shows(seen, id, newer, 2),
	   "and a new name");
	proxy_log_off(&proxy);
	ok(shows(seen, id, newer, 2), "so is all, in a session after the host forgot one");
	ok(destroy_node(other, id), "the node is destroyed");
	nodes = list(seen);
	ok(!find(nodes, id), "which is seen");
	vbc_nodes_free(nodes);
}

int main(void)
{
	struct vbc_host *other = host_open(), *seen;
	const char *name = own_name("again");
	struct vbc_node *node;

	proxy_start(&proxy);
	seen = proxy_open(&proxy, 0);
	make_image(other);
	node = make_node(other, name, false);
	if (!node)
		bail_out("no node");
	test_calls(seen, node->id, name);
	test_lost(seen, other, node->id, name);
	test_changes(seen, other, node->id, name);
	vbc_node_free(node);
	delete_image(other);
	vbc_host_close(seen);
	vbc_host_close(other);
	proxy_stop(&proxy);
	return tap_done();
}
