/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/platform.h"

#include "base/str.h"
#include "vbox/aside.h"

/* Extra data of machines that were given secure boot. */
#define SECURE_KEY "libcloud/secure-boot"

/* A word of ours, and VirtualBox's number. */
struct word {
	const char *text;
	int number;
};

static const struct word firmwares[] = {
	{"bios", VBC_FirmwareType_BIOS},
	{"efi", VBC_FirmwareType_EFI},
	{VBC_FIRMWARE_SECURE, VBC_FirmwareType_EFI},
	{"efi32", VBC_FirmwareType_EFI32},
	{"efi64", VBC_FirmwareType_EFI64},
	{"efidual", VBC_FirmwareType_EFIDUAL},
	{NULL, 0},
};

static const struct word chipsets[] = {
	{"piix3", VBC_ChipsetType_PIIX3},
	{"ich9", VBC_ChipsetType_ICH9},
	{"armv8virtual", VBC_ChipsetType_ARMv8Virtual},
	{NULL, 0},
};

/* A machine whose TPM is another program's server gets one that is like it. */
static const struct word tpms[] = {
	{"none", VBC_TpmType_None}, {"1.2", VBC_TpmType_v1_2},  {"2.0", VBC_TpmType_v2_0},
	{"host", VBC_TpmType_Host}, {"2.0", VBC_TpmType_Swtpm}, {NULL, 0},
};

static const char *word_find_text(const struct word *words, int number)
{
	while (words->text && words->number != number)
		words++;
	return words->text ? words->text : "";
}

static bool word_find_number(const struct word *words, const char *text, int *ret)
{
	for (; words->text; words++) {
		if (streq(words->text, text)) {
			*ret = words->number;
			return true;
		}
	}
	return false;
}

int vbc_firmware_check(const char *firmware, struct vbc_error *err)
{
	if (!firmware[0] || streq(firmware, "bios") || streq(firmware, "efi") ||
	    streq(firmware, VBC_FIRMWARE_SECURE))
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG,
			"an image's firmware is 'bios', 'efi' or '" VBC_FIRMWARE_SECURE
			"', not '%s'",
			firmware);
}

int vbc_firmware_check_host(struct vbc_op *op, const char *firmware)
{
	if (!streq(firmware, VBC_FIRMWARE_SECURE) ||
	    vbc_op_has(op, VBC_M_IUefiVariableStore_setSecureBootEnabled))
		return VBC_OK;
	return vbc_fail(&op->error, VBC_E_VERSION,
			"VirtualBox %s has no secure boot (7.0 and later do); a guest that does "
			"not need it starts with the firmware 'efi'",
			op->session->version_text);
}

/* VirtualBox 7.1 moved the firmware and the chipset to objects of their own. */
static int platform_get_firmware(struct vbc_op *op, vbc_ref machine, enum vbc_FirmwareType *ret)
{
	vbc_ref settings = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_IMachine_getFirmwareSettings))
		return vbc_IMachine_getFirmwareType(op, machine, ret);
	code = vbc_part(op, VBC_M_IMachine_getFirmwareSettings, machine, 0, &settings);
	return code ? code : vbc_IFirmwareSettings_getFirmwareType(op, settings, ret);
}

static int platform_set_firmware(struct vbc_op *op, vbc_ref machine, enum vbc_FirmwareType type)
{
	vbc_ref settings = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_IMachine_getFirmwareSettings))
		return vbc_IMachine_setFirmwareType(op, machine, type);
	code = vbc_part(op, VBC_M_IMachine_getFirmwareSettings, machine, 0, &settings);
	return code ? code : vbc_IFirmwareSettings_setFirmwareType(op, settings, type);
}

static int platform_set_chipset(struct vbc_op *op, vbc_ref machine, enum vbc_ChipsetType type)
{
	vbc_ref platform = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_IMachine_getPlatform))
		return vbc_IMachine_setChipsetType(op, machine, type);
	code = vbc_part(op, VBC_M_IMachine_getPlatform, machine, 0, &platform);
	return code ? code : vbc_IPlatform_setChipsetType(op, platform, type);
}

