/* SPDX-License-Identifier: Apache-2.0 */
#include "machine/console.h"

#include "base/path.h"
#include "base/str.h"
#include "host/file.h"

/*
 * On Windows, where VirtualBox is hardened, log 1 is that of the hardening, and the others are one
 * higher than their names say.
 */
enum { AS_NAMED = 9000, BEHIND_HARDENING };

/* What is told of the host becomes a path that a guest's output is written to, or a file deleted.
 */
static bool console_is_ours(const char *path)
{
	return vbc_path_is_absolute(path) && streq(vbc_path_base(path), VBC_CONSOLE_FILE);
}

int vbc_console_path(struct vbc_op *op, vbc_ref machine, const char **ret_path)
{
	const char *folder = "", *path;
	int code = vbc_IMachine_getLogFolder(op, machine, &folder);

	if (code)
		return code;
	path = vbc_path_join(&op->arena, folder, VBC_CONSOLE_FILE);
	if (!path)
		return vbc_fail_nomem(&op->error);
	if (!console_is_ours(path))
		return vbc_fail(&op->error, VBC_E_FAULT,
				"VirtualBox keeps its logs of the machine in '%s', which is not an "
				"absolute path",
				folder);
	*ret_path = path;
	return VBC_OK;
}

/* *ret_has: the first serial port is one. *ret_path: what else it is connected to, "" nothing. */
static int console_look(struct vbc_op *op, vbc_ref machine, bool *ret_has, const char **ret_path)
{
	vbc_ref port = {NULL};
	int code = vbc_IMachine_getSerialPort(op, machine, 0, &port);

	if (!code)
		code = vbc_ISerialPort_getPath(op, port, ret_path);
	if (!code)
		*ret_has = console_is_ours(*ret_path);
	return code;
}

int vbc_console_has(struct vbc_op *op, vbc_ref machine, bool *ret_has)
{
	const char *path = "";

	return console_look(op, machine, ret_has, &path);
}

int vbc_console_check(struct vbc_op *op, vbc_ref machine, const char *node)
{
	const char *path = "";
	bool has = false;
	int code = console_look(op, machine, &has, &path);

	if (code || has)
		return code;
	return path[0] ? vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_SERIAL,
				       "node '%s' has no console that can be read: its first "
				       "serial port is connected to %s, which VirtualBox's web "
				       "service does not read",
				       node, path)
		       : vbc_fail_hint(&op->error, VBC_E_NOTFOUND, VBC_HINT_SERIAL,
				       "node '%s' has no console that can be read: its first "
				       "serial port is not connected",
				       node);
}

int vbc_console_find(struct vbc_op *op, vbc_ref machine, bool windows, unsigned *ret_nth,
		     const char **ret_path)
{
	*ret_nth = 0;
	*ret_path = "";
	for (unsigned nth = windows ? BEHIND_HARDENING : AS_NAMED; nth >= AS_NAMED; nth--) {
		const char *path = "";
		int code = vbc_IMachine_queryLogFilename(op, machine, nth, &path);

		if (code)
			return code;
		if (console_is_ours(path)) {
			*ret_nth = nth;
			*ret_path = path;
			return VBC_OK;
		}
	}
	return VBC_OK;
}

int vbc_console_remove(struct vbc_op *op, vbc_ref machine, const char *folder)
{
	const char *path = "";
	unsigned nth = 0;
	int code = vbc_console_find(op, machine, vbc_path_is_windows(folder), &nth, &path);

	return code || !nth ? code : vbc_host_file_remove(op, path);
}
