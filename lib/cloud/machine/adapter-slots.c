/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * How many network adapters machines have: that follows from their chipsets, of which nearly all
 * are PIIX3.
 */
#include "machine/adapter-slots.h"

#include "vbox/aside.h"

static int slots_ask_each(struct vbc_op *op, enum vbc_method_id method, const vbc_ref *selves,
			  size_t n, bool fixed, char *out, size_t step, bool *ret_lost)
{
	struct vbc_batch_call *calls = VBC_ARENA_ARRAY(&op->arena, struct vbc_batch_call, n);
	size_t m = 0;
	int code;

	if (!calls)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; i < n; i++)
		if (!vbc_ref_is_null(selves[i]))
			calls[m++] = (struct vbc_batch_call){.method = method,
							     .self = selves[i],
							     .out = out + i * step,
							     .fixed = fixed};
	code = vbc_batch(op, calls, m);
	for (size_t i = 0; i < m; i++)
		*ret_lost |= calls[i].code == VBC_E_NOTFOUND || calls[i].code == VBC_E_BUSY;
	return code;
}

/* VirtualBox 7.1 moved the chipset to an object of its own, which is `platforms` then. */
static int slots_ask_chipsets(struct vbc_op *op, const vbc_ref *machines, size_t n,
			      vbc_ref *platforms, enum vbc_ChipsetType *chipsets, bool *ret_lost)
{
	int code;

	if (!vbc_op_has(op, VBC_M_IMachine_getPlatform))
		return slots_ask_each(op, VBC_M_IMachine_getChipsetType, machines, n, false,
				      (char *)chipsets, sizeof(*chipsets), ret_lost);
	code = slots_ask_each(op, VBC_M_IMachine_getPlatform, machines, n, true, (char *)platforms,
			      sizeof(*platforms), ret_lost);
	return code ? code
		    : slots_ask_each(op, VBC_M_IPlatform_getChipsetType, platforms, n, false,
				     (char *)chipsets, sizeof(*chipsets), ret_lost);
}

static int slots_ask_room(struct vbc_op *op, vbc_ref platform, enum vbc_ChipsetType chipset,
			  uint32_t *ret)
{
	vbc_ref properties = {NULL};
	int code;

	if (!vbc_op_has(op, VBC_M_IPlatform_getProperties)) {
		code = vbc_IVirtualBox_getSystemProperties(op, op->vbox, &properties);
		return code ? code
			    : vbc_ISystemProperties_getMaxNetworkAdapters(op, properties, chipset,
									  ret);
	}
	code = vbc_IPlatform_getProperties(op, platform, &properties);
	return code ? code
		    : vbc_IPlatformProperties_getMaxNetworkAdapters(op, properties, chipset, ret);
}

/* Of one that is not known to us nothing can be asked. */
static bool slots_is_usual(enum vbc_ChipsetType chipset)
{
	return chipset == VBC_ChipsetType_PIIX3 || chipset == VBC_ChipsetType_Null ||
	       chipset == VBC_ChipsetType_Unknown;
}

/* 0 where the machine has gone meanwhile. More than we know of is not asked for. */
static int slots_try_room(struct vbc_op *op, vbc_ref platform, enum vbc_ChipsetType chipset,
			  uint32_t *ret, bool *ret_lost)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	uint32_t room = 0;
	int code = slots_ask_room(op, platform, chipset, &room);

	*ret_lost |= code != VBC_OK;
	*ret = code ? 0 : room < VBC_ADAPTERS_MAX ? room : VBC_ADAPTERS_MAX;
	return vbc_aside_forgive(&aside, code, VBC_CODE(VBC_E_NOTFOUND) | VBC_CODE(VBC_E_BUSY));
}

/* Each chipset is asked about once, or again where the machine asked has gone. */
static int slots_fill_by_chipset(struct vbc_op *op, const vbc_ref *platforms,
				 const enum vbc_ChipsetType *chipsets, size_t n, uint32_t *slots,
				 bool *ret_lost)
{
	int code = VBC_OK;

	for (size_t i = 0; !code && i < n; i++) {
		size_t same = 0;

		slots[i] = VBC_ADAPTERS;
		if (slots_is_usual(chipsets[i]))
			continue;
		while (same < i && (chipsets[same] != chipsets[i] || !slots[same]))
			same++;
		if (same < i)
			slots[i] = slots[same];
		else
			code = slots_try_room(op, platforms[i], chipsets[i], &slots[i], ret_lost);
	}
	for (size_t i = 0; !code && i < n; i++)
		if (!slots[i])
			slots[i] = VBC_ADAPTERS;
	return code;
}

int vbc_network_slots(struct vbc_op *op, const vbc_ref *machines, size_t n,
		      const uint32_t **ret_slots, bool *ret_lost)
{
	vbc_ref *platforms = VBC_ARENA_ARRAY(&op->arena, vbc_ref, n);
	enum vbc_ChipsetType *chipsets = VBC_ARENA_ARRAY(&op->arena, enum vbc_ChipsetType, n);
	uint32_t *slots = VBC_ARENA_ARRAY(&op->arena, uint32_t, n);
	int code;

	if (!platforms || !chipsets || !slots)
		return vbc_fail_nomem(&op->error);
	code = slots_ask_chipsets(op, machines, n, platforms, chipsets, ret_lost);
	if (!code)
		code = slots_fill_by_chipset(op, platforms, chipsets, n, slots, ret_lost);
	if (!code)
		*ret_slots = slots;
	return code;
}
