/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Elements to C values, as the tables say: one output, or one field of a struct, at a time.
 */
#ifndef VBC_SOAP_VALUE_H
#define VBC_SOAP_VALUE_H

#include "base/arena.h"
#include "base/error-private.h"
#include "soap/wire.h"
#include "soap/xml.h"

struct vbc_decoder {
	struct vbc_arena *arena;
	const struct vbc_method *m;
	uint32_t version;
	struct vbc_error *err;
};

/* The memory of an output of this kind. */
size_t vbc_value_size(const struct vbc_param *p);

/* Fills the zeroed *to from the children of `parent` that are called p->name. */
int vbc_value_decode(const struct vbc_decoder *d, const struct vbc_xml *parent,
		     const struct vbc_param *p, void *to);

#endif
