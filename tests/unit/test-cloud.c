/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * lib/cloud without a host: sizes and their catalogue, paths, the states of nodes, names. The
 * host's CPUs and memory are played here.
 */
#include <vboxcloud/size.h>

#include <stdio.h>

#include "base/name.h"
#include "base/path.h"
#include "base/result.h"
#include "base/str.h"
#include "firstboot/dmi.h"
#include "forward/log.h"
#include "host/size.h"
#include "machine/log-cause.h"
#include "machine/state.h"
#include "node/teleport-log.h"
#include "tap.h"

/* The linker hands these calls of lib/cloud to us, see meson.build. */
int __wrap_vbc_op_run(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
		      int (*body)(struct vbc_op *op, void *arg), void *arg);
int __wrap_vbc_op_ihost(struct vbc_op *op, vbc_ref *ret_host);
int __wrap_vbc_IHost_getProcessorOnlineCount(struct vbc_op *op, vbc_ref self, uint32_t *ret);
int __wrap_vbc_IHost_getMemorySize(struct vbc_op *op, vbc_ref self, uint32_t *ret);

static uint32_t host_cpus, host_memory_mib;

int __wrap_vbc_op_run(struct vbc_host *host, const struct vbc_wait *wait, struct vbc_error *err,
		      int (*body)(struct vbc_op *op, void *arg), void *arg)
{
	struct vbc_op op = {.host = host, .wait = wait};
	int code = body(&op, arg);

	if (code && err)
		*err = op.error;
	if (!code)
		vbc_results_hand_over(&op.results);
	vbc_results_free(&op.results);
	vbc_arena_done(&op.arena);
	return code;
}

int __wrap_vbc_op_ihost(struct vbc_op *op, vbc_ref *ret_host)
{
	(void)op;
	ret_host->s = "host";
	return VBC_OK;
}

int __wrap_vbc_IHost_getProcessorOnlineCount(struct vbc_op *op, vbc_ref self, uint32_t *ret)
{
	(void)op;
	(void)self;
	*ret = host_cpus;
	return VBC_OK;
}

int __wrap_vbc_IHost_getMemorySize(struct vbc_op *op, vbc_ref self, uint32_t *ret)
{
	(void)op;
	(void)self;
	*ret = host_memory_mib;
	return VBC_OK;
}

static void test_size_parse(void)
{
	static const char *const bad[] = {
		NULL,
		"",
		"x",
		"1_cpu-256_ram-30",
		"1_cpu-256_ram-30_disks",
		" 1_cpu-256_ram-30_disk",
		"1_cpu-256_ram-30_disk ",
		"01_cpu-256_ram-30_disk",
		"+1_cpu-256_ram-30_disk",
		"-1_cpu-256_ram-30_disk",
		"1_cpu-0x10_ram-30_disk",
		"1_CPU-256_ram-30_disk",
		"1_cpu- 256_ram-30_disk",
		"4294967297_cpu-256_ram-30_disk",
		"1_cpu-99999999999999999999_ram-30_disk",
		"1.5_cpu-256_ram-30_disk",
		"1_cpu-256_ram-_disk",
	};
	struct vbc_size size = {.cpus = 99};
	struct vbc_error err = {0};

	for (size_t i = 0; i < VBC_COUNT(bad); i++) {
		err = (struct vbc_error){0};
		is_int(vbc_size_parse(bad[i], &size, &err), VBC_E_ARG, "size: '%s' is none: %s",
		       bad[i] ? bad[i] : "NULL", err.text);
	}
	is_int(size.cpus, 99, "size: what is none leaves the output alone");
	is_int(vbc_size_parse("2_cpu-2048_ram-30_disk", &size, NULL), VBC_OK, "size: one");
	ok(size.cpus == 2 && size.ram_mib == 2048 && size.disk_gib == 30, "size: its numbers");
	ok(!size.id && !size.name, "size: and nothing else");
	is_int(vbc_size_parse("0_cpu-0_ram-0_disk", &size, NULL), VBC_OK, "size: the form is all");
	is_int(vbc_size_parse("999999999_cpu-999999999_ram-999999999_disk", &size, NULL), VBC_OK,
	       "size: however large");
}

