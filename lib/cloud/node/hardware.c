/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The virtual hardware of a new machine. It is not registered yet, so it is changed without a lock.
 */
#include "node/hardware.h"

#include <vboxcloud/size.h>

#include "machine/platform.h"

/*
 * VirtualBox gives a controller 30 ports, each of which firmware and guest look at when they start;
 * eight leave room for volumes while the node runs.
 */
#define SATA_PORTS 8

/*
 * Firmware: nobody sits before a node to read a logo or to press a key for a menu (that is several
 * seconds of each start), and the guest shall see the node's id as its product UUID, not one with
 * its bytes swapped. VirtualBox 7.1 moved these settings.
 */
static int hardware_set_firmware(struct vbc_op *op, vbc_ref machine)
{
	vbc_ref f = {NULL};
	int code = vbc_part(op, VBC_M_IMachine_getFirmwareSettings, machine, 0, &f);

	if (!code)
		code = vbc_IFirmwareSettings_setSMBIOSUuidLittleEndian(op, f, false);
	if (!code)
		code = vbc_IFirmwareSettings_setBootMenuMode(op, f,
							     VBC_FirmwareBootMenuMode_Disabled);
	if (!code)
		code = vbc_IFirmwareSettings_setLogoFadeIn(op, f, false);
	return code ? code : vbc_IFirmwareSettings_setLogoFadeOut(op, f, false);
}

static int hardware_set_bios(struct vbc_op *op, vbc_ref machine)
{
	vbc_ref f = {NULL};
	int code = vbc_IMachine_getBIOSSettings(op, machine, &f);

	if (!code && vbc_op_has(op, VBC_M_IBIOSSettings_setSMBIOSUuidLittleEndian))
		code = vbc_IBIOSSettings_setSMBIOSUuidLittleEndian(op, f, false);
	if (!code)
		code = vbc_IBIOSSettings_setBootMenuMode(op, f, VBC_BIOSBootMenuMode_Disabled);
	if (!code)
		code = vbc_IBIOSSettings_setLogoFadeIn(op, f, false);
	return code ? code : vbc_IBIOSSettings_setLogoFadeOut(op, f, false);
}

static int hardware_set_serial(struct vbc_op *op, vbc_ref machine, const char *file)
{
	vbc_ref port = {NULL};
	int code = vbc_IMachine_getSerialPort(op, machine, 0, &port);

	if (!code)
		code = vbc_ISerialPort_setPath(op, port, file);
	if (!code)
		code = vbc_ISerialPort_setHostMode(op, port, VBC_PortMode_RawFile);
	return code ? code : vbc_ISerialPort_setEnabled(op, port, true);
}

/*
 * A guest without its disk as the first to boot from would search drives that are not there. A disc
 * comes behind it, as VirtualBox has it: the disk starts nothing before something is installed
 * there. What VirtualBox has third is the disk.
 */
static int hardware_set_boot_order(struct vbc_op *op, vbc_ref machine)
{
	int code = vbc_IMachine_setBootOrder(op, machine, 1, VBC_DeviceType_HardDisk);

	return code ? code : vbc_IMachine_setBootOrder(op, machine, 3, VBC_DeviceType_Null);
}

static int hardware_add_controller(struct vbc_op *op, vbc_ref machine)
{
	vbc_ref controller = {NULL};
	int code = vbc_IMachine_addStorageController(op, machine, VBC_NODE_CONTROLLER,
						     VBC_StorageBus_SATA, &controller);

	return code ? code : vbc_IStorageController_setPortCount(op, controller, SATA_PORTS);
}

int vbc_node_set_hardware(struct vbc_op *op, vbc_ref machine, const struct vbc_size *size,
			  const struct vbc_platform *platform, const char *serial_file)
{
	int code = vbc_platform_set(op, machine, platform);

	if (!code && size->cpus > 1) /* which a new machine has */
		code = vbc_IMachine_setCPUCount(op, machine, size->cpus);
	if (!code)
		code = vbc_IMachine_setMemorySize(op, machine, size->ram_mib);
	if (!code)
		code = vbc_op_has(op, VBC_M_IMachine_getFirmwareSettings)
			       ? hardware_set_firmware(op, machine)
			       : hardware_set_bios(op, machine);
	if (!code)
		code = hardware_set_boot_order(op, machine);
	if (!code)
		code = hardware_add_controller(op, machine);
	if (!code && serial_file && serial_file[0])
		code = hardware_set_serial(op, machine, serial_file);
	return code;
}
