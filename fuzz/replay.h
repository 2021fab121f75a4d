/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The main program of a fuzzer that replays all files of a directory, with -DVBC_FUZZ_REPLAY.
 */
#ifndef VBC_FUZZ_REPLAY_H
#define VBC_FUZZ_REPLAY_H

#ifdef VBC_FUZZ_REPLAY
#include <dirent.h>

#include "tap.h"

static bool replay(const char *path)
{
	static unsigned char data[1 << 20];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (!file)
		return false;
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	return size > 0;
}

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	char path[4096];

	if (!dir)
		return 2;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		ok(replay(path), "%s", entry->d_name);
	}
	closedir(dir);
	ok(tap_count > 0, "a corpus");
	return tap_done();
}
#endif

#endif