static int by_size(const struct vbc_size *a, const struct vbc_size *b)
{
	if (a->cpus != b->cpus)
		return a->cpus < b->cpus ? -1 : 1;
	if (a->ram_mib != b->ram_mib)
		return a->ram_mib < b->ram_mib ? -1 : 1;
	return a->disk_gib < b->disk_gib ? -1 : a->disk_gib > b->disk_gib;
}

static bool has_size(const struct vbc_sizes *sizes, const char *id)
{
	for (size_t i = 0; i < sizes->n; i++)
		if (streq(sizes->v[i]->id, id))
			return true;
	return false;
}

static bool tells_itself(const struct vbc_size *s)
{
	struct vbc_size parsed;

	return !vbc_size_parse(s->id, &parsed, NULL) && by_size(s, &parsed) == 0 &&
	       streq(s->name, s->id);
}

static void test_catalogue(uint32_t cpus, uint32_t memory_mib, size_t least, size_t most)
{
	struct vbc_sizes *sizes = NULL;
	struct vbc_host host = {.endpoint = NULL};
	const struct vbc_size *last;
	bool sorted = true, right = true;

	host_cpus = cpus;
	host_memory_mib = memory_mib;
	if (!ok(!vbc_size_list(&host, &sizes, NULL), "a host of %u CPUs and %u MiB", cpus,
		memory_mib))
		return;
	last = sizes->v[sizes->n - 1];
	for (size_t i = 0; i + 1 < sizes->n; i++) {
		right = right && tells_itself(sizes->v[i]);
		sorted = sorted && (i == 0 || by_size(sizes->v[i - 1], sizes->v[i]) < 0);
	}
	ok(sizes->n >= least && sizes->n <= most, "has %zu sizes (%zu to %zu)", sizes->n, least,
	   most);
	ok(sorted, "the smallest first, none twice");
	ok(right, "each with an id that says what it is");
	ok(streq(last->id, "") && streq(last->name, "Unknown") && !last->cpus && !last->ram_mib &&
		   !last->disk_gib,
	   "the last is the placeholder");
	ok(has_size(sizes, "1_cpu-256_ram-30_disk"), "the smallest is there");
	ok(memory_mib < 1024 || has_size(sizes, VBC_SIZE_DEFAULT),
	   "so is the one for those who do not say");
	vbc_sizes_free(sizes);
}

static void test_size_for_host(void)
{
	static const struct {
		const char *id;
		int code;
	} sizes[] = {
		{"1_cpu-256_ram-30_disk", VBC_OK},      {"2_cpu-4096_ram-2048_disk", VBC_OK},
		{"1_cpu-4_ram-1_disk", VBC_OK},         {"3_cpu-256_ram-30_disk", VBC_E_ARG},
		{"1_cpu-4097_ram-30_disk", VBC_E_ARG},  {"0_cpu-256_ram-30_disk", VBC_E_ARG},
		{"1_cpu-3_ram-30_disk", VBC_E_ARG},     {"1_cpu-256_ram-0_disk", VBC_E_ARG},
		{"1_cpu-256_ram-2049_disk", VBC_E_ARG}, {"", VBC_E_ARG},
		{"1_cpu-256_ram", VBC_E_ARG},
	};

	host_cpus = 2;
	host_memory_mib = 4096;
	for (size_t i = 0; i < VBC_COUNT(sizes); i++) {
		struct vbc_op op = {0};
		struct vbc_size size = {0};

		is_int(vbc_size_for_host(&op, sizes[i].id, NULL, &size), sizes[i].code,
		       "size '%s' on 2 CPUs and 4096 MiB: %s", sizes[i].id, op.error.text);
		vbc_arena_done(&op.arena);
	}
}

