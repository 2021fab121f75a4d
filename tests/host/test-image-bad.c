/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Imports that fail on a real host: files that are no images or damaged ones, names, options,
 * cancelled, late and killed imports. Each says why in a sentence and leaves the host as it was.
 * VirtualBox 5 takes no uploads; there it is said so, and what is on the host is imported.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image-files.h"

static struct vbc_host *host;

/* How many files there are in the folders that imports write to; 0 where the host is elsewhere. */
static size_t count_files(const struct vbc_host_info *info)
{
	char uploads[1024];
	const char *folders[] = {info->images_folder, uploads};
	size_t n = 0;

	snprintf(uploads, sizeof(uploads), "%s/uploads", info->machine_folder);
	for (size_t i = 0; i < 2; i++) {
		DIR *folder = opendir(folders[i]);

		while (folder && readdir(folder))
			n++;
		if (folder)
			closedir(folder);
		else
			n += 2; /* "." and ".." of a folder that an upload makes */
	}
	return n;
}

static size_t count_images(void)
{
	struct vbc_images *images = NULL;
	size_t n = 0;

	if (ok(vbc_image_list(host, &images, NULL) == 0, "the images are listed"))
		n = images->n;
	vbc_images_free(images);
	return n;
}

struct state {
	size_t images, files;
};

static struct state look(void)
{
	struct vbc_host_info *info = NULL;
	struct state state = {.images = count_images()};

	if (vbc_host_show(host, &info, NULL))
		bail_out("the host does not answer");
	state.files = count_files(info);
	vbc_host_info_free(info);
	return state;
}

static void check_unchanged(const struct state *before)
{
	struct state now = look();

	is_int(now.images, before->images, "no image came or went");
	is_int(now.files, before->files, "nor a file");
}

static void refused(const char *file, const struct vbc_image_import_opts *opts, int code,
		    const char *text)
{
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};
	int got = vbc_image_import(host, file, opts, NULL, &image, &err);

	is_str(vbc_code_name(got), vbc_code_name(code), "%s is refused", file);
	if (!ok(strstr(err.text, text) && !strchr(err.text, '\n'), "in one line, with \"%s\"",
		text))
		printf("# %s\n", err.text);
	is_int(err.code, got, "and with the same code");
	ok(!image, "the output is untouched");
}

/* One that is packed, at which nobody looks for a host that takes no uploads. */
static void refused_packed(const char *file, const char *text)
{
	bool uploads = takes_uploads(host);

	refused(file, NULL, uploads ? VBC_E_ARG : VBC_E_VERSION,
		uploads ? text : "cannot take uploads");
}

static void refused_named(const char *name, const char *text)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;

	opts.name = name;
	refused(in_folder("base.raw"), &opts, VBC_E_ARG, text);
}

/* What is told before anything is sent. */
static void test_files(const char *raw)
{
	static const char gzip[64] = "\x1f\x8b\x08", xz[64] = "\xfd"
							      "7zXZ";
	static const char noise[1024] = "\1\2\3";
	const char *qcow2 = convert(raw, "good.qcow2", "qcow2", NULL);

	refused(in_folder("nowhere.raw"), NULL, VBC_E_NOTFOUND, "No such file");
	refused("/tmp", NULL, VBC_E_ARG, "not a regular file");
	refused("/dev/zero", NULL, VBC_E_ARG, "not a regular file");
	refused("", NULL, VBC_E_ARG, "no file");
	refused(make_bytes("empty.raw", "", 0), NULL, VBC_E_ARG, "is empty");
	refused_packed(make_bytes("x.raw.gz", gzip, sizeof(gzip)), "cut short (gzip");
	refused_packed(make_bytes("x.raw.xz", xz, sizeof(xz)), "cut short (xz");
	refused(make_bytes("noise.qcow2", noise, sizeof(noise)), NULL, VBC_E_ARG,
		"not what its name says");
	refused(make_bytes("sector.img", noise, 511), NULL, VBC_E_ARG, "too small for a disk");
	refused(convert(raw, "zstd.qcow2", "qcow2", "compression_type=zstd"), NULL, VBC_E_ARG,
		"compressed in a way");
	refused(convert(raw, "l2.qcow2", "qcow2", "extended_l2=on"), NULL, VBC_E_ARG,
		"extended L2");
	ok(RUN("qemu-img", "create", "-f", "qcow2", "-F", "raw", "-b", raw, in_folder("top.qcow2")),
	   "an image on top of another");
	refused(in_folder("top.qcow2"), NULL, VBC_E_ARG, "base.raw', and needs that file");
	refused(convert(raw, "x.vhdx", "vhdx", NULL), NULL, VBC_E_ARG, "VHDX");
	refused(make_half("half.qcow2", qcow2), NULL, VBC_E_ARG, "cut short");
	refused(make_half("half.vdi", convert(raw, "good.vdi", "vdi", NULL)), NULL, VBC_E_ARG,
		"cut short");
	refused(make_half("half.vhd", convert(raw, "good.vhd", "vpc", NULL)), NULL, VBC_E_ARG,
		"cut short");
}

