/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Importing an image. In order: the checks, the journal, the source (a file of the host is opened
 * where it is, one from here or from elsewhere is uploaded first), the copy into a new VDI, the
 * metadata. A raw disk is uploaded into a VDI, which then is not a copy but the image: a copy would
 * read all of its zeros. From an OVA of the host VirtualBox itself makes the VDI. Whatever fails,
 * the journal's undo removes it all.
 */
#include "image/import.h"

#include <vboxcloud/image.h>

#include <string.h>

#include "base/clock.h"
#include "base/given.h"
#include "base/name.h"
#include "base/path.h"
#include "base/str.h"
#include "base/wait.h"
#include "disk/kinds.h"
#include "disk/medium-create.h"
#include "disk/medium-facts.h"
#include "fetch/link.h"
#include "host/folders.h"
#include "image/archive.h"
#include "image/fetched.h"
#include "image/look.h"
#include "image/name.h"
#include "image/record.h"
#include "image/source.h"
#include "imagefile/open.h"
#include "imagefile/raw.h"
#include "journal/entry.h"
#include "journal/run.h"
#include "journal/work.h"
#include "machine/platform.h"
#include "transfer/checksum.h"
#include "transfer/packed.h"
#include "transfer/remote.h"
#include "transfer/resume.h"
#include "transfer/upload.h"
#include "vbox/meta.h"

#define TICK_MS     100
#define FETCH_GIB   64 /* the most that is fetched where no limit is stated */
#define HOST_PREFIX "host:"

/* How much of the whole each part takes, in percent: looking through what is packed, uploading. */
enum { AT_UPLOAD = 10, AT_COPY = 90, AT_END = 100 };

struct import {
	struct vbc_source source;
	const struct vbc_image_given *given; /* NULL: a file                             */
	const struct vbc_image_import_opts *opts;
	struct vbc_image planned; /* what is to be recorded                               */
	struct vbc_image *image;  /* the result                                           */
	char *path;               /* of a file here that was named by a URL               */
	/* While the file here is looked through */
	struct vbc_looking looking;
	struct vbc_op *op;
	const char *what;
	int64_t ticked_ms;
	/* of one run */
	char id[37];          /* of the journal's entry and the files                 */
	const char *target;   /* path on the host                                     */
	const char *settings; /* the same, of the machine in an archive             */
};

/* All that can be known before anything is made. */
static int import_check_host(struct vbc_op *op, const struct import *im)
{
	if (!im->source.on_host && !vbc_op_has(op, VBC_M_IMedium_openForIO))
		return vbc_fail(
			&op->error, VBC_E_VERSION,
			"VirtualBox %s cannot take uploads (6.0 and later can); copy the file "
			"to the host and import it as 'host:/PATH'",
			op->session->version_text);
	return vbc_image_check_new(op, &im->planned);
}

/*
 * The files of the work begin with its id. Where others work under the same id, before or after,
 * the files of each are its own: nobody's undo removes another's.
 */
static const char *import_name_files(struct vbc_op *op, struct import *im)
{
	const char *own = vbc_arena_strdup(&op->arena, im->id);

	if (!im->given || !own)
		return own;
	memcpy(im->id, im->given->id, sizeof(im->id));
	return vbc_arena_printf(&op->arena, "%s-%.8s", im->id, own);
}

static int import_plan_paths(struct vbc_op *op, struct import *im)
{
	struct vbc_folders folders = {0};
	const char *name, *files;
	bool raw = !im->source.on_host && streq(im->source.here.suffix, "hdd");
	int code = vbc_folders_get(op, &folders);

	if (!code)
		code = vbc_op_make_uuid(op, im->id);
	if (code)
		return code;
	files = import_name_files(op, im);
	name = files ? vbc_arena_printf(&op->arena, "%s.vdi", files) : NULL;
	im->target = name ? vbc_path_join(&op->arena, folders.images, name) : NULL;
	if (files && !im->source.on_host) {
		name = vbc_arena_printf(&op->arena, "%s.%s", files,
					raw ? "vdi" : im->source.here.suffix);
		im->source.path = name ? vbc_path_join(&op->arena, folders.uploads, name) : NULL;
	}
	im->source.disk = raw;
	im->settings = im->source.archive ? vbc_path_settings(op, &folders, im->id) : "";
	return im->target && im->source.path && im->settings ? VBC_OK : vbc_fail_nomem(&op->error);
}

