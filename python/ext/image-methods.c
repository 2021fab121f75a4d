/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of images.
 */
#include "ext.h"

#define F(member) FIELD(struct vbc_image, member)
static const struct field image_shape[] = {
	F(id),          F(name),       F(location),      F(format),
	F(size_bytes),  F(used_bytes), F(created_at_ms), F(os_type),
	F(description), F(min_cpus),   F(min_memory_mb), F(min_disk_gb),
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

static int import(struct call *c)
{
	c->in.image.size = sizeof(c->in.image);
	return vbc_image_import(c->host, c->in.text, &c->in.image, &c->wait, &c->out.image,
				&c->error);
}
METHOD(image_import, "Makes an image of a file here, or with host: before its path, there.",
       RETURNS(image), import(c), PARAM(GIVEN, text, "file"), PARAM(NAMED, image.name, "name"),
       PARAM(NAMED, image.os_type, "os_type"), PARAM(NAMED, image.description, "description"),
       PARAM(NAMED, image.min_cpus, "min_cpus"), PARAM(NAMED, image.min_memory_mb, "min_memory_mb"),
       PARAM(NAMED, image.min_disk_gb, "min_disk_gb"), PARAM_WAIT, PARAM_END)
METHOD(image_delete, "Deletes an image and its file.", RETURNS_NOTHING,
       vbc_image_delete(c->host, c->in.id, &c->error), ID, PARAM_END)

const struct method_row image_methods[] = {
	ROW(image_list), ROW(image_get), ROW(image_import), ROW(image_delete), {NULL, NULL},
};
