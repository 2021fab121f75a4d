/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Ports as they are written.
 */
#include "ports.h"

#include <stdbool.h>
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "util.h"

enum { PORT_MAX = 65535 };

/* Reads the number at *at and moves behind it. */
static bool port_read(const char **at, unsigned *ret)
{
	char *end;
	unsigned long number;

	if (**at < '0' || **at > '9')
		return false;
	number = strtoul(*at, &end, 10);
	*at = end;
	*ret = (unsigned)number;
	return number >= 1 && number <= PORT_MAX;
}

int parse_port(const char *text, unsigned *ret_port, struct vbc_error *err)
{
	const char *at = text;
	unsigned port;

	if (!port_read(&at, &port) || *at)
		return fail(err, VBC_E_ARG, "'%s' is not a port: write a number from 1 to %d", text,
			    PORT_MAX);
	*ret_port = port;
	return 0;
}

int parse_ports(const char *text, unsigned *ret_host, unsigned *ret_guest, struct vbc_error *err)
{
	const char *at = text;
	unsigned first, second = 0;
	bool good = port_read(&at, &first);

	if (good && *at == ':') {
		at++;
		good = port_read(&at, &second);
	}
	if (!good || *at)
		return fail(err, VBC_E_ARG,
			    "'%s' are not ports: write HOST:GUEST or GUEST, numbers from 1 to %d",
			    text, PORT_MAX);
	*ret_host = second ? first : 0;
	*ret_guest = second ? second : first;
	return 0;
}