/* Disks that lie in several files, one of which is missing or cut short. */
static void test_parts(const char *raw)
{
	const char *flat = convert(raw, "flat.vmdk", "vmdk", "subformat=monolithicFlat");
	const char *split = convert(raw, "split.vmdk", "vmdk", "subformat=twoGbMaxExtentSparse");
	static const char outside[] =
		"# Disk DescriptorFile\nparentCID=ffffffff\nRW 8 FLAT \"../x\" 0\n";
	static const char device[] = "# Disk DescriptorFile\nRW 8 VMFSRDM \"x\" 0\n";
	static const char child[] = "# Disk DescriptorFile\nparentCID=12345678\n";
	static const char none[] = "# Disk DescriptorFile\n";

	ok(truncate(in_folder("flat-flat.vmdk"), 1000) == 0 &&
		   truncate(in_folder("split-s001.vmdk"), 70000) == 0,
	   "parts are cut");
	refused(flat, NULL, VBC_E_ARG, "'flat-flat.vmdk' beside it, which is cut short");
	refused(split, NULL, VBC_E_ARG, "'split-s001.vmdk' beside it, which is cut short");
	refused(in_folder("split-s001.vmdk"), NULL, VBC_E_ARG, "one of several parts");
	unlink(in_folder("flat-flat.vmdk"));
	refused(flat, NULL, VBC_E_ARG, "which is not there");
	refused(make_bytes("outside.vmdk", outside, sizeof(outside) - 1), NULL, VBC_E_ARG,
		"in another folder");
	refused(make_bytes("device.vmdk", device, sizeof(device) - 1), NULL, VBC_E_ARG,
		"refers to a device");
	refused(make_bytes("child.vmdk", child, sizeof(child) - 1), NULL, VBC_E_ARG,
		"needs other files");
	refused(make_bytes("none.vmdk", none, sizeof(none) - 1), NULL, VBC_E_ARG, "names no file");
}

#define ENVELOPE "<Envelope>%s%s</Envelope>"

/* Archives that hold no disk that could be an image, or not the one they name. */
static void test_archives(void)
{
	static const char *const nothing[] = {NULL}, *const text[] = {"base.raw", NULL};
	static const char file[] = "<File ovf:href=\"a.vmdk\" ovf:id=\"f\"/>";
	static const char disk[] = "<Disk ovf:fileRef=\"f\"/>";
	char both[300];
	const char *archive;

	refused_packed(make_ova("empty.ova", "<Envelope/>", nothing), "without a disk");
	refused_packed(make_ova("other.ova", "<html/>", nothing), "is not OVF");
	snprintf(both, sizeof(both), ENVELOPE, "",
		 "<Disk ovf:fileRef='f'/><Disk ovf:fileRef='g'/>");
	refused_packed(make_ova("two.ova", both, nothing), "holds 2 disks");
	snprintf(both, sizeof(both), ENVELOPE, "", disk);
	refused_packed(make_ova("none.ova", both, nothing), "does not name");
	snprintf(both, sizeof(both), ENVELOPE, file, disk);
	refused_packed(make_ova("missing.ova", both, nothing),
		       "'a.vmdk' that it names is not in it");
	archive = make_ova("half.ova", both, text);
	ok(truncate(archive, 100000) == 0, "an archive is cut");
	refused_packed(archive, "cut short");
	ok(RUN("tar", "--format=ustar", "-cf", in_folder("plain.tar"), "-C", "/etc", "hostname",
	       "passwd"),
	   "another archive");
	refused_packed(in_folder("plain.tar"), "holds no disk image, but 'hostname', 'passwd'");
	refused("host:/nowhere/x.ova", NULL, VBC_E_NOTFOUND, "'host:/nowhere/x.ova' is not there");
}

/* What VirtualBox itself refuses. */
static void test_damaged(const char *raw)
{
	const char *half = make_half(
		"half.vmdk", convert(raw, "good.vmdk", "vmdk", "subformat=streamOptimized"));
	char on_host[600];

	if (takes_uploads(host))
		refused(half, NULL, VBC_E_ARG, "is damaged or cut short");
	else
		refused(half, NULL, VBC_E_VERSION, "cannot take uploads");
	snprintf(on_host, sizeof(on_host), "host:%s", in_folder("half.qcow2"));
	refused(on_host, NULL, VBC_E_ARG, "is damaged or cut short");
	snprintf(on_host, sizeof(on_host), "host:%s", raw);
	refused(on_host, NULL, VBC_E_ARG, ".hdd");
	snprintf(on_host, sizeof(on_host), "host:%s", in_folder("zstd.qcow2"));
	refused(on_host, NULL, VBC_E_ARG, "is compressed in a way");
	refused("host:/nowhere/x.vdi", NULL, VBC_E_NOTFOUND, "is not there");
	refused("host:x.vdi", NULL, VBC_E_ARG, "not the complete path of a file");
	refused("host:", NULL, VBC_E_ARG, "no file");
}

