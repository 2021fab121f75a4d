/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Logging in to a new node, to see that one can: an SSH server may answer before it lets anybody
 * in, or never do so.
 */
#ifndef TOOL_TRY_LOGIN_H
#define TOOL_TRY_LOGIN_H

#include "cmd.h"
#include "login.h"

/*
 * Tries again until it succeeds, for so many seconds; a terminal is told so, with the seconds since
 * began_ms (meter_now_ms()). Errors: VBC_E_TIMEOUT, with what ssh said last; VBC_E_CANCELLED;
 * VBC_E_NOTFOUND, there is no ssh.
 */
int try_login(const struct login *login, unsigned timeout_s, int64_t began_ms,
	      struct vbc_error *err);

#endif