/* What an archive says of its machine counts where the caller says nothing. */
static void import_inherit_facts(struct import *im, const char *os_type, unsigned cpus,
				 unsigned memory_mib, const struct vbc_platform *p)
{
	if (!im->opts->os_type && os_type[0])
		im->planned.os_type = os_type;
	if (!im->opts->min_cpus)
		im->planned.min_cpus = cpus;
	if (!im->opts->min_memory_mib)
		im->planned.min_memory_mib = memory_mib;
	if (!im->opts->firmware)
		im->planned.firmware = p->firmware;
	im->planned.chipset = p->chipset;
	im->planned.tpm = p->tpm;
}

static struct vbc_platform import_platform_of_file(const struct vbc_image_file *here)
{
	return (struct vbc_platform){.firmware = here->firmware,
				     .chipset = here->chipset,
				     .tpm = here->tpm,
				     .nvram = here->nvram};
}

static void import_inherit_of_file(struct import *im)
{
	const struct vbc_image_file *here = &im->source.here;
	const struct vbc_platform platform = import_platform_of_file(here);

	import_inherit_facts(im, here->os_type, here->cpus, here->memory_mib, &platform);
}

/* While a file is looked at, also when an upload has to go through a packed one to some place. */
static int import_report_progress(void *data, uint64_t done, uint64_t total)
{
	struct import *im = data;
	int64_t now_ms = vbc_now_ms();

	if (now_ms < im->ticked_ms + TICK_MS)
		return VBC_OK;
	im->ticked_ms = now_ms;
	if (im->what)
		im->op->progress = (struct vbc_progress){
			.what = im->what, .done = done < total ? done : total, .total = total};
	vbc_op_keep(im->op);
	return vbc_op_tick(im->op);
}

/* From here on the progress is of this work on the source. */
static int import_begin_looking(struct vbc_op *op, struct import *im, const char *doing)
{
	im->op = op;
	im->ticked_ms = 0;
	im->what = vbc_arena_printf(&op->arena, "%s %s", doing, vbc_path_base(im->source.file));
	return im->what ? VBC_OK : vbc_fail_nomem(&op->error);
}

static void import_end_looking(struct import *im)
{
	im->what = NULL;
	im->op->progress = (struct vbc_progress){0};
}

static int import_fetch_file(struct vbc_op *op, struct import *im)
{
	int code = import_begin_looking(op, im, "fetching");

	if (!code)
		code = vbc_source_fetch(op, &im->source, &im->looking);
	import_end_looking(im);
	return code;
}

static uint64_t import_get_limit(const struct import *im)
{
	return (uint64_t)(im->opts->max_gib ? im->opts->max_gib : FETCH_GIB) << 30;
}

/* Little may become much. */
static int import_check_unpacked(struct vbc_op *op, const struct import *im)
{
	uint64_t most = import_get_limit(im);

	if (!im->source.remote || im->source.here.content.size_bytes <= most)
		return VBC_OK;
	return vbc_fail_hint(&op->error, VBC_E_ARG, VBC_HINT_FETCH_LIMIT,
			     "'%s' unpacks to %llu bytes, and the limit is %llu", im->source.file,
			     (unsigned long long)im->source.here.content.size_bytes,
			     (unsigned long long)most);
}

