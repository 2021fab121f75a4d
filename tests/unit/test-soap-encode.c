/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Requests: exact bytes, per release; what is refused, and in which words.
 */
#include "soap/soap.h"
#include "tap.h"
#include "vbox-api.h"

#define V5_0   50000
#define V5_2   50244
#define V6_0   60024
#define V6_1_0 60100
#define V6_1_2 60102
#define V7_0   70026
#define V7_2   70222
#define FUTURE 120300

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<e:Envelope"                                  \
	" xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\""                                   \
	" xmlns:v=\"http://www.virtualbox.org/\"><e:Body>"
#define TAIL "</e:Body></e:Envelope>\n"

static struct vbc_buf request;
static struct vbc_error error;

static int encode(enum vbc_method_id id, uint32_t version, const union vbc_in *in)
{
	error = (struct vbc_error){0};
	return vbc_soap_encode(&request, &vbc_methods[id], version, "1f-2a", in, &error);
}

static const char *sent(void)
{
	return request.data ? request.data : "";
}

static void test_plain(void)
{
	const union vbc_in logon[] = {{.s = "user"}, {.s = NULL}};

	is_int(encode(VBC_M_IMachine_getName, V7_2, NULL), 0, "a getter");
	is_str(sent(), HEAD "<v:IMachine_getName><_this>1f-2a</_this></v:IMachine_getName>" TAIL,
	       "a getter's request");
	is_int(encode(VBC_M_IWebsessionManager_logon, V5_0, logon), 0, "logon");
	is_str(sent(),
	       HEAD "<v:IWebsessionManager_logon><username>user</username><password></password>"
		    "</v:IWebsessionManager_logon>" TAIL,
	       "logon has no _this, NULL is empty");
	is_int(vbc_soap_encode(&request, &vbc_methods[VBC_M_IMachine_getName], V7_2, "", NULL,
			       &error),
	       VBC_E_PROTOCOL, "the null reference has no methods");
	is_str(error.text, "the host returned no object on which to call IMachine_getName",
	       "and it says so");
	is_int(request.len, 0, "nothing is left in the buffer");
}

static void test_types(void)
{
	const union vbc_in nat[] = {{.s = "ssh"}, {.i = VBC_NATProtocol_TCP},
				    {.s = ""},    {.i = 65535},
				    {.s = ""},    {.i = 22}};
	const union vbc_in write[] = {{.i = INT64_MIN}, {.bytes = {"\0\xff\x10z", 4}}};
	const bool enabled[] = {true, false};
	const char *const names[] = {"a", "b"};
	const union vbc_in final[] = {
		{.array = {2, enabled}}, {.array = {2, names}}, {.array = {0}}};
	const int32_t codes[] = {-1, 28};
	const int variants[] = {VBC_MediumVariant_Standard, VBC_MediumVariant_Fixed};
	const union vbc_in create[] = {{.i = 1024}, {.array = {2, variants}}};
	const vbc_ref refs[] = {{"1-1"}, {"1-2"}};

	encode(VBC_M_INATEngine_addRedirect, V7_2, nat);
	ok(strstr(sent(), "<name>ssh</name><proto>TCP</proto><hostIP></hostIP><hostPort>65535"
			  "</hostPort><guestIP></guestIP><guestPort>22</guestPort>"),
	   "strings, enums, numbers, in order");
	encode(VBC_M_IMediumIO_write, V7_2, write);
	ok(strstr(sent(), "<offset>-9223372036854775808</offset><data>AP8Qeg==</data>"),
	   "the lowest number, octets");
	encode(VBC_M_IVirtualSystemDescription_setFinalValues, V7_2, final);
	ok(strstr(sent(),
		  "<enabled>true</enabled><enabled>false</enabled><VBoxValues>a</VBoxValues>"
		  "<VBoxValues>b</VBoxValues></v:"),
	   "arrays of booleans and strings; an empty one is nothing");
	encode(VBC_M_IKeyboard_putScancodes, V7_2, &(union vbc_in){.array = {2, codes}});
	ok(strstr(sent(), "<scancodes>-1</scancodes><scancodes>28</scancodes>"), "of numbers");
	encode(VBC_M_IMedium_createBaseStorage, V7_2, create);
	ok(strstr(sent(), "<variant>Standard</variant><variant>Fixed</variant>"), "of enums");
	encode(VBC_M_IVirtualBox_getMachineStates, V7_2, &(union vbc_in){.array = {2, refs}});
	ok(strstr(sent(), "<machines>1-1</machines><machines>1-2</machines>"), "of references");
}

