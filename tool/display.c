/* SPDX-License-Identifier: Apache-2.0 */
#include "display.h"

#include "file.h"
#include "ports.h"
#include "util.h"

int display_request_read(const struct args *args, const char *port, struct display_request *ret,
			 struct vbc_error *err)
{
	*ret = (struct display_request){.opts = VBC_DISPLAY_OPTS_INIT};
	if (port && !streq(port, "auto") && parse_port(port, &ret->opts.port, err))
		return err->code;
	if (args->display_password_file) {
		ret->password = read_password(args->display_password_file, err);
		if (!ret->password)
			return err->code;
		ret->opts.password = ret->password;
	}
	ret->opts.address = args->address && streq(args->address, "all") ? "" : args->address;
	ret->opts.no_password = args->no_password;
	return 0;
}

void display_request_free(struct display_request *request)
{
	free_password(request->password);
}
