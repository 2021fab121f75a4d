/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * OVF, as far as an image needs it: which file is the disk, and what the machine was like. What
 * VirtualBox itself wrote of the machine (vbox:Machine) says more than OVF can.
 */
#include "imagefile/ovf.h"

#include <stdbool.h>
#include <strings.h>

#include "base/str.h"
#include "imagefile/ovf-os.h"
#include "imagefile/ovf-text.h"
#include "soap/xml.h"

#define ELEMENTS_MAX 1000000

struct reader {
	struct vbc_arena *arena;
	const char *path;
	const struct vbc_xml *root, *system;
	const char *configuration; /* the id of the one that is taken; "": there is none */
	struct vbc_ovf *ovf;
	bool nvram_seen; /* there is one; more are passed over */
	bool no_memory;  /* some text was not read */
	struct vbc_error *err;
};

static int ovf_refuse_file(struct reader *r, const char *why)
{
	return vbc_fail(r->err, VBC_E_ARG, "'%s' %s", r->path, why);
}

static const char *ovf_read_attribute(struct reader *r, const struct vbc_xml *e, const char *name)
{
	const char *value = e ? vbc_xml_attribute(r->arena, e, name) : "";

	r->no_memory = r->no_memory || !value;
	return value ? value : "";
}

static const char *ovf_read_text(struct reader *r, const struct vbc_xml *e)
{
	const char *text = vbc_xml_text(r->arena, e);

	r->no_memory = r->no_memory || !text;
	return text ? text : "";
}

static const char *ovf_read_child(struct reader *r, const struct vbc_xml *e, const char *name)
{
	return ovf_read_text(r, vbc_xml_find(e->first, name));
}

/* The next element of that name, e left out; not among what VirtualBox wrote of its own. */
static const struct vbc_xml *ovf_next_named(const struct vbc_xml *top, const struct vbc_xml *e,
					    const char *name)
{
	do
		e = vbc_xml_is(e, "Machine") ? vbc_xml_after(top, e) : vbc_xml_next(top, e);
	while (e && !vbc_xml_is(e, name));
	return e;
}

static int ovf_find_system(struct reader *r)
{
	const struct vbc_xml *e = r->root;
	unsigned n = 0;

	while ((e = ovf_next_named(r->root, e, "VirtualSystem"))) {
		r->system = e;
		n++;
	}
	if (n > 1)
		return vbc_fail(r->err, VBC_E_ARG,
				"'%s' holds %u machines, but an image is the disk of one; unpack "
				"it and import the disk you want",
				r->path, n);
	r->system = r->system ? r->system : r->root;
	return VBC_OK;
}

/* The file of that id; NULL: there is none. */
static const struct vbc_xml *ovf_find_file(struct reader *r, const char *id)
{
	const struct vbc_xml *e = r->root;

	while ((e = ovf_next_named(r->root, e, "File")))
		if (streq(ovf_read_attribute(r, e, "id"), id))
			return e;
	return NULL;
}

/* "'a', 'b', 'c' and 5 more": the files of that many disks; NULL: no memory. */
static const char *ovf_join_disk_names(struct reader *r, unsigned disks)
{
	enum { SHOWN = 3 };
	const struct vbc_xml *e = r->root;
	const char *names = "";
	unsigned n = 0;

	while (names && n < SHOWN && (e = ovf_next_named(r->root, e, "Disk"))) {
		const char *id = ovf_read_attribute(r, e, "fileRef");
		const struct vbc_xml *file = id[0] ? ovf_find_file(r, id) : NULL;

		if (!id[0])
			continue;
		n++;
		names = vbc_arena_printf(r->arena, "%s%s'%.100s'", names, names[0] ? ", " : "",
					 file ? ovf_read_attribute(r, file, "href") : id);
	}
	if (names && disks > SHOWN)
		names = vbc_arena_printf(r->arena, "%s and %u more", names, disks - SHOWN);
	return names;
}

static int ovf_refuse_many(struct reader *r, unsigned disks)
{
	const char *names = ovf_join_disk_names(r, disks);

	if (!names)
		return vbc_fail_nomem(r->err);
	return vbc_fail(r->err, VBC_E_ARG,
			"'%s' holds %u disks, but an image has only one: %s; unpack it and import "
			"the one you want",
			r->path, disks, names);
}

static int ovf_take_disk(struct reader *r)
{
	const struct vbc_xml *e = r->root, *file;
	const char *id = "", *ref;
	unsigned disks = 0;

	while ((e = ovf_next_named(r->root, e, "Disk"))) {
		ref = ovf_read_attribute(r, e, "fileRef");
		id = ref[0] ? ref : id;
		disks += ref[0] != '\0';
	}
	if (!disks)
		return ovf_refuse_file(r, "holds a machine without a disk");
	if (disks > 1)
		return ovf_refuse_many(r, disks);
	file = ovf_find_file(r, id);
	r->ovf->disk = ovf_read_attribute(r, file, "href");
	if (!r->ovf->disk[0])
		return ovf_refuse_file(r, "is damaged: it does not name its disk's file");
	if (ovf_read_attribute(r, file, "chunkSize")[0])
		return ovf_refuse_file(r, "contains a disk that is split into pieces; unpack it, "
					  "join them with 'cat', and import the result");
	return VBC_OK;
}

