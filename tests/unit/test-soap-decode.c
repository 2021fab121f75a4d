/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Replies: values of every kind, what a newer or older service may send, and what is no reply.
 */
#include "base/base64.h"
#include "soap/soap.h"
#include "tap.h"
#include "vbox-api.h"

#define V6_0 60024
#define V7_2 70222

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\""          \
	" xmlns:vbox=\"http://www.virtualbox.org/\"><SOAP-ENV:Body>"
#define TAIL "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
#define REPLY(method, content)                                                                     \
	HEAD "<vbox:" method "Response>" content "</vbox:" method "Response>" TAIL

#define HTML    "an HTML page: is this port vboxwebsrv's?"
#define DAMAGED "damaged or truncated XML"
#define ID      "2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1f"
#define DTD     "XML with a DTD, which SOAP forbids"

static struct vbc_arena arena;
static struct vbc_error error;
static struct vbc_fault fault;

static int decode_n(const char *xml, size_t n, enum vbc_method_id id, uint32_t version,
		    void *const *out)
{
	error = (struct vbc_error){0};
	return vbc_soap_decode(xml, n, &vbc_methods[id], version, &arena, out, &fault, &error);
}

static int decode(const char *xml, enum vbc_method_id id, void *const *out)
{
	return decode_n(xml, strlen(xml), id, V7_2, out);
}

/* The string in the reply to getName that holds `content`. */
static const char *name_of(const char *content)
{
	const char *name = NULL;
	char xml[2048];

	snprintf(xml, sizeof(xml), REPLY("IMachine_getName", "%s"), content);
	return decode(xml, VBC_M_IMachine_getName, (void *[]){&name}) ? "(failed)" : name;
}

static void test_strings(void)
{
	const char *name = NULL;

	is_str(name_of("<returnval>web1</returnval>"), "web1", "a string");
	is_str(name_of("<returnval></returnval>"), "", "an empty one");
	is_str(name_of("<returnval/>"), "", "a closed one");
	is_str(name_of(""), "", "a missing one");
	is_str(name_of("<returnval>&lt;a&amp;b&gt; \n\t&#13;\xc3\xa9&#x1F600;</returnval>"),
	       "<a&b> \n\t\r\xc3\xa9\xf0\x9f\x98\x80", "markup, white space, Unicode");
	is_str(name_of("<returnval>a<![CDATA[<b>]]><!-- no -->c</returnval>"), "a<b>c", "CDATA");
	is_str(name_of("<returnval>a&#x1;b&#27;</returnval>"), "ab",
	       "control characters are dropped, not the reply");
	is_str(name_of("<returnval>a\x01z</returnval>"), "az", "raw ones too");
	is_str(name_of("<returnval>&#x1;a &amp; &lt;b&gt;</returnval>"), "a & <b>",
	       "and nothing behind them");
	is_str(name_of("<returnval>a\r\nb\rc&#13;</returnval>"), "a\nb\nc\r", "line ends");
	is_str(name_of("<returnval a='>' b = \"/>\" >x</returnval >"), "x", "attributes");
	is_str(name_of("<other>1</other><x><returnval>2</returnval></x><returnval>3</returnval>"),
	       "3", "unknown elements are skipped");
	is_str(name_of("<returnval>first</returnval><returnval>second</returnval>"), "first",
	       "of two the first");
	is_int(decode(REPLY("IMachine_getName", "<returnval>x</returnval>"), VBC_M_IMachine_getName,
		      (void *[]){NULL}),
	       0, "an output that is not wanted");
	is_int(decode("<Envelope><Header><a/></Header><Body><IMachine_getNameResponse><returnval>x"
		      "</returnval></IMachine_getNameResponse></Body></Envelope>",
		      VBC_M_IMachine_getName, (void *[]){&name}),
	       0, "no namespaces, a header");
	is_str(name, "x", "are no matter");
}

static int integer(const char *text, int64_t *ret)
{
	char xml[1024];

	snprintf(xml, sizeof(xml), REPLY("IMedium_getSize", "<returnval>%s</returnval>"), text);
	return decode(xml, VBC_M_IMedium_getSize, (void *[]){ret});
}