/* Finds the disk in a packed file. A second run finds it found. */
static int import_unpack_file(struct vbc_op *op, struct import *im)
{
	int code;

	if (!im->source.here.packed)
		return VBC_OK;
	code = import_begin_looking(op, im, "looking through");
	if (!code)
		code = vbc_image_file_unpack(im->source.file, im->source.format, &im->looking,
					     &im->source.here, &op->error);
	import_end_looking(im);
	if (!code)
		code = import_check_unpacked(op, im);
	if (code)
		return code;
	im->source.unpacked = true;
	import_inherit_of_file(im);
	return im->opts->os_type || !im->source.here.os_type[0]
		       ? VBC_OK
		       : vbc_image_check_os_type(op, im->planned.os_type);
}

static int import_copy_disk(struct vbc_op *op, const struct import *im, vbc_ref source,
			    vbc_ref *ret_medium)
{
	uint64_t size_bytes = 0;
	int code = vbc_medium_opened_size(op, source, "file", im->source.file, &size_bytes);

	if (!code)
		code = vbc_medium_copy(op, source, im->target,
				       size_bytes < VBC_UPLOAD_DISK_MIN ? VBC_UPLOAD_DISK_MIN : 0,
				       "copying the image", im->source.on_host ? 0 : AT_COPY,
				       AT_END, ret_medium);
	return code ? vbc_source_explain(op, &im->source, code) : VBC_OK;
}

/* The copy of the source, or the source itself, if it was made for that. */
static int import_take_disk(struct vbc_op *op, const struct import *im, vbc_ref source,
			    vbc_ref *ret_medium)
{
	if (!im->source.disk)
		return import_copy_disk(op, im, source, ret_medium);
	*ret_medium = source;
	return vbc_medium_rename(op, source, im->target, "creating the image", AT_END);
}

static int import_record_image(struct vbc_op *op, struct import *im, vbc_ref medium)
{
	const struct vbc_source *s = &im->source;
	struct vbc_image planned = im->planned;
	uint64_t size_bytes = s->here.content.size_bytes;
	bool raw = !s->on_host && streq(s->here.suffix, "hdd");
	char text[VBC_CHECKSUM_TEXT] = "";

	if (!s->on_host && !vbc_checksum_text(s->sum, text))
		return vbc_fail_nomem(&op->error);
	if (!im->given || !planned.sha256[0])
		planned.sha256 = text;
	else if (!streq(planned.sha256, text)) /* of the file that it was made of elsewhere */
		raw = false;
	return vbc_image_record(op, &planned,
				raw && size_bytes % 512 == 0 && size_bytes >= VBC_UPLOAD_DISK_MIN,
				medium);
}

static int import_make_of_archive(struct vbc_op *op, struct import *im, vbc_ref *ret_medium)
{
	struct vbc_archive a = {
		.source = &im->source, .settings = im->settings, .target = im->target};
	int code = vbc_archive_unpack(op, &a, ret_medium);

	if (code)
		return code;
	import_inherit_facts(im, a.os_type, a.cpus, a.memory_mib, &a.platform);
	code = import_record_image(op, im, *ret_medium);
	if (!code)
		vbc_platform_tell(op, &a.platform, "image", im->planned.name);
	return code;
}

static int import_make_of_disk(struct vbc_op *op, struct import *im, vbc_ref *ret_medium)
{
	vbc_ref source = {NULL};
	unsigned from = im->source.unpacked ? AT_UPLOAD : 0;
	unsigned to = im->source.disk ? AT_END : AT_COPY;
	int code = vbc_source_open(op, &im->source, from, to, &source);

	if (!code && im->given)
		code = im->given->check(op, im->given->data, im->source.session, im->source.path,
					im->source.sum);
	if (!code)
		code = vbc_source_look(op, &im->source, source);
	if (!code)
		code = import_take_disk(op, im, source, ret_medium);
	if (!code)
		code = import_record_image(op, im, *ret_medium);
	if (!code && !im->source.disk)
		code = vbc_source_done(op, &im->source, source);
	if (!code && !im->source.on_host) {
		const struct vbc_platform platform = import_platform_of_file(&im->source.here);

		vbc_platform_tell(op, &platform, "image", im->planned.name);
	}
	return code;
}

