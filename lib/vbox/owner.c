/* SPDX-License-Identifier: Apache-2.0 */
#include "owner.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "str.h"

static void read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* This boot of this machine, seen from this container: inside it process numbers have meaning. */
static void where_am_i(char *to, size_t size)
{
	char boot[64], space[64] = "", name[64] = "";
	ssize_t n;

	read_file("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	n = readlink("/proc/self/ns/pid", space, sizeof(space) - 1);
	space[n > 0 ? n : 0] = '\0';
	if (!boot[0])
		gethostname(name, sizeof(name) - 1);
	snprintf(to, size, "%s%s %s", boot, name, space);
}

/* When the process began, in clock ticks since boot: tells it from a later one of its number.
 * 0 for one that has ended. */
static int64_t start_of(int64_t pid)
{
	char path[64], text[1024], *at;
	long long start = 0;
	char state = 'Z';

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	read_file(path, text, sizeof(text));
	at = strrchr(text, ')'); /* the program's name may hold anything */
	if (!at || sscanf(at + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d"
				  " %*d %*d %*d %lld", &state, &start) != 2)
		return 0;
	return state == 'Z' ? 0 : start;
}

void vbc_owner_sign(struct vbc_meta *meta, int64_t utc_ms)
{
	char where[256];

	where_am_i(where, sizeof(where));
	vbc_meta_set_str(meta, "where", where);
	vbc_meta_set_int(meta, "pid", getpid());
	vbc_meta_set_int(meta, "start", start_of(getpid()));
	vbc_meta_set_int(meta, "until", utc_ms + VBC_OWNER_LEASE_MS);
}

bool vbc_owner_gone(const struct vbc_meta *meta, int64_t utc_ms)
{
	int64_t pid = vbc_meta_int(meta, "pid"), start = vbc_meta_int(meta, "start");
	char where[256];

	where_am_i(where, sizeof(where));
	if (start && streq(vbc_meta_str(meta, "where"), where))
		return start_of(pid) != start;
	return vbc_meta_date(meta, "until") < utc_ms;
}

bool vbc_owner_is_me(const struct vbc_meta *meta)
{
	char where[256];

	where_am_i(where, sizeof(where));
	return vbc_meta_int(meta, "pid") == getpid() && streq(vbc_meta_str(meta, "where"), where) &&
	       vbc_meta_int(meta, "start") == start_of(getpid());
}
