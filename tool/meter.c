/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The progress line on a terminal, and Ctrl-C: the handler sets a flag that the tick reads. Several
 * threads may tick; the line then shows now one's work, now another's.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "meter.h"
#include "out.h"
#include "text.h"
#include "util.h"

static volatile sig_atomic_t cancelled;
static bool drawn;                                        /* under the lock of stderr */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static bool drawing;
static char what[160]; /* the work whose rate is being measured */
static int64_t began_ms, last_ms;
static uint64_t began_bytes;

static void meter_note_signal(int number)
{
	(void)number;
	cancelled = 1;
}

void meter_begin(bool draw)
{
	/* The second signal finds the default action again and ends the program. */
	struct sigaction action = {.sa_handler = meter_note_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	pthread_mutex_lock(&mutex);
	drawing = draw && isatty(STDERR_FILENO);
	pthread_mutex_unlock(&mutex);
}

void meter_clear(void)
{
	if (drawn)
		fputs("\r\033[K", stderr);
	drawn = false;
}

void meter_end(void)
{
	flockfile(stderr);
	meter_clear();
	fflush(stderr);
	funlockfile(stderr);
	pthread_mutex_lock(&mutex);
	drawing = false;
	pthread_mutex_unlock(&mutex);
}

bool meter_is_cancelled(void)
{
	return cancelled != 0;
}

int64_t meter_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static unsigned terminal_count_columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* " 42% [########            ] 107.5 MiB of 256.0 MiB, 55.1 MiB/s" */
static void progress_describe(char *text, size_t size, const struct vbc_progress *p, int64_t now)
{
	enum { BAR = 20 };
	unsigned percent = p->percent > 100 ? 100 : p->percent, full = percent * BAR / 100;
	char done[32], total[32], rate[32];
	int n = snprintf(text, size, "%3u%% [%.*s%*s]", percent, (int)full, "####################",
			 (int)(BAR - full), "");

	if (!p->total)
		return;
	format_bytes(done, p->done);
	format_bytes(total, p->total);
	n += snprintf(text + n, size - (size_t)n, " %s of %s", done, total);
	if (now > began_ms + 500 && p->done >= began_bytes) {
		format_bytes(rate, (p->done - began_bytes) * 1000 / (uint64_t)(now - began_ms));
		snprintf(text + n, size - (size_t)n, ", %s/s", rate);
	}
}

static void progress_draw(const struct vbc_progress *progress, int64_t now)
{
	char numbers[160];
	size_t room = terminal_count_columns() - 1;

	progress_describe(numbers, sizeof(numbers), progress, now);
	flockfile(stderr);
	meter_clear();
	if (text_width(what) + 1 + strlen(numbers) <= room) {
		text_show(stderr, what);
		fputc(' ', stderr);
	}
	fprintf(stderr, "%.*s", (int)room, numbers);
	fflush(stderr);
	drawn = true;
	funlockfile(stderr);
}

static void progress_draw_due(const struct vbc_progress *progress)
{
	int64_t now = meter_now_ms();
	const char *name = progress->what ? progress->what : "";

	if (strncmp(what, name, sizeof(what) - 1) != 0 || progress->done < began_bytes) {
		snprintf(what, sizeof(what), "%s", name);
		began_ms = now;
		began_bytes = progress->done;
	} else if (now - last_ms < 100) {
		return;
	}
	last_ms = now;
	progress_draw(progress, now);
}

int meter_tick(void *data, const struct vbc_progress *progress)
{
	(void)data;
	if (cancelled)
		return cancelled;
	pthread_mutex_lock(&mutex);
	if (drawing)
		progress_draw_due(progress);
	pthread_mutex_unlock(&mutex);
	return 0;
}

static void seconds_draw(const char *text, unsigned seconds, const char *said)
{
	char *done FREE = format("%s, %u s%s", text, seconds, *said ? ": " : "");
	size_t room = terminal_count_columns() - 1;

	room -= text_show_cut(stderr, done, room);
	if (*said && room)
		text_show_cut(stderr, said, room);
}

static void seconds_draw_due(const char *text, int64_t began, const char *said)
{
	int64_t now = meter_now_ms();

	if (now - last_ms < 100)
		return;
	last_ms = now;
	flockfile(stderr);
	meter_clear();
	seconds_draw(text, (unsigned)((now - began) / 1000), said);
	fflush(stderr);
	drawn = true;
	funlockfile(stderr);
}

int meter_tick_since(const char *text, int64_t began, const char *said)
{
	if (cancelled)
		return cancelled;
	pthread_mutex_lock(&mutex);
	if (drawing)
		seconds_draw_due(text, began, said);
	pthread_mutex_unlock(&mutex);
	return 0;
}