static int import_make_image(struct vbc_op *op, struct import *im)
{
	vbc_ref medium = {NULL};
	int code = im->source.archive ? import_make_of_archive(op, im, &medium)
				      : import_make_of_disk(op, im, &medium);

	if (!code)
		code = vbc_image_read_back(op, medium, &im->image);
	return code;
}

/* Where an upload of the same content broke off, its names are ours now, and its disk is freed. */
static int import_resume_upload(struct vbc_op *op, struct import *im)
{
	struct vbc_resume found = {.sent = 0};
	int code = vbc_resume_find(op, &im->source.here.content, &found);

	if (code || !found.sent)
		return code;
	memcpy(im->id, found.id, sizeof(im->id));
	im->target = found.target;
	im->source.path = found.source;
	im->source.disk = im->source.disk && vbc_ends_with(found.source, ".vdi");
	im->source.sent = found.sent;
	im->source.sum = found.sum;
	vbc_upload_end(op, (vbc_ref){found.session});
	vbc_op_log(op, 1, "resuming an upload that broke off after %llu MiB",
		   (unsigned long long)found.sent >> 20);
	return VBC_OK;
}

static int import_begin_upload(struct vbc_op *op, struct import *im)
{
	int code;

	vbc_checksum_free(vbc_steal(im->source.sum)); /* of a run before this one */
	im->source.sent = 0;
	code = im->source.remote ? vbc_remote_rewind(im->source.remote, &op->error) : VBC_OK;
	if (!code)
		code = import_resume_upload(op, im);
	if (!code && !im->source.sum)
		im->source.sum = vbc_checksum_new();
	if (!code && !im->source.sum)
		code = vbc_fail_nomem(&op->error);
	return code ? code : vbc_upload_begin(op, &im->source.session);
}

static int import_begin_entry(struct vbc_op *op, struct import *im, struct vbc_meta *entry)
{
	int code = VBC_OK;

	if (!im->source.on_host)
		code = import_begin_upload(op, im);
	else if (vbc_source_must_look(op, &im->source))
		code = vbc_upload_begin(op, &im->source.session);
	if (code)
		return code;
	vbc_meta_set_str(entry, "source", im->source.path);
	vbc_meta_set_str(entry, "target", im->target);
	if (im->source.archive)
		vbc_meta_set_str(entry, "unpacking", im->settings);
	if (!vbc_ref_is_null(im->source.session))
		vbc_meta_set_str(entry, "session", im->source.session.s);
	code = im->source.sent || im->given
		       ? vbc_journal_claim(op, VBC_IMAGE_KIND, im->id, entry)
		       : vbc_journal_begin_new(op, VBC_IMAGE_KIND, im->id, entry);
	if (code && !vbc_work_entry(op))
		vbc_upload_end(op, im->source.session);
	if (!code && im->given)
		code = im->given->begun(op, im->given->data);
	return code || !im->source.sent
		       ? code
		       : vbc_resume_note(op, im->source.sent, im->source.here.content.size_bytes,
					 im->source.sum);
}

static int image_import_body(struct vbc_op *op, void *arg)
{
	struct import *im = arg;
	struct vbc_meta *VBC_META entry = vbc_meta_new();
	int code = entry ? import_check_host(op, im) : vbc_fail_nomem(&op->error);

	im->source.session = (vbc_ref){NULL}; /* it may be that of a run before this one */
	if (!code)
		code = import_fetch_file(op, im);
	if (!code)
		code = import_unpack_file(op, im);
	if (!code)
		code = import_plan_paths(op, im);
	if (code)
		return code;
	code = import_begin_entry(op, im, entry);
	if (!code)
		code = import_make_image(op, im);
	if (!code)
		code = vbc_journal_end(op, im->id);
	if ((code == VBC_E_CONNECT || code == VBC_E_FETCH) && vbc_resume_can(entry))
		vbc_error_prefix(&op->error, code, "the same import resumes where it broke off");
	else if (code)
		vbc_journal_undo(op, im->id, entry);
	else
		vbc_upload_end(op, im->source.session);
	return code;
}