static int word(const char *text, uint32_t *ret)
{
	char xml[1024];

	snprintf(xml, sizeof(xml), REPLY("IMachine_getCPUCount", "<returnval>%s</returnval>"),
		 text);
	return decode(xml, VBC_M_IMachine_getCPUCount, (void *[]){ret});
}

static void test_numbers(void)
{
	int64_t big = 5;
	uint32_t small = 5;

	integer("-9223372036854775808", &big);
	ok(big == INT64_MIN, "the lowest number");
	integer("9223372036854775807", &big);
	ok(big == INT64_MAX, "the highest");
	integer("-1", &big);
	is_int(big, -1, "-1");
	is_int(integer("9223372036854775808", &big), VBC_E_PROTOCOL, "one too high");
	is_int(integer("-9223372036854775809", &big), VBC_E_PROTOCOL, "one too low");
	is_int(integer("12x", &big), VBC_E_PROTOCOL, "no number");
	is_str(error.text,
	       "the reply to IMedium_getSize: 'returnval' is not a valid number of its kind",
	       "and it says so");
	is_int(integer("-", &big), VBC_E_PROTOCOL, "a lone sign");
	is_int(big, -1, "a failure leaves the output alone");
	is_int(integer("", &big), 0, "nothing");
	is_int(big, 0, "is 0");
	word("4294967295", &small);
	is_int(small, 4294967295, "the highest word");
	is_int(word("4294967296", &small), VBC_E_PROTOCOL, "one too high");
	is_int(word("-1", &small), VBC_E_PROTOCOL, "none is negative");
	is_int(word("-0", &small), 0, "but -0");
}

/* The id in the reply to getId that holds `content`. */
static int id_of(const char *content, const char **ret)
{
	char xml[2048];

	snprintf(xml, sizeof(xml), REPLY("IMachine_getId", "%s"), content);
	return decode(xml, VBC_M_IMachine_getId, (void *[]){ret});
}

static void test_uuids(void)
{
	static const char *const none[] = {
		"<returnval/>",
		"",
		"<returnval>../../.ssh/authorized_keys</returnval>",
		"<returnval>2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1f/..</returnval>",
		"<returnval>2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1g</returnval>",
		"<returnval>{2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1f}</returnval>",
		"<returnval>2b4c38f9-2e9a-4a62-9d35-0d3f3b7e9c1f&#10;</returnval>",
	};
	const char *id = "left";
	struct vbc_strs ids = {0};

	for (size_t i = 0; i < VBC_COUNT(none); i++)
		is_int(id_of(none[i], &id), VBC_E_PROTOCOL, "no id: %s", none[i]);
	is_str(error.text, "the reply to IMachine_getId: 'returnval' is not a valid UUID",
	       "and it says so");
	is_str(id, "left", "nothing is handed over");
	is_int(id_of("<returnval>2b4c38f9-2e9a-4a62-9d35-0D3F3B7E9C1F</returnval>", &id), 0, "one");
	is_str(id, "2b4c38f9-2e9a-4a62-9d35-0D3F3B7E9C1F", "is taken as it is");
	is_int(decode(REPLY("IMedium_getMachineIds", "<returnval>" ID "</returnval>"
						     "<returnval>x</returnval>"),
		      VBC_M_IMedium_getMachineIds, (void *[]){&ids}),
	       VBC_E_PROTOCOL, "each of a list");
	is_int(decode(REPLY("IMedium_getMachineIds", ""), VBC_M_IMedium_getMachineIds,
		      (void *[]){&ids}),
	       0, "a list may be empty");
	is_int(decode(REPLY("IExtraDataChangedEvent_getMachineId", "<returnval/>"),
		      VBC_M_IExtraDataChangedEvent_getMachineId, (void *[]){&id}),
	       0, "and so may an id that the IDL says can be missing");
	is_str(id, "", "which is nothing then");
	is_int(decode(REPLY("IExtraDataChangedEvent_getMachineId", "<returnval>x</returnval>"),
		      VBC_M_IExtraDataChangedEvent_getMachineId, (void *[]){&id}),
	       VBC_E_PROTOCOL, "but not another text");
}

