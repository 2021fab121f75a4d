/* SPDX-License-Identifier: Apache-2.0 */
#include "firstboot/dmi.h"

#include <vboxcloud/first-boot.h>

#include <string.h>

#include "base/str.h"

#define CONFIG "VBoxInternal/Devices/pcbios/0/Config/"
#define MARK   CONFIG "DmiOEMVBoxVer"
#define NAME   "DmiOEMVBoxRev"
#define TEXT   CONFIG NAME
#define MARKED "libcloud_initialization"

#define TEXT_MAX ((size_t)255) /* bytes: a machine with more does not start */

static int dmi_check_password(struct vbc_op *op, const char *password, size_t room)
{
	size_t n = strlen(password), at = 0;
	long c = 0;

	if (n > room)
		return vbc_fail(&op->error, VBC_E_ARG,
				"the image's guest learns its password from DMI strings (its "
				"`init` is 'dmi'), which have room for %zu bytes of it, not %zu",
				room, n);
	if (!vbc_text_ok(password, n, &at, &c) || strchr(password, '\t'))
		return vbc_fail(&op->error, VBC_E_ARG,
				"the image's guest learns its password from DMI strings (its "
				"`init` is 'dmi'), which carry UTF-8 without control characters");
	return VBC_OK;
}

int vbc_dmi_prepare(struct vbc_op *op, const struct vbc_first_boot *from, unsigned disk_gib,
		    const char **ret_text)
{
	const char *password = from ? from->password : NULL, *text;
	/* VirtualBox would take digits alone for a number, and stop the start. */
	const char *size = vbc_arena_printf(&op->arena, password ? "%u " : "string:%u", disk_gib);
	int code = VBC_OK;

	if (!size)
		return vbc_fail_nomem(&op->error);
	if (from && (from->n_ssh_keys || from->user_data || from->hostname))
		return vbc_fail(&op->error, VBC_E_ARG,
				"the image's guest learns of its first boot from DMI strings (its "
				"`init` is 'dmi'), which carry only a password: omit keys, host "
				"name and user data");
	if (password)
		code = dmi_check_password(op, password, TEXT_MAX - strlen(size));
	if (code)
		return code;
	text = password ? vbc_arena_printf(&op->arena, "%s%s", size, password) : size;
	if (!text)
		return vbc_fail_nomem(&op->error);
	*ret_text = text;
	return VBC_OK;
}

int vbc_dmi_write(struct vbc_op *op, vbc_ref machine, const char *text)
{
	int code = vbc_IMachine_setExtraData(op, machine, MARK, MARKED);

	return code ? code : vbc_IMachine_setExtraData(op, machine, TEXT, text);
}

int vbc_dmi_has(struct vbc_op *op, vbc_ref machine, bool *ret_has)
{
	const char *mark = "";
	int code = vbc_IMachine_getExtraData(op, machine, MARK, &mark);

	if (!code)
		*ret_has = streq(mark, MARKED);
	return code;
}

/*
 * The rest of the line after the quotation mark goes, as the text may have some of its own. What
 * stays is moved once.
 */
void vbc_dmi_hide(struct vbc_buf *log)
{
	char *from = log->data, *end = from + log->len, *to = from, *name;

	while ((name = memmem(from, (size_t)(end - from), NAME, strlen(NAME)))) {
		char *rest = name + strlen(NAME), *line_end, *quote;

		line_end = memchr(rest, '\n', (size_t)(end - rest));
		line_end = line_end ? line_end : end;
		quote = memchr(rest, '"', (size_t)(line_end - rest));
		rest = quote ? quote + 1 : line_end;
		memmove(to, from, (size_t)(rest - from));
		to += rest - from;
		from = line_end;
	}
	memmove(to, from, (size_t)(end - from) + 1);
	log->len = (size_t)(to - log->data) + (size_t)(end - from);
}
