/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of networks. What an adapter is to be attached to is a text: "nat", "bridged:eth0".
 */
#include "ext.h"

const char *network_kind_name(int kind)
{
	return vbc_network_kind_name((enum vbc_network_kind)kind);
}

int parse_networks(struct call *c, const char *const *texts, struct vbc_network_choice *choices,
		   size_t room, size_t *ret_n)
{
	int code = VBC_OK;
	size_t n = 0;

	for (; !code && texts && texts[n] && n < room; n++)
		code = vbc_network_parse(texts[n], &choices[n], &c->error);
	*ret_n = n;
	return code;
}

#define F(member) FIELD(struct vbc_network, member)
static const struct field network_shape[] = {
	FIELD_ENUM(struct vbc_network, kind, network_kind_name),
	F(name),
	F(cidr),
	F(dhcp),
	F(up),
	FIELDS_END,
};
#undef F
RESULT_RECORD(network, network_shape)
RESULT_LIST(networks, network_shape)

METHOD(network_list, "The networks of the host, by kind and name.", RETURNS(networks),
       vbc_network_list(c->host, &c->out.networks, &c->error), PARAM_END)

static int network_call_create(struct call *c)
{
	struct vbc_network_choice choice;
	int code = vbc_network_parse(c->in.text, &choice, &c->error);

	if (code)
		return code;
	c->in.network.size = sizeof(c->in.network);
	c->in.network.kind = choice.kind;
	return vbc_network_create(c->host, &c->in.network, &brief_wait, &c->out.network, &c->error);
}
METHOD(network_create, "Creates a network.", RETURNS(network), network_call_create(c),
       PARAM(GIVEN, text, "kind"), PARAM(NAMED, network.name, "name"),
       PARAM(NAMED, network.cidr, "cidr"), PARAM(NAMED, network.no_dhcp, "no_dhcp"), PARAM_END)
METHOD(network_delete, "Deletes a network that no node uses.", RETURNS_NOTHING,
       vbc_network_delete(c->host, c->in.name, &brief_wait, &c->error), PARAM(GIVEN, name, "name"),
       PARAM_END)

static int network_call_attach(struct call *c)
{
	struct vbc_network_choice choice;
	int code = vbc_network_parse(c->in.text, &choice, &c->error);

	return code ? code
		    : vbc_network_attach(c->host, c->in.id, &choice, NULL, &brief_wait,
					 &c->in.number, &c->error);
}
static PyObject *result_number(const struct call *c)
{
	return PyLong_FromUnsignedLong(c->in.number);
}
METHOD(network_attach, "Attaches the first free adapter of a stopped node, and returns its number.",
       .result = result_number, network_call_attach(c), PARAM(GIVEN, id, "node"),
       PARAM(GIVEN, text, "network"), PARAM_END)
METHOD(network_detach, "Switches an adapter of a stopped node off.", RETURNS_NOTHING,
       vbc_network_detach(c->host, c->in.id, c->in.number, &brief_wait, &c->error),
       PARAM(GIVEN, id, "node"), PARAM(GIVEN, number, "slot"), PARAM_END)

const struct method_row network_methods[] = {
	ROW(network_list),   ROW(network_create), ROW(network_delete),
	ROW(network_attach), ROW(network_detach), {NULL, NULL},
};
