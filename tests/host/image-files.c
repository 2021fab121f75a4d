/* SPDX-License-Identifier: Apache-2.0 */
#include "image-files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATHS 64

static char folder[] = "/tmp/vboxcloud-images-XXXXXX";
static pid_t maker; /* not its forked children, who must leave the folder alone */

static void remove_folder(void)
{
	if (getpid() == maker)
		RUN("rm", "-rf", folder);
}

void make_image_folder(void)
{
	if (!mkdtemp(folder))
		bail_out("no temporary folder");
	maker = getpid();
	atexit(remove_folder);
	/* The host may be a process of another user. */
	if (chmod(folder, 0755) != 0)
		bail_out("no temporary folder for all");
}

const char *in_folder(const char *name)
{
	static char paths[PATHS][512];
	static unsigned n;

	if (n == PATHS)
		bail_out("too many files");
	snprintf(paths[n], sizeof(paths[n]), "%s/%s", folder, name);
	return paths[n++];
}

const char *make_raw(const char *name, uint64_t size, size_t noise)
{
	const char *path = in_folder(name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	uint32_t *data = malloc(noise), seed = 12345;
	bool good = fd >= 0 && data && ftruncate(fd, (off_t)size) == 0;

	for (uint64_t at = 0; good && at + noise <= size; at += MIB) {
		if (at / MIB % 3 == 2)
			continue;
		for (size_t i = 0; i < noise / 4; i++)
			data[i] = seed = seed * 1664525 + 1013904223;
		good = pwrite(fd, data, noise, (off_t)at) == (ssize_t)noise;
	}
	free(data);
	if (!good || close(fd) != 0)
		bail_out("a raw disk cannot be written");
	return path;
}

const char *make_bytes(const char *name, const void *bytes, size_t n)
{
	const char *path = in_folder(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) != 0)
		bail_out("a file cannot be written");
	return path;
}

const char *make_half(const char *name, const char *of)
{
	const char *path = in_folder(name);
	struct stat st;

	if (!RUN("cp", of, path) || stat(path, &st) != 0 || truncate(path, st.st_size / 2) != 0)
		bail_out("a file cannot be cut");
	return path;
}

const char *convert(const char *raw, const char *name, const char *format, const char *options)
{
	const char *path = in_folder(name);
	const char *o = options ? options : "";
	bool good =
		options ? RUN("qemu-img", "convert", "-f", "raw", "-O", format, "-o", o, raw, path)
			: RUN("qemu-img", "convert", "-f", "raw", "-O", format, raw, path);

	if (!good)
		bail_out("qemu-img cannot convert");
	return path;
}

const char *make_ova(const char *name, const char *ovf, const char *const *files)
{
	const char *path = in_folder(name);
	const char *words[16] = {"tar", "--format=ustar", "-C", folder, "-cf", path, "x.ovf"};

	make_bytes("x.ovf", ovf, strlen(ovf));
	for (size_t i = 0; files[i] && i < 8; i++)
		words[7 + i] = files[i];
	if (!run(words))
		bail_out("tar cannot pack");
	return path;
}

bool same_content(const char *raw, const char *file, const char *format)
{
	return RUN("qemu-img", "compare", "-f", "raw", "-F", format, raw, file);
}

bool takes_uploads(struct vbc_host *host)
{
	struct vbc_findings *findings = NULL;
	struct vbc_error err = {0};
	bool takes = false;

	if (vbc_host_check(host, &findings, &err))
		bail_out(err.text);
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->v[i]->subject, "uploads") == 0)
			takes = findings->v[i]->level == VBC_FINDING_LEVEL_OK;
	vbc_findings_free(findings);
	return takes;
}

/* VirtualBox knows a raw disk by that ending only. */
const char *importable(struct vbc_host *host, const char *raw)
{
	static char named[600];
	size_t stem = (size_t)(strrchr(raw, '.') - raw);

	if (takes_uploads(host))
		return raw;
	snprintf(named, sizeof(named), "host:%.*s.hdd", (int)stem, raw);
	if (!RUN("cp", raw, named + strlen("host:")))
		bail_out("a raw disk cannot be copied");
	return named;
}
