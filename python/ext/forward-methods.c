/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of port forwards.
 */
#include "ext.h"

#define F(member) FIELD(struct vbc_forward, member)
const struct field forward_shape[] = {
	F(node),      F(name),     F(adapter),    F(protocol), F(host_ip),
	F(host_port), F(guest_ip), F(guest_port), FIELDS_END,
};
#undef F
RESULT_RECORD(forward, forward_shape)
RESULT_LIST(forwards, forward_shape)

METHOD(forward_list, "The port forwards of a node, or of all.", RETURNS(forwards),
       vbc_forward_list(c->host, c->in.id, &c->out.forwards, &c->error),
       PARAM(OPTIONAL, id, "node"), PARAM_END)

#define WORDS                                                                                      \
	PARAM(GIVEN_NAMED, forward.guest_port, "guest_port"),                                      \
		PARAM(NAMED, forward.host_port, "host_port"), PARAM(NAMED, forward.name, "name"),  \
		PARAM(NAMED, forward.adapter, "adapter"),                                          \
		PARAM(NAMED, forward.protocol, "protocol"),                                        \
		PARAM(NAMED, forward.host_ip, "host_ip"),                                          \
		PARAM(NAMED, forward.guest_ip, "guest_ip")

static const struct param words[] = {WORDS, PARAM_END};
const struct method forward_words = {.name = "a forward", .params = words};

static int forward_call_add(struct call *c)
{
	c->in.forward.size = sizeof(c->in.forward);
	return vbc_forward_add(c->host, c->in.id, &c->in.forward, &brief_wait, &c->out.forward,
			       &c->error);
}
METHOD(forward_add, "Forwards a port of the host to a node.", RETURNS(forward), forward_call_add(c),
       PARAM(GIVEN, id, "node"), WORDS, PARAM_END)
METHOD(forward_delete, "Removes a port forward.", RETURNS_NOTHING,
       vbc_forward_delete(c->host, c->in.id, c->in.name, &brief_wait, &c->error),
       PARAM(GIVEN, id, "node"), PARAM(GIVEN, name, "name"), PARAM_END)

const struct method_row forward_methods[] = {
	ROW(forward_list),
	ROW(forward_add),
	ROW(forward_delete),
	{NULL, NULL},
};
