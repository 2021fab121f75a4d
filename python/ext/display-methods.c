/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Methods of remote displays.
 */
#include "ext.h"

static const char *display_kind_name(int kind)
{
	return vbc_display_kind_name((enum vbc_display_kind)kind);
}

#define F(member) FIELD(struct vbc_display, member)
static const struct field display_shape[] = {
	F(node),
	F(enabled),
	F(listening),
	F(has_password),
	FIELD_ENUM(struct vbc_display, kind, display_kind_name),
	F(ext_pack),
	F(address),
	F(port),
	FIELDS_END,
};
#undef F
RESULT_RECORD(display, display_shape)

METHOD(display_get, "The remote display of a node.", RETURNS(display),
       vbc_display_get(c->host, c->in.id, &c->out.display, &c->error), PARAM(GIVEN, id, "node"),
       PARAM_END)

static int display_call_enable(struct call *c)
{
	c->in.display.size = sizeof(c->in.display);
	return vbc_display_enable(c->host, c->in.id, &c->in.display, &brief_wait, &c->out.display,
				  &c->error);
}
METHOD(display_enable, "Enables the remote display of a node, or moves it.", RETURNS(display),
       display_call_enable(c), PARAM(GIVEN, id, "node"), PARAM(NAMED, display.port, "port"),
       PARAM(NAMED, display.address, "address"), PARAM(NAMED, display.password, "password"),
       PARAM(NAMED, display.no_password, "no_password"), PARAM_END)
METHOD(display_disable, "Disables the remote display of a node.", RETURNS_NOTHING,
       vbc_display_disable(c->host, c->in.id, &brief_wait, &c->error), PARAM(GIVEN, id, "node"),
       PARAM_END)

const struct method_row display_methods[] = {
	ROW(display_get),
	ROW(display_enable),
	ROW(display_disable),
	{NULL, NULL},
};
