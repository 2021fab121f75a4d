/* SPDX-License-Identifier: Apache-2.0 */
#include "disk/attachment.h"

#include "vbox/aside.h"

/* Saves the settings whatever went wrong before: see vbc_medium_attach(). */
static int attachment_save(struct vbc_op *op, vbc_ref machine, int code)
{
	if (!code)
		code = vbc_IMachine_saveSettings(op, machine);
	if (code) {
		struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

		vbc_IMachine_saveSettings(op, machine);
	}
	return code;
}

/*
 * A disk whose attachment is given up instead of saved counts as attached until the host's service
 * is restarted, and cannot be deleted; so the settings are saved whatever went wrong. (Detaching
 * it instead crashes VBoxSVC.)
 */
int vbc_medium_attach(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place,
		      vbc_ref medium)
{
	int code = vbc_IMachine_attachDevice(op, machine, place->controller, place->port,
					     place->device, VBC_DeviceType_HardDisk, medium);

	if (!code && place->hot)
		code = vbc_IMachine_setHotPluggableForDevice(op, machine, place->controller,
							     place->port, place->device, true);
	return attachment_save(op, machine, code);
}

int vbc_medium_insert(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place,
		      vbc_ref disc)
{
	return attachment_save(op, machine,
			       vbc_IMachine_attachDevice(op, machine, place->controller,
							 place->port, place->device,
							 VBC_DeviceType_DVD, disc));
}

int vbc_medium_detach(struct vbc_op *op, vbc_ref machine, const struct vbc_storage_slot *place)
{
	return attachment_save(op, machine,
			       vbc_IMachine_detachDevice(op, machine, place->controller,
							 place->port, place->device));
}
