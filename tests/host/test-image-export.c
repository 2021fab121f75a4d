/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exports of images from a real host: what arrives is what was imported, whole or not at all,
 * cancelled, late and killed; the image is free again afterwards.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image-files.h"
#include "nodes.h"
#include "volumes.h"

#define SIZE (24 * MIB)

static struct vbc_host *host;
static const char *folder; /* empty but for what is exported */

static size_t count_files(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static const char *in_exports(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static struct vbc_image *import(const char *file, const char *name)
{
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct vbc_image *image = NULL;
	struct vbc_error err = {0};

	opts.name = own_name(name);
	if (vbc_image_import(host, importable(host, file), &opts, NULL, &image, &err))
		bail_out(err.text);
	return image;
}

/* "sha256sum FILE" says the same. */
static void check_sum(const char *file, const char *sha256)
{
	const char *list = in_folder("sums");
	FILE *f = fopen(list, "we");

	if (!f)
		bail_out("no file for a checksum");
	fprintf(f, "%s  %s\n", sha256, file);
	fclose(f);
	ok(RUN("sha256sum", "--check", "--status", list), "the checksum is the file's: %s", sha256);
}

static void check_exported(const struct vbc_image *image, const char *raw)
{
	const char *file = in_exports("whole.raw");
	struct vbc_error err = {0};
	char sha256[65] = "";
	struct stat st;

	succeeds(vbc_image_export(host, image->name, file, NULL, sha256, &err), &err, "an export");
	ok(RUN("cmp", raw, file), "holds what was imported");
	check_sum(file, sha256);
	ok(stat(file, &st) == 0 && st.st_blocks * 512ull < SIZE / 2, "with holes in it");
	is_int(st.st_mode & 0777, 0644, "readable as other files are");
	is_int(count_files(), 1, "and nothing beside it");
	unlink(file);
}

static void test_replaced(const struct vbc_image *image)
{
	const char *file = in_exports("there.img");
	struct vbc_error err = {0};
	FILE *f = fopen(file, "we");
	struct stat st;

	if (!f || fclose(f) != 0)
		bail_out("no file to be replaced");
	succeeds(vbc_image_export(host, image->id, file, NULL, NULL, &err), &err,
		 "an export over a file");
	ok(stat(file, &st) == 0 && (uint64_t)st.st_size == SIZE, "replaces it");
	unlink(file);
}

static void refused(const char *image, const char *file, int code, const char *text)
{
	struct vbc_error err = {0};
	char sha256[65] = "untouched";

	refuses(vbc_image_export(host, image, file, NULL, sha256, &err), &err, code, text, text);
	is_str(sha256, "untouched", "the output is untouched");
}

static void test_refused(const struct vbc_image *image)
{
	refused(own_name("no image"), in_exports("x.raw"), VBC_E_NOTFOUND, "there is no image");
	refused(image->id, "", VBC_E_ARG, "no file");
	refused(image->id, "/dev/null", VBC_E_ARG, "not a regular file");
	refused(image->id, in_exports("nowhere/x.raw"), VBC_E_NOTFOUND, "No such file");
	refused(image->id, in_exports("x.qcow2"), VBC_E_ARG, "exported as raw disks");
	is_int(count_files(), 0, "none of them leaves a file");
}

static int on_tick(void *data, const struct vbc_progress *p)
{
	bool kill = *(bool *)data;

	if (!p->total || p->done < SIZE / 2)
		return 0;
	if (kill)
		raise(SIGKILL);
	return 1;
}

static int export_half(const struct vbc_image *image, bool kill, struct vbc_error *err)
{
	struct vbc_wait wait = {.tick = on_tick, .data = &kill};

	return vbc_image_export(host, image->id, in_exports("half.raw"), &wait, NULL, err);
}

static void test_cancelled(const struct vbc_image *image)
{
	struct vbc_wait late = {.timeout_ms = 1};
	struct vbc_error err = {0};

	is_int(export_half(image, false, &err), VBC_E_CANCELLED, "an export is cancelled");
	err = (struct vbc_error){0};
	is_int(vbc_image_export(host, image->id, in_exports("late.raw"), &late, NULL, &err),
	       VBC_E_TIMEOUT, "one is late");
	is_int(count_files(), 0, "neither leaves a file");
}

/* The next call of any client frees the image that a killed one was reading. */
static void test_killed(const struct vbc_image *image)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(export_half(image, true, NULL) ? 1 : 0);
	if (child < 0 || waitpid(child, &status, 0) != child)
		bail_out("no child process");
	ok(WIFSIGNALED(status), "an export is killed");
	ok(RUN("find", folder, "-type", "f", "-delete"), "its file is removed");
	vbc_image_export(host, image->id, in_exports("next.raw"), NULL, NULL, NULL);
	is_int(count_files(), 1, "the next one is made");
	ok(RUN("find", folder, "-type", "f", "-delete"), "and removed");
}

/* A byte of the image's file is changed behind VirtualBox's back. */
static void test_spoilt(const struct vbc_image *image)
{
	struct vbc_error err = {0};
	struct stat st;
	FILE *f;

	if (access(image->location, W_OK) != 0 || stat(image->location, &st) != 0) {
		tap_skip("a spoilt image", "the host's disk is not this machine's");
		return;
	}
	f = fopen(image->location, "r+e");
	if (!f || fseek(f, st.st_size - (long)MIB + 10, SEEK_SET) != 0 || fputc(0xA5, f) == EOF ||
	    fclose(f) != 0)
		bail_out("the image's file cannot be changed");
	refuses(vbc_image_export(host, image->id, in_exports("spoilt.raw"), NULL, NULL, &err), &err,
		VBC_E_FAULT, "not what was imported", "a spoilt image");
	is_int(count_files(), 0, "it leaves no file");
}

/* By VirtualBox 5. */
static void test_unreadable(const struct vbc_image *image)
{
	struct vbc_error err = {0};

	refused(image->id, in_exports("x.raw"), VBC_E_VERSION, "copy '/");
	is_int(count_files(), 0, "it leaves no file");
	succeeds(vbc_image_delete(host, image->id, NULL, &err), &err, "the image is deleted");
}

static void test_exports(const struct vbc_image *image, const char *raw)
{
	struct vbc_image *copy = NULL;
	struct vbc_error err = {0};

	check_exported(image, raw);
	test_replaced(image);
	test_refused(image);
	test_cancelled(image);
	test_killed(image);
	succeeds(vbc_image_copy(host, image->id, own_name("a copy"), NULL, NULL, &copy, &err), &err,
		 "it is copied");
	test_spoilt(image);
	succeeds(vbc_image_delete(host, image->id, NULL, &err), &err, "the original is deleted");
	if (copy) {
		check_exported(copy, raw);
		succeeds(vbc_image_delete(host, copy->id, NULL, &err), &err, "the copy is deleted");
	}
	vbc_image_free(copy);
}

int main(void)
{
	struct vbc_image *image;
	struct holdings before;
	const char *raw;

	host = host_open();
	make_image(host); /* before files are counted: so the folder of images is there */
	folder = in_folder("exports");
	if (mkdir(folder, 0755) != 0)
		bail_out("no folder for exports");
	umask(022);
	raw = make_raw("base.raw", SIZE, 65536);
	before = look(host);
	image = import(raw, "exported");
	if (takes_uploads(host))
		test_exports(image, raw);
	else
		test_unreadable(image);
	is_as_before(host, &before, "exports");
	delete_image(host);
	vbc_image_free(image);
	vbc_host_close(host);
	return tap_done();
}
