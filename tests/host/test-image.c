/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images on a real host: imported from each format, from here and from the host's own disk,
 * compared with what they were made of; what is recorded of them; finding and deleting them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "image-files.h"

#define SIZE (8 * MIB)
#define KIB  1024ull

static struct vbc_host *host;
static bool uploads;

static const struct {
	const char *name, *format, *options;
	uint64_t size_bytes; /* qemu rounds a VHD's size up to whole cylinders */
} formats[] = {
	{"old.qcow2", "qcow2", "compat=0.10", SIZE},
	{"new.qcow2", "qcow2", NULL, SIZE},
	{"small-clusters.qcow2", "qcow2", "cluster_size=4096", SIZE},
	{"sparse.vmdk", "vmdk", NULL, SIZE},
	{"stream.vmdk", "vmdk", "subformat=streamOptimized", SIZE},
	{"flat.vmdk", "vmdk", "subformat=monolithicFlat", SIZE},
	{"split.vmdk", "vmdk", "subformat=twoGbMaxExtentSparse", SIZE},
	{"split-flat.vmdk", "vmdk", "subformat=twoGbMaxExtentFlat", SIZE},
	{"dynamic.vhd", "vpc", NULL, 0},
	{"fixed.vhd", "vpc", "subformat=fixed", 0},
	{"dynamic.vdi", "vdi", NULL, SIZE},
	{"static.vdi", "vdi", "static=on", SIZE},
};

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The host's disk can be looked at only where the host is this machine. */
static void check_content(const struct vbc_image *image, const char *raw, const char *what)
{
	if (exists(image->location))
		ok(same_content(raw, image->location, "vdi"), "%s: the same content", what);
	else
		tap_skip(what, "the host's disk is not this machine's");
}

static struct vbc_image *import(const char *file, const char *name)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};

	opts.name = name;
	if (!ok(vbc_image_import(host, file, &opts, NULL, &image, &err) == 0, "import of %s", file))
		printf("# %s: %s\n", vbc_code_name(err.code), err.text);
	return image;
}

static void delete (struct vbc_image *image)
{
	struct vbc_error err = {0};

	if (!ok(vbc_image_delete(host, image->id, NULL, &err) == 0, "'%s' is deleted", image->name))
		printf("# %s\n", err.text);
	ok(!exists(image->location), "and its file");
	vbc_image_free(image);
}

static bool on_host(const char *file)
{
	return strncmp(file, "host:", 5) == 0;
}

/* By VirtualBox 5; nothing was made then, so there is nothing to look at. */
static void check_refused(const char *file)
{
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};
	int code = vbc_image_import(host, file, NULL, NULL, &image, &err);

	is_int(code, VBC_E_VERSION, "%s is not uploaded", file);
	ok(strstr(err.text, "cannot take uploads") && strstr(err.text, "host:/PATH") && !image,
	   "and it is said how to import it: %s", err.text);
}

static void check_import(const char *file, const char *raw, uint64_t size_bytes)
{
	struct vbc_image *image;

	if (!uploads && !on_host(file)) {
		check_refused(file);
		return;
	}
	image = import(file, NULL);
	if (!image)
		return;
	is_str(image->format, "VDI", "%s became a VDI", file);
	if (size_bytes)
		is_int(image->size_bytes, size_bytes, "of the same size");
	ok(image->used_bytes > 0 && image->used_bytes < 2 * SIZE, "with some of it used");
	check_content(image, raw, file);
	delete (image);
}

static void test_formats(const char *raw)
{
	char there[600];

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const char *file =
			convert(raw, formats[i].name, formats[i].format, formats[i].options);
		const char *copy = in_folder("copy");

		check_import(file, raw, formats[i].size_bytes);
		snprintf(there, sizeof(there), "host:%s", file);
		ok(RUN("cp", file, copy), "a copy of %s", file);
		check_import(there, raw, formats[i].size_bytes);
		ok(RUN("cmp", file, copy), "the import left %s as it was", file);
	}
}

#define OVF                                                                                        \
	"<?xml version=\"1.0\"?><Envelope xmlns:ovf=\"x\" xmlns:vbox=\"y\"><References>"           \
	"<File ovf:id=\"other\" ovf:href=\"x.txt\"/>"                                              \
	"<File ovf:id=\"file1\" ovf:href=\"stream.vmdk\" ovf:size=\"1\"/></References>"            \
	"<DiskSection><Info>Disks</Info><Disk ovf:diskId=\"d\" ovf:fileRef=\"file1\"/>"            \
	"<Disk ovf:capacity=\"20\" ovf:diskId=\"empty\"/></DiskSection><VirtualSystem>"            \
	"<vbox:OSType ovf:required=\"false\">Debian_64</vbox:OSType><VirtualHardwareSection>"      \
	"<Item><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2"                    \
	"</rasd:VirtualQuantity></Item><Item><rasd:AllocationUnits>byte * 2^30"                    \
	"</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType>"                          \
	"<rasd:VirtualQuantity>3</rasd:VirtualQuantity></Item></VirtualHardwareSection>"           \
	"</VirtualSystem></Envelope>"