static void test_enums_and_booleans(void)
{
	enum vbc_MachineState state = VBC_MachineState_Null;
	bool flag = false;

	decode(REPLY("IMachine_getState", "<returnval>Running</returnval>"),
	       VBC_M_IMachine_getState, (void *[]){&state});
	is_int(state, VBC_MachineState_Running, "an enum's member");
	decode(REPLY("IMachine_getState", "<returnval>Quantum</returnval>"),
	       VBC_M_IMachine_getState, (void *[]){&state});
	is_int(state, VBC_MachineState_Unknown, "one of a later release");
	is_int(state, -1, "which is -1");
	decode(REPLY("IMachine_getAccessible", "<returnval>true</returnval>"),
	       VBC_M_IMachine_getAccessible, (void *[]){&flag});
	ok(flag, "true");
	decode(REPLY("IMachine_getAccessible", "<returnval>0</returnval>"),
	       VBC_M_IMachine_getAccessible, (void *[]){&flag});
	ok(!flag, "0");
	is_int(decode(REPLY("IMachine_getAccessible", "<returnval>maybe</returnval>"),
		      VBC_M_IMachine_getAccessible, (void *[]){&flag}),
	       VBC_E_PROTOCOL, "maybe");
}

static void test_arrays(void)
{
	struct vbc_refs machines = {.n = 99};
	struct vbc_enums states;

	decode(REPLY("IVirtualBox_getMachines", ""), VBC_M_IVirtualBox_getMachines,
	       (void *[]){&machines});
	is_int(machines.n, 0, "an empty array");
	decode(REPLY("IVirtualBox_getMachines", "<returnval>1-1</returnval>"),
	       VBC_M_IVirtualBox_getMachines, (void *[]){&machines});
	is_int(machines.n, 1, "one");
	is_str(machines.v[0].s, "1-1", "its value");
	decode(REPLY("IVirtualBox_getMachines", "<returnval>1-1</returnval> <x/> <returnval/>\n"
						"<returnval>1-3</returnval>"),
	       VBC_M_IVirtualBox_getMachines, (void *[]){&machines});
	is_int(machines.n, 3, "three, with others between");
	is_str(machines.v[1].s, "", "a null reference among them");
	is_str(machines.v[2].s, "1-3", "in order");
	decode(REPLY("IVirtualBox_getMachineStates", "<returnval>Saved</returnval><returnval>New"
						     "</returnval>"),
	       VBC_M_IVirtualBox_getMachineStates, (void *[]){&states});
	ok(states.n == 2 && states.v[0] == VBC_MachineState_Saved && states.v[1] == -1, "of enums");
}

static void test_many(void)
{
	struct vbc_buf VBC_BUF xml;
	struct vbc_refs machines;

	vbc_buf_init(&xml, 1 << 20);
	vbc_buf_puts(&xml, HEAD "<vbox:IVirtualBox_getMachinesResponse>");
	for (int i = 0; i < 5000; i++)
		vbc_buf_printf(&xml, "<returnval>0123456789abcdef-%016x</returnval>", (unsigned)i);
	vbc_buf_puts(&xml, "</vbox:IVirtualBox_getMachinesResponse>" TAIL);
	is_int(decode_n(xml.data, xml.len, VBC_M_IVirtualBox_getMachines, V7_2,
			(void *[]){&machines}),
	       0, "many");
	is_int(machines.n, 5000, "all of them");
	is_str(machines.v[4999].s, "0123456789abcdef-0000000000001387", "the last");
}

static void test_several_outputs(void)
{
	struct vbc_strs names, values, flags;
	struct vbc_i64s times;
	const char *id;
	vbc_ref progress;

	decode(REPLY("IMachine_enumerateGuestProperties",
		     "<names>a</names><names>b</names><values>1</values><values/>"
		     "<timestamps>7</timestamps><timestamps>-8</timestamps><flags/><flags>T</"
		     "flags>"),
	       VBC_M_IMachine_enumerateGuestProperties,
	       (void *[]){&names, &values, &times, &flags});
	ok(names.n == 2 && values.n == 2 && times.n == 2 && flags.n == 2, "four arrays");
	is_str(names.v[1], "b", "strings");
	is_int(times.v[1], -8, "numbers");
	is_str(flags.v[0], "", "an empty member");
	decode(REPLY("IMachine_takeSnapshot", "<returnval>9-9</returnval><id>" ID "</id>"),
	       VBC_M_IMachine_takeSnapshot, (void *[]){&id, &progress});
	is_str(id, ID, "an output is found by its name");
	is_str(progress.s, "9-9", "whatever the order");
	is_int(decode(REPLY("IMachine_saveSettings", ""), VBC_M_IMachine_saveSettings, NULL), 0,
	       "none at all");
}

