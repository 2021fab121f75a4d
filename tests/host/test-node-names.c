/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Names of nodes on a real host: kept exactly or refused, and never part of a path there.
 */
#include <stdlib.h>

#include "nodes.h"

static struct vbc_host *host;
static const char *image;

static const char *const kept[] = {
	"h\xc3\xa9llo w\xc3\xb6rld",
	"\xe6\xbc\xa2\xe5\xad\x97",
	"\xf0\x9f\x98\x80 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae"
	"abc",
	"\"double\" 'single' `back`",
	"<&>",
	"]]>",
	"<!--",
	"&amp; &lt; &#65;",
	" leading and trailing ",
	"  ",
	"%s%n%x",
	"-rf",
	"--help",
	"$(id) ; rm",
	"*?[a]",
	"..",
	".",
	".hidden",
	"trailing.",
	"../up",
	"../../../../tmp/up",
	"a/b",
	"/etc/passwd",
	"..\\up",
	"C:\\up",
	"CON",
	"NUL.txt",
	"a:b|c",
	"{83bc7f16-f01d-4f04-8c1f-0123456789ab}",
	"83bc7f16-f01d-4f04-8c1f-0123456789ab",
	"\xef\xbf\xbd",
	"\xef\xbb\xbf"
	"bom",
	"a\xcc\x81",
	"\xf4\x8f\xbf\xbf",
	"\x7f",
};

static const struct {
	const char *name, *what;
} refused[] = {
	{NULL, "no name"},
	{"", "an empty one"},
	{"a\nb", "a line break"},
	{"a\tb", "a tab"},
	{"a\rb", "a carriage return"},
	{"a\x01", "a control character"},
	{"\x1b[31m", "an escape"},
	{"a\xff", "not UTF-8"},
	{"\xc0\xaf", "an overlong slash"},
	{"\xed\xa0\x80", "a surrogate"},
	{"\xef\xbf\xbe", "U+FFFE"},
	{"\xef\xbf\xbf", "U+FFFF"},
	{"\xf4\x90\x80\x80", "beyond Unicode"},
};

static bool is_in_own_folder(const struct vbc_node *node)
{
	struct vbc_host_info *info = NULL;
	char path[1000];
	bool in;

	if (vbc_host_show(host, &info, NULL))
		return false;
	snprintf(path, sizeof(path), "%s%c%s%c%s.vbox", info->machine_folder,
		 info->machine_folder[0] == '/' ? '/' : '\\', node->id,
		 info->machine_folder[0] == '/' ? '/' : '\\', node->id);
	in = strcmp(node->settings_file, path) == 0;
	vbc_host_info_free(info);
	return in;
}

static bool is_listed(const struct vbc_node *node, const char *name)
{
	struct vbc_nodes *nodes = NULL;
	bool listed = false;

	if (vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, NULL))
		return false;
	for (size_t i = 0; i < nodes->n; i++)
		listed = listed || (strcmp(nodes->v[i]->id, node->id) == 0 &&
				    strcmp(nodes->v[i]->name, name) == 0);
	vbc_nodes_free(nodes);
	return listed;
}

/* What looks like an id is looked for as one. */
static void check_found(const struct vbc_node *node, const char *name)
{
	struct vbc_node *found = NULL;
	struct vbc_error err = {0};
	int code = vbc_node_get(host, name, &found, &err);

	if (strlen(name) == 36 && name[8] == '-')
		is_int(code, VBC_E_NOTFOUND, "an id of another finds nothing");
	else if (ok(code == 0, "found by its name %s", err.text))
		is_str(found->id, node->id, "it is that one");
	vbc_node_free(found);
}

static void test_kept(const char *name)
{
	struct vbc_node *node = make_node(host, name, false);

	if (!ok(node != NULL, "a node called %s", name))
		return;
	is_str(node->name, name, "is called so");
	ok(is_in_own_folder(node), "its files are in its own folder");
	ok(is_listed(node, name), "the list has the name");
	check_found(node, name);
	ok(destroy_node(host, node->id), "it is destroyed");
	vbc_node_free(node);
}

/* The name is an argument of the machine's process. */
static void test_started(const char *name)
{
	struct vbc_node *node = make_node(host, name, true);

	if (!ok(node != NULL, "a node called %s runs", name))
		return;
	is_str(state_of(host, node->id), "running", "it does");
	ok(destroy_node(host, node->id), "it is destroyed");
	vbc_node_free(node);
}

static char *repeat(const char *character)
{
	static char name[256 * 4 + 1];

	name[0] = '\0';
	for (int i = 0; i < 255; i++)
		strcat(name, character);
	return name;
}

static void test_refused(const char *name, const char *what)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	opts.image = image;
	opts.node_size = SMALL;
	is_int(vbc_node_create(host, name, &opts, NULL, &node, &err), VBC_E_ARG, "%s: %s", what,
	       err.text);
	ok(!node, "%s: no node", what);
}

static void check_ambiguous(int code, const struct vbc_error *err, const struct vbc_node *a,
			    const struct vbc_node *b, const char *what)
{
	is_int(code, VBC_E_ARG, "%s by a name that two have: %s", what, err->text);
	ok(strstr(err->text, a->id) && strstr(err->text, b->id), "%s: both ids are told", what);
}

static void test_two_of_a_name(void)
{
	const char *name = own_name("twins");
	struct vbc_node *a = make_node(host, name, false), *b = make_node(host, name, false);
	struct vbc_node *found = NULL;
	struct vbc_error get = {0}, start = {0}, destroy = {0};

	if (!ok(a && b && strcmp(a->id, b->id) != 0, "two nodes of one name"))
		return;
	check_ambiguous(vbc_node_get(host, name, &found, &get), &get, a, b, "get");
	check_ambiguous(vbc_node_start(host, name, NULL, NULL, &start), &start, a, b, "start");
	check_ambiguous(vbc_node_destroy(host, name, NULL, &destroy), &destroy, a, b, "destroy");
	is_str(state_of(host, a->id), "stopped", "the first is as it was");
	ok(destroy_node(host, a->id), "and destroyed by its id");
	is_str(state_of(host, b->id), "stopped", "the second is still there");
	ok(destroy_node(host, name), "and destroyed by the name, now its own");
	vbc_node_free(a);
	vbc_node_free(b);
}

int main(void)
{
	struct holdings before;

	host = host_open();
	image = make_image(host);
	before = look(host);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		test_kept(kept[i]);
	test_kept(repeat("x"));
	test_kept(repeat("\xe6\xbc\xa2"));
	test_kept(repeat("\xf0\x9f\x98\x80"));
	test_started(repeat("x"));
	test_started(repeat("\xf0\x9f\x98\x80"));
	test_started("-rf \"<&>\" ../\xe6\xbc\xa2 \xf0\x9f\x98\x80 \xd7\xa9 %s $(id)");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		test_refused(refused[i].name, refused[i].what);
	test_refused(strcat(repeat("\xc3\xa9"), "x"), "256 characters");
	test_two_of_a_name();
	is_as_before(host, &before, "at the end");
	delete_image(host);
	vbc_host_close(host);
	return tap_done();
}