/* What a size lacks is another's. */
static void test_size_parts(void)
{
	static const struct {
		const char *id, *whole; /* NULL: it is none */
	} sizes[] = {
		{NULL, "1_cpu-512_ram-10_disk"},
		{"2_cpu", "2_cpu-512_ram-10_disk"},
		{"1024_ram", "1_cpu-1024_ram-10_disk"},
		{"30_disk", "1_cpu-512_ram-30_disk"},
		{"2_cpu-30_disk", "2_cpu-512_ram-30_disk"},
		{"2_cpu-1024_ram-30_disk", "2_cpu-1024_ram-30_disk"},
		{"3_cpu", NULL},
		{"0_cpu", NULL},
		{"02_cpu", NULL},
		{"2_cpu-", NULL},
		{"-2_cpu", NULL},
		{"2_cpu30_disk", NULL},
		{"30_disk-2_cpu", NULL},
		{"2_cpu-2_cpu", NULL},
		{"2_cpux", NULL},
		{" 2_cpu", NULL},
		{"", NULL},
	};
	const struct vbc_size rest = {.cpus = 1, .ram_mib = 512, .disk_gib = 10};

	host_cpus = 2;
	host_memory_mib = 4096;
	for (size_t i = 0; i < VBC_COUNT(sizes); i++) {
		const char *whole = sizes[i].whole, *id = sizes[i].id ? sizes[i].id : "nothing";
		struct vbc_op op = {0};
		struct vbc_size size = {.id = ""};

		is_int(vbc_size_for_host(&op, sizes[i].id, &rest, &size),
		       whole ? VBC_OK : VBC_E_ARG, "'%s' as parts of a size: %s", id,
		       op.error.text);
		is_str(size.id, whole ? whole : "", "'%s' is completed", id);
		vbc_arena_done(&op.arena);
	}
}

static void test_paths(void)
{
	static const struct {
		const char *folder, *name, *path;
	} joins[] = {
		{"/m", "x", "/m/x"},
		{"/m/", "x", "/m/x"},
		{"/", "x", "/x"},
		{"/m\\n", "x", "/m\\n/x"},
		{"C:\\m", "x", "C:\\m\\x"},
		{"C:\\", "x", "C:\\x"},
		{"\\\\nas\\m", "x", "\\\\nas\\m\\x"},
		{"/h\xc3\xa9/\xe6\xbc\xa2", "x", "/h\xc3\xa9/\xe6\xbc\xa2/x"},
	};
	static const struct {
		const char *path, *base;
	} bases[] = {
		{"/m/x.vdi", "x.vdi"}, {"C:\\m\\x.vdi", "x.vdi"}, {"C:\\m/x.vdi", "x.vdi"},
		{"/m/a\\b", "a\\b"},   {"x.vdi", "x.vdi"},        {"/", ""},
	};
	struct vbc_op op = {0};

	for (size_t i = 0; i < VBC_COUNT(joins); i++)
		is_str(vbc_path_join(&op.arena, joins[i].folder, joins[i].name), joins[i].path,
		       "'%s' in '%s'", joins[i].name, joins[i].folder);
	for (size_t i = 0; i < VBC_COUNT(bases); i++)
		is_str(vbc_path_base(bases[i].path), bases[i].base, "the last part of '%s'",
		       bases[i].path);
	vbc_arena_done(&op.arena);
}

