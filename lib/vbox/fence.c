/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/fence.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "vbox/aside.h"

#define COMES_MS 1000 /* within which a fence comes                          */
#define STEP_MS  200  /* an answer without an event does not say that none comes */

/* The machine of the fence: nobody sees it, so its name is as good as any. */
static int machine_make(struct vbc_op *op, vbc_ref *ret_machine)
{
	const struct vbc_strs groups = {0};
	char name[37];
	int code = vbc_op_make_uuid(op, name);

	if (code)
		return code;
	return vbc_IVirtualBox_createMachine(op, op->vbox, "", name,
					     vbc_op_has(op, VBC_M_IMachine_getPlatform)
						     ? VBC_PlatformArchitecture_x86
						     : VBC_PlatformArchitecture_None,
					     groups, "Other", "", "", "", "", ret_machine);
}

static int machine_keep(struct vbc_op *op, struct vbc_fence *fence)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	vbc_ref machine = {NULL};
	int code = machine_make(op, &machine);

	if (code || vbc_ref_is_null(machine))
		return vbc_aside_forgive(&aside, code, op->stale ? 0 : VBC_REFUSALS);
	free(fence->machine);
	fence->machine = strdup(machine.s);
	if (!fence->machine || !vbc_uuid_new(fence->mark))
		return vbc_aside_end(&aside, vbc_fail_nomem(&op->error));
	return VBC_OK;
}

static int fence_make(struct vbc_op *op, struct vbc_enums types, struct vbc_fence *fence,
		      bool *ret_new)
{
	int code = vbc_events_open(op, types, &fence->events, ret_new);

	if (!code && !fence->machine)
		code = machine_keep(op, fence);
	if (code || !fence->machine)
		vbc_events_close(op, &fence->events);
	return code;
}

int vbc_fence_open(struct vbc_op *op, struct vbc_enums types, struct vbc_fence *fence,
		   bool *ret_new, bool *ret_open)
{
	bool wrote = op->wrote;
	int code;

	if (fence->events.session && !streq(fence->events.session, op->vbox.s))
		vbc_fence_forget(fence);
	code = fence_make(op, types, fence, ret_new);
	op->wrote = wrote; /* nothing that anybody has: it may well be done again */
	*ret_open = !code && fence->machine;
	return code;
}

/* Whether the event is the fence that was set last. */
static int event_is_fence(struct vbc_op *op, vbc_ref event, const char *value, bool *ret)
{
	const char *its = "";
	int code = vbc_IGuestPropertyChangedEvent_getValue(op, event, &its);

	*ret = !code && streq(its, value);
	return code;
}

static int event_hear(struct vbc_op *op, const char *value, vbc_ref event,
		      enum vbc_VBoxEventType type, vbc_fence_fn *tell, void *arg, bool *ret_passed)
{
	int code = type == VBC_VBoxEventType_OnGuestPropertyChanged
			   ? event_is_fence(op, event, value, ret_passed)
			   : tell(op, arg, event, type);

	vbc_op_release(op, event);
	return code;
}

static int events_drain(struct vbc_op *op, struct vbc_fence *fence, const char *value, size_t most,
			vbc_fence_fn *tell, void *arg, bool *ret_passed)
{
	int64_t until_ms = vbc_now_ms() + COMES_MS;
	int code = VBC_OK;

	for (size_t heard = 0; !code && !*ret_passed && heard <= most;) {
		enum vbc_VBoxEventType type = VBC_VBoxEventType_Invalid;
		vbc_ref event = {NULL};

		code = vbc_op_tick(op);
		if (!code)
			code = vbc_events_next(op, &fence->events, STEP_MS, &event, &type);
		if (!code && !vbc_ref_is_null(event)) {
			heard++;
			code = event_hear(op, value, event, type, tell, arg, ret_passed);
		} else if (vbc_now_ms() >= until_ms) {
			break;
		}
	}
	return code;
}

static int fence_run(struct vbc_op *op, struct vbc_fence *fence, size_t most, vbc_fence_fn *tell,
		     void *arg, bool *ret_passed)
{
	const char *value = vbc_arena_printf(&op->arena, "%s:%u", fence->mark, ++fence->number);
	int code = value ? vbc_IMachine_setGuestProperty(op, (vbc_ref){fence->machine},
							 VBC_FENCE_PROPERTY, value, "")
			 : vbc_fail_nomem(&op->error);

	return code ? code : events_drain(op, fence, value, most, tell, arg, ret_passed);
}

int vbc_fence_pass(struct vbc_op *op, struct vbc_fence *fence, size_t most, vbc_fence_fn *tell,
		   void *arg, bool *ret_passed)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	bool wrote = op->wrote, passed = false;
	int code = fence_run(op, fence, most, tell, arg, &passed);

	*ret_passed = !code && passed;
	if (code)
		vbc_events_forget(&fence->events);
	else if (!passed)
		vbc_events_close(op, &fence->events);
	op->wrote = wrote;
	if (op->stale)
		return vbc_aside_end(&aside, code);
	/* Who lists without it meets what lasts; the listener alone may be what the host forgot. */
	return vbc_aside_forgive(&aside, code,
				 VBC_REFUSALS | VBC_CODE(VBC_E_STALE) | VBC_CODE(VBC_E_CONNECT));
}

void vbc_fence_forget(struct vbc_fence *fence)
{
	vbc_events_forget(&fence->events);
	free(fence->machine);
	*fence = (struct vbc_fence){.machine = NULL};
}
