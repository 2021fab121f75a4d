/* SPDX-License-Identifier: Apache-2.0 */
#include "node/install-disc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "disk/medium.h"
#include "disk/seed-disc.h"
#include "journal/work.h"
#include "transfer/upload.h"
#include "vbox/aside.h"
#include "vbox/meta.h"

#define HOST_PREFIX "host:"
#define DISC_SECTOR 2048u
#define DISC_MARK   16u /* the sector that says what it is: ISO 9660, or the beginning of UDF */

/* In a journal's entry. */
#define PATH    "disc"
#define SESSION "disc_session"
#define FORGET  "disc_forget"

static int disc_refuse(const char *file, struct vbc_error *err, const char *why)
{
	return vbc_fail(err, VBC_E_ARG, "'%s' %s", file, why);
}

static int disc_fail_errno(const char *file, struct vbc_error *err, int os)
{
	int code = vbc_fail(err, os == ENOENT || os == ENOTDIR ? VBC_E_NOTFOUND : VBC_E_ARG,
			    "cannot read '%s': %s", file, strerror(os));

	err->os = os;
	return code;
}

/* Any other file would be sent for hours, and be found to start nothing then. */
static int disc_check_mark(const char *file, int fd, uint64_t size_bytes, struct vbc_error *err)
{
	char mark[6] = "";

	if (size_bytes >= (uint64_t)(DISC_MARK + 1) * DISC_SECTOR &&
	    vbc_read_exactly(fd, (uint64_t)DISC_MARK * DISC_SECTOR + 1, mark, 5, err))
		return err->code;
	if (streq(mark, "CD001") || streq(mark, "BEA01"))
		return VBC_OK;
	return disc_refuse(
		file, err,
		"is not a disc image: it has neither the mark of ISO 9660 nor that of UDF");
}

static int disc_open_here(struct vbc_install_disc *disc, struct vbc_error *err)
{
	/* Without waiting, lest a FIFO stop us. */
	struct vbc_piece piece = {.fd = open(disc->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	struct stat st = {0};
	int code = VBC_OK;

	if (piece.fd < 0)
		return disc_fail_errno(disc->file, err, errno);
	if (fstat(piece.fd, &st) != 0)
		code = disc_fail_errno(disc->file, err, errno);
	else if (!S_ISREG(st.st_mode))
		code = disc_refuse(disc->file, err, "is not a regular file");
	if (!code)
		code = disc_check_mark(disc->file, piece.fd, (uint64_t)st.st_size, err);
	if (code) {
		close(piece.fd);
		return code;
	}
	piece.size_bytes = (uint64_t)st.st_size;
	return vbc_stream_add(&disc->here, &piece, err);
}

int vbc_install_disc_take(const char *file, struct vbc_install_disc *ret, struct vbc_error *err)
{
	*ret = (struct vbc_install_disc){.file = file};
	ret->on_host = vbc_starts_with(file, HOST_PREFIX);
	if (!ret->on_host)
		return disc_open_here(ret, err);
	ret->path = file + strlen(HOST_PREFIX);
	return vbc_path_is_absolute(ret->path)
		       ? VBC_OK
		       : disc_refuse(file, err, "is not an absolute path on the host");
}

void vbc_install_disc_close(struct vbc_install_disc *disc)
{
	vbc_stream_close(&disc->here);
}

static int disc_find_known(struct vbc_op *op, const char *path, bool *ret_known)
{
	struct vbc_refs discs = {0};
	const char **locations = NULL;
	int code = vbc_IVirtualBox_getDVDImages(op, op->vbox, &discs);

	if (!code && discs.n)
		code = vbc_medium_locations(op, &discs, &locations);
	for (size_t i = 0; !code && i < discs.n; i++)
		*ret_known = *ret_known || (locations[i] && streq(locations[i], path));
	return code;
}

/* What VirtualBox has against a file of the host, in words. */
static int disc_explain(struct vbc_op *op, const struct vbc_install_disc *disc, int code)
{
	if (!op->error.component[0] || (code != VBC_E_FAULT && code != VBC_E_NOTFOUND))
		return code;
	return vbc_error_restate(&op->error, code == VBC_E_NOTFOUND ? code : VBC_E_ARG,
				 "'%s' cannot be opened by VirtualBox as a disc: %s", disc->file,
				 op->error.text);
}

int vbc_install_disc_begin(struct vbc_op *op, struct vbc_install_disc *disc, const char *folder,
			   struct vbc_meta *entry)
{
	int code = VBC_OK;

	if (disc->on_host) {
		disc->known = false;
		code = disc_find_known(op, disc->path, &disc->known);
		if (!disc->known)
			vbc_meta_set_str(entry, FORGET, disc->path);
		return code;
	}
	if (!vbc_op_has(op, VBC_M_IMedium_openForIO))
		return vbc_fail(&op->error, VBC_E_VERSION,
				"VirtualBox %s cannot take uploads (6.0 and later can); copy the "
				"file to the host and name it as 'host:/PATH'",
				op->session->version_text);
	disc->path = vbc_path_join(&op->arena, folder, VBC_INSTALL_FILE);
	if (!disc->path)
		return vbc_fail_nomem(&op->error);
	vbc_meta_set_str(entry, PATH, disc->path);
	return VBC_OK;
}

/* Its web session is for this upload alone, which may take hours. */
static int disc_upload(struct vbc_op *op, struct vbc_install_disc *disc, unsigned from, unsigned to)
{
	uint64_t bytes = disc->here.size_bytes;
	struct vbc_upload upload = {
		.stream = &disc->here, .path = disc->path, .from = from, .to = to};
	int code = vbc_upload_begin(op, &disc->session);

	upload.session = disc->session;
	upload.size_bytes = (bytes + DISC_SECTOR - 1) / DISC_SECTOR * DISC_SECTOR;
	upload.what = vbc_arena_printf(&op->arena, "uploading %s", vbc_path_base(disc->file));
	if (!code && !upload.what)
		code = vbc_fail_nomem(&op->error);
	if (!code)
		code = vbc_work_note(op, SESSION, disc->session.s);
	if (!code)
		code = vbc_upload_file(op, &upload);
	if (!code)
		vbc_upload_end(op, disc->session);
	return code;
}

int vbc_install_disc_create(struct vbc_op *op, struct vbc_install_disc *disc, unsigned from,
			    unsigned to)
{
	int code = disc->on_host ? VBC_OK : disc_upload(op, disc, from, to);

	if (code)
		return code;
	code = vbc_seed_open(op, disc->path, &disc->disc);
	return code ? disc_explain(op, disc, code) : VBC_OK;
}

int vbc_install_disc_undo(struct vbc_op *op, const struct vbc_meta *entry)
{
	const char *path = vbc_meta_str(entry, PATH);

	if (!path[0])
		return VBC_OK;
	vbc_upload_end(op, (vbc_ref){vbc_meta_str(entry, SESSION)});
	return vbc_seed_wipe(op, path, NULL);
}

/* Unless another machine has it by now. That it stays known would do no harm. */
int vbc_install_disc_forget(struct vbc_op *op, const struct vbc_meta *entry)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	const char *path = vbc_meta_str(entry, FORGET);
	struct vbc_strs machines = {0};
	vbc_ref disc = {NULL};

	if (path[0] && !vbc_seed_open(op, path, &disc) &&
	    !vbc_IMedium_getMachineIds(op, disc, &machines) && !machines.n)
		vbc_IMedium_close(op, disc);
	return VBC_OK;
}

bool vbc_install_disc_is(const char *path)
{
	return streq(vbc_path_base(path), VBC_INSTALL_FILE);
}