static void test_path_in(void)
{
	static const struct {
		const char *path, *folder;
		bool in, directly;
	} paths[] = {
		{"/m/x", "/m", true, true},
		{"/m/x", "/m/", true, true},
		{"/m/x/y", "/m", true, false},
		{"/m", "/m", false, false},
		{"/m/", "/m", false, false},
		{"/mm/x", "/m", false, false},
		{"/n/x", "/m", false, false},
		{"/x", "/", true, true},
		{"/m/..x", "/m", true, true},
		{"/m/x..", "/m", true, true},
		{"/m/../n/x", "/m", false, false},
		{"/m/x/../../n", "/m", false, false},
		{"/m/..", "/m", false, false},
		{"C:\\m\\x", "C:\\m", true, true},
		{"C:\\m\\x\\y", "C:\\m", true, false},
		{"C:\\m\\..\\n\\x", "C:\\m", false, false},
		{"C:\\mm\\x", "C:\\m", false, false},
		{"/M/x", "/m", false, false},
		{"", "/m", false, false},
	};

	for (size_t i = 0; i < VBC_COUNT(paths); i++) {
		is_int(vbc_path_in(paths[i].path, paths[i].folder, false), paths[i].in,
		       "'%s' is %sin '%s'", paths[i].path, paths[i].in ? "" : "not ",
		       paths[i].folder);
		is_int(vbc_path_in(paths[i].path, paths[i].folder, true), paths[i].directly,
		       "'%s' is %sdirectly in '%s'", paths[i].path, paths[i].directly ? "" : "not ",
		       paths[i].folder);
	}
}

static void test_states(void)
{
	const struct vbc_enum_info *info = &vbc_enums_info[VBC_ENUM_MachineState];

	for (size_t i = 0; i < info->n; i++) {
		const char *name = info->members[i].name;

		if (vbc_starts_with(name, "First") || vbc_starts_with(name, "Last"))
			continue; /* they mark where a range begins and ends */
		ok(vbc_node_state_from((enum vbc_MachineState)i) != VBC_NODE_STATE_UNKNOWN,
		   "%s is %s", name,
		   vbc_node_state_name(vbc_node_state_from((enum vbc_MachineState)i)));
	}
	is_int(vbc_node_state_from(VBC_MachineState_Unknown), VBC_NODE_STATE_UNKNOWN,
	       "a state of a newer VirtualBox is unknown");
	for (int i = VBC_NODE_STATE_UNKNOWN; i <= VBC_NODE_STATE_ERROR; i++)
		ok(vbc_node_state_name((enum vbc_node_state)i)[0], "state %d is called %s", i,
		   vbc_node_state_name((enum vbc_node_state)i));
	is_str(vbc_node_state_name((enum vbc_node_state)(VBC_NODE_STATE_ERROR + 1)), "unknown",
	       "a number that is no state");
	is_str(vbc_node_state_name((enum vbc_node_state) - 1), "unknown", "nor is -1");
}

static void test_names(void)
{
	static const char *const bad[] = {
		NULL,   "",      "a\nb",         "a\tb",         "a\rb",         "a\x01",
		"\xff", "a\xc3", "\xed\xa0\x80", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xc0\xaf",
	};
	char name[4 * 256 + 1] = "";
	struct vbc_error err;

	for (size_t i = 0; i < VBC_COUNT(bad); i++) {
		err = (struct vbc_error){0};
		is_int(vbc_name_check("image", bad[i], &err), VBC_E_ARG, "a bad name: %s",
		       err.text);
		ok(strstr(err.text, "image") != NULL, "of what is said");
	}
	for (int i = 0; i < 255; i++)
		memcpy(name + i * 4, "\xf0\x9f\x98\x80", 5);
	is_int(vbc_name_check("image", name, NULL), VBC_OK, "255 characters of 4 bytes");
	memcpy(name + 255 * 4, "x", 2);
	is_int(vbc_name_check("image", name, NULL), VBC_E_ARG, "256 characters");
	is_int(vbc_name_check("image", " ../<&> \"'\\ \xd7\xa9 ", NULL), VBC_OK, "any others");
}

