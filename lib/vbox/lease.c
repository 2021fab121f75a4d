/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/lease.h"

#include "base/clock.h"
#include "vbox/aside.h"
#include "vbox/host-clock.h"
#include "vbox/lease-holder.h"

#define USE_MS 5000 /* a web session that is not used for so long is not forgotten yet */

int vbc_lease_write(struct vbc_op *op, const struct vbc_lease *lease)
{
	int64_t utc_ms = 0;
	int code = vbc_host_clock(op, &utc_ms);

	if (code)
		return code;
	vbc_holder_sign(lease->entry, utc_ms);
	vbc_meta_set_int(lease->entry, VBC_LEASE_OP, op->running.number);
	return vbc_meta_put(op, lease->kind, lease->id, lease->entry);
}

void vbc_lease_keep(struct vbc_op *op, struct vbc_lease *lease)
{
	if (!op->leases)
		op->renew_at_ms = vbc_now_ms() + VBC_LEASE_RENEW_MS;
	lease->next = op->leases;
	op->leases = lease;
}

void vbc_lease_stop(struct vbc_op *op, const struct vbc_lease *lease)
{
	struct vbc_lease **at = &op->leases;

	while (*at && *at != lease)
		at = &(*at)->next;
	if (*at)
		*at = lease->next;
}

struct vbc_lease *vbc_lease_of_work(const struct vbc_op *op)
{
	struct vbc_lease *lease = op->leases;

	while (lease && !lease->work)
		lease = lease->next;
	return lease;
}

void vbc_lease_renew(struct vbc_op *op)
{
	struct vbc_aside aside;

	if (!op->leases || vbc_now_ms() < op->renew_at_ms)
		return;
	op->renew_at_ms = INT64_MAX; /* the calls below come here, too */
	aside = vbc_aside_begin(op);
	for (const struct vbc_lease *l = op->leases; l; l = l->next)
		vbc_lease_write(op, l);
	vbc_aside_restore(&aside);
	op->renew_at_ms = vbc_now_ms() + VBC_LEASE_RENEW_MS;
}

static void lease_use_sessions(struct vbc_op *op)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *version;

	vbc_IVirtualBox_getVersion(op, op->vbox, &version);
	if (!vbc_ref_is_null(op->transfer))
		vbc_IVirtualBox_getVersion(op, op->transfer, &version);
}

void vbc_op_keep(struct vbc_op *op)
{
	int64_t now_ms = vbc_now_ms();

	vbc_lease_renew(op);
	if (!op->session || now_ms < op->use_at_ms)
		return;
	if (op->use_at_ms)
		lease_use_sessions(op);
	op->use_at_ms = now_ms + USE_MS;
}
