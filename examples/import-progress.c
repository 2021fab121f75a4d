/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Imports a disk image and shows how far it is; Ctrl-C cancels: import-progress URL FILE [NAME]
 *
 * A cancelled import leaves nothing on the host, but for an upload of 64 MiB and more, which the
 * next import of the same file continues.
 *
 *     cc import-progress.c $(pkg-config --cflags --libs vboxcloud)
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <vboxcloud/vboxcloud.h>

#define MIB (1024u * 1024u)

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* What was shown last: a line is printed for each new step, and for each tenth of it. */
struct shown {
	char what[80];
	unsigned tenth;
};

/* Runs in the thread that imports, at least once a second. */
static int tick(void *data, const struct vbc_progress *progress)
{
	struct shown *shown = data;
	unsigned tenth = progress->percent / 10;

	if (tenth != shown->tenth ||
	    strncmp(shown->what, progress->what, sizeof(shown->what) - 1) != 0) {
		snprintf(shown->what, sizeof(shown->what), "%s", progress->what);
		shown->tenth = tenth;
		fprintf(stderr, "%3u %%  %s", progress->percent, progress->what);
		if (progress->total)
			fprintf(stderr, ": %" PRIu64 " of %" PRIu64 " MiB", progress->done / MIB,
				progress->total / MIB);
		fputc('\n', stderr);
	}
	return interrupted; /* anything but 0 cancels */
}

int main(int argc, char **argv)
{
	struct vbc_host_opts host_opts = VBC_HOST_OPTS_INIT;
	struct vbc_image_import_opts opts = VBC_IMAGE_IMPORT_OPTS_INIT;
	struct shown shown = {.what = ""};
	struct vbc_wait wait = {.tick = tick, .data = &shown};
	struct vbc_error err = {0};
	struct vbc_host *host = NULL;
	struct vbc_image *image = NULL;
	int code;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: import-progress URL FILE [NAME]\n");
		return 2;
	}
	signal(SIGINT, on_signal);
	host_opts.url = argv[1];
	opts.name = argc > 3 ? argv[3] : NULL;
	code = vbc_host_open(&host_opts, &host, &err);
	if (!code)
		code = vbc_image_import(host, argv[2], &opts, &wait, &image, &err);
	if (!code)
		printf("%s  %s  %" PRIu64 " MiB\n", image->id, image->name,
		       image->size_bytes / MIB);
	else if (code == VBC_E_CANCELLED)
		fprintf(stderr, "import-progress: cancelled\n");
	else
		fprintf(stderr, "import-progress: %s\n", err.text);
	vbc_image_free(image);
	vbc_host_close(host);
	return code ? 1 : 0;
}