static void test_logins(void)
{
	static const char *const good[] = {"debian", "Administrator", "_a", "x.y-z_1@lab", "0"};
	static const char *const bad[] = {"", "-x", "a b", "a;b", "a/b", "a:b", "\xc3\xbc", "a\n"};
	char name[66] = "";

	for (size_t i = 0; i < VBC_COUNT(good); i++)
		is_int(vbc_login_check(good[i], NULL), VBC_OK, "%s logs in", good[i]);
	for (size_t i = 0; i < VBC_COUNT(bad); i++)
		is_int(vbc_login_check(bad[i], NULL), VBC_E_ARG, "nobody of name %zu logs in", i);
	memset(name, 'x', 64);
	is_int(vbc_login_check(name, NULL), VBC_OK, "64 characters");
	name[64] = 'x';
	is_int(vbc_login_check(name, NULL), VBC_E_ARG, "65 characters");
}

static void fate_is(const char *log, enum vbc_port_fate want, const char *what)
{
	is_int(vbc_port_fate(log, VBC_NATProtocol_TCP, 18091), want, "%s", what);
	is_int(vbc_port_fate(log, VBC_NATProtocol_UDP, 18091), VBC_PORT_UNHEARD, "%s: not UDP",
	       what);
	is_int(vbc_port_fate(log, VBC_NATProtocol_TCP, 1809), VBC_PORT_UNHEARD,
	       "%s: not another port", what);
	is_int(vbc_port_refusals(log), want == VBC_PORT_REFUSED, "%s: as a whole", what);
}

static void test_port_fate(void)
{
#define OF "fRemove=0, fUdp=0, pszHostIp=127.0.0.1, u16HostPort=18091, pszGuestIp=, u16GuestPort=22"
	const char *again = "1 New port forwarded added: " OF "\n"
			    "2 Port forward modify FAIL! Details: " OF "\n"
			    "3 New port forwarded added: " OF "\n";

	fate_is("", VBC_PORT_UNHEARD, "an empty log");
	fate_is("1 New port forwarded added: " OF "\n", VBC_PORT_ASKED, "7.1 is told");
	fate_is("2 x: Port forward modify FAIL! Details: " OF "\n", VBC_PORT_REFUSED, "7.1 fails");
	is_int(vbc_port_fate(again, VBC_NATProtocol_TCP, 18091), VBC_PORT_ASKED,
	       "the last line counts");
	fate_is("1 NAT: Set redirect TCP 127.0.0.1:18091 -> 0.0.0.0:22\n", VBC_PORT_HAD,
		"5.0 succeeds");
	fate_is("1 NAT: Failed to redirect TCP 127.0.0.1:18091 -> 0.0.0.0:22 (Address in use)\n",
		VBC_PORT_REFUSED, "5.0 fails");
	is_int(vbc_port_fate("Port forward modify FAIL! Details: fRemove=1, fUdp=0, pszHostIp=, "
			     "u16HostPort=18091\n",
			     VBC_NATProtocol_TCP, 18091),
	       VBC_PORT_UNHEARD, "a removal is none");
	is_int(vbc_port_fate("Port forward modify FAIL! Details: fRemove=0, fUdp=1, pszHostIp=, "
			     "u16HostPort=53\n",
			     VBC_NATProtocol_UDP, 53),
	       VBC_PORT_REFUSED, "UDP, of all addresses");
#undef OF
}

static void hidden_is(const char *log, const char *want, const char *what)
{
	struct vbc_buf VBC_BUF text;

	vbc_buf_init(&text, 1000);
	vbc_buf_puts(&text, log);
	vbc_dmi_hide(&text);
	is_str(text.data, want, "hiding: %s", what);
	is_int((long)text.len, (long)strlen(want), "hiding: %s: its length", what);
}

static void test_hiding(void)
{
	hidden_is("", "", "nothing");
	hidden_is("a\nDmiOEMVBoxVer <string> = \"libcloud\" (cb=9)\n",
		  "a\nDmiOEMVBoxVer <string> = \"libcloud\" (cb=9)\n", "another text");
	hidden_is("a\nDmiOEMVBoxRev <string> = \"8 pa\"ss\" (cb=9)\nb\nDmiOEMVBoxRev = \"8\"\nc",
		  "a\nDmiOEMVBoxRev <string> = \"\nb\nDmiOEMVBoxRev = \"\nc", "two of them");
	hidden_is("DmiOEMVBoxRev 8 pass\nb", "DmiOEMVBoxRev 8 pass\nb", "one without a text");
	hidden_is("DmiOEMVBoxRev = \"8 pass", "DmiOEMVBoxRev = \"", "at the end");
}