static void test_escapes(void)
{
	const union vbc_in in[] = {
		{.s = "k"},
		{.s = "<a&b>\"'\t\n\r]]> \xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"
		      "\xef\xbb\xbf"}};

	is_int(encode(VBC_M_IVirtualBox_setExtraData, V7_2, in), 0, "markup, white space, Unicode");
	ok(strstr(sent(),
		  "<value>&lt;a&amp;b&gt;\"'\t\n&#13;]]&gt; \xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98"
		  "\x80\xf4\x8f\xbf\xbf\xef\xbb\xbf</value>"),
	   "are escaped where XML would change them");
}

static void refuses(const char *value, const char *what)
{
	const union vbc_in in[] = {{.s = "k"}, {.s = value}};
	char text[128];

	if (strncmp(what, "U+", 2) == 0)
		snprintf(text, sizeof(text),
			 "argument 'value' of IVirtualBox_setExtraData holds the character %s, "
			 "which "
			 "VirtualBox cannot take",
			 what);
	else
		snprintf(text, sizeof(text),
			 "argument 'value' of IVirtualBox_setExtraData is not UTF-8 (%s)", what);
	is_int(encode(VBC_M_IVirtualBox_setExtraData, V7_2, in), VBC_E_ARG, "%s is refused", what);
	is_str(error.text, text, "%s is named", what);
	is_int(request.len, 0, "%s: nothing is left to send", what);
}

static void test_refused_characters(void)
{
	for (int c = 1; c < 32; c++) {
		char value[] = {'x', (char)c, '\0'}, what[8];

		snprintf(what, sizeof(what), "U+%04X", (unsigned)c);
		if (c != '\t' && c != '\n' && c != '\r')
			refuses(value, what);
	}
	refuses("\xef\xbf\xbe", "U+FFFE");
	refuses("a\xef\xbf\xbf", "U+FFFF");
	refuses("\xed\xa0\x80", "U+D800");
	refuses("\xed\xbf\xbf", "U+DFFF");
	refuses("ab\xff", "at byte 2");
	refuses("\xc0\xaf", "at byte 0");
	refuses("\xc3", "at byte 0");
	refuses("\xf4\x90\x80\x80", "at byte 0");
}

static void test_refused_places(void)
{
	const char *const bad[] = {"ok", "\x01"};
	const union vbc_in groups = {.array = {2, bad}};
	const vbc_ref refs[] = {{"\xef\xbf\xbe"}};

	is_int(encode(VBC_M_IMachine_setGroups, V7_2, &groups), VBC_E_ARG, "in an array");
	is_int(encode(VBC_M_IVirtualBox_getMachineStates, V7_2,
		      &(union vbc_in){.array = {1, refs}}),
	       VBC_E_ARG, "in a reference");
	is_int(vbc_soap_encode(&request, &vbc_methods[VBC_M_IMachine_getName], V7_2, "\x7f\x01",
			       NULL, NULL),
	       VBC_E_ARG, "in the object's own reference");
}

/* Each of these ends the service of every release. */
static void test_empty_members(void)
{
	const vbc_ref none[] = {{""}}, last[] = {{"1-1"}, {NULL}};
	const char *const texts[] = {"", "b"};

	for (uint32_t version = V5_0; version; version = version == V5_0 ? FUTURE : 0) {
		is_int(encode(VBC_M_IVirtualBox_getMachineStates, version,
			      &(union vbc_in){.array = {1, none}}),
		       VBC_E_PROTOCOL, "an empty reference in a list");
		is_str(error.text,
		       "the host returned a list for 'machines' of IVirtualBox_getMachineStates "
		       "with a member that is not an object",
		       "is named");
		is_int(request.len, 0, "nothing is left to send");
		is_int(encode(VBC_M_IMachine_deleteConfig, version,
			      &(union vbc_in){.array = {2, last}}),
		       VBC_E_PROTOCOL, "so is the null reference behind a good one");
	}
	is_int(encode(VBC_M_IMachine_setGroups, V7_2, &(union vbc_in){.array = {2, texts}}), 0,
	       "texts in a list may be empty");
	is_int(encode(VBC_M_IMachine_deleteConfig, V7_2, &(union vbc_in){.array = {0, NULL}}), 0,
	       "and a list of objects too");
}

