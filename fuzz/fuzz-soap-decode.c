/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the decoder of replies. An input is the name of a method, a line feed, and the reply to
 * it; without a known name the first byte picks a method. With -DVBC_FUZZ_REPLAY it decodes all
 * files of a directory; without, it is a libFuzzer target:
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Iinclude -Ilib \
 *     -Ibuild/idl fuzz/fuzz-soap-decode.c lib/soap/?*.c lib/base/?*.c build/idl/vbox-tables.c \
 *     -lcrypto -o fuzz-soap-decode
 *   ./fuzz-soap-decode -dict=fuzz/fuzz-soap-decode.dict NEW-CORPUS fuzz/fuzz-soap-decode.corpus
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soap/soap.h"
#include "soap/value.h"

static const uint32_t versions[] = {50000, 60024, 70222};

static volatile size_t seen;

/* Reads every byte of a decoded value, for the sanitizers to see. */
static void look_at(const struct vbc_param *p, const void *value);

static void look_at_member(const struct vbc_param *p, const void *value)
{
	const struct vbc_bytes *bytes = value;

	switch (p->type) {
	case VBC_T_STR:
	case VBC_T_UUID:
	case VBC_T_REF: seen += strlen(*(const char *const *)value); break;
	case VBC_T_BYTES:
		for (size_t i = 0; i < bytes->size; i++)
			seen += ((const unsigned char *)bytes->data)[i];
		break;
	case VBC_T_STRUCT:
		for (size_t i = 0; i < vbc_structs_info[p->sub].n; i++) {
			const struct vbc_param *field = &vbc_structs_info[p->sub].fields[i];

			look_at(field, (const char *)value + field->offset);
		}
		break;
	case VBC_T_ENUM:
		if (*(const int *)value < -1 ||
		    *(const int *)value >= (int)vbc_enums_info[p->sub].n)
			abort();
		break;
	default: seen += *(const unsigned char *)value;
	}
}

static void look_at(const struct vbc_param *p, const void *value)
{
	const struct vbc_array *array = value;
	struct vbc_param member = *p;

	if (!p->array) {
		look_at_member(p, value);
		return;
	}
	member.array = false;
	for (size_t i = 0; i < array->n; i++)
		look_at_member(p, (const char *)array->v + i * vbc_value_size(&member));
}

static void decode(const struct vbc_method *m, uint32_t version, const char *xml, size_t n)
{
	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_fault fault = {0};
	struct vbc_error error = {0};
	void *out[VBC_OUT_MAX] = {NULL};
	int code;

	for (size_t i = 0; i < m->nout; i++) {
		out[i] = vbc_arena_alloc(&arena, vbc_value_size(&m->out[i]));
		if (!out[i])
			return;
	}
	code = vbc_soap_decode(xml, n, m, version, &arena, out, &fault, &error);
	if ((code != 0) != (error.text[0] != '\0'))
		abort();
	if (code)
		return;
	if (fault.kind != VBC_FAULT_NONE)
		seen += strlen(fault.text) + strlen(fault.info_ref) + strlen(fault.bad_ref);
	for (size_t i = 0; fault.kind == VBC_FAULT_NONE && i < m->nout; i++)
		look_at(&m->out[i], out[i]);
}

static const struct vbc_method *pick(const char *name, size_t n)
{
	char text[64] = "";
	const struct vbc_method *m;

	memcpy(text, name, n < sizeof(text) ? n : sizeof(text) - 1);
	m = vbc_method_find(text);
	return m ? m : &vbc_methods[(unsigned char)text[0] * 3u % vbc_methods_n];
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;
	const char *line = size ? memchr(text, '\n', size) : NULL;
	size_t used = line ? (size_t)(line - text) : 0;

	for (size_t i = 0; i < VBC_COUNT(versions); i++)
		decode(pick(text, used), versions[i], text + used, size - used);
	return 0;
}

#include "replay.h"