static void test_structs(void)
{
	static const char content[] =
		"<returnval><machine>m</machine><medium>7-7</medium><controller>SATA</controller>"
		"<port>3</port><device>0</device><type>HardDisk</type><later>?</later>"
		"<hotPluggable>true</hotPluggable></returnval><returnval/>";
	struct vbc_IMediumAttachment_array list;
	struct vbc_IMediumAttachment one;
	char xml[2048];

	snprintf(xml, sizeof(xml), REPLY("IMachine_getMediumAttachments", "%s"), content);
	is_int(decode(xml, VBC_M_IMachine_getMediumAttachments, (void *[]){&list}), 0, "structs");
	is_int(list.n, 2, "two");
	is_str(list.v[0].machine.s, "m", "a reference");
	is_str(list.v[0].controller, "SATA", "a string");
	is_int(list.v[0].port, 3, "a number");
	is_int(list.v[0].type, VBC_DeviceType_HardDisk, "an enum");
	ok(list.v[0].hotPluggable && !list.v[0].discard, "booleans");
	is_str(list.v[0].bandwidthGroup.s, "", "a missing field");
	ok(list.v[1].medium.s[0] == '\0' && list.v[1].type == -1, "an empty struct");
	decode_n(xml, strlen(xml), VBC_M_IMachine_getMediumAttachments, V6_0, (void *[]){&list});
	is_str(list.v[0].machine.s, "", "a field that 6.0 does not have");
	snprintf(xml, sizeof(xml), REPLY("IMachine_getMediumAttachment", "%s"), content);
	decode(xml, VBC_M_IMachine_getMediumAttachment, (void *[]){&one});
	is_str(one.medium.s, "7-7", "one struct");
	decode(REPLY("IMachine_getMediumAttachment", ""), VBC_M_IMachine_getMediumAttachment,
	       (void *[]){&one});
	is_str(one.medium.s, "", "a missing struct has no NULL strings");
}

static void test_bytes(void)
{
	struct vbc_bytes data = {0};
	uint32_t width = 0, height = 0;

	decode(REPLY("IMediumIO_read", "<returnval>AP8Q\neg==\r\n</returnval>"),
	       VBC_M_IMediumIO_read, (void *[]){&data});
	ok(data.size == 4 && memcmp(data.data, "\0\xff\x10z", 4) == 0, "octets, with line breaks");
	is_int(decode(REPLY("IMediumIO_read", ""), VBC_M_IMediumIO_read, (void *[]){&data}), 0,
	       "none");
	is_int(data.size, 0, "has no octets");
	is_int(decode(REPLY("IMediumIO_read", "<returnval>A*==</returnval>"), VBC_M_IMediumIO_read,
		      (void *[]){&data}),
	       VBC_E_PROTOCOL, "no base64");
	is_str(error.text, "the reply to IMediumIO_read: 'returnval' is not a valid base64 text",
	       "and it says so");
	is_int(decode(REPLY("IMachine_readSavedScreenshotToArray",
			    "<width>2</width><height>x</height><returnval>AAAA</returnval>"),
		      VBC_M_IMachine_readSavedScreenshotToArray,
		      (void *[]){&width, &height, &data}),
	       VBC_E_PROTOCOL, "one bad output of three");
	is_int(width, 0, "leaves all of them alone");
}

static void test_large_bytes(void)
{
	static char bytes[256 * 1024];
	struct vbc_buf VBC_BUF xml, VBC_BUF lines;
	struct vbc_bytes data = {0};

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	vbc_buf_init(&lines, 1 << 20);
	vbc_buf_init(&xml, 1 << 20);
	vbc_base64_encode(&lines, bytes, sizeof(bytes));
	vbc_buf_puts(&xml, HEAD "<vbox:IMediumIO_readResponse><returnval>");
	for (size_t i = 0; i < lines.len; i += 76) {
		vbc_buf_add(&xml, lines.data + i, lines.len - i < 76 ? lines.len - i : 76);
		vbc_buf_puts(&xml, "\r\n");
	}
	vbc_buf_puts(&xml, "</returnval></vbox:IMediumIO_readResponse>" TAIL);
	is_int(decode_n(xml.data, xml.len, VBC_M_IMediumIO_read, V7_2, (void *[]){&data}), 0,
	       "256 KiB");
	ok(data.size == sizeof(bytes) && memcmp(data.data, bytes, sizeof(bytes)) == 0,
	   "are the same");
}

