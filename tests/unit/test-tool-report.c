/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The exit status of each error.
 */
#include "report.h"
#include "tap.h"

int main(void)
{
	static const struct {
		int code, status;
	} rows[] = {
		{VBC_OK, 0},         {VBC_E_ARG, 2},       {VBC_E_NOMEM, 1},   {VBC_E_CONNECT, 4},
		{VBC_E_TLS, 4},      {VBC_E_AUTH, 4},      {VBC_E_TIMEOUT, 5}, {VBC_E_CANCELLED, 5},
		{VBC_E_PROTOCOL, 4}, {VBC_E_VERSION, 1},   {VBC_E_STALE, 1},   {VBC_E_NOTFOUND, 3},
		{VBC_E_EXISTS, 6},   {VBC_E_BUSY, 6},      {VBC_E_STATE, 6},   {VBC_E_SPACE, 1},
		{VBC_E_FAULT, 1},    {VBC_E_FAULT - 1, 1}, {VBC_OK + 1, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(exit_status(rows[i].code), rows[i].status, "code %d", rows[i].code);
	return tap_done();
}
