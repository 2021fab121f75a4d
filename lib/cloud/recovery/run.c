/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one runner of operations: recovers, then runs the body.
 */
#include "journal/run.h"

#include "host/keys.h"
#include "journal/recover.h"
#include "vbox/run.h"

struct operation {
	int (*prepare)(struct vbc_op *op, void *arg); /* NULL: nothing */
	int (*body)(struct vbc_op *op, void *arg);
	void *arg;
};

static int operation_recover(struct vbc_op *op)
{
	bool wrote = op->wrote, undid = false;
	const struct vbc_recover_how quiet = {.undid = &undid};
	struct vbc_strs keys = {0};
	int code;

	if (op->host->dry_run)
		return VBC_OK;
	code = vbc_host_keys(op, &keys);
	if (!code)
		code = vbc_recover(op, &keys, &quiet);
	/* A program that ends while it attaches a disk, and VirtualBox after it, lose the disk. */
	if (!code && undid && !op->broken_off)
		vbc_recover_lost_disks(op, 0);
	op->wrote = wrote; /* it may well be done again */
	return code;
}

static int operation_body(struct vbc_op *op, void *arg)
{
	const struct operation *operation = arg;
	int code = operation->prepare ? operation->prepare(op, operation->arg) : VBC_OK;

	if (!code)
		code = operation_recover(op);
	return code ? code : operation->body(op, operation->arg);
}

int vbc_run_recovered_after(struct vbc_host *host, const struct vbc_wait *wait,
			    struct vbc_error *err, int (*prepare)(struct vbc_op *op, void *arg),
			    int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	struct operation operation = {prepare, body, arg};

	return vbc_op_run(host, wait, err, operation_body, &operation);
}

int vbc_run_recovered(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
		      int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	return vbc_run_recovered_after(host, wait, err, NULL, body, arg);
}