/* Those that end the service are refused; where nothing is a value, it is sent. */
static void test_null_references(void)
{
	const union vbc_in clone[] = {{.s = ""}, {.array = {0, NULL}}, {.s = ""}};
	const union vbc_in whole[] = {{.s = "1-1"}, {.array = {0, NULL}}, {.s = NULL}};
	const union vbc_in eject[] = {{.s = "c"}, {.i = 0}, {.i = 0}, {.s = ""}, {.b = true}};

	for (uint32_t version = V5_0; version; version = version == V5_0 ? FUTURE : 0) {
		is_int(encode(VBC_M_IMedium_cloneTo, version, clone), VBC_E_PROTOCOL,
		       "no object where one is needed");
		is_str(error.text, "the host returned no object for 'target' of IMedium_cloneTo",
		       "is named");
		is_int(request.len, 0, "nothing is left to send");
		is_int(encode(VBC_M_IMedium_cloneTo, version, whole), 0, "a clone of no parent");
		ok(strstr(sent(), "<parent></parent>"), "has an empty one");
		is_int(encode(VBC_M_IMachine_mountMedium, version, eject), 0, "an empty drive");
	}
}

/* createMachine gained arguments at its end in 7.0 and one in its middle in 7.1. */
static void test_releases(void)
{
	union vbc_in in[] = {{.s = ""},      {.s = "n"},      {.i = VBC_PlatformArchitecture_None},
			     {.array = {0}}, {.s = "Debian"}, {.s = ""},
			     {.s = ""},      {.s = ""},       {.s = ""}};

	is_int(encode(VBC_M_IVirtualBox_createMachine, V6_0, in), 0, "createMachine on 6.0");
	ok(strstr(sent(), "<settingsFile></settingsFile><name>n</name><osTypeId>Debian</osTypeId>"
			  "<flags></flags></v:"),
	   "has five arguments");
	encode(VBC_M_IVirtualBox_createMachine, V7_0, in);
	ok(strstr(sent(), "<name>n</name><osTypeId>") &&
		   strstr(sent(), "<password></password></v:"),
	   "on 7.0 three more");
	in[2].i = VBC_PlatformArchitecture_x86;
	encode(VBC_M_IVirtualBox_createMachine, FUTURE, in);
	ok(strstr(sent(), "<name>n</name><platform>x86</platform><osTypeId>"),
	   "on 7.1 and what comes later the platform");
	is_int(encode(VBC_M_IVirtualBox_createMachine, V6_0, in), VBC_E_VERSION, "not on 6.0");
	is_str(error.text,
	       "argument 'platform' of IVirtualBox_createMachine is not in VirtualBox 6.0.24",
	       "and it says so");
	is_int(encode(VBC_M_IMachine_getPlatform, V7_0, NULL), VBC_E_VERSION, "no such method");
	is_str(error.text, "IMachine_getPlatform is not in VirtualBox 7.0.26", "and it says so");
	is_int(encode(VBC_M_IMachine_getAudioAdapter, FUTURE, NULL), VBC_E_VERSION, "no more");
}

static void test_launch(void)
{
	const char *const changes[] = {"A=1"};
	union vbc_in in[] = {{.s = "5-5"}, {.s = "headless"}, {.s = ""}, {.array = {0}}};

	encode(VBC_M_IMachine_launchVMProcess, V5_2, in);
	ok(strstr(sent(), "<name>headless</name><environment></environment></v:"),
	   "before 6.1 an environment");
	encode(VBC_M_IMachine_launchVMProcess, V6_1_0, in);
	ok(strstr(sent(), "<name>headless</name></v:"), "since then changes to it, here none");
	in[3].array = (struct vbc_array){1, changes};
	is_int(encode(VBC_M_IMachine_launchVMProcess, V5_2, in), VBC_E_VERSION, "which 5.2 lacks");
	is_int(encode(VBC_M_IMachine_launchVMProcess, V7_2, in), 0, "and 7.2 has");
}