int vbc_image_import_given(struct vbc_op *op, const struct vbc_image_given *given,
			   struct vbc_image **ret_image)
{
	const struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct import im = {
		.source = {.file = given->name,
			   .here = {.content = *given->content, .format = "raw", .suffix = "hdd"}},
		.given = given,
		.opts = &opts,
		.planned = *given->planned};
	int code;

	*given->content = (struct vbc_stream){0};
	code = image_import_body(op, &im);
	vbc_checksum_free(im.source.sum);
	vbc_image_file_close(&im.source.here);
	if (!code)
		*ret_image = im.image;
	return code;
}

/* A file may be named in another encoding than what the host can keep. */
static const char *import_find_origin(const struct import *im, const char *file)
{
	bool whole = im->source.on_host || im->source.remote;
	const char *origin = whole ? file : vbc_path_base(file);
	size_t at;
	long c;

	return vbc_text_ok(origin, strlen(origin), &at, &c) ? origin : "";
}

static int import_take_opts(struct import *im, const struct vbc_image_import_opts *opts,
			    struct vbc_arena *a, struct vbc_error *err)
{
	const char *file = im->source.file;
	int code;

	im->planned = (struct vbc_image){
		.name = opts->name ? opts->name : vbc_image_file_name(a, im->source.path),
		.os_type = opts->os_type ? opts->os_type : VBC_IMAGE_OS_TYPE,
		.description = opts->description ? opts->description : "",
		.min_cpus = opts->min_cpus,
		.min_memory_mib = opts->min_memory_mib,
		.min_disk_gib = opts->min_disk_gib,
		.init = opts->init ? opts->init : "",
		.origin = import_find_origin(im, file),
		.sha256 = "",
		.firmware = opts->firmware ? opts->firmware : "",
		.chipset = "",
		.tpm = "",
		.username = opts->username ? opts->username : "",
	};
	if (!im->planned.name)
		return vbc_fail_nomem(err);
	im->source.format = opts->format;
	code = vbc_image_check_words(&im->planned, err);
	if (!code)
		code = vbc_format_check(opts->format, err);
	if (!code && im->source.archive && opts->format)
		code = vbc_fail(err, VBC_E_ARG,
				"'%s' is an archive on the host, and VirtualBox itself tells what "
				"is in it: omit the format",
				file);
	return code;
}

/* Of any system: /srv/x.vdi, C:\x.vdi, \\server\x.vdi */
static bool import_is_whole_path(const char *path)
{
	return path[0] == '/' || path[0] == '\\' || path[1] == ':';
}

/* Of what comes from elsewhere. */
static int import_take_remote(struct import *im, const char *file, struct vbc_error *err)
{
	const struct vbc_remote_opts opts = {.max_bytes = import_get_limit(im),
					     .looking = &im->looking};
	int code = vbc_remote_new(file, &opts, &im->source.remote, err);

	if (code)
		return code;
	im->source.file = vbc_remote_shown(im->source.remote);
	im->source.path = vbc_remote_name(im->source.remote);
	if (im->opts->name || im->source.path[0])
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG, "'%s' has no file name to call the image by: give it one",
			im->source.file);
}