static int platform_get_chipset(struct vbc_op *op, vbc_ref machine, enum vbc_ChipsetType *ret)
{
	vbc_ref platform = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_IMachine_getPlatform))
		return vbc_IMachine_getChipsetType(op, machine, ret);
	code = vbc_part(op, VBC_M_IMachine_getPlatform, machine, 0, &platform);
	return code ? code : vbc_IPlatform_getChipsetType(op, platform, ret);
}

static int platform_get_tpm(struct vbc_op *op, vbc_ref machine, const char **ret)
{
	enum vbc_TpmType type = VBC_TpmType_None;
	vbc_ref tpm = {NULL};
	int code;

	*ret = "none";
	if (!vbc_op_has(op, VBC_M_IMachine_getTrustedPlatformModule))
		return VBC_OK;
	code = vbc_IMachine_getTrustedPlatformModule(op, machine, &tpm);
	if (!code)
		code = vbc_ITrustedPlatformModule_getType(op, tpm, &type);
	*ret = word_find_text(tpms, type);
	return code;
}

/* Whether a machine that has no store was given one, whose file is gone then. */
static int platform_check_store(struct vbc_op *op, vbc_ref machine, bool *ret_gone)
{
	const char *value = "";
	int code = vbc_IMachine_getExtraData(op, machine, SECURE_KEY, &value);

	if (!code)
		*ret_gone = value[0] != '\0';
	return code;
}

/*
 * A machine whose firmware has never run has no store of variables, and whether one that is damaged
 * had secure boot is unknown. No more is asked of it: IUefiVariableStore_queryVariables of one that
 * firmware had just begun to write has killed VirtualBox's service.
 */
static int platform_get_secure(struct vbc_op *op, vbc_ref machine, bool *ret_secure,
			       struct vbc_platform *platform)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref nvram = {NULL}, store = {NULL};
	int code = vbc_IMachine_getNonVolatileStore(op, machine, &nvram);

	if (code)
		return vbc_aside_end(&aside, code);
	code = vbc_INvramStore_getUefiVariableStore(op, nvram, &store);
	if (!code)
		code = vbc_IUefiVariableStore_getSecureBootEnabled(op, store, ret_secure);
	if (code && !op->error.component[0])
		return vbc_aside_end(&aside, code);
	platform->nvram = code != VBC_E_NOTFOUND;
	platform->unread = code && platform->nvram;
	vbc_aside_restore(&aside);
	return code == VBC_E_NOTFOUND ? platform_check_store(op, machine, &platform->unread)
				      : VBC_OK;
}

static int platform_read_firmware(struct vbc_op *op, vbc_ref machine, struct vbc_platform *ret)
{
	enum vbc_FirmwareType type = VBC_FirmwareType_BIOS;
	bool secure = false;
	int code = platform_get_firmware(op, machine, &type);

	if (code)
		return code;
	ret->nvram = type != VBC_FirmwareType_BIOS;
	if (ret->nvram && vbc_op_has(op, VBC_M_IUefiVariableStore_getSecureBootEnabled))
		code = platform_get_secure(op, machine, &secure, ret);
	ret->firmware = secure ? VBC_FIRMWARE_SECURE : word_find_text(firmwares, type);
	return code;
}

int vbc_firmware_read(struct vbc_op *op, vbc_ref machine, const char **ret_firmware,
		      bool *ret_nvram)
{
	struct vbc_platform p = {.firmware = ""};
	int code = platform_read_firmware(op, machine, &p);

	if (!code) {
		*ret_firmware = p.firmware;
		*ret_nvram = p.nvram;
	}
	return code;
}

int vbc_platform_read(struct vbc_op *op, vbc_ref machine, struct vbc_platform *ret)
{
	struct vbc_platform p = {.firmware = ""};
	enum vbc_ChipsetType chipset = VBC_ChipsetType_Null;
	int code = platform_read_firmware(op, machine, &p);

	if (!code)
		code = platform_get_chipset(op, machine, &chipset);
	if (!code)
		code = platform_get_tpm(op, machine, &p.tpm);
	p.chipset = word_find_text(chipsets, chipset);
	if (!code)
		*ret = p;
	return code;
}

