/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * vboxcloud image import, create, copy: new images.
 */
#include "catalog.h"
#include "cmd-image.h"
#include "firmware.h"
#include "report.h"
#include "util.h"

static const struct choice inits[] = {{"nocloud", 1}, {"dmi", 2}, {"none", 3}, {NULL, 0}};
static const struct choice formats[] = {{"raw", 1},  {"qcow2", 2}, {"vdi", 3},
					{"vmdk", 4}, {"vhd", 5},   {NULL, 0}};

/* What can be stated of each new image. */
#define OPTS_OF_ALL                                                                                \
	{                                                                                          \
		.name = "--min-cpus",                                                              \
		.value = "N",                                                                      \
		OPT(min_cpus),                                                                     \
		.help = "the fewest CPUs that a node from this image needs",                       \
	},                                                                                         \
		{                                                                                  \
			.name = "--min-memory",                                                    \
			.value = "MIB",                                                            \
			OPT(min_memory_mib),                                                       \
			.help = "the least memory that a node from this image needs",              \
		},                                                                                 \
		{                                                                                  \
			.name = "--min-disk",                                                      \
			.value = "GIB",                                                            \
			OPT(min_disk_gib),                                                         \
			.help = "the smallest disk that a node from this image needs",             \
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
			.help = "how the guest is told about its first boot: nocloud, dmi or "     \
				"none",                                                            \
		},                                                                                 \
		{                                                                                  \
			.name = "--firmware",                                                      \
			.value = "KIND",                                                           \
			OPT_ONE_OF(firmware, firmwares),                                           \
			.help = "the firmware of its nodes: bios, efi or efi-secure",              \
		},                                                                                 \
		{                                                                                  \
			.name = "--username",                                                      \
			.value = "NAME",                                                           \
			OPT(username),                                                             \
			.help = "who logs in to its nodes, such as debian",                        \
		},                                                                                 \
		OPT_TIMEOUT

const struct opt image_import_opts[] = {
	{
		.name = "--name",
		.value = "NAME",
		OPT(name),
		.help = "the image's name; by default the file's, without folder and suffixes",
	},
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system, such as Debian_64; Linux_64 by "
			"default",
	},
	{
		.name = "--format",
		.value = "FORMAT",
		OPT_ONE_OF(format, formats),
		.help = "the image's format: raw, qcow2, vdi, vmdk or vhd; by default detected",
	},
	{
		.name = "--sha256",
		.value = "HEX",
		OPT(sha256),
		.help = "the file's SHA-256; a file with another one is refused",
	},
	{
		.name = "--checksum-url",
		.value = "URL",
		OPT(checksum_url),
		.help = "a list with the file's SHA-256 or SHA-512, such as SHA256SUMS",
	},
	{
		.name = "--max-size",
		.value = "GIB",
		OPT(max_size_gib),
		.min = 1,
		.help = "fetch at most this much; 64 by default",
	},
	OPTS_OF_ALL,
	{.name = NULL},
};

const struct opt image_create_opts[] = {
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system; by default the original's",
	},
	OPTS_OF_ALL,
	{.name = NULL},
};

const struct opt image_update_opts[] = {
	{
		.name = "--name",
		.value = "NAME",
		OPT(name),
		.help = "another name, which no other image has",
	},
	{
		.name = "--os-type",
		.value = "TYPE",
		OPT(os_type),
		.help = "VirtualBox's id of the guest's system",
	},
	OPTS_OF_ALL,
	{.name = NULL},
};

static const char *image_name_init(const struct args *args)
{
	return args->init ? inits[args->init - 1].name : NULL;
}

int image_import(struct ctx *ctx, const struct args *args)
{
	struct catalog CLEANUP(catalog_done) catalog = {.v = NULL};
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;
	const char *file;

	opts.name = args->name;
	opts.os_type = args->os_type;
	opts.description = args->description;
	opts.min_cpus = args->min_cpus;
	opts.min_memory_mib = args->min_memory_mib;
	opts.min_disk_gib = args->min_disk_gib;
	opts.init = image_name_init(args);
	opts.format = args->format ? formats[args->format - 1].name : NULL;
	opts.firmware = firmware_of(args);
	opts.username = args->username;
	opts.sha256 = args->sha256;
	opts.checksum_url = args->checksum_url;
	opts.max_gib = args->max_size_gib;

	int rc = image_find_source(&catalog, args->words[0], &file, &opts, &ctx->err);

	if (!rc)
		rc = vbc_image_import(ctx->host, file, &opts, &wait, &image, &ctx->err);

	return rc ? rc : image_show_and_free(ctx, image);
}

static struct vbc_image_create_opts image_read_opts(const struct args *args)
{
	struct vbc_image_create_opts opts = VBC_IMAGE_CREATE_OPTS_INIT;

	opts.os_type = args->os_type;
	opts.description = args->description;
	opts.min_cpus = args->min_cpus;
	opts.min_memory_mib = args->min_memory_mib;
	opts.min_disk_gib = args->min_disk_gib;
	opts.init = image_name_init(args);
	opts.firmware = firmware_of(args);
	opts.username = args->username;
	return opts;
}

int image_create(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_create_opts opts = image_read_opts(args);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;
	int rc = vbc_image_create(ctx->host, args->words[0], args->words[1], &opts, &wait, &image,
				  &ctx->err);

	return rc ? rc : image_show_and_free(ctx, image);
}

int image_copy(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_create_opts opts = image_read_opts(args);
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;
	int rc = vbc_image_copy(ctx->host, args->words[0], args->words[1], &opts, &wait, &image,
				&ctx->err);

	return rc ? rc : image_show_and_free(ctx, image);
}

int image_update(struct ctx *ctx, const struct args *args)
{
	struct vbc_image_update_opts opts = VBC_IMAGE_UPDATE_OPTS_INIT;
	struct vbc_wait wait = begin_wait(args->timeout_s);
	struct vbc_image *image;

	opts.name = args->name;
	opts.os_type = args->os_type;
	opts.description = args->description;
	opts.min_cpus = args->min_cpus;
	opts.min_memory_mib = args->min_memory_mib;
	opts.min_disk_gib = args->min_disk_gib;
	opts.init = image_name_init(args);
	opts.firmware = firmware_of(args);
	opts.username = args->username;

	int rc = vbc_image_update(ctx->host, args->words[0], &opts, &wait, &image, &ctx->err);

	return rc ? rc : image_show_and_free(ctx, image);
}
