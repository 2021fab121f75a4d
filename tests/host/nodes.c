/* SPDX-License-Identifier: Apache-2.0 */
#include "nodes.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "image-files.h"

static struct vbc_image *image;

const char *own_name(const char *what)
{
	static char names[16][300];
	static unsigned n;
	char *name = names[n++ % 16];

	snprintf(name, sizeof(names[0]), "%s %d", what, (int)getpid());
	return name;
}

/* A boot sector that halts with interrupts off: the machine runs and takes no time. */
const char *make_image(struct vbc_host *host)
{
	static unsigned char disk[MIB] = {0xFA, 0xF4, 0xEB, 0xFD};
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_error err = {0};

	disk[510] = 0x55;
	disk[511] = 0xAA;
	make_image_folder();
	opts.name = own_name("halts");
	if (vbc_image_import(host, importable(host, make_bytes("halts.raw", disk, sizeof(disk))),
			     &opts, NULL, &image, &err))
		bail_out(err.text);
	return image->id;
}

void delete_image(struct vbc_host *host)
{
	struct vbc_error err = {0};

	if (vbc_image_delete(host, image->id, NULL, &err))
		bail_out(err.text);
	vbc_image_free(image);
}

struct vbc_node *make_node(struct vbc_host *host, const char *name, bool start)
{
	struct vbc_node_create_opts opts = VBC_NODE_CREATE_OPTS_INIT;
	struct vbc_node *node = NULL;
	struct vbc_error err = {0};

	opts.image = image->id;
	opts.node_size = SMALL;
	opts.no_start = !start;
	if (vbc_node_create(host, name, &opts, NULL, &node, &err))
		printf("# no node: %s: %s\n", vbc_code_name(err.code), err.text);
	return node;
}

bool destroy_node(struct vbc_host *host, const char *id)
{
	struct vbc_error err = {0};

	if (!vbc_node_destroy(host, id, NULL, &err))
		return true;
	printf("# not destroyed: %s: %s\n", vbc_code_name(err.code), err.text);
	return false;
}

const char *state_of(struct vbc_host *host, const char *id)
{
	struct vbc_node *node = NULL;
	const char *state;
	int code = vbc_node_get(host, id, &node, NULL);

	state = code ? vbc_code_name(code) : vbc_node_state_name(node->state);
	vbc_node_free(node);
	return state;
}

static long files_seen;

static int count_file(const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)path;
	(void)st;
	(void)type;
	(void)place;
	files_seen++;
	return 0;
}

static size_t count_own_nodes(struct vbc_host *host)
{
	struct vbc_nodes *nodes = NULL;
	struct vbc_error err = {0};
	char mark[20];
	size_t n = 0;

	snprintf(mark, sizeof(mark), " %d", (int)getpid());
	if (vbc_node_list(host, VBC_NODE_FIELD_NAME, &nodes, &err))
		bail_out(err.text);
	for (size_t i = 0; i < nodes->n; i++)
		n += strstr(nodes->v[i]->name, mark) != NULL;
	vbc_nodes_free(nodes);
	return n;
}

struct holdings look(struct vbc_host *host)
{
	struct holdings now = {.nodes = count_own_nodes(host)};
	struct vbc_leftovers *leftovers = NULL;
	struct vbc_host_info *info = NULL;
	struct vbc_error err = {0};

	if (vbc_gc(host, &dry_run, NULL, &leftovers, &err) || vbc_host_show(host, &info, &err))
		bail_out(err.text);
	now.leftovers = leftovers->n;
	files_seen = 0;
	nftw(info->machine_folder, count_file, 8, FTW_PHYS);
	now.files = files_seen;
	vbc_leftovers_free(leftovers);
	vbc_host_info_free(info);
	return now;
}

bool holds_as_before(struct vbc_host *host, const struct holdings *before)
{
	struct holdings now = look(host);

	if (now.nodes == before->nodes && now.leftovers == before->leftovers &&
	    now.files == before->files)
		return true;
	printf("# now %zu nodes, %zu leftovers, %ld files; before %zu, %zu, %ld\n", now.nodes,
	       now.leftovers, now.files, before->nodes, before->leftovers, before->files);
	return false;
}
