/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud image: the disks that nodes are made from.
 */
#include "cmd.h"
#include "firmware.h"
#include "report.h"

static int list(struct ctx *ctx, const struct args *args);
static int show(struct ctx *ctx, const struct args *args);
static int import(struct ctx *ctx, const struct args *args);
static int create(struct ctx *ctx, const struct args *args);
static int copy(struct ctx *ctx, const struct args *args);
static int export_image(struct ctx *ctx, const struct args *args);
static int delete_images(struct ctx *ctx, const struct args *args);

static const struct choice inits[] = {{"nocloud", 1}, {"dmi", 2}, {"none", 3}, {NULL, 0}};
static const struct choice formats[] = {{"raw", 1},  {"qcow2", 2}, {"vdi", 3},
					{"vmdk", 4}, {"vhd", 5},   {NULL, 0}};

/* What can be stated of each new image. */
#define OPTS_OF_ALL                                                                                \
	{                                                                                          \
		.name = "--min-cpus",                                                              \
		.value = "N",                                                                      \
		OPT(min_cpus),                                                                     \
		.help = "the CPUs that a node from this image needs at least",                     \
	},                                                                                         \
		{                                                                                  \
			.name = "--min-memory",                                                    \
			.value = "MIB",                                                            \
			OPT(min_memory_mib),                                                       \
			.help = "the memory that a node from this image needs at least",           \
		},                                                                                 \
		{                                                                                  \
			.name = "--min-disk",                                                      \
			.value = "GIB",                                                            \
			OPT(min_disk_gib),                                                         \
			.help = "the disk that a node from this image needs at least",             \
		},                                                                                 \
		{                                                                                  \
			.name = "--description",                                                   \
			.value = "TEXT",                                                           \
			OPT(description),                                                          \
			.help = "any text",                                                        \
		},                                                                                 \
		{                                                                                  \
			.name = "--init",                                                          \
			.value = "KIND",                                                           \
			OPT_ONE_OF(init, inits),                                                   \
			.help = "how the guest learns of its first boot: nocloud, dmi or none",    \
		},                                                                                 \
		{                                                                                  \
			.name = "--firmware",                                                      \
			.value = "KIND",                                                           \
			OPT_ONE_OF(firmware, firmwares),                                           \
			.help = "what its nodes start with: bios, efi or efi-secure",              \
		},                                                                                 \
		OPT_TIMEOUT

static const struct opt import_opts[] = {
	{
		.name = "--name",
		.value = "NAME",
		OPT(name),
		.help = "the image's name; else the file's, without folder and suffixes",
	},
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system, as in Debian_64; else Linux_64",
	},
	{
		.name = "--format",
		.value = "FORMAT",
		OPT_ONE_OF(format, formats),
		.help = "the image's format: raw, qcow2, vdi, vmdk or vhd; else told by content",
	},
	OPTS_OF_ALL,
	{.name = NULL},
};

static const struct opt create_opts[] = {
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system; else the original's",
	},
	OPTS_OF_ALL,
	{.name = NULL},
};

static const struct opt export_opts[] = {
	{
		.name = "-o",
		.value = "FILE",
		OPT(file),
		.required = true,
		.complete = COMPLETE_FILE,
		.help = "the file that is written, a raw disk",
	},
	OPT_TIMEOUT,
	{.name = NULL},
};

const struct cmd image_cmds[] = {
	{
		.name = "list",
		.help = "list the images",
		.run = list,
	},
	{
		.name = "show",
		.help = "show all that is known about an image",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.run = show,
	},
	{
		.name = "import",
		.help = "make an image from a disk image file",
		.more = "FILE is a vdi, vmdk, vhd, qcow2, raw, ova or ovf file here, also compressed "
			"or in an archive, which is uploaded, or host:/path, a file on the host, "
			"which is opened there and left as it is.",
		.words = {{.name = "FILE", .complete = COMPLETE_FILE}},
		.opts = import_opts,
		.run = import,
	},
	{
		.name = "create",
		.help = "make an image of a node's system disk",
		.more = "The node may be running; what its guest has not written to the disk yet "
			"is then missing.",
		.words = {{.name = "NODE", .complete = COMPLETE_NODE}, {.name = "NAME"}},
		.opts = create_opts,
		.run = create,
	},
	{
		.name = "copy",
		.help = "copy an image under another name",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}, {.name = "NAME"}},
		.opts = create_opts,
		.run = copy,
	},
	{
		.name = "export",
		.help = "download an image into a raw disk here",
		.more = "The file is written with holes where the disk is empty, and is there when "
			"it is whole, or not at all.",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE}},
		.opts = export_opts,
		.run = export_image,
	},
	{
		.name = "delete",
		.help = "delete images and their files",
		.words = {{.name = "IMAGE", .complete = COMPLETE_IMAGE, .many = true}},
		.run = delete_images,
	},
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
	{NULL, NULL},
};

