/* SPDX-License-Identifier: Apache-2.0
 * Made by gen.py from vbox.idl: change that, not this. */
#include "vbox-api.h"

static const struct vbc_range ranges_0[] = {{60100, 0}};
static const struct vbc_range ranges_1[] = {{50232, 50299}, {60010, 0}};
static const struct vbc_range ranges_2[] = {{70000, 0}};
static const struct vbc_range ranges_3[] = {{70100, 0}};
static const struct vbc_range ranges_4[] = {{60100, 70099}};
static const struct vbc_range ranges_5[] = {{70006, 0}};
static const struct vbc_range ranges_6[] = {{60000, 0}};
static const struct vbc_range ranges_7[] = {{0, 60199}};

static const struct vbc_member members_Color[] = {
	{"Red", {NULL, 0}},
	{"Green", {ranges_0, 1}},
	{"Blue", {ranges_1, 2}},
};
static const struct vbc_member members_Mood[] = {
	{"Good", {NULL, 0}},
	{"Unknown", {NULL, 0}},
};
static const struct vbc_param fields_Point[] = {
	{"x", {NULL, 0}, VBC_T_I32, false, 0, offsetof(struct vbc_Point, x), false},
	{"label", {ranges_2, 1}, VBC_T_STR, false, 0, offsetof(struct vbc_Point, label), false},
	{"default", {NULL, 0}, VBC_T_ENUM, false, 0, offsetof(struct vbc_Point, default_), false},
	{"owner", {NULL, 0}, VBC_T_REF, false, 0, offsetof(struct vbc_Point, owner), false},
};
static const struct vbc_param in_IThing_copy[] = {
	{"to", {NULL, 0}, VBC_T_REF, false, 0, 0, false},
	{"beside", {ranges_2, 1}, VBC_T_REF, false, 0, 0, true},
	{"names", {ranges_3, 1}, VBC_T_STR, true, 0, 0, false},
	{"register", {NULL, 0}, VBC_T_BOOL, false, 0, 0, false},
	{"data", {NULL, 0}, VBC_T_BYTES, false, 0, 0, false},
};
static const struct vbc_param out_IThing_copy[] = {
	{"size", {NULL, 0}, VBC_T_U32, false, 0, 0, false},
	{"returnval", {ranges_4, 1}, VBC_T_I64, false, 0, 0, false},
};
static const struct vbc_param out_IThing_findOther[] = {
	{"returnval", {NULL, 0}, VBC_T_REF, false, 0, 0, false},
};
static const struct vbc_param out_IThing_getId[] = {
	{"returnval", {NULL, 0}, VBC_T_UUID, false, 0, 0, false},
};
static const struct vbc_param out_IThing_getMoods[] = {
	{"returnval", {NULL, 0}, VBC_T_ENUM, true, 1, 0, false},
};
static const struct vbc_param out_IThing_getOther[] = {
	{"returnval", {NULL, 0}, VBC_T_UUID, false, 0, 0, true},
};
static const struct vbc_param out_IThing_getPoints[] = {
	{"returnval", {NULL, 0}, VBC_T_STRUCT, true, 0, 0, false},
};
static const struct vbc_param out_IThing_getURL[] = {
	{"returnval", {NULL, 0}, VBC_T_STR, false, 0, 0, false},
};
static const struct vbc_param in_IThing_setMoods[] = {
	{"moods", {NULL, 0}, VBC_T_ENUM, true, 1, 0, false},
};
static const struct vbc_param in_IThing_setURL[] = {
	{"URL", {NULL, 0}, VBC_T_STR, false, 0, 0, false},
};
static const struct vbc_param in_IWebsessionManager_logon[] = {
	{"username", {NULL, 0}, VBC_T_STR, false, 0, 0, false},
};
static const struct vbc_param out_IWebsessionManager_logon[] = {
	{"returnval", {NULL, 0}, VBC_T_REF, false, 0, 0, false},
};

const struct vbc_enum_info vbc_enums_info[] = {
	{"Color", members_Color, 3},
	{"Mood", members_Mood, 2},
	{0},
};

const struct vbc_struct_info vbc_structs_info[] = {
	{"Point", fields_Point, 4, sizeof(struct vbc_Point)},
	{0},
};

const struct vbc_method vbc_methods[] = {
	{"IThing_copy", in_IThing_copy, out_IThing_copy, 5, 2, {ranges_5, 1}, VBC_METHOD_READ},
	{"IThing_findOther", NULL, out_IThing_findOther, 0, 1, {ranges_6, 1}, 0},
	{"IThing_getId", NULL, out_IThing_getId, 0, 1, {ranges_2, 1}, VBC_METHOD_READ},
	{"IThing_getMoods", NULL, out_IThing_getMoods, 0, 1, {ranges_7, 1}, VBC_METHOD_READ | VBC_METHOD_LARGE},
	{"IThing_getOther", NULL, out_IThing_getOther, 0, 1, {ranges_2, 1}, VBC_METHOD_READ},
	{"IThing_getPoints", NULL, out_IThing_getPoints, 0, 1, {ranges_2, 1}, VBC_METHOD_READ | VBC_METHOD_LARGE},
	{"IThing_getURL", NULL, out_IThing_getURL, 0, 1, {ranges_7, 1}, VBC_METHOD_READ},
	{"IThing_setMoods", in_IThing_setMoods, NULL, 1, 0, {ranges_7, 1}, 0},
	{"IThing_setURL", in_IThing_setURL, NULL, 1, 0, {ranges_7, 1}, 0},
	{"IWebsessionManager_logon", in_IWebsessionManager_logon, out_IWebsessionManager_logon, 1, 1, {NULL, 0}, 0 | VBC_METHOD_NO_SELF},
	{0},
};

const size_t vbc_methods_n = VBC_M_COUNT;