/* What looked through all the rest for each reference would not come to an end. */
static void test_many_references(void)
{
	enum { MANY = 300000 };
	struct vbc_buf VBC_BUF xml;
	const char *name = "";

	vbc_buf_init(&xml, 4 << 20);
	vbc_buf_puts(&xml, HEAD "<vbox:IMachine_getNameResponse><returnval>");
	for (int i = 0; i < MANY; i++)
		vbc_buf_puts(&xml, "&lt;a");
	vbc_buf_puts(&xml, "<!-- no -->z</returnval></vbox:IMachine_getNameResponse>" TAIL);
	is_int(decode_n(xml.data, xml.len, VBC_M_IMachine_getName, V7_2, (void *[]){&name}), 0,
	       "a string of references");
	is_int((int64_t)strlen(name), 2 * MANY + 1, "is as long");
	ok(strncmp(name, "<a<a<a", 6) == 0 && strcmp(name + 2 * MANY - 2, "<az") == 0,
	   "and what was written");
}

static void no_reply(const char *xml, size_t n, const char *why, const char *what)
{
	const char *name = "kept";

	is_int(decode_n(xml, n, VBC_M_IMachine_getName, V7_2, (void *[]){&name}), VBC_E_PROTOCOL,
	       "%s is no reply", what);
	is_str(error.text, why, "%s: the error says why", what);
	is_str(name, "kept", "%s: the output is left alone", what);
}