/* As the GUI does it: the keys that loaders of Linux and Windows are signed with. */
static int platform_enable_secure_boot(struct vbc_op *op, vbc_ref machine)
{
	vbc_ref nvram = {NULL}, store = {NULL};
	int code = vbc_firmware_check_host(op, VBC_FIRMWARE_SECURE);

	if (!code)
		code = vbc_IMachine_getNonVolatileStore(op, machine, &nvram);
	if (!code)
		code = vbc_INvramStore_initUefiVariableStore(op, nvram, 0);
	if (!code)
		code = vbc_INvramStore_getUefiVariableStore(op, nvram, &store);
	if (!code)
		code = vbc_IUefiVariableStore_enrollOraclePlatformKey(op, store);
	if (!code)
		code = vbc_IUefiVariableStore_enrollDefaultMsSignatures(op, store);
	if (!code)
		code = vbc_IUefiVariableStore_setSecureBootEnabled(op, store, true);
	return code ? code : vbc_IMachine_setExtraData(op, machine, SECURE_KEY, "1");
}

static int platform_set_tpm(struct vbc_op *op, vbc_ref machine, enum vbc_TpmType type)
{
	vbc_ref tpm = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_ITrustedPlatformModule_setType)) {
		if (type != VBC_TpmType_None)
			vbc_op_log(op, 0,
				   "the guest expects a TPM, which VirtualBox %s cannot provide "
				   "(7.0 and later can): it starts without one",
				   op->session->version_text);
		return VBC_OK;
	}
	code = vbc_IMachine_getTrustedPlatformModule(op, machine, &tpm);
	return code ? code : vbc_ITrustedPlatformModule_setType(op, tpm, type);
}

/* A word that is not known is that of a later release of this library. */
static int platform_fail_word(struct vbc_op *op, const char *what, const char *word)
{
	return vbc_fail(&op->error, VBC_E_ARG, "a machine cannot be given the %s '%s'", what, word);
}

int vbc_platform_set(struct vbc_op *op, vbc_ref machine, const struct vbc_platform *p)
{
	int firmware = 0, chipset = 0, tpm = 0, code = VBC_OK;

	if (p->firmware[0] && !word_find_number(firmwares, p->firmware, &firmware))
		return platform_fail_word(op, "firmware", p->firmware);
	if (p->chipset[0] && !word_find_number(chipsets, p->chipset, &chipset))
		return platform_fail_word(op, "chipset", p->chipset);
	if (p->tpm[0] && !word_find_number(tpms, p->tpm, &tpm))
		return platform_fail_word(op, "TPM", p->tpm);
	if (p->chipset[0])
		code = platform_set_chipset(op, machine, (enum vbc_ChipsetType)chipset);
	if (!code && p->tpm[0])
		code = platform_set_tpm(op, machine, (enum vbc_TpmType)tpm);
	if (!code && p->firmware[0])
		code = platform_set_firmware(op, machine, (enum vbc_FirmwareType)firmware);
	return code || !streq(p->firmware, VBC_FIRMWARE_SECURE)
		       ? code
		       : platform_enable_secure_boot(op, machine);
}

void vbc_platform_tell(struct vbc_op *op, const struct vbc_platform *p, const char *noun,
		       const char *name)
{
	if (p->unread)
		vbc_op_log(
			op, 0,
			"whether the machine that %s '%s' was made of has secure boot is unknown, "
			"as VirtualBox cannot read its NVRAM: it was assumed to have none; if its "
			"guest needs that, make an image with the firmware '" VBC_FIRMWARE_SECURE
			"'",
			noun, name);
	if (p->nvram)
		vbc_op_log(
			op, 0,
			"%s '%s' has the disk, but not the boot entries and keys that the firmware "
			"keeps outside of it: its guest starts from \\EFI\\BOOT on the disk",
			noun, name);
	if (p->tpm[0] && !streq(p->tpm, "none"))
		vbc_op_log(op, 0,
			   "%s '%s' lacks what the guest keeps in its TPM: a disk that is "
			   "encrypted with that asks for its recovery key",
			   noun, name);
}
