/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "meter.h"
#include "text.h"
#include "util.h"

static FILE *terminal_open(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	FILE *tty = fd >= 0 ? fdopen(fd, "r+") : NULL;

	if (fd >= 0 && !tty)
		close(fd);
	return tty;
}

bool ask_can(void)
{
	FILE *tty = terminal_open();

	if (tty)
		fclose(tty);
	return tty;
}

static void line_trim(char *line)
{
	size_t skip = strspn(line, " \t"), n = strlen(line);

	while (n > skip && strchr(" \t\r\n", line[n - 1]))
		n--;
	memmove(line, line + skip, n - skip);
	line[n - skip] = '\0';
}

char *ask_line(const char *question)
{
	FILE *tty = terminal_open();
	char *line = NULL;
	size_t room = 0;

	if (!tty)
		return NULL;
	meter_clear();
	text_lines(tty, question, strlen(question));
	fflush(tty);
	if (getline(&line, &room, tty) < 0) {
		free(line);
		line = NULL;
	}
	fclose(tty);
	if (line)
		line_trim(line);
	return line;
}

bool ask_yes(const char *question)
{
	char *answer FREE = ask_line(question);

	return answer && (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0);
}
