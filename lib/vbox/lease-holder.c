/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/lease-holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "vbox/host-clock.h"

#define LEFT     "left" /* in an entry that its program has given up */
#define WATCH_MS (3 * VBC_LEASE_RENEW_MS)
#define HIDDEN   (-1)

static void process_read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* This boot of this machine, seen from this container: inside it process numbers have meaning. */
static void process_read_where(char *to, size_t size)
{
	char boot[64], space[64] = "", name[64] = "";
	ssize_t n;

	process_read_file("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	n = readlink("/proc/self/ns/pid", space, sizeof(space) - 1);
	space[n > 0 ? n : 0] = '\0';
	if (!boot[0])
		gethostname(name, sizeof(name) - 1);
	snprintf(to, size, "%s%s %s", boot, name, space);
}

/* Whether there is a process, which /proc may not show us: it may be mounted with hidepid. */
static bool process_exists(int64_t pid)
{
	return pid > 0 && pid == (pid_t)pid && (!kill((pid_t)pid, 0) || errno != ESRCH);
}

/*
 * When the process began, in clock ticks since boot: tells it from a later one of its number.
 * 0 for one that has ended, HIDDEN for one that cannot be looked at.
 */
static int64_t process_read_start(int64_t pid)
{
	char path[64], text[1024], *at;
	long long start = 0;
	char state = 'Z';

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	process_read_file(path, text, sizeof(text));
	if (!text[0] && process_exists(pid))
		return HIDDEN;
	at = strrchr(text, ')'); /* the program's name may hold anything */
	if (!at || sscanf(at + 1,
			  " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d"
			  " %*d %*d %*d %lld",
			  &state, &start) != 2)
		return 0;
	return state == 'Z' ? 0 : start;
}

void vbc_holder_sign(struct vbc_meta *meta, int64_t utc_ms)
{
	int64_t start = process_read_start(getpid());
	char where[256];

	process_read_where(where, sizeof(where));
	vbc_meta_set_str(meta, "where", where);
	vbc_meta_set_int(meta, "pid", getpid());
	vbc_meta_set_int(meta, "start", start == HIDDEN ? 0 : start);
	vbc_meta_set_int(meta, "until", utc_ms + VBC_LEASE_MS);
	vbc_meta_set_str(meta, LEFT, "");
}

void vbc_holder_leave(struct vbc_meta *meta)
{
	vbc_meta_set_str(meta, LEFT, "yes");
}

bool vbc_holder_has_left(const struct vbc_meta *meta)
{
	return vbc_meta_str(meta, LEFT)[0];
}

static bool process_is_here(const struct vbc_meta *meta)
{
	char where[256];

	process_read_where(where, sizeof(where));
	return vbc_meta_int(meta, "start") && streq(vbc_meta_str(meta, "where"), where);
}

static bool process_may_run(int64_t pid, int64_t start)
{
	int64_t now = process_read_start(pid);

	return now == start || now == HIDDEN;
}

/*
 * Nobody promises more than a lease: where one ends later the clock was set back since. A process
 * that is there may have lost the host in the middle of its work, and have given that up.
 */
enum vbc_holder vbc_holder_judge_at(const struct vbc_meta *meta, int64_t utc_ms)
{
	int64_t until = vbc_meta_date(meta, "until");

	if (vbc_holder_has_left(meta) || !vbc_meta_str(meta, "where")[0])
		return VBC_HOLDER_GONE;
	if (process_is_here(meta) &&
	    !process_may_run(vbc_meta_int(meta, "pid"), vbc_meta_int(meta, "start")))
		return VBC_HOLDER_GONE;
	return until < utc_ms || until > utc_ms + 2 * VBC_LEASE_MS ? VBC_HOLDER_SILENT
								   : VBC_HOLDER_LIVES;
}

bool vbc_holder_is_me(const struct vbc_meta *meta)
{
	return process_is_here(meta) && vbc_meta_int(meta, "pid") == getpid() &&
	       vbc_meta_int(meta, "start") == process_read_start(getpid());
}

int vbc_holder_judge(struct vbc_op *op, const struct vbc_meta *meta, enum vbc_holder *ret)
{
	int64_t utc_ms = 0;
	int code = VBC_OK;

	if (vbc_holder_is_me(meta) && !vbc_holder_has_left(meta)) {
		*ret = vbc_endpoint_is_running(vbc_meta_int(meta, VBC_LEASE_OP)) ? VBC_HOLDER_LIVES
										 : VBC_HOLDER_GONE;
		return VBC_OK;
	}
	if (!vbc_holder_has_left(meta))
		code = vbc_host_clock(op, &utc_ms);
	if (!code)
		*ret = vbc_holder_judge_at(meta, utc_ms);
	return code;
}

int vbc_holder_wait(struct vbc_op *op, bool *ret_waited)
{
	*ret_waited = !op->deadline_ms || vbc_now_ms() + WATCH_MS < op->deadline_ms;
	return *ret_waited ? vbc_op_sleep(op, WATCH_MS) : VBC_OK;
}

int vbc_holder_reread(struct vbc_op *op, const char *kind, const char *id, struct vbc_meta **meta,
		      bool *ret_same)
{
	struct vbc_meta *now = NULL;
	int code = vbc_meta_get(op, kind, id, &now);

	if (code)
		return code;
	*ret_same = now && vbc_meta_same(*meta, now);
	vbc_meta_free(*meta);
	*meta = now;
	return VBC_OK;
}