/* How many bytes one of the item's units is; 0: not known. */
static uint64_t ovf_unit_bytes(const char *text)
{
	static const struct {
		const char *start;
		unsigned shift;
	} words[] = {{"k", 10}, {"m", 20}, {"g", 30}, {"t", 40}};
	const char *times = strchr(text, '*'), *power = times ? strchr(times, '^') : NULL;
	uint64_t base, exponent, value = 1;
	char number[24] = "";

	if (strncasecmp(text, "byte", 4) != 0) {
		for (size_t i = 0; i < VBC_COUNT(words); i++)
			if (strncasecmp(text, words[i].start, 1) == 0)
				return (uint64_t)1 << words[i].shift;
		return 0;
	}
	if (!times)
		return 1;
	times += 1 + strspn(times + 1, " ");
	if (!power || (size_t)(power - times) >= sizeof(number))
		return 0;
	memcpy(number, times, strcspn(times, " ^"));
	power += 1 + strspn(power + 1, " ");
	if (!vbc_parse_u64(number, 10, &base) || !vbc_parse_u64(power, 40, &exponent))
		return 0;
	while (exponent-- && value < UINT64_MAX / 16)
		value *= base;
	return value;
}

/* The default configuration; where none says that it is, the first. */
static void ovf_choose_configuration(struct reader *r)
{
	const struct vbc_xml *e = r->root, *chosen = NULL;

	while ((e = ovf_next_named(r->root, e, "Configuration")))
		if (!chosen || streq(ovf_read_attribute(r, e, "default"), "true"))
			chosen = e;
	r->configuration = ovf_read_attribute(r, chosen, "id");
}

/* Whether the item counts: not a limit, and not of a configuration that has to be asked for. */
static bool ovf_item_counts(struct reader *r, const struct vbc_xml *item)
{
	const char *of = ovf_read_attribute(r, item, "configuration");

	return !ovf_read_attribute(r, item, "bound")[0] && (!of[0] || streq(of, r->configuration));
}

/* "ovf:/file/file1" is the file of the id "file1". */
static const char *ovf_referenced_file(struct reader *r, const char *resource)
{
	const char *slash = strrchr(resource, '/');
	const struct vbc_xml *file = slash ? ovf_find_file(r, slash + 1) : NULL;

	return file ? ovf_read_attribute(r, file, "href") : "";
}

/* Processors and memory are items of hardware, with numbers for their kinds. */
static void ovf_take_item(struct reader *r, const struct vbc_xml *item)
{
	enum { PROCESSOR = 3, MEMORY = 4, NVRAM = 32768, MEMORY_MAX = 1 << 30 };
	uint64_t type = 0, quantity = 0, unit;

	vbc_parse_u64(ovf_read_child(r, item, "ResourceType"), UINT32_MAX, &type);
	vbc_parse_u64(ovf_read_child(r, item, "VirtualQuantity"), (uint64_t)1 << 44, &quantity);
	if (type == PROCESSOR && quantity <= UINT32_MAX)
		r->ovf->cpus = (unsigned)quantity;
	if (type == NVRAM && !r->nvram_seen) {
		r->nvram_seen = true;
		r->ovf->nvram = ovf_referenced_file(r, ovf_read_child(r, item, "HostResource"));
	}
	if (type != MEMORY)
		return;
	unit = ovf_unit_bytes(ovf_read_child(r, item, "AllocationUnits"));
	if (unit && quantity < UINT64_MAX / unit && quantity * unit >> 20 < MEMORY_MAX)
		r->ovf->memory_mib = (unsigned)(quantity * unit >> 20);
}

static void ovf_take_os_type(struct reader *r, const struct vbc_xml *machine)
{
	const struct vbc_xml *section =
		ovf_next_named(r->system, r->system, "OperatingSystemSection");
	const struct vbc_xml *type = ovf_next_named(r->system, r->system, "OSType");
	uint64_t cim = 0;

	r->ovf->os_type = ovf_read_text(r, type);
	if (!r->ovf->os_type[0])
		r->ovf->os_type = ovf_read_attribute(r, machine, "OSType");
	if (r->ovf->os_type[0])
		return;
	vbc_parse_u64(ovf_read_attribute(r, section, "id"), UINT16_MAX, &cim);
	r->ovf->os_type = vbc_ovf_os_type(ovf_read_attribute(r, section, "osType"), (unsigned)cim);
}