static void test_no_replies(void)
{
	static const struct {
		const char *what, *xml, *why;
	} cases[] = {
		{"nothing", "", "empty reply"},
		{"white space", " \r\n", "empty reply"},
		{"a page", "<!DOCTYPE html><html><body>It works!</body></html>", HTML},
		{"an old page", "\n<HTML><p>old", HTML},
		{"another protocol", "SSH-2.0-OpenSSH_9.2", "no XML"},
		{"JSON", "{\"error\": 404}", "no XML"},
		{"other XML", "<a><b/></a>", "XML, but not a SOAP envelope"},
		{"an empty envelope", "<Envelope/>", "a SOAP envelope without content"},
		{"a body of text", "<Envelope><Body>text</Body></Envelope>",
		 "a SOAP envelope without content"},
		{"the reply to another call", REPLY("IMachine_getId", ""),
		 "IMachine_getIdResponse instead of a reply to IMachine_getName"},
		{"a longer name", REPLY("IMachine_getNameX", ""),
		 "IMachine_getNameXResponse instead of a reply to IMachine_getName"},
		{"an end too early", HEAD "<vbox:IMachine_getNameResponse><returnval>a</returnval>",
		 DAMAGED},
		{"a crossed tag", REPLY("IMachine_getName", "<returnval>a</b></returnval>"),
		 DAMAGED},
		{"Latin-1", REPLY("IMachine_getName", "<returnval>\xe9</returnval>"), DAMAGED},
		{"Latin-1 after a control character",
		 REPLY("IMachine_getName", "<returnval>\x01\xef\xbf\xbf\xe9</returnval>"), DAMAGED},
		{"a bare ampersand", REPLY("IMachine_getName", "<returnval>a & b</returnval>"),
		 DAMAGED},
		{"a number without an end",
		 REPLY("IMachine_getName", "<returnval>&#38</returnval>"), DAMAGED},
		{"a number that is no character",
		 REPLY("IMachine_getName", "<returnval>&#x110000;</returnval>"), DAMAGED},
		{"two roots", "<Envelope/><Envelope/>", DAMAGED},
		{"text behind the root", "<Envelope/>text", DAMAGED},
		{"an attribute without quotes", "<Envelope a=b/>", DAMAGED},
		{"an unknown entity", REPLY("IMachine_getName", "<returnval>&what;</returnval>"),
		 DAMAGED},
		{"an entity", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", DTD},
		{"a DTD elsewhere", "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>", DTD},
		{"a bomb",
		 "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
		 "\"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
		 "<Envelope><Body>&c;</Body></Envelope>",
		 DTD},
		{"a file", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
		 DTD},
	};

	for (size_t i = 0; i < VBC_COUNT(cases); i++)
		no_reply(cases[i].xml, strlen(cases[i].xml), cases[i].why, cases[i].what);
	no_reply("\0\0\0", 3, "no XML", "NULs");
}

/* Each cut of a good reply is a bad one. */
static void test_truncated(void)
{
	static const char good[] = REPLY("IMachine_getName", "<returnval>a&amp;b</returnval>");
	size_t taken = 0;

	for (size_t n = 0; n + 1 < sizeof(good); n++) {
		const char *name;

		taken += decode_n(good, n, VBC_M_IMachine_getName, V7_2, (void *[]){&name}) == 0;
	}
	is_int(taken, 0, "no cut of a reply is taken for one");
}

/* A reply with `n` times the same element, as the answer to getMachines. */
static void repeat(struct vbc_buf *xml, const char *element, int n)
{
	vbc_buf_init(xml, 8 << 20);
	vbc_buf_puts(xml, HEAD "<vbox:IVirtualBox_getMachinesResponse>");
	for (int i = 0; i < n; i++)
		vbc_buf_puts(xml, element);
	vbc_buf_puts(xml, "</vbox:IVirtualBox_getMachinesResponse>" TAIL);
}

static void test_bounds(void)
{
	static const struct {
		const char *what, *element;
		int n;
		const char *why;
	} cases[] = {
		{"20000 members", "<returnval>r</returnval>", 20000, ""},
		{"more", "<returnval>r</returnval>", 20001,
		 "the reply to IVirtualBox_getMachines: 'returnval' has more than 20000 members"},
		{"160000 elements", "<a/>", 160000, ""},
		{"more", "<a/>", 170000, "XML with more than 170000 elements or 256 levels"},
	};
	struct vbc_refs machines;

	for (size_t i = 0; i < VBC_COUNT(cases); i++) {
		struct vbc_buf VBC_BUF xml;

		repeat(&xml, cases[i].element, cases[i].n);
		is_int(decode_n(xml.data, xml.len, VBC_M_IVirtualBox_getMachines, V7_2,
				(void *[]){&machines}),
		       cases[i].why[0] ? VBC_E_PROTOCOL : 0, "%s", cases[i].what);
		is_str(error.text, cases[i].why, "%s: what is said", cases[i].what);
		vbc_arena_done(&arena);
	}
	is_int((int64_t)vbc_soap_reply_max(&vbc_methods[VBC_M_IMachine_getName]), 1 << 20,
	       "a name has its limit");
	is_int((int64_t)vbc_soap_reply_max(&vbc_methods[VBC_M_IVirtualBox_getMachines]), 16 << 20,
	       "a list has another");
	is_int((int64_t)vbc_soap_reply_max(&vbc_methods[VBC_M_IMachine_readLog]), 16 << 20,
	       "and bytes have that");
}

static void test_nesting(void)
{
	struct vbc_buf VBC_BUF xml;
	const char *name;

	vbc_buf_init(&xml, 4 << 20);
	for (int i = 0; i < 100000; i++)
		vbc_buf_puts(&xml, "<a>");
	is_int(decode_n(xml.data, xml.len, VBC_M_IMachine_getName, V7_2, (void *[]){&name}),
	       VBC_E_PROTOCOL, "100000 elements deep");
	vbc_buf_reset(&xml);
	vbc_buf_puts(&xml, "<a");
	for (int i = 0; i < 20000; i++)
		vbc_buf_printf(&xml, " b%d=\"\"", i);
	vbc_buf_puts(&xml, "/>");
	is_int(decode_n(xml.data, xml.len, VBC_M_IMachine_getName, V7_2, (void *[]){&name}),
	       VBC_E_PROTOCOL, "20000 attributes");
}

int main(void)
{
	test_strings();
	test_numbers();
	test_uuids();
	test_enums_and_booleans();
	test_arrays();
	test_many();
	test_several_outputs();
	test_structs();
	test_bytes();
	test_large_bytes();
	test_many_references();
	test_no_replies();
	test_truncated();
	test_bounds();
	test_nesting();
	vbc_arena_done(&arena);
	return tap_done();
}
