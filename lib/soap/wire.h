/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The form of the tables that idl/gen.py makes from idl/vbox.idl: which methods, enums and
 * structs there are, with which names and types on the wire, in which releases of VirtualBox.
 * Encoder and decoder are driven by them. A release is one number: major * 10000 + minor * 100 +
 * micro. A release newer than all we know is taken for the newest.
 */
#ifndef VBC_SOAP_WIRE_H
#define VBC_SOAP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A reference to an object on the host. Its own type, so that names and ids cannot be taken for
 * it; NULL and "" are the null reference. */
typedef struct {
	const char *s;
} vbc_ref;

struct vbc_bytes {
	const void *data;
	size_t size;
};

/* Arrays, in and out. All have the shape of the first, which the engine uses. */
struct vbc_array {
	size_t n;
	const void *v;
};
struct vbc_strs {
	size_t n;
	const char *const *v;
};
struct vbc_refs {
	size_t n;
	const vbc_ref *v;
};
struct vbc_enums {
	size_t n;
	const int *v;
};
struct vbc_bools {
	size_t n;
	const bool *v;
};
struct vbc_i32s {
	size_t n;
	const int32_t *v;
};
struct vbc_u32s {
	size_t n;
	const uint32_t *v;
};
struct vbc_i64s {
	size_t n;
	const int64_t *v;
};

/* One argument: s for strings and references, i for integers and enums. */
union vbc_in {
	const char *s;
	bool b;
	int64_t i;
	struct vbc_bytes bytes;
	struct vbc_array array;
};

enum vbc_wire_type {
	VBC_T_STR,
	VBC_T_UUID, /* text too; an answer's is checked */
	VBC_T_REF,
	VBC_T_BYTES,
	VBC_T_BOOL,
	VBC_T_I16,
	VBC_T_U16,
	VBC_T_I32,
	VBC_T_U32,
	VBC_T_I64,
	VBC_T_ENUM,
	VBC_T_STRUCT
};

/* Both ends belong to it; until 0 is open. */
struct vbc_range {
	uint32_t since, until;
};

struct vbc_ranges {
	const struct vbc_range *v;
	size_t n; /* 0: in all releases */
};

/* An argument, an output, or a field of a struct. */
struct vbc_param {
	const char *name;
	struct vbc_ranges ranges;
	enum vbc_wire_type type;
	bool array;
	size_t sub;    /* of an enum or struct: its place in its table */
	size_t offset; /* of a field */
	bool optional; /* an argument may be the null reference, an answer no UUID but "" */
};

struct vbc_member {
	const char *name;
	struct vbc_ranges ranges;
};

struct vbc_enum_info {
	const char *name;
	const struct vbc_member *members; /* the place is the number */
	size_t n;
};

struct vbc_struct_info {
	const char *name;
	const struct vbc_param *fields;
	size_t n, size;
};

enum {
	VBC_METHOD_READ = 1,    /* may be repeated when an answer got lost   */
	VBC_METHOD_NO_SELF = 2, /* belongs to no object (IWebsessionManager) */
	VBC_METHOD_LARGE = 4    /* gives a list, or bytes of a file          */
};

enum { VBC_OUT_MAX = 16 }; /* gen.py refuses more */

struct vbc_method {
	const char *name; /* "IMachine_getName" */
	const struct vbc_param *in, *out;
	size_t nin, nout;
	struct vbc_ranges ranges;
	unsigned flags;
};

extern const struct vbc_method vbc_methods[]; /* sorted by name; enum vbc_method_id is the place */
extern const size_t vbc_methods_n;
extern const struct vbc_enum_info vbc_enums_info[];
extern const struct vbc_struct_info vbc_structs_info[];

/* NULL when there is none. */
const struct vbc_method *vbc_method_find(const char *name);

bool vbc_in_ranges(const struct vbc_ranges *ranges, uint32_t version);

/* "PoweredOff": a member's name on the wire; "Unknown" for what we have no number for. */
const char *vbc_enum_name(size_t enum_id, int member);

struct vbc_version_text {
	char s[40];
};

/* "7.1.4" */
struct vbc_version_text vbc_version_text(uint32_t version);

#endif
