/* SPDX-License-Identifier: Apache-2.0
 * Made by gen.py from vbox.idl: change that, not this. */
#include "vbox-api.h"

int vbc_IThing_copy(struct vbc_op *op, vbc_ref self, vbc_ref to, vbc_ref beside, struct vbc_strs names, bool register_, struct vbc_bytes data, uint32_t *ret_size, int64_t *ret)
{
	const union vbc_in in[] = {{.s = to.s}, {.s = beside.s}, {.array = {names.n, names.v}}, {.b = register_}, {.bytes = data}};
	void *const out[] = {ret_size, ret};

	return vbc_call(op, VBC_M_IThing_copy, self, in, out);
}

int vbc_IThing_findOther(struct vbc_op *op, vbc_ref self, vbc_ref *ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_findOther, self, NULL, out);
}

int vbc_IThing_getId(struct vbc_op *op, vbc_ref self, const char **ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_getId, self, NULL, out);
}

int vbc_IThing_getMoods(struct vbc_op *op, vbc_ref self, struct vbc_enums *ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_getMoods, self, NULL, out);
}

int vbc_IThing_getOther(struct vbc_op *op, vbc_ref self, const char **ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_getOther, self, NULL, out);
}

int vbc_IThing_getPoints(struct vbc_op *op, vbc_ref self, struct vbc_Point_array *ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_getPoints, self, NULL, out);
}

int vbc_IThing_getURL(struct vbc_op *op, vbc_ref self, const char **ret)
{
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IThing_getURL, self, NULL, out);
}

int vbc_IThing_setMoods(struct vbc_op *op, vbc_ref self, struct vbc_enums moods)
{
	const union vbc_in in[] = {{.array = {moods.n, moods.v}}};

	return vbc_call(op, VBC_M_IThing_setMoods, self, in, NULL);
}

int vbc_IThing_setURL(struct vbc_op *op, vbc_ref self, const char *URL)
{
	const union vbc_in in[] = {{.s = URL}};

	return vbc_call(op, VBC_M_IThing_setURL, self, in, NULL);
}

int vbc_IWebsessionManager_logon(struct vbc_op *op, const char *username, vbc_ref *ret)
{
	const union vbc_in in[] = {{.s = username}};
	void *const out[] = {ret};

	return vbc_call(op, VBC_M_IWebsessionManager_logon, (vbc_ref){NULL}, in, out);
}