#define WAITED                                                                                     \
	"00:00:00.06 Console: Machine state changed to 'TeleportingIn'\n"                          \
	"00:00:00.62 Teleporter: Waiting for incoming VM...\n"
#define CAME "00:00:00.75 Console: Machine state changed to 'Running'\n"
#define SENDS                                                                                      \
	"00:00:00.45 Console: Machine state changed to 'Running'\r\n"                              \
	"00:00:02.43 Console: Machine state changed to 'Teleporting'\r\n"
#define GAVE "00:00:02.58 Console: Machine state changed to 'Teleported'\r\n"

static void test_teleport_fate(void)
{
	ok(vbc_teleport_fate(WAITED CAME, SENDS GAVE) == VBC_TELEPORT_WENT,
	   "a teleport that went well");
	ok(vbc_teleport_fate(WAITED, SENDS GAVE) == VBC_TELEPORT_WENT,
	   "given away, and lost there");
	ok(vbc_teleport_fate(WAITED CAME, SENDS) == VBC_TELEPORT_WENT,
	   "it came, but the giver ended early");
	ok(vbc_teleport_fate(WAITED, SENDS) == VBC_TELEPORT_STAYED, "it broke off");
	ok(vbc_teleport_fate(SENDS, SENDS GAVE) == VBC_TELEPORT_UNKNOWN, "nobody waited for it");
	ok(vbc_teleport_fate("", "") == VBC_TELEPORT_UNKNOWN, "empty logs tell nothing");
	ok(vbc_teleport_fate(CAME WAITED, SENDS) == VBC_TELEPORT_STAYED,
	   "what ran before it waited");
	ok(vbc_teleport_fate(WAITED, SENDS
			     "00:00:03.1 VMMDev: Guest Log: Console: Machine state changed to "
			     "'Teleported'\n") == VBC_TELEPORT_STAYED,
	   "a guest's words are none of VirtualBox");
}

static void test_cause(void)
{
#define ERROR "ERROR [COM]: aRC=E_FAIL (0x80004005) aComponent={x} "
	struct vbc_arena VBC_ARENA a = {0};

	ok(!vbc_log_cause(&a, ""), "cause: an empty log has none");
	ok(!vbc_log_cause(&a, ERROR "and no text"), "cause: nor has an error without a text");
	ok(!vbc_log_cause(&a, ERROR "aText={cut off"), "cause: nor one that is cut off");
	is_str(vbc_log_cause(&a, "x\n" ERROR "aText={One.}, preserve=false\n" ERROR
				 "aText={The other {b}.}, preserve=false aResultDetail=0\ny"),
	       "The other {b}", "cause: the last one");
	is_int(vbc_log_opened_ms("00:00:00.7 Log opened 1970-01-02T00:00:01.5Z\n"), 86401000,
	       "when a log was begun");
	is_int(vbc_log_opened_ms("00:00:00.7 Log opened today\n"), 0, "or not known");
#undef ERROR
}

int main(void)
{
	test_size_parse();
	test_catalogue(1, 128, 2, 40);
	test_catalogue(1, 1024, 10, 40);
	test_catalogue(2, 3900, 10, 40);
	test_catalogue(4, 16000, 10, 40);
	test_catalogue(256, 2097152, 10, 41);
	test_size_for_host();
	test_size_parts();
	test_paths();
	test_path_in();
	test_states();
	test_names();
	test_logins();
	test_port_fate();
	test_hiding();
	test_cause();
	test_teleport_fate();
	return tap_done();
}
