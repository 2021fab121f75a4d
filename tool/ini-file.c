/* SPDX-License-Identifier: Apache-2.0 */
#include "ini-file.h"

#include <errno.h>
#include <ini.h>

#include "util.h"

/* Called by inih for each line with a value; 0 makes it remember the number of the line. */
static int ini_take_value(void *data, const char *section, const char *key, const char *value)
{
	struct ini_file *file = data;

	return !file->why.code && file->take(file, section, key, value);
}

/* Gives inih a line; one that does not fit would be two lines for it. */
static char *ini_give_line(char *to, int size, void *data)
{
	struct ini_file *file = data;
	char *line = fgets(to, size, file->from);

	file->line++;
	if (line && strlen(line) + 1 == (size_t)size && line[size - 2] != '\n')
		fail(&file->why, VBC_E_ARG, "this line is longer than %d bytes", size - 2);
	return line;
}

int ini_file_read(struct ini_file *file, struct vbc_error *err)
{
	file->from = fopen(file->path, "re");
	if (!file->from && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!file->from)
		return fail(err, VBC_E_ARG, "cannot read %s: %s", file->path, strerror(errno));
	int line = ini_parse_stream(ini_give_line, file, ini_take_value, file);

	fclose(file->from);
	if (!line)
		return 0;
	return fail(err, VBC_E_ARG, "%s:%d: %s", file->path, line,
		    file->why.code ? file->why.text
				   : "this is neither a section nor 'key = value'");
}