static void test_enums(void)
{
	union vbc_in in = {.i = VBC_NetworkAdapterType_Virtio_1_0};

	is_int(encode(VBC_M_INetworkAdapter_setAdapterType, V6_1_2, &in), 0, "a member of 6.1.2");
	is_int(encode(VBC_M_INetworkAdapter_setAdapterType, V6_1_0, &in), VBC_E_VERSION,
	       "is not in 6.1.0");
	is_int(encode(VBC_M_INetworkAdapter_setAdapterType, V7_0, &in), VBC_E_VERSION,
	       "nor in 7.0");
	is_str(error.text,
	       "argument 'adapterType' of INetworkAdapter_setAdapterType: NetworkAdapterType "
	       "'Virtio_1_0' is not in VirtualBox 7.0.26",
	       "and it says so");
	in.i = -1;
	is_int(encode(VBC_M_INetworkAdapter_setAdapterType, V7_2, &in), VBC_E_ARG, "unknown");
	in.i = 1000;
	is_int(encode(VBC_M_INetworkAdapter_setAdapterType, V7_2, &in), VBC_E_ARG, "none at all");
	is_str(error.text,
	       "argument 'adapterType' of INetworkAdapter_setAdapterType: 1000 is not a valid "
	       "NetworkAdapterType",
	       "and it says so");
}

static int encode_write(void *data, size_t size)
{
	const union vbc_in in[] = {{.i = 0}, {.bytes = {data, size}}};

	return encode(VBC_M_IMediumIO_write, V7_2, in);
}

static void test_size(void)
{
	size_t big = VBC_SOAP_REQUEST_MAX;
	char *data = malloc(big + 1);
	union vbc_in in[] = {{.s = "k"}, {.s = data}};

	if (!ok(data != NULL, "memory for the large ones"))
		return;
	memset(data, '&', big);
	data[big] = '\0';
	is_int(encode_write(data, big / 4 * 3), VBC_E_ARG, "12 MiB of octets do not fit");
	is_str(error.text,
	       "the arguments of IMediumIO_write are too large: VirtualBox takes requests "
	       "up to 16 MiB",
	       "and it says so");
	is_int(encode_write(data, big / 4 * 3 - 1024), 0, "a little less does");
	ok(request.len <= big, "in 16 MiB");
	is_int(encode_write(data, SIZE_MAX), VBC_E_ARG, "an absurd size is not even looked at");
	is_int(encode(VBC_M_IVirtualBox_setExtraData, V7_2, in), VBC_E_ARG, "16 MiB of ampersands");
	data[big / 5] = '\0';
	is_int(encode(VBC_M_IVirtualBox_setExtraData, V7_2, in), VBC_E_ARG, "escapes count too");
	free(data);
	is_int(encode(VBC_M_IMachine_getName, V7_2, NULL), 0, "the buffer works after a refusal");
}

static void test_tables(void)
{
	bool sorted = true;

	for (size_t i = 1; i < vbc_methods_n; i++)
		sorted = sorted && strcmp(vbc_methods[i - 1].name, vbc_methods[i].name) < 0;
	ok(sorted, "methods are sorted by name");
	ok(vbc_method_find("IMachine_getName") == &vbc_methods[VBC_M_IMachine_getName], "found");
	ok(!vbc_method_find("IMachine_getNam") && !vbc_method_find(""), "not found");
	ok(vbc_methods[VBC_M_IMachine_getState].flags & VBC_METHOD_READ, "a getter reads");
	ok(!(vbc_methods[VBC_M_IEventSource_getEvent].flags & VBC_METHOD_READ),
	   "getEvent takes the event away");
	ok(vbc_methods[VBC_M_IProgress_waitForCompletion].flags & VBC_METHOD_READ, "waiting reads");
	ok(!(vbc_methods[VBC_M_IMachine_setName].flags & VBC_METHOD_READ), "a setter does not");
	is_str(vbc_version_text(V6_1_2).s, "6.1.2", "a release in words");
}

int main(void)
{
	test_plain();
	test_types();
	test_escapes();
	test_refused_characters();
	test_refused_places();
	test_empty_members();
	test_null_references();
	test_releases();
	test_launch();
	test_enums();
	test_size();
	test_tables();
	vbc_buf_done(&request);
	return tap_done();
}