static int import_take_source(struct import *im, const char *file, struct vbc_error *err)
{
	if (!file || !file[0] || streq(file, HOST_PREFIX))
		return vbc_fail(err, VBC_E_ARG, "no file was named");
	if (vbc_remote_is(file))
		return import_take_remote(im, file, err);
	if (vbc_link_is_local(file)) {
		int code = vbc_link_path(file, &im->path, err);

		im->source.file = im->source.path = im->path;
		return code;
	}
	im->source.file = im->source.path = file;
	im->source.on_host = vbc_starts_with(file, HOST_PREFIX);
	if (!im->source.on_host && vbc_link_check_scheme(file, err))
		return VBC_E_ARG;
	if (im->source.on_host)
		im->source.path += strlen(HOST_PREFIX);
	im->source.archive = im->source.on_host && vbc_has_suffix(file, ".ova");
	if (!im->source.on_host)
		return VBC_OK;
	if (vbc_text_check("the path on the host", im->source.path, err))
		return VBC_E_ARG;
	return import_is_whole_path(im->source.path)
		       ? VBC_OK
		       : vbc_fail(err, VBC_E_ARG,
				  "'%s' is not the complete path of a file on the host, such "
				  "as " HOST_PREFIX "/srv/disk.vdi",
				  file);
}

static int import_take_sum(struct import *im, struct vbc_error *err)
{
	const struct vbc_image_import_opts *opts = im->opts;

	if (!opts->sha256 && !opts->checksum_url)
		return VBC_OK;
	if (im->source.on_host)
		return vbc_fail(err, VBC_E_ARG,
				"'%s' is a file on the host, where its checksum cannot be computed",
				im->source.file);
	if (opts->sha256 && opts->checksum_url)
		return vbc_fail(err, VBC_E_ARG,
				"both a SHA-256 and a list of checksums were given; give only one");
	im->source.checksum_url = opts->checksum_url;
	if (opts->sha256)
		return vbc_sum_parse(opts->sha256, &im->source.want, err);
	if (im->source.path[0])
		return VBC_OK;
	return vbc_fail(err, VBC_E_ARG, "'%s' has no file name to look for in a list of checksums",
			im->source.file);
}

/* Before anything is asked of the host; but whoever waits is asked whether to go on. */
static int import_open_here(struct import *im, struct vbc_host *host, const struct vbc_wait *wait,
			    struct vbc_error *err)
{
	struct vbc_op op = {.host = host, .wait = wait, .deadline_ms = vbc_wait_deadline(wait)};
	int code;

	code = import_begin_looking(&op, im, "checking");
	if (!code)
		code = vbc_source_check_here(&im->source, &im->looking, &op.error);
	if (!code)
		code = vbc_image_file_open(im->source.file, im->source.format, &im->looking,
					   &im->source.here, &op.error);
	import_end_looking(im);
	im->op = NULL;
	if (code && err)
		*err = op.error;
	vbc_arena_done(&op.arena);
	return code;
}

int vbc_image_import(struct vbc_host *host, const char *file,
		     const struct vbc_image_import_opts *opts, const struct vbc_wait *wait,
		     struct vbc_image **ret_image, struct vbc_error *err)
{
	if (vbc_lacks(err, host, file, ret_image))
		return VBC_E_ARG;

	struct vbc_arena VBC_ARENA arena = {0};
	struct vbc_image_import_opts o = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct import im = {.opts = &o, .looking = {.tick = import_report_progress, .data = &im}};
	int code;

	vbc_opts_read(&o, opts);
	code = import_take_source(&im, file, err);
	if (!code)
		code = import_take_opts(&im, &o, &arena, err);
	if (!code)
		code = import_take_sum(&im, err);
	if (!code && !im.source.on_host && !im.source.remote)
		code = import_open_here(&im, host, wait, err);
	if (!code)
		code = vbc_run_recovered(host, wait, err, image_import_body, &im);
	vbc_checksum_free(im.source.sum);
	vbc_image_file_close(&im.source.here);
	vbc_remote_close(im.source.remote);
	free(im.path);
	if (!code)
		*ret_image = im.image;
	return code;
}
