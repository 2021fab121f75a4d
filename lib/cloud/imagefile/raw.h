/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_RAW_H
#define VBC_IMAGEFILE_RAW_H

#include <stdbool.h>

struct vbc_error;
struct vbc_probe;

/* Whether a file without any header of the formats above is a raw disk. */
int vbc_probe_raw(const struct vbc_probe *p);

/* VBC_E_ARG when a file has the format `told` and is to have another one. */
int vbc_probe_expect(const struct vbc_probe *p, const char *told);
/* VBC_E_ARG when a caller names a format that there is not; NULL is none named. */
int vbc_format_check(const char *format, struct vbc_error *err);
/* Whether a file's name is that of an image with a header. */
bool vbc_name_promises_format(const char *name);

#endif
