/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_MACHINE_LOG_CAUSE_H
#define VBC_MACHINE_LOG_CAUSE_H

#include <stdint.h>

struct vbc_arena;

/* When a log was begun, in ms since 1970 UTC; 0: it does not say. */
int64_t vbc_log_opened_ms(const char *log);
/* What the last error says that a log tells of, in the arena; NULL: there is none. */
char *vbc_log_cause(struct vbc_arena *a, const char *log);

#endif