static void add_image(struct out *out, const struct vbc_image *image)
{
	out_text(out, image->name);
	out_text(out, image->id);
	out_text(out, image->location);
	out_text(out, image->format);
	out_bytes_or_null(out, image->size_bytes);
	out_bytes_or_null(out, image->used_bytes);
	out_time(out, image->created_at_ms);
	out_text_or_null(out, image->os_type);
	out_text(out, image->description);
	out_number_or_null(out, image->min_cpus);
	out_number_or_null(out, image->min_memory_mb);
	out_number_or_null(out, image->min_disk_gb);
	out_text_or_null(out, image->init);
	out_text_or_null(out, image->origin);
	out_text_or_null(out, image->sha256);
	out_text_or_null(out, image->firmware);
	out_text_or_null(out, image->chipset);
	out_text_or_null(out, image->tpm);
}

static int show_and_free(struct ctx *ctx, struct vbc_image *image)
{
	out_object(ctx->out, columns);
	add_image(ctx->out, image);
	vbc_image_free(image);
	return 0;
}

static const char *init_of(const struct args *args)
{
	return args->init ? inits[args->init - 1].name : NULL;
}

static int list(struct ctx *ctx, const struct args *args)
{
	struct vbc_images *images;
	int rc = vbc_image_list(ctx->host, &images, &ctx->err);

	(void)args;
	if (rc)
		return rc;
	out_list(ctx->out, columns);
	for (size_t i = 0; i < images->n; i++)
		add_image(ctx->out, images->v[i]);
	vbc_images_free(images);
	return 0;
}

static int show(struct ctx *ctx, const struct args *args)
{
	struct vbc_image *image;
	int rc = vbc_image_get(ctx->host, args->words[0], &image, &ctx->err);

	return rc ? rc : show_and_free(ctx, image);
}

static int import(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;

	opts.name = args->name;
	opts.os_type = args->os_type;
	opts.description = args->description;
	opts.min_cpus = args->min_cpus;
	opts.min_memory_mb = args->min_memory_mib;
	opts.min_disk_gb = args->min_disk_gib;
	opts.init = init_of(args);
	opts.format = args->format ? formats[args->format - 1].name : NULL;
	opts.firmware = firmware_of(args);

	int rc = vbc_image_import(ctx->host, args->words[0], &opts, &wait, &image, &ctx->err);

	return rc ? rc : show_and_free(ctx, image);
}

static struct vbc_image_create_opts stated(const struct args *args)
{
	struct vbc_image_create_opts opts = VBC_IMAGE_CREATE_OPTS_INIT;

	opts.os_type = args->os_type;
	opts.description = args->description;
	opts.min_cpus = args->min_cpus;
	opts.min_memory_mb = args->min_memory_mib;
	opts.min_disk_gb = args->min_disk_gib;
	opts.init = init_of(args);
	opts.firmware = firmware_of(args);
	return opts;
}

static int create(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_create_opts opts = stated(args);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;
	int rc = vbc_image_create(ctx->host, args->words[0], args->words[1], &opts, &wait, &image,
				  &ctx->err);

	return rc ? rc : show_and_free(ctx, image);
}

static int copy(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_create_opts opts = stated(args);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;
	int rc = vbc_image_copy(ctx->host, args->words[0], args->words[1], &opts, &wait, &image,
				&ctx->err);

	return rc ? rc : show_and_free(ctx, image);
}

static int export_image(struct ctx *ctx, const struct args *args)
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

static int delete_one(struct ctx *ctx, const struct args *args, const char *name,
		      struct vbc_error *err)
{
	int rc = vbc_image_delete(ctx->host, name, err);

	(void)args;
	if (!rc)
		note("deleted image '%s'", name);
	return rc;
}

static int delete_images(struct ctx *ctx, const struct args *args)
{
	return for_each_word(ctx, args, delete_one);
}
