/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Descriptions of machines: what is read of them, in which encodings, and what is refused; the
 * names of files in them; manifests; VMware's and CIM's names of systems.
 */
#include <vboxcloud/error.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "imagefile/inside.h"
#include "imagefile/manifest.h"
#include "imagefile/ovf-os.h"
#include "imagefile/ovf-text.h"
#include "imagefile/ovf.h"
#include "tap.h"
#include "transfer/checksum.h"

#define FILES                                                                                      \
	"<References><File ovf:id=\"a\" ovf:href=\"d.vmdk\"/></References><DiskSection>"           \
	"<Disk ovf:fileRef=\"a\"/></DiskSection>"
#define SYSTEM(inside)   "<VirtualSystem ovf:id=\"vm\">" inside "</VirtualSystem>"
#define ENVELOPE(inside) "<Envelope>" FILES SYSTEM(inside) "</Envelope>"
#define HARDWARE(inside)                                                                           \
	ENVELOPE("<vbox:Machine OSType=\"Fedora_64\"><Hardware>" inside "</Hardware>"              \
		 "<Disk fileRef=\"a\"/><File id=\"a\" href=\"no\"/></vbox:Machine>")
#define ITEM(type, n, unit)                                                                        \
	"<Item><rasd:AllocationUnits>" unit "</rasd:AllocationUnits><rasd:ResourceType>" type      \
	"</rasd:ResourceType><rasd:VirtualQuantity>" n "</rasd:VirtualQuantity></Item>"
#define MEMORY(n, unit)    ENVELOPE(ITEM("4", n, unit))
#define CONFIG(key, value) "<vmw:Config vmw:key=\"" key "\" vmw:value=\"" value "\"/>"

