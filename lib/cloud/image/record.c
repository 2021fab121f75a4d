/* SPDX-License-Identifier: Apache-2.0 */
#include "image/record.h"

#include <vboxcloud/image.h>

#include <string.h>

#include "base/name.h"
#include "base/str.h"
#include "disk/change.h"
#include "disk/kinds.h"
#include "disk/recorded.h"
#include "image/image.h"
#include "image/query.h"
#include "machine/platform.h"
#include "vbox/aside.h"
#include "vbox/host-clock.h"
#include "vbox/meta.h"

static int image_check_init(const char *init, struct vbc_error *err)
{
	if (!init[0] || streq(init, "nocloud") || streq(init, "dmi") || streq(init, "none"))
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"an image's kind of first boot is 'nocloud', 'dmi' or 'none', not '%s'",
			init);
}

int vbc_image_check_words(const struct vbc_image *planned, struct vbc_error *err)
{
	const char *text = planned->description;
	size_t at;
	long c;
	int code = vbc_name_check("image", planned->name, err);

	if (!code && !vbc_text_ok(text, strlen(text), &at, &c))
		code = vbc_fail(err, VBC_E_ARG,
				"the image's description has a character at byte %zu that "
				"VirtualBox cannot keep",
				at + 1);
	if (!code)
		code = vbc_firmware_check(planned->firmware, err);
	if (!code && planned->username[0])
		code = vbc_login_check(planned->username, err);
	return code ? code : image_check_init(planned->init, err);
}

int vbc_image_check_os_type(struct vbc_op *op, const char *os_type)
{
	struct vbc_IGuestOSType type;
	int code = vbc_IVirtualBox_getGuestOSType(op, op->vbox, os_type, &type);

	if (code == VBC_E_NOTFOUND) {
		vbc_op_forgive(op);
		code = vbc_fail(&op->error, VBC_E_ARG,
				"VirtualBox knows no operating system '%s'; "
				"'Linux_64' and 'Debian_64' are two that it knows",
				os_type);
	}
	return code;
}

int vbc_image_check_name(struct vbc_op *op, const char *name, const char *id)
{
	struct vbc_image *images = NULL;
	size_t n = 0;
	int code = vbc_image_query(op, (vbc_ref){NULL}, 0, &images, &n);

	for (size_t i = 0; !code && i < n; i++)
		if (streq(images[i].name, name) && !streq(images[i].id, id))
			code = vbc_fail(&op->error, VBC_E_EXISTS,
					"there is an image '%s' already: %s", name, images[i].id);
	return code;
}

int vbc_image_check_new(struct vbc_op *op, const struct vbc_image *planned)
{
	int code = vbc_firmware_check_host(op, planned->firmware);

	if (!code && planned->os_type[0] && !streq(planned->os_type, VBC_IMAGE_OS_TYPE))
		code = vbc_image_check_os_type(op, planned->os_type);
	return code ? code : vbc_image_check_name(op, planned->name, "");
}

void vbc_image_write(struct vbc_meta *meta, const struct vbc_image *image)
{
	vbc_meta_set_str(meta, "name", image->name);
	vbc_meta_set_str(meta, "os_type", image->os_type);
	vbc_meta_set_str(meta, "description", image->description);
	vbc_meta_set_int(meta, "min_cpus", image->min_cpus);
	vbc_meta_set_int(meta, "min_memory_mb", image->min_memory_mib);
	vbc_meta_set_int(meta, "min_disk_gb", image->min_disk_gib);
	vbc_meta_set_str(meta, "init", image->init);
	vbc_meta_set_str(meta, "firmware", image->firmware);
	vbc_meta_set_str(meta, "username", image->username);
}

int vbc_image_record(struct vbc_op *op, const struct vbc_image *planned, bool is_file,
		     vbc_ref medium)
{
	struct vbc_meta *VBC_META meta = vbc_meta_new();
	const char *id = "";
	int64_t now_ms = 0;
	int code = vbc_host_clock(op, &now_ms);

	if (code)
		return code;
	if (!meta)
		return vbc_fail_nomem(&op->error);
	vbc_image_write(meta, planned);
	vbc_meta_set_str(meta, "origin", planned->origin);
	vbc_meta_set_str(meta, "sha256", planned->sha256);
	vbc_meta_set_str(meta, "chipset", planned->chipset);
	vbc_meta_set_str(meta, "tpm", planned->tpm);
	vbc_meta_set_int(meta, VBC_IMAGE_IS_FILE, is_file);
	vbc_meta_set_int(meta, "created_ms", now_ms);
	return vbc_disk_record(op, VBC_IMAGE_KIND, medium, meta, &id);
}

int vbc_image_read_back(struct vbc_op *op, vbc_ref medium, struct vbc_image **ret)
{
	struct vbc_image *images = NULL;
	size_t n = 0;
	int code = vbc_image_query(op, medium, VBC_DISK_FILE, &images, &n);

	if (!code && n != 1)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"the new image was deleted by another program");
	return code ? code : vbc_image_result(op, &images[0], ret);
}