/* An archive's disk, and what it says of its machine; stream.vmdk is there already. */
static void test_ova(const char *raw)
{
	static const char *const files[] = {"stream.vmdk", NULL};
	const char *file = make_ova("machine.ova", OVF, files);
	struct vbc_image *image;

	if (!uploads) {
		check_refused(file);
		return;
	}
	image = import(file, NULL);
	if (!image)
		return;
	check_content(image, raw, "an OVA");
	is_str(image->name, "machine", "is called after the file");
	is_str(image->os_type, "Debian_64", "is for the machine's system");
	is_int(image->min_cpus, 2, "needs its CPUs");
	is_int(image->min_memory_mib, 3072, "and its memory");
	delete (image);
}

/* Several extents: parts of files, and one that is nowhere. */
static void test_extents(const char *raw)
{
	static const char text[] = "# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\n"
				   "createType=\"twoGbMaxExtentFlat\"\n"
				   "RW 2048 FLAT \"base.raw\" 0\nRW 2056 ZERO\n"
				   "RW 4096 FLAT \"base.raw\" 6144\n";
	const char *whole = make_raw("whole.raw", 4100 * KIB, 4);
	char to[600], from[600];

	snprintf(from, sizeof(from), "if=%s", raw);
	snprintf(to, sizeof(to), "of=%s", whole);
	ok(RUN("truncate", "-s", "0", whole) && RUN("truncate", "-s", "4100K", whole) &&
		   RUN("dd", from, to, "bs=1K", "count=1024", "conv=notrunc", "status=none") &&
		   RUN("dd", from, to, "bs=1K", "count=2048", "skip=3072", "seek=2052",
		       "conv=notrunc", "status=none"),
	   "a disk of parts of another");
	check_import(make_bytes("extents.vmdk", text, sizeof(text) - 1), whole, 4100 * KIB);
}

/* Sizes that are no whole sectors, no whole MiB, and less than the smallest VDI, one MiB. */
static void test_raw(void)
{
	static const uint64_t sizes[] = {512, 513, MIB, MIB + 1, 3 * MIB - 512, 9 * MIB + 7};
	char there[600];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char name[32];
		uint64_t whole = sizes[i] < MIB ? MIB : (sizes[i] + 511) / 512 * 512;

		snprintf(name, sizeof(name), "%llu.img", (unsigned long long)sizes[i]);
		check_import(make_raw(name, sizes[i], sizes[i] < 4096 ? sizes[i] / 4 * 4 : 4096),
			     in_folder(name), whole);
	}
	snprintf(there, sizeof(there), "host:%s", make_raw("named.hdd", SIZE, 4096));
	check_import(there, in_folder("named.hdd"), SIZE);
}

static void check_same(const struct vbc_image *a, const struct vbc_image *b, const char *what)
{
	is_str(a->id, b->id, "%s: the id", what);
	is_str(a->name, b->name, "the name");
	is_str(a->location, b->location, "the location");
	is_str(a->os_type, b->os_type, "the operating system");
	is_str(a->description, b->description, "the description");
	ok(a->created_at_ms == b->created_at_ms && a->size_bytes == b->size_bytes &&
		   a->used_bytes == b->used_bytes && a->min_cpus == b->min_cpus &&
		   a->min_memory_mib == b->min_memory_mib && a->min_disk_gib == b->min_disk_gib,
	   "the numbers");
}

static void check_found(const struct vbc_image *image, const char *by, const char *what)
{
	struct vbc_image *found = NULL;
	struct vbc_error err = {0};

	if (ok(vbc_image_get(host, by, &found, &err) == 0, "found by its %s", what))
		check_same(found, image, what);
	vbc_image_free(found);
}

static void check_listed(const struct vbc_image *image)
{
	struct vbc_images *images = NULL;
	struct vbc_error err = {0};
	bool sorted = true;
	size_t seen = 0;

	is_int(vbc_image_list(host, &images, &err), 0, "the images are listed");
	for (size_t i = 0; images && i < images->n; i++) {
		seen += strcmp(images->v[i]->id, image->id) == 0;
		sorted = sorted &&
			 (i == 0 || strcmp(images->v[i - 1]->name, images->v[i]->name) <= 0);
	}
	is_int(seen, 1, "the image is among them once");
	ok(sorted, "by name");
	vbc_images_free(images);
}

