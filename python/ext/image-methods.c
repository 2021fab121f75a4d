/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of images.
 */
#include "ext.h"

#define F(member) FIELD(struct vbc_image, member)
static const struct field image_shape[] = {
	F(id),
	F(name),
	F(location),
	F(format),
	F(size_bytes),
	F(used_bytes),
	F(created_at_ms),
	F(os_type),
	F(description),
	F(min_cpus),
	FIELD_AS(struct vbc_image, min_memory_mib, "min_memory_mb"),
	FIELD_AS(struct vbc_image, min_disk_gib, "min_disk_gb"),
	F(init),
	F(origin),
	F(sha256),
	F(firmware),
	F(chipset),
	F(tpm),
	F(username),
	FIELDS_END,
};
#undef F
RESULT_RECORD(image, image_shape)
RESULT_LIST(images, image_shape)

#define ID PARAM(GIVEN, id, "id")

METHOD(image_list, "The images, by name.", RETURNS(images),
       vbc_image_list(c->host, &c->out.images, &c->error), PARAM_END)
METHOD(image_get, "The image of an id or of a name that only one has.", RETURNS(image),
       vbc_image_get(c->host, c->in.id, &c->out.image, &c->error), ID, PARAM_END)

static int image_call_import(struct call *c)
{
	c->in.image.size = sizeof(c->in.image);
	return vbc_image_import(c->host, c->in.text, &c->in.image, &c->wait, &c->out.image,
				&c->error);
}
METHOD(image_import,
       "Makes an image from a file here, at a URL, or on the host with host: before its path.",
       RETURNS(image), image_call_import(c), PARAM(GIVEN, text, "file"),
       PARAM(NAMED, image.name, "name"), PARAM(NAMED, image.os_type, "os_type"),
       PARAM(NAMED, image.description, "description"), PARAM(NAMED, image.min_cpus, "min_cpus"),
       PARAM(NAMED, image.min_memory_mib, "min_memory_mb"),
       PARAM(NAMED, image.min_disk_gib, "min_disk_gb"), PARAM(NAMED, image.init, "init"),
       PARAM(NAMED, image.format, "format"), PARAM(NAMED, image.firmware, "firmware"),
       PARAM(NAMED, image.username, "username"), PARAM(NAMED, image.sha256, "sha256"),
       PARAM(NAMED, image.checksum_url, "checksum_url"), PARAM(NAMED, image.max_gib, "max_gb"),
       PARAM_WAIT, PARAM_END)

/* What to record of an image that is made of something on the host. */
#define RECORDED                                                                                   \
	PARAM(NAMED, made.os_type, "os_type"), PARAM(NAMED, made.description, "description"),      \
		PARAM(NAMED, made.init, "init"), PARAM(NAMED, made.min_cpus, "min_cpus"),          \
		PARAM(NAMED, made.min_memory_mib, "min_memory_mb"),                                \
		PARAM(NAMED, made.min_disk_gib, "min_disk_gb"),                                    \
		PARAM(NAMED, made.firmware, "firmware"), PARAM(NAMED, made.username, "username")

static int image_call_create(struct call *c)
{
	c->in.made.size = sizeof(c->in.made);
	return vbc_image_create(c->host, c->in.id, c->in.name, &c->in.made, &c->wait, &c->out.image,
				&c->error);
}
METHOD(image_create, "Makes an image of a node's system disk.", RETURNS(image),
       image_call_create(c), PARAM(GIVEN, id, "node"), PARAM(GIVEN, name, "name"), RECORDED,
       PARAM_WAIT, PARAM_END)

static int image_call_copy(struct call *c)
{
	c->in.made.size = sizeof(c->in.made);
	return vbc_image_copy(c->host, c->in.id, c->in.name, &c->in.made, &c->wait, &c->out.image,
			      &c->error);
}
METHOD(image_copy, "Copies an image under another name.", RETURNS(image), image_call_copy(c), ID,
       PARAM(GIVEN, name, "name"), RECORDED, PARAM_WAIT, PARAM_END)

static int image_call_update(struct call *c)
{
	c->in.updated.size = sizeof(c->in.updated);
	return vbc_image_update(c->host, c->in.id, &c->in.updated, &brief_wait, &c->out.image,
				&c->error);
}
METHOD(image_update, "Changes what is recorded of an image.", RETURNS(image), image_call_update(c),
       ID, PARAM(NAMED, updated.name, "name"), PARAM(NAMED, updated.os_type, "os_type"),
       PARAM(NAMED, updated.description, "description"), PARAM(NAMED, updated.init, "init"),
       PARAM(NAMED, updated.min_cpus, "min_cpus"),
       PARAM(NAMED, updated.min_memory_mib, "min_memory_mb"),
       PARAM(NAMED, updated.min_disk_gib, "min_disk_gb"),
       PARAM(NAMED, updated.firmware, "firmware"), PARAM(NAMED, updated.username, "username"),
       PARAM_END)

static PyObject *result_sha256(const struct call *c)
{
	return text_to_python(c->sha256);
}
METHOD(image_export, "Writes an image to a raw file here, and returns its SHA-256.",
       .result = result_sha256,
       vbc_image_export(c->host, c->in.id, c->in.text, &c->wait, c->sha256, &c->error), ID,
       PARAM(GIVEN, text, "file"), PARAM_WAIT, PARAM_END)
METHOD(image_delete, "Deletes an image and its file.", RETURNS_NOTHING,
       vbc_image_delete(c->host, c->in.id, &brief_wait, &c->error), ID, PARAM_END)

const struct method_row image_methods[] = {
	ROW(image_list),   ROW(image_get),    ROW(image_import), ROW(image_create), ROW(image_copy),
	ROW(image_update), ROW(image_export), ROW(image_delete), {NULL, NULL},
};
