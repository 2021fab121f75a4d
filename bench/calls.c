/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * bench-calls BLOCKS: one call through the library against the same bytes on a bare socket, in
 * blocks of 100 calls by turns: as long as a connection to vboxwebsrv lives, so that both sides
 * pay for connecting. Prints microseconds a call: "getName:library 181.2".
 */
#include "bare.h"
#include "base/clock.h"
#include "common.h"
#include "soap/soap.h"
#include "vbox/op.h"

#define BLOCK 100

struct call {
	const char *name;
	enum vbc_method_id method;
	vbc_ref self;
	union vbc_in in[1];
	struct vbc_buf request;
};

struct bench {
	unsigned blocks;
	struct bare bare;
};

static int through_library(struct vbc_op *op, const struct call *c, double *ret_us)
{
	int64_t began = vbc_now_us();
	const char *text = "";
	void *const out[] = {&text};
	int code = VBC_OK;

	for (int i = 0; !code && i < BLOCK; i++)
		code = vbc_call(op, c->method, c->self, c->in, out);
	*ret_us = (double)(vbc_now_us() - began) / BLOCK;
	return code;
}

static double through_socket(struct bare *bare, const struct call *c)
{
	int64_t began = vbc_now_us();

	for (int i = 0; i < BLOCK; i++)
		bare_exchange(bare, &c->request);
	return (double)(vbc_now_us() - began) / BLOCK;
}

static int prepare(struct vbc_op *op, const struct bench *b, struct call *c)
{
	int code = vbc_soap_encode(&op->request, &vbc_methods[c->method], op->version, c->self.s,
				   c->in, &op->error);

	if (!code)
		bare_prepare(&c->request, &b->bare, &op->request);
	return code;
}

static int measure(struct vbc_op *op, struct bench *b, struct call *c)
{
	int code = prepare(op, b, c);
	double us = 0;

	for (unsigned i = 0; !code && i < b->blocks; i++) {
		code = through_library(op, c, &us);
		printf("%s:library %.2f\n", c->name, us);
		printf("%s:socket %.2f\n", c->name, through_socket(&b->bare, c));
	}
	vbc_buf_done(&c->request);
	return code;
}

static int body(struct vbc_op *op, void *arg)
{
	struct vbc_refs machines = {0};
	vbc_ref machine;
	int code = vbc_IVirtualBox_getMachines(op, op->vbox, &machines);

	if (code)
		return code;
	if (!machines.n)
		errx(1, "the host has no machine");
	machine = machines.v[0];
	struct call calls[] = {
		{.name = "getVersion", .method = VBC_M_IVirtualBox_getVersion, .self = op->vbox},
		{.name = "getName", .method = VBC_M_IMachine_getName, .self = machine},
		{.name = "getExtraData",
		 .method = VBC_M_IMachine_getExtraData,
		 .self = machine,
		 .in = {{.s = "libcloud_size"}}},
	};
	for (size_t i = 0; !code && i < VBC_COUNT(calls); i++)
		code = measure(op, arg, &calls[i]);
	return code;
}

int main(int argc, char **argv)
{
	struct bench b = {.blocks = argument(argc, argv, 1)};

	bare_run(&b.bare, body, &b);
	return 0;
}
