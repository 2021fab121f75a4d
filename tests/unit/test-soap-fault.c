/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Faults, as services from 5.0 to 7.2 write them.
 */
#include "soap/soap.h"
#include "tap.h"
#include "vbox-api.h"

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\""          \
	" xmlns:vbox=\"http://www.virtualbox.org/\"><SOAP-ENV:Body><SOAP-ENV:Fault>"               \
	"<faultcode>SOAP-ENV:Client</faultcode>"
#define TAIL         "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
#define STRING(text) "<faultstring>" text "</faultstring>"
#define RUNTIME(code, ref)                                                                         \
	"<detail><vbox:RuntimeFault><resultCode>" code "</resultCode><returnval>" ref              \
	"</returnval></vbox:RuntimeFault></detail>"

static struct vbc_arena arena;
static struct vbc_error error;
static struct vbc_fault fault;

static int decode(const char *xml)
{
	const char *name = "kept";
	int code;

	error = (struct vbc_error){0};
	fault = (struct vbc_fault){0};
	code = vbc_soap_decode(xml, strlen(xml), &vbc_methods[VBC_M_IMachine_getName], 70222,
			       &arena, (void *[]){&name}, &fault, &error);
	is_str(name, "kept", "a fault leaves the output alone");
	return code;
}

static void expect(const char *what, const char *xml, const struct vbc_fault *want)
{
	is_int(decode(xml), 0, "%s: a reply", what);
	is_int(fault.kind, want->kind, "%s: kind", what);
	is_int(fault.result, want->result, "%s: result", what);
	is_str(fault.text, want->text ? want->text : "", "%s: text", what);
	is_str(fault.info_ref, want->info_ref ? want->info_ref : "", "%s: error info", what);
	is_str(fault.bad_ref, want->bad_ref ? want->bad_ref : "", "%s: bad reference", what);
}

static void test_runtime(void)
{
	const struct vbc_fault want = {
		.kind = VBC_FAULT_RUNTIME,
		.result = (int32_t)0x80bb0001,
		.info_ref = "1f-9",
		.text = "Could not find a registered machine named 'nope'",
	};

	expect("7.2",
	       HEAD STRING("VirtualBox error: apirc=0x80bb0001 Could not find a registered machine "
			   "named 'nope' (0x80bb0001)") RUNTIME("-2135228415", "1f-9") TAIL,
	       &want);
	expect("6.1",
	       HEAD STRING("VirtualBox error: rc=0x80bb0001 Could not find a registered machine "
			   "named 'nope' (0x80bb0001)") RUNTIME("-2135228415", "1f-9") TAIL,
	       &want);
	expect("without a prefix",
	       HEAD STRING("Could not find a registered machine named 'nope'")
		       RUNTIME("-2135228415", "1f-9") TAIL,
	       &want);
	expect("several lines",
	       HEAD STRING("VirtualBox error: apirc=0x80bb0001 Could not find a registered\r\n"
			   "  machine named\n'nope'\n (0x80bb0001)\n")
		       RUNTIME("-2135228415", "1f-9") TAIL,
	       &want);
}

static void test_odd_runtime(void)
{
	expect("no words",
	       HEAD STRING("VirtualBox error: apirc=0x80bb0007") RUNTIME("-2135228409", "") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_RUNTIME, .result = (int32_t)0x80bb0007});
	expect("only a trailing space",
	       HEAD STRING("VirtualBox error: rc=0x80004005 ") RUNTIME("-2147467259", "") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_RUNTIME, .result = (int32_t)0x80004005});
	expect("a chain keeps the numbers inside",
	       HEAD STRING("VirtualBox error: rc=0x80bb0001 a (0x80bb0001) b (0x80bb0005)")
		       RUNTIME("-2135228415", "1-1") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_RUNTIME,
				   .result = (int32_t)0x80bb0001,
				   .text = "a (0x80bb0001) b",
				   .info_ref = "1-1"});
	expect("no string at all", HEAD RUNTIME("-2147467259", "1-1") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_RUNTIME,
				   .result = (int32_t)0x80004005,
				   .info_ref = "1-1"});
	expect("an empty detail",
	       HEAD STRING("VirtualBox error: apirc=0x80004005 x") "<detail><vbox:RuntimeFault/></"
								   "detail>" TAIL,
	       &(struct vbc_fault){
		       .kind = VBC_FAULT_RUNTIME, .text = "x", .result = (int32_t)0x80004005});
	is_int(decode(HEAD STRING("x") RUNTIME("many", "1-1") TAIL), VBC_E_PROTOCOL,
	       "a result that is no number");
}

static void test_other_kinds(void)
{
	expect("a bad reference",
	       HEAD STRING(
		       "VirtualBox error: Invalid managed object reference "
		       "&quot;stale-object&quot;") "<detail><vbox:InvalidObjectFault><badObjectID>"
						   "stale-object</badObjectID>"
						   "</vbox:InvalidObjectFault></detail>" TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_INVALID_OBJECT,
				   .bad_ref = "stale-object",
				   .text = "Invalid managed object reference \"stale-object\""});
	expect("an unknown method",
	       HEAD STRING("Method 'v:IMachine_getX' not implemented: method name or namespace not "
			   "recognized") TAIL,
	       &(struct vbc_fault){
		       .kind = VBC_FAULT_CLIENT,
		       .text = "Method 'v:IMachine_getX' not implemented: method name or "
			       "namespace not recognized"});
	expect("a result without a detail", HEAD STRING("VirtualBox error: apirc=0x80004004") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_CLIENT, .result = (int32_t)0x80004004});
	expect("a detail of another kind", HEAD STRING("x") "<detail><a/></detail>" TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_CLIENT, .text = "x"});
	expect("a refused logon", HEAD TAIL, &(struct vbc_fault){.kind = VBC_FAULT_EMPTY});
	expect("an empty string", HEAD STRING(" \n") TAIL,
	       &(struct vbc_fault){.kind = VBC_FAULT_EMPTY});
}

/* Text that only looks like a number must stay. */
static void test_near_numbers(void)
{
	static const char *const texts[] = {
		"rc=0x80bb000",
		"rc=80bb0001 a",
		"a (0x80bb000)",
		"a (0x80bb0001",
		"(0x80bb000g)",
		"0x80bb0001",
		"VERR_NOT_FOUND (0x80bb00011)",
		"rc=0x80bb00012 more",
	};

	for (size_t i = 0; i < VBC_COUNT(texts); i++) {
		char xml[1024];

		snprintf(xml, sizeof(xml), HEAD STRING("%s") TAIL, texts[i]);
		is_int(decode(xml), 0, "a fault");
		is_str(fault.text, texts[i], "%s stays", texts[i]);
		is_int(fault.result, 0, "and gives no result");
	}
	is_int(decode(HEAD STRING(" (0x80bb0001)") TAIL), 0, "only the trailing number");
	is_str(fault.text, "", "leaves nothing");
}

int main(void)
{
	test_runtime();
	test_odd_runtime();
	test_other_kinds();
	test_near_numbers();
	vbc_arena_done(&arena);
	return tap_done();
}
