/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-bare-list ROUNDS: what a list of names cannot be faster than on one connection: the id,
 * name and metadata of each machine, with prepared requests on a bare socket. Prints
 * milliseconds: "bare 41.3".
 */
#include "bare.h"
#include "base/clock.h"
#include "common.h"
#include "soap/soap.h"
#include "vbox/meta.h"
#include "vbox/op.h"

enum { EACH = 3 }; /* requests for each machine */

struct bench {
	unsigned rounds;
	struct bare bare;
	struct vbc_buf *requests;
	size_t n;
};

static int prepare(struct vbc_op *op, struct bench *b, enum vbc_method_id method, vbc_ref self,
		   const union vbc_in *in)
{
	int code = vbc_soap_encode(&op->request, &vbc_methods[method], op->version, self.s, in,
				   &op->error);

	if (!code)
		bare_prepare(&b->requests[b->n++], &b->bare, &op->request);
	return code;
}

static int prepare_machine(struct vbc_op *op, struct bench *b, vbc_ref machine)
{
	const union vbc_in none[1] = {{.s = NULL}};
	const char *id = "";
	int code = vbc_IMachine_getId(op, machine, &id);

	if (!code)
		code = prepare(op, b, VBC_M_IMachine_getId, machine, none);
	if (!code)
		code = prepare(op, b, VBC_M_IMachine_getName, machine, none);
	if (!code) {
		const union vbc_in key[1] = {{.s = vbc_meta_key(op, "node", id)}};

		code = prepare(op, b, VBC_M_IVirtualBox_getExtraData, op->vbox, key);
	}
	return code;
}

static void measure(struct bench *b)
{
	for (unsigned i = 0; i < b->rounds; i++) {
		int64_t began = vbc_now_us();

		for (size_t k = 0; k < b->n; k++)
			bare_exchange(&b->bare, &b->requests[k]);
		printf("bare %.3f\n", (double)(vbc_now_us() - began) / 1000);
	}
}

static int body(struct vbc_op *op, void *arg)
{
	struct bench *b = arg;
	struct vbc_refs machines = {0};
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (code)
		return code;
	b->requests = calloc(machines.n * EACH + 1, sizeof(*b->requests));
	if (!b->requests)
		return vbc_fail_nomem(&op->error);
	for (size_t i = 0; !code && i < machines.n; i++)
		code = prepare_machine(op, b, machines.v[i]);
	if (!code)
		measure(b);
	for (size_t k = 0; k < b->n; k++)
		vbc_buf_done(&b->requests[k]);
	free(b->requests);
	return code;
}

int main(int argc, char **argv)
{
	struct bench b = {.rounds = argument(argc, argv, 1)};

	bare_run(&b.bare, body, &b);
	return 0;
}
