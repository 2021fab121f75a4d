/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud image: the disks that nodes are made from.
 */
#include "cmd-image.h"
#include "report.h"

static int image_list(struct ctx *ctx, const struct args *args);
static int image_show(struct ctx *ctx, const struct args *args);
static int image_export(struct ctx *ctx, const struct args *args);
static int image_delete(struct ctx *ctx, const struct args *args, const char *name,
			struct vbc_error *err);

static const struct opt export_opts[] = {
	{
		.name = "-o",
		.value = "FILE",
		OPT(file),
		.required = true,
		.complete = COMPLETE_FILE,
		.help = "the file to write, a raw disk",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

static const struct column columns[] = {
	{"name", "NAME"},
	{"id", "ID"},
	{"location", NULL},
	{"format", "FORMAT"},
	{"size_bytes", "SIZE"},
	{"used_bytes", "USED"},
	{"created_at", "CREATED"},
	{"os_type", "OS TYPE"},
	{"description", NULL},
	{"min_cpus", NULL},
	{"min_memory_mb", NULL},
	{"min_disk_gb", NULL},
	{"init", NULL},
	{"origin", NULL},
	{"sha256", NULL},
	{"firmware", NULL},
	{"chipset", NULL},
	{"tpm", NULL},
	{"username", NULL},
	{NULL, NULL},
};

static const struct narrow narrow[] = {
	{"name", "NAME", CUT_FIRST},       {"id", "ID", CUT_NEVER},
	{"format", "FORMAT", CUT_NEVER},   {"size_bytes", "SIZE", CUT_NEVER},
	{"used_bytes", "USED", CUT_NEVER}, {"os_type", "OS TYPE", CUT_LAST},
	{"created_at", "AGE", CUT_NEVER},  {.key = NULL},
};

const struct cmd image_cmds[] = {
	{
		.name = "list",
		.also = ALSO_LIST,
		.help = "list the images",
		.opts = list_opts,
		.columns = columns,
		.run = image_list,
	},
	{
		.name = "show",
		.help = "show all that is known about an image",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.run = image_show,
	},
	{
		.name = "import",
		.help = "make an image from a disk image file",
		.would = "import an image from %1",
		.more = "FILE is a vdi, vmdk, vhd, qcow2, raw, ova or ovf file, possibly "
			"compressed or in an archive: here, at a URL of http, https or file, or - "
			"for standard input, which is uploaded; or host:/path, a file on the host, "
			"which is opened there and left unchanged; or a name from the catalog.",
		.words = {{.name = "FILE", .complete = COMPLETE_SOURCE}},
		.opts = image_import_opts,
		.run = image_import,
	},
	{
		.name = "catalog",
		.help = "list well-known images that can be imported by name",
		.more = "They are fetched from where their makers publish them. Your own go into "
			"catalog.ini beside the configuration.",
		.opts = list_opts,
		.columns = catalog_columns,
		.run = image_catalog,
		.no_host = true,
	},
	{
		.name = "create",
		.help = "make an image from a node's system disk",
		.would = "make image %2 from node %1",
		.more = "The node may be running; what its guest has not yet written to the disk "
			"is then missing.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.opts = image_create_opts,
		.run = image_create,
	},
	{
		.name = "copy",
		.help = "copy an image under another name",
		.would = "copy image %1 to %2",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}, {.name = "NAME"}},
		.opts = image_create_opts,
		.run = image_copy,
	},
	{
		.name = "send",
		.help = "copy an image to another host",
		.would = "send image %1 to another host",
		.more = "It goes through here, and nothing of it is kept here. One with the same "
			"content that is there already is left as it is.",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.opts = image_send_opts,
		.run = image_send,
	},
	{
		.name = "update",
		.help = "change what is recorded about an image",
		.would = "change what is recorded about image %1",
		.more = "Its disk stays as it is, and so do the nodes made from it.",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.opts = image_update_opts,
		.run = image_update,
	},
	{
		.name = "export",
		.help = "download an image into a raw disk here",
		.would = "export image %1",
		.more = "The file is sparse where the disk is empty, and appears complete or not "
			"at all.",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.opts = export_opts,
		.run = image_export,
	},
	{
		.name = "delete",
		.also = ALSO_DELETE,
		.help = "delete images and their files",
		.would = "delete image %1",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE, .many = true}},
		.run_each = image_delete,
	},
	{.name = NULL},
};

static void image_add_cells(struct out *out, const struct vbc_image *image)
{
	out_text(out, image->name);
	out_id_or_null(out, image->id);
	out_text(out, image->location);
	out_text(out, image->format);
	out_bytes_or_null(out, image->size_bytes);
	out_bytes_or_null(out, image->used_bytes);
	out_time(out, image->created_at_ms);
	out_text_or_null(out, image->os_type);
	out_text(out, image->description);
	out_number_or_null(out, image->min_cpus);
	out_number_or_null(out, image->min_memory_mib);
	out_number_or_null(out, image->min_disk_gib);
	out_text_or_null(out, image->init);
	out_text_or_null(out, image->origin);
	out_text_or_null(out, image->sha256);
	out_text_or_null(out, image->firmware);
	out_text_or_null(out, image->chipset);
	out_text_or_null(out, image->tpm);
	out_text_or_null(out, image->username);
}

int image_show_and_free(struct ctx *ctx, struct vbc_image *image)
{
	out_object(ctx->out, columns);
	image_add_cells(ctx->out, image);
	vbc_image_free(image);
	return 0;
}

static int image_list(struct ctx *ctx, const struct args *args)
{
	struct vbc_images *images;
	int rc = vbc_image_list(ctx->host, &images, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	out_narrow(ctx->out, narrow);
	for (size_t i = 0; i < images->n; i++)
		image_add_cells(ctx->out, images->v[i]);
	vbc_images_free(images);
	return 0;
}

static int image_show(struct ctx *ctx, const struct args *args)
{
	struct vbc_image *image;
	int rc = vbc_image_get(ctx->host, args->words[0], &image, &ctx->err);

	return rc ? rc : image_show_and_free(ctx, image);
}

static int image_export(struct ctx *ctx, const struct args *args)
{
	static const struct column exported[] = {
		{"image", "IMAGE"}, {"file", "FILE"}, {"sha256", "SHA256"}, {NULL, NULL}};
	struct vbc_wait wait = begin_wait(args->timeout_s);
	char sha256[65];
	int rc = vbc_image_export(ctx->host, args->words[0], args->file, &wait, sha256, &ctx->err);

	if (rc)
		return rc;
	out_object(ctx->out, exported);
	out_text(ctx->out, args->words[0]);
	out_text(ctx->out, args->file);
	out_text(ctx->out, sha256);
	return 0;
}

static int image_delete(struct ctx *ctx, const struct args *args, const char *name,
			struct vbc_error *err)
{
	int rc = vbc_image_delete(ctx->host, name, &brief_wait, err);

	(void)args;
	if (!rc)
		note("deleted image '%s'", name);
	return rc;
}
