/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The progress line on a terminal, and Ctrl-C.
 */
#ifndef TOOL_METER_H
#define TOOL_METER_H

#include <stdbool.h>
#include <stdint.h>

#include <vboxcloud/wait.h>

/* From now on signals cancel; progress is drawn when `draw` and stderr is a terminal. */
void meter_begin(bool draw);

/* The tick function of a struct vbc_wait. */
int meter_tick(void *data, const struct vbc_progress *progress);

/* A clock in milliseconds, from some moment on. */
int64_t meter_now_ms(void);

/*
 * As meter_tick(), of what nobody knows the end of: draws the text, the seconds since then, and as
 * much of what was said as there is room for; "": nothing was.
 */
int meter_tick_since(const char *text, int64_t began, const char *said);

/* Whether a signal has come that cancels. */
bool meter_is_cancelled(void);

/* Takes the line away; the next tick draws it again. The caller has locked stderr. */
void meter_clear(void);

/* Takes the line away for good. */
void meter_end(void);

#endif