static void test_names_and_options(const char *raw)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_image *image = NULL;
	char longest[257];

	memset(longest, 'n', 256);
	longest[256] = '\0';
	refused_named(longest, "256 characters");
	refused_named("", "needs a name");
	refused_named("two\nlines", "U+000A");
	refused_named("bell\a", "U+0007");
	refused_named("\xef\xbf\xbe", "U+FFFE");
	refused_named("\xed\xa0\x80", "U+D800");
	refused_named("\xff", "UTF-8");
	opts.os_type = "Nonsense_64";
	refused(raw, &opts, VBC_E_ARG, "Nonsense_64");
	opts.os_type = NULL;
	opts.description = "bell\a";
	refused(raw, &opts, VBC_E_ARG, "description");
	opts.description = NULL;
	opts.name = "there is one";
	is_int(vbc_image_import(host, raw, &opts, NULL, &image, NULL), 0, "an image");
	refused(raw, &opts, VBC_E_EXISTS, "there is an image 'there is one' already");
	is_int(vbc_image_delete(host, opts.name, NULL, NULL), 0, "is deleted by its name");
	vbc_image_free(image);
}

static void test_missing(void)
{
	static const char *const names[] = {"no such image", "", "host:/x",
					    "12345678-1234-1234-1234-123456789abc"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vbc_image *image = NULL;
		struct vbc_error err = {0};
		int code = names[i][0] ? VBC_E_NOTFOUND : VBC_E_ARG;

		is_int(vbc_image_get(host, names[i], &image, &err), code, "no '%s'", names[i]);
		ok(strstr(err.text, names[i]) && !image, "%s", err.text);
		is_int(vbc_image_delete(host, names[i], NULL, NULL), code, "nor to delete");
	}
}

struct watch {
	uint64_t stop_at; /* bytes */
	bool kill;
	uint64_t last;
	unsigned percent;
	bool backwards;
	const char *file;
	bool named;
};

static int on_tick(void *data, const struct vbc_progress *p)
{
	struct watch *w = data;

	w->backwards = w->backwards || (p->total && p->done < w->last) || p->percent < w->percent;
	w->last = p->total ? p->done : w->last;
	w->percent = p->percent;
	w->named = w->named || (p->what && strstr(p->what, w->file));
	if (!p->total || p->done < w->stop_at)
		return 0;
	if (w->kill)
		raise(SIGKILL);
	return 1;
}

static int import_watched(const char *raw, struct watch *w, unsigned timeout_ms,
			  struct vbc_error *err)
{
	struct vbc_wait wait = {.timeout_ms = timeout_ms, .tick = on_tick, .data = w};
	struct vbc_image *image = NULL;
	int code = vbc_image_import(host, raw, NULL, &wait, &image, err);

	if (!code)
		ok(vbc_image_delete(host, image->id, NULL, NULL) == 0, "it is deleted again");
	vbc_image_free(image);
	return code;
}

static void test_cancel(const char *raw, uint64_t size)
{
	struct vbc_error err = {0};
	struct watch all = {.stop_at = UINT64_MAX, .file = "large.raw"};
	struct watch start = {.stop_at = 0, .file = ""}, middle = {.stop_at = size / 2, .file = ""};
	struct watch late = {.stop_at = UINT64_MAX, .file = ""};

	is_int(import_watched(raw, &all, 0, &err), 0, "a watched import");
	ok(all.named && !all.backwards, "it tells what it does, and only goes forward");
	is_int(all.last, size, "to the last byte");
	is_int(import_watched(raw, &start, 0, &err), VBC_E_CANCELLED, "cancelled at its start");
	is_str(err.text, "cancelled", "which it says");
	is_int(import_watched(raw, &middle, 0, NULL), VBC_E_CANCELLED, "cancelled half-way");
	is_int(import_watched(raw, &late, 300, NULL), VBC_E_TIMEOUT, "stopped by its time limit");
}

/* The child's own handle: it is killed in the middle of its upload. */
static void killed_at(const char *raw, uint64_t bytes)
{
	struct watch w = {.stop_at = bytes, .kill = true, .file = ""};
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(import_watched(raw, &w, 0, NULL) ? 1 : 0);
	if (child < 0 || waitpid(child, &status, 0) != child)
		bail_out("no child process");
	ok(WIFSIGNALED(status), "an import is killed after %llu bytes", (unsigned long long)bytes);
}

static void test_uploads(const char *raw, uint64_t size, const struct state *before)
{
	test_cancel(raw, size);
	check_unchanged(before);
	killed_at(raw, 0);
	check_unchanged(before);
	killed_at(raw, size / 2);
	check_unchanged(before);
}

int main(void)
{
	static const uint64_t size = 64 * MIB;
	struct state before;
	const char *raw, *large;

	host = host_open();
	make_image_folder();
	raw = make_raw("base.raw", 8 * MIB, 65536);
	large = make_raw("large.raw", size, 1 << 20);
	before = look();
	test_files(raw);
	test_damaged(raw);
	test_parts(raw);
	test_archives();
	test_names_and_options(importable(host, raw));
	test_missing();
	check_unchanged(&before);
	if (takes_uploads(host))
		test_uploads(large, size, &before);
	else
		refused(large, NULL, VBC_E_VERSION, "import it as 'host:/PATH'");
	vbc_host_close(host);
	return tap_done();
}