static void test_record(const char *file)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};
	int64_t before_ms = (int64_t)time(NULL) * 1000 - 1000;
	char upper[64];

	opts.name = "Ein \"Bild\" <&> \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x90\xa7 ../x";
	opts.os_type = "Debian_64";
	opts.description = "two lines\nand 'quotes'";
	opts.min_cpus = 2;
	opts.min_memory_mib = 512;
	opts.min_disk_gib = 3;
	if (!ok(vbc_image_import(host, file, &opts, NULL, &image, &err) == 0,
		"import with options")) {
		printf("# %s\n", err.text);
		return;
	}
	is_str(image->name, opts.name, "the name is kept exactly");
	is_str(image->os_type, "Debian_64", "the operating system");
	is_str(image->description, opts.description, "the description");
	ok(image->min_cpus == 2 && image->min_memory_mib == 512 && image->min_disk_gib == 3,
	   "what it needs");
	ok(image->created_at_ms >= before_ms &&
		   image->created_at_ms <= (int64_t)time(NULL) * 1000 + 1000,
	   "the time it was made");
	for (size_t i = 0; i < sizeof(upper); i++)
		upper[i] = i < strlen(image->id) ? (char)toupper(image->id[i]) : '\0';
	check_found(image, image->id, "id");
	check_found(image, upper, "id in capitals");
	check_found(image, image->name, "name");
	check_listed(image);
	delete (image);
}

/* A VDI keeps its UUID in it, and the host has a disk with that one already. */
static void test_same_uuid(const char *file, const char *raw)
{
	struct vbc_image *image = import(file, "first"), *again = NULL;

	if (image && exists(image->location) && uploads)
		again = import(image->location, "second");
	if (again) {
		ok(strcmp(image->id, again->id) != 0, "an image of the host's own image");
		check_content(again, raw, "it");
		delete (again);
	} else {
		tap_skip("the image's own file",
			 "the host's disk is not this machine's, or takes no uploads");
	}
	if (image)
		delete (image);
}

static void test_names(const char *file)
{
	char longest[256];
	struct vbc_image *image;

	memset(longest, 'n', 255);
	longest[255] = '\0';
	image = import(file, longest);
	if (image) {
		is_str(image->name, longest, "255 characters are kept");
		delete (image);
	}
	image = import(file, NULL);
	if (image) {
		is_str(image->name, "base", "without a name, the file's is taken");
		is_str(image->os_type, "Linux_64", "and Linux");
		delete (image);
	}
}

struct phases {
	bool looked, uploaded, in_order;
	unsigned percent;
};

static int watch_phases(void *data, const struct vbc_progress *p)
{
	struct phases *seen = data;

	if (p->what && strcmp(p->what, "looking through packed.raw.gz") == 0) {
		seen->looked = true;
		seen->in_order = seen->in_order && !seen->uploaded && p->done <= p->total;
	}
	seen->uploaded = seen->uploaded || (p->what && strncmp(p->what, "uploading", 9) == 0);
	seen->in_order = seen->in_order && p->percent >= seen->percent;
	seen->percent = p->percent;
	return 0;
}

/* It is told that a packed file is looked through, before it is uploaded. */
static void test_packed(const char *raw)
{
	struct phases seen = {.in_order = true};
	struct vbc_wait wait = {.tick = watch_phases, .data = &seen};
	const char *copy = in_folder("packed.raw"), *file = in_folder("packed.raw.gz");
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};

	ok(RUN("cp", raw, copy) && RUN("gzip", copy), "a raw disk is packed");
	if (!uploads) {
		check_refused(file);
		return;
	}
	if (!ok(vbc_image_import(host, file, NULL, &wait, &image, &err) == 0, "and imported")) {
		printf("# %s\n", err.text);
		return;
	}
	check_content(image, raw, "what was packed");
	is_str(image->name, "packed", "is called after the file");
	ok(seen.looked && seen.uploaded && seen.in_order, "and it was told how far it was");
	delete (image);
}

int main(void)
{
	const char *raw, *file;

	host = host_open();
	uploads = takes_uploads(host);
	make_image_folder();
	raw = make_raw("base.raw", SIZE, 65536);
	file = importable(host, raw);
	test_formats(raw);
	test_extents(raw);
	test_ova(raw);
	test_packed(raw);
	test_raw();
	test_record(file);
	test_names(file);
	test_same_uuid(file, raw);
	vbc_host_close(host);
	return tap_done();
}
