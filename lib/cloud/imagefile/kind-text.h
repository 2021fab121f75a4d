/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_KIND_TEXT_H
#define VBC_IMAGEFILE_KIND_TEXT_H

struct vbc_kind;

/* As vbc_kind_refusal(), of text in any encoding; NULL: it is none. */
const char *vbc_kind_text_refusal(const struct vbc_kind *k);

#endif