static const char *ovf_lower_text(struct reader *r, const char *text)
{
	char *copy = vbc_arena_strdup(r->arena, text);

	r->no_memory = r->no_memory || !copy;
	for (char *s = copy; s && *s; s++)
		*s = *s >= 'A' && *s <= 'Z' ? (char)(*s | 0x20) : *s;
	return copy ? copy : "";
}

/* "v2_0" is 2.0 */
static const char *ovf_tpm_version(struct reader *r, const char *type)
{
	if (type[0] == 'v' && type[1] >= '0' && type[1] <= '9' && type[2] == '_') {
		const char *text = vbc_arena_printf(r->arena, "%c.%s", type[1], type + 3);

		r->no_memory = r->no_memory || !text;
		return text ? text : "";
	}
	return ovf_lower_text(r, type);
}

static void ovf_take_machine(struct reader *r, const struct vbc_xml *machine)
{
	const struct vbc_xml *hardware = vbc_xml_find(machine->first, "Hardware");
	const struct vbc_xml *parts = hardware ? hardware->first : NULL;
	const char *type = ovf_read_attribute(r, vbc_xml_find(parts, "Firmware"), "type");

	if (vbc_starts_with(type, "EFI"))
		r->ovf->firmware = "efi";
	else if (streq(type, "BIOS"))
		r->ovf->firmware = "bios";
	r->ovf->chipset =
		ovf_lower_text(r, ovf_read_attribute(r, vbc_xml_find(parts, "Chipset"), "type"));
	r->ovf->tpm = ovf_tpm_version(
		r, ovf_read_attribute(r, vbc_xml_find(parts, "TrustedPlatformModule"), "type"));
}

/* <vmw:Config vmw:key="firmware" vmw:value="efi"/> */
static void ovf_take_vmware(struct reader *r)
{
	static const char *const secure_keys[] = {"uefi.secureBoot.enabled",
						  "bootOptions.efiSecureBootEnabled"};
	bool secure = false;

	for (const struct vbc_xml *e = r->system; e; e = vbc_xml_next(r->system, e)) {
		const char *key, *value;

		if (!vbc_xml_is(e, "Config") && !vbc_xml_is(e, "ExtraConfig"))
			continue;
		key = ovf_read_attribute(r, e, "key");
		value = ovf_read_attribute(r, e, "value");
		if (streq(key, "firmware"))
			r->ovf->firmware = strcasecmp(value, "efi") == 0 ? "efi" : "bios";
		for (size_t i = 0; i < VBC_COUNT(secure_keys); i++)
			secure = secure || (strcasecmp(key, secure_keys[i]) == 0 &&
					    strcasecmp(value, "true") == 0);
	}
	if (secure && streq(r->ovf->firmware, "efi"))
		r->ovf->firmware = "efi-secure";
}

static int ovf_take_all(struct reader *r)
{
	const struct vbc_xml *e, *machine;
	int code;

	if (!vbc_xml_is(r->root, "Envelope"))
		return ovf_refuse_file(r, "is damaged: its description is not OVF");
	code = ovf_find_system(r);
	if (!code)
		code = ovf_take_disk(r);
	if (code)
		return code;
	ovf_choose_configuration(r);
	for (e = r->system; (e = ovf_next_named(r->system, e, "Item"));)
		if (ovf_item_counts(r, e))
			ovf_take_item(r, e);
	machine = ovf_next_named(r->system, r->system, "Machine");
	ovf_take_os_type(r, machine);
	if (machine)
		ovf_take_machine(r, machine);
	ovf_take_vmware(r);
	return r->no_memory ? vbc_fail_nomem(r->err) : VBC_OK;
}

int vbc_ovf_parse(struct vbc_arena *a, const char *path, const char *text, size_t n,
		  struct vbc_ovf *ret, struct vbc_error *err)
{
	struct vbc_ovf ovf = {
		.disk = "", .nvram = "", .os_type = "", .firmware = "", .chipset = "", .tpm = ""};
	struct reader r = {.arena = a, .path = path, .ovf = &ovf, .err = err};
	int code;

	text = vbc_ovf_utf8(a, text, &n);
	if (!text)
		return vbc_fail_nomem(err);
	code = vbc_xml_parse(a, text, n, ELEMENTS_MAX, &r.root, NULL);
	if (code == VBC_E_NOMEM)
		return vbc_fail_nomem(err);
	if (code && memmem(text, n, "<!DOCTYPE", strlen("<!DOCTYPE")))
		return ovf_refuse_file(&r, "has a description with a DOCTYPE, which a machine's "
					   "description never has");
	if (code)
		return ovf_refuse_file(
			&r, "is damaged: its description is not well-formed XML, or it has "
			    "more than a million elements");
	code = ovf_take_all(&r);
	if (!code)
		*ret = ovf;
	return code;
}
