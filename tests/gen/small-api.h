/* SPDX-License-Identifier: Apache-2.0
 * Made by gen.py from vbox.idl: change that, not this. */
#ifndef VBC_VBOX_API_H
#define VBC_VBOX_API_H

#include "soap/wire.h"

#pragma GCC visibility push(hidden)

enum vbc_Color {
	VBC_Color_Unknown = -1,
	VBC_Color_Red = 0,
	VBC_Color_Green = 1,
	VBC_Color_Blue = 2,
};

enum vbc_Mood {
	VBC_Mood_Unrecognized = -1,
	VBC_Mood_Good = 0,
	VBC_Mood_Unknown = 1,
};

enum vbc_enum_id { /* for vbc_enum_name() */
	VBC_ENUM_Color,
	VBC_ENUM_Mood,
};

struct vbc_Point {
	int32_t x;
	const char *label;
	enum vbc_Color default_;
	vbc_ref owner;
};
struct vbc_Point_array {
	size_t n;
	const struct vbc_Point *v;
};

enum vbc_method_id {
	VBC_M_IThing_copy,
	VBC_M_IThing_findOther,
	VBC_M_IThing_getId,
	VBC_M_IThing_getMoods,
	VBC_M_IThing_getOther,
	VBC_M_IThing_getPoints,
	VBC_M_IThing_getURL,
	VBC_M_IThing_setMoods,
	VBC_M_IThing_setURL,
	VBC_M_IWebsessionManager_logon,
	VBC_M_COUNT
};

struct vbc_op;

/* The engine under all calls below. An output whose pointer is NULL is not wanted. */
int vbc_call(struct vbc_op *op, enum vbc_method_id id, vbc_ref self, const union vbc_in *in,
	     void *const *out);

int vbc_IThing_copy(struct vbc_op *op, vbc_ref self, vbc_ref to, vbc_ref beside, struct vbc_strs names, bool register_, struct vbc_bytes data, uint32_t *ret_size, int64_t *ret);
int vbc_IThing_findOther(struct vbc_op *op, vbc_ref self, vbc_ref *ret);
int vbc_IThing_getId(struct vbc_op *op, vbc_ref self, const char **ret);
int vbc_IThing_getMoods(struct vbc_op *op, vbc_ref self, struct vbc_enums *ret);
int vbc_IThing_getOther(struct vbc_op *op, vbc_ref self, const char **ret);
int vbc_IThing_getPoints(struct vbc_op *op, vbc_ref self, struct vbc_Point_array *ret);
int vbc_IThing_getURL(struct vbc_op *op, vbc_ref self, const char **ret);
int vbc_IThing_setMoods(struct vbc_op *op, vbc_ref self, struct vbc_enums moods);
int vbc_IThing_setURL(struct vbc_op *op, vbc_ref self, const char *URL);
int vbc_IWebsessionManager_logon(struct vbc_op *op, const char *username, vbc_ref *ret);

#pragma GCC visibility pop

#endif