static const struct {
	const char *text;
	const char *disk, *os_type;
	unsigned cpus, memory_mib;
	const char *firmware, *chipset, *tpm;
} good[] = {
	{ENVELOPE(""), "d.vmdk", "", 0, 0, "", "", ""},
	{"<?xml version='1.0'?><!-- <Disk/> --><x:Envelope><File id='a' href='q&quot;&#x41;&lt;b'/>"
	 "<Disk fileRef='a'></Disk></x:Envelope>",
	 "q\"A<b", "", 0, 0, "", "", ""},
	{"<Envelope><File\n\thref = 'a>b' id\n=\"a\"/><Disk fileRef='a'/></Envelope>", "a>b", "", 0,
	 0, "", "", ""},
	{ENVELOPE("<OperatingSystemSection ovf:id=\"107\"/>"), "d.vmdk", "RedHat_64", 0, 0, "", "",
	 ""},
	{ENVELOPE("<OperatingSystemSection id=\"107\" vmw:osType=\"debian10_64Guest\"/>"), "d.vmdk",
	 "Debian_64", 0, 0, "", "", ""},
	{ENVELOPE("<OperatingSystemSection id=\"107\"><vbox:OSType><![CDATA[Debian]]></vbox:OSType>"
		  "</OperatingSystemSection>"),
	 "d.vmdk", "Debian", 0, 0, "", "", ""},
	{ENVELOPE(ITEM("3", "4", "hertz * 10^6") ITEM("4", "2", "GigaBytes")), "d.vmdk", "", 4,
	 2048, "", "", ""},
	{MEMORY("1024", "MegaBytes"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("1024", "MB"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("1024", "byte * 2^20"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("1024", "byte*2^20"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("3", "byte * 2^30"), "d.vmdk", "", 0, 3072, "", "", ""},
	{MEMORY("1048576", "KiloBytes"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("1073741824", "byte"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("1074", "byte * 10^6"), "d.vmdk", "", 0, 1024, "", "", ""},
	{MEMORY("17592186044416", "byte * 2^40"), "d.vmdk", "", 0, 0, "", "", ""},
	{MEMORY("many", "MegaBytes"), "d.vmdk", "", 0, 0, "", "", ""},
	{MEMORY("1024", "pages"), "d.vmdk", "", 0, 0, "", "", ""},
	{ENVELOPE("<Item ovf:bound=\"max\"><ResourceType>3</ResourceType><VirtualQuantity>64"
		  "</VirtualQuantity></Item>"),
	 "d.vmdk", "", 0, 0, "", "", ""},
	{"<Envelope>" FILES "<DeploymentOptionSection><Configuration id='small'/><Configuration "
	 "id='big' default='true'/></DeploymentOptionSection><VirtualSystem>"
	 "<Item configuration='big'><ResourceType>3</ResourceType><VirtualQuantity>8"
	 "</VirtualQuantity></Item><Item configuration='small'><ResourceType>3</ResourceType>"
	 "<VirtualQuantity>1</VirtualQuantity></Item></VirtualSystem></Envelope>",
	 "d.vmdk", "", 8, 0, "", "", ""},
	{HARDWARE("<Firmware type=\"EFI\"/><Chipset type=\"ICH9\"/>"
		  "<TrustedPlatformModule type=\"v2_0\" location=\"\"/>"),
	 "d.vmdk", "Fedora_64", 0, 0, "efi", "ich9", "2.0"},
	{HARDWARE("<Firmware type='BIOS'/><TrustedPlatformModule type='v1_2'/>"), "d.vmdk",
	 "Fedora_64", 0, 0, "bios", "", "1.2"},
	{HARDWARE("<Firmware type='EFI64'/><Chipset type='PIIX3'/><TrustedPlatformModule "
		  "type='None'/>"),
	 "d.vmdk", "Fedora_64", 0, 0, "efi", "piix3", "none"},
	{ENVELOPE(CONFIG("firmware", "efi")), "d.vmdk", "", 0, 0, "efi", "", ""},
	{ENVELOPE(CONFIG("firmware", "bios")), "d.vmdk", "", 0, 0, "bios", "", ""},
	{ENVELOPE(CONFIG("uefi.secureBoot.enabled", "true") CONFIG("firmware", "efi")), "d.vmdk",
	 "", 0, 0, "efi-secure", "", ""},
	{ENVELOPE(CONFIG("firmware", "efi") CONFIG("bootOptions.efiSecureBootEnabled", "true")),
	 "d.vmdk", "", 0, 0, "efi-secure", "", ""},
};

static const struct {
	const char *text, *why;
} bad[] = {
	{"", "well-formed"},
	{"<Envelope>", "well-formed"},
	{"<!DOCTYPE x [<!ENTITY a 'b'>]><Envelope/>", "DOCTYPE"},
	{"<html/>", "is not OVF"},
	{"<Envelope/>", "without a disk"},
	{"<Envelope><Disk fileRef=''/></Envelope>", "without a disk"},
	{"<Envelope><Disk fileRef='a'/></Envelope>", "does not name"},
	{"<Envelope><File id='a' href=''/><Disk fileRef='a'/></Envelope>", "does not name"},
	{"<Envelope><File id='a' href='x' chunkSize='9'/><Disk fileRef='a'/></Envelope>",
	 "split into pieces"},
	{"<Envelope><File id='a' href='x'/><Disk fileRef='a'/><Disk fileRef='b'/></Envelope>",
	 "2 disks, but an image has only one: 'x', 'b'"},
	{"<Envelope><File id='a' href='x'/><Disk fileRef='a'/><Disk/><Disk fileRef='b'/><Disk "
	 "fileRef='c'/><Disk fileRef='d'/><Disk fileRef='e'/></Envelope>",
	 "5 disks, but an image has only one: 'x', 'b', 'c' and 2 more; unpack it"},
	{"<Envelope>" FILES "<VirtualSystem/><VirtualSystem/></Envelope>", "holds 2 machines"},
};

static int parse(struct vbc_arena *a, const char *text, size_t n, struct vbc_ovf *ret,
		 struct vbc_error *err)
{
	/* In a block of its own, so that a sanitizer sees what is read behind its end. */
	char *copy = malloc(n + 1);
	int code;

	memcpy(copy, text, n);
	copy[n] = '<';
	code = vbc_ovf_parse(a, "x.ovf", copy, n, ret, err);
	free(copy);
	return code;
}

static void test_good(void)
{
	for (size_t i = 0; i < VBC_COUNT(good); i++) {
		struct vbc_arena VBC_ARENA a = {0};
		struct vbc_error err = {0};
		struct vbc_ovf ovf = {.disk = NULL};
		const char *text = good[i].text;

		if (!ok(parse(&a, text, strlen(text), &ovf, &err) == 0, "OVF %zu: %s", i, err.text))
			continue;
		is_str(ovf.disk, good[i].disk, "its disk");
		is_str(ovf.os_type, good[i].os_type, "its system");
		is_int(ovf.cpus, good[i].cpus, "its CPUs");
		is_int(ovf.memory_mib, good[i].memory_mib, "its memory");
		is_str(ovf.firmware, good[i].firmware, "its firmware");
		is_str(ovf.chipset, good[i].chipset, "its chipset");
		is_str(ovf.tpm, good[i].tpm, "its TPM");
	}
}

/* So many of all there is that what looked through all for each would not come to an end. */
static void test_many(void)
{
	enum { MANY = 20000 };
	struct vbc_arena VBC_ARENA a = {0};
	struct vbc_error err = {0};
	struct vbc_ovf ovf = {.disk = NULL};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	fputs("<Envelope>" FILES, out);
	for (int i = 0; i < MANY; i++)
		fprintf(out, "<File id='%d' href='%d'/><Configuration id='c%d'/>", i, i, i);
	fputs("<VirtualSystem><Info>", out);
	for (int i = 0; i < MANY * 10; i++)
		fputs("&lt;&#x41;", out);
	fputs("</Info>", out);
	for (int i = 0; i < MANY; i++)
		fprintf(out,
			"<Item "
			"configuration='c%d'><ResourceType>3</ResourceType><VirtualQuantity>%d"
			"</VirtualQuantity></Item><Item><ResourceType>32768</ResourceType>"
			"<HostResource>ovf:/file/%d</HostResource></Item>",
			i, i + 7, MANY - 1 - i);
	fputs("</VirtualSystem></Envelope>", out);
	fclose(out);
	is_int(parse(&a, text, n, &ovf, &err), 0, "a long description %s", err.text);
	is_int(ovf.cpus, 7, "the first configuration counts");
	is_str(ovf.nvram, "19999", "and the first of the firmware's variables");
	free(text);
}

static void test_bad(void)
{
	for (size_t i = 0; i < VBC_COUNT(bad); i++) {
		struct vbc_arena VBC_ARENA a = {0};
		struct vbc_error err = {0};
		struct vbc_ovf ovf;
		int code = parse(&a, bad[i].text, strlen(bad[i].text), &ovf, &err);

		ok(code == VBC_E_ARG && strstr(err.text, bad[i].why), "%s", err.text);
	}
}

static void test_encodings(void)
{
	static const char latin1[] = "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
	static const struct {
		const char *text;
		size_t n;
		const char *want;
	} rows[] = {
		{"<a>\xc3\xa9</a>", 9, "<a>\xc3\xa9</a>"},
		{"\xef\xbb\xbf<a/>", 7, "<a/>"},
		{"\xff\xfe<\0\xac\x20\x3d\xd8\x00\xde", 10, "<\xe2\x82\xac\xf0\x9f\x98\x80"},
		{"\xfe\xff\0<\x20\xac\xd8\x3d\xde\x00", 10, "<\xe2\x82\xac\xf0\x9f\x98\x80"},
		{"<\0a\0", 4, "<a"},
		{"S\0H\0", 4, "SH"},
		{"\0<\0a", 4, "<a"},
		{"\xff\xfe<\0\x3d", 5, "<"},
		{latin1, sizeof(latin1) - 1,
		 "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xc3\xa9</a>"},
		{"", 0, ""},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		struct vbc_arena VBC_ARENA a = {0};
		size_t n = rows[i].n;
		const char *got = vbc_ovf_utf8(&a, rows[i].text, &n);

		ok(got && n == strlen(rows[i].want) && memcmp(got, rows[i].want, n) == 0,
		   "encoding %zu", i);
	}
}

static void test_names(void)
{
	static const char *const hrefs[][2] = {
		{"a%20b", "a b"},   {"%C3%A9", "\xc3\xa9"}, {"100%", "100%"}, {"a%2", "a%2"},
		{"a%zzb", "a%zzb"}, {"a%00b", "a%00b"},     {"", ""},         {"%2e%2E/x", "../x"},
	};
	static const char *const paths[][2] = {
		{"./a", "a"}, {"a//b/./c", "a/b/c"}, {"/a", "a"},
		{"../a", ""}, {"a/../b", ""},        {"..", ""},
		{"", ""},     {"a/", "a"},           {"..a/b", "..a/b"},
	};
	struct vbc_arena VBC_ARENA a = {0};

	for (size_t i = 0; i < VBC_COUNT(hrefs); i++)
		is_str(vbc_href_decode(&a, hrefs[i][0]), hrefs[i][1], "href '%s'", hrefs[i][0]);
	for (size_t i = 0; i < VBC_COUNT(paths); i++)
		is_str(vbc_path_inside(&a, paths[i][0]), paths[i][1], "path '%s'", paths[i][0]);
}

/* By the suffix, or by what only a description of a machine begins with. */
static void test_told(void)
{
	static const struct {
		const char *name, *start;
		bool is;
	} rows[] = {
		{"x.ovf", "", true},
		{"x.OVF", "<html>", true},
		{".ovf", "", false},
		{"x", "<?xml?><Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1'>", true},
		{"x", "\xef\xbb\xbf<ovf:Envelope ovf:version='1.0'>", true},
		{"x", "<o:Envelope xmlns:o='http://www.vmware.com/schema/ovf/1/envelope'>", true},
		{"x", "<html><title>My Envelope shop</title>", false},
		{"x", "<html><!-- http://schemas.dmtf.org/ovf -->", false},
		{"x", "<S:Envelope xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'>", false},
		{"x", "<Envelope>", false},
		{"x", "KDMV <Envelope ovf:version='1.0'>", false},
		{"x", "", false},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++)
		is_int(vbc_is_ovf(rows[i].name, (const unsigned char *)rows[i].start,
				  strlen(rows[i].start)),
		       rows[i].is, "start %zu", i);
}

#define SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"

#define SHA256 SHA1 "012345678901234567890123"

static void test_manifest(void)
{
	static const char *const names[] = {"D.vmdk", "./R%26D.vmdk", NULL};
	static const struct {
		const char *text;
		bool good;
		const char *algorithms[3]; /* the last is unknown */
	} rows[] = {
		{"SHA1(d.vmdk)= " SHA1, true, {"SHA1"}},
		{"SHA1 (d.vmdk) = " SHA1 "\n", true, {"SHA1"}},
		{"\r\n SHA1(x)= 12\r\nsha1(./d.vmdk)=" SHA1 " \r\n", true, {"SHA1"}},
		{"SHA1(x)= 12\rSHA1(d.vmdk)=" SHA1 "\rSHA1(y)= 12\r", true, {"SHA1"}},
		{"SHA1(d.vmdk)= A9993E364706816ABA3E25717850C26C9CD0D89D\n", true, {"SHA1"}},
		{"SHA2-256(d.vmdk)= " SHA256, true, {"SHA256"}},
		{"SHA1(D.VMDK)= " SHA1, true, {"SHA1"}},
		{"SHA1(r%26d.vmdk)= " SHA1, true, {"SHA1"}},
		{"SHA1(./R%26D.vmdk)= " SHA1, true, {"SHA1"}},
		{"SHA1(d.vmdk)= " SHA1 "\nSHA256(d.vmdk)= " SHA256, true, {"SHA1", "SHA256"}},
		{"SHA1(d.vmdk)= " SHA1 "\nSHA-1(D.vmdk)= " SHA1, true, {"SHA1"}},
		{"SHA1(d.vmdk)= " SHA1 "\nSHA1(d.vmdk)= 0000000000000000000000000000000000000000",
		 false,
		 {NULL}},
		{"SHA256(d.vmdk)= " SHA1, false, {NULL}},
		{"SHA1(d.vmdk)= x9993e364706816aba3e25717850c26c9cd0d89d", false, {NULL}},
		{"SHA1(d.vmdk) " SHA1, false, {NULL}},
		{"SHA1(d.vmdk", false, {NULL}},
		{"SHA1(d.vmdk = " SHA1, false, {NULL}},
		{"MD5(d.vmdk)= 900150983cd24fb0d6963f7d28e17f72", true, {NULL, NULL, "MD5"}},
		{"SHA999 (d.vmdk)= 00", true, {NULL, NULL, "SHA999"}},
		{"MD5(d.vmdk)= 00\nSHA1(d.vmdk)= " SHA1, true, {"SHA1", NULL, "MD5"}},
		{"a'b(d.vmdk)= 00", false, {NULL}},
		{"(d.vmdk)= 00", false, {NULL}},
		{SHA1 " *d.vmdk", false, {NULL}},
		{SHA1 "  ./d.vmdk\n", false, {NULL}},
		{"SHA1(d.vmdk2)= 12", true, {NULL}},
		{"SHA1(a d.vmdk)= 12", true, {NULL}},
		{SHA1 "  d.vmdk.asc", true, {NULL}},
		{"SHA1)d.vmdk(= " SHA1, true, {NULL}},
		{"= (", true, {NULL}},
		{"", true, {NULL}},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		const struct vbc_manifest mf = {rows[i].text, strlen(rows[i].text)};
		struct vbc_manifest_sums sums;
		size_t n = 0;

		is_int(vbc_manifest_find(&mf, names, &sums), rows[i].good, "manifest %zu", i);
		for (; rows[i].good && n < 2 && rows[i].algorithms[n]; n++)
			ok(n < sums.n && strcmp(sums.v[n].algorithm, rows[i].algorithms[n]) == 0 &&
				   memcmp(sums.v[n].digits, SHA1, strlen(SHA1)) == 0,
			   "its %s", rows[i].algorithms[n]);
		if (rows[i].good)
			is_int(sums.n, n, "and no more");
		is_str(sums.unknown, rows[i].algorithms[2] ? rows[i].algorithms[2] : "",
		       "and what is unknown");
	}
}

static void test_manifest_names(void)
{
	static const struct {
		const char *text, *names;
	} rows[] = {
		{"SHA1(a)= 12\nMD5 (b c) =\r\nSHA9(d(1).x)=1\rX( e)=1", "a|b c|d(1).x| e|"},
		{"12 *a\n(a)\n()=1\n)(=\nx=(a)\n\n", ""},
		{"(a)=(b)=", "a)=(b|"},
		{"", ""},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++) {
		const struct vbc_manifest mf = {rows[i].text, strlen(rows[i].text)};
		char all[100] = "";
		const char *name;
		size_t at = 0, n, used = 0;

		while (vbc_manifest_next_name(&mf, &at, &name, &n))
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%.*s|", (int)n,
						 name);
		is_str(all, rows[i].names, "names of manifest %zu", i);
	}
}

static void test_check(void)
{
	const struct vbc_manifest_sum want = {"SHA1", SHA1};
	struct vbc_checksum *VBC_CHECKSUM sum = vbc_checksum_new_as("SHA1");
	struct vbc_error err = {0};

	vbc_checksum_add(sum, "abc", 3);
	is_int(vbc_manifest_check(&want, sum, "x.ova", "x", &err), 0, "the right sum");
	vbc_checksum_add(sum, "d", 1);
	is_int(vbc_manifest_check(&want, sum, "x.ova", "x", &err), VBC_E_ARG, "another");
	is_str(err.text,
	       "'x.ova' is damaged: the SHA1 of 'x' is 81fe8bfe87576c3ecb22426f8e57847382917acf, "
	       "and its manifest says " SHA1,
	       "both are told");
	ok(!vbc_checksum_new_as("SHA0815"), "there are no others");
}

static void test_systems(void)
{
	static const char *const rows[][2] = {
		{"debian11_64Guest", "Debian_64"},
		{"debian6Guest", "Debian"},
		{"ubuntu64Guest", "Ubuntu_64"},
		{"UBUNTU64GUEST", "Ubuntu_64"},
		{"centos8_64Guest", "RedHat_64"},
		{"rhel7_64Guest", "RedHat_64"},
		{"fedora64Guest", "Fedora_64"},
		{"sles15_64Guest", "OpenSUSE_64"},
		{"opensuse64Guest", "OpenSUSE_64"},
		{"oracleLinux8_64Guest", "Oracle_64"},
		{"other3xLinux64Guest", "Linux26_64"},
		{"other26xLinuxGuest", "Linux26"},
		{"otherLinux64Guest", "Linux_64"},
		{"freebsd13_64Guest", "FreeBSD_64"},
		{"windows9_64Guest", "Windows10_64"},
		{"windows9Server64Guest", "Windows2016_64"},
		{"windows2019srv_64Guest", "Windows2019_64"},
		{"windows2019srvNext_64Guest", "Windows2022_64"},
		{"windows7Server64Guest", "Windows2008_64"},
		{"winXPProGuest", "WindowsXP"},
		{"otherGuest64", "Other_64"},
		{"martianGuest", "Debian_64"},
		{"", "Debian_64"},
	};

	for (size_t i = 0; i < VBC_COUNT(rows); i++)
		is_str(vbc_ovf_os_type(rows[i][0], 96), rows[i][1], "'%s'", rows[i][0]);
	is_str(vbc_ovf_os_type("", 0), "", "nothing is known");
	is_str(vbc_ovf_os_type("", 65535), "", "no such number");
	is_str(vbc_ovf_os_type("", 120), "Windows10_64", "the last one");
}

int main(void)
{
	test_good();
	test_many();
	test_bad();
	test_encodings();
	test_names();
	test_told();
	test_manifest();
	test_manifest_names();
	test_check();
	test_systems();
	return tap_done();
}
