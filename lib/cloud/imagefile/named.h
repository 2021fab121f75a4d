/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whether all files that a manifest names are there: one that is missing was lost on the way.
 */
#ifndef VBC_IMAGEFILE_NAMED_H
#define VBC_IMAGEFILE_NAMED_H

struct vbc_entries;
struct vbc_inside;
struct vbc_manifest;

/* In an archive, in the folder of its member `ovf`. */
int vbc_named_in_archive(struct vbc_inside *in, const struct vbc_manifest *mf,
			 const struct vbc_entries *list, const char *ovf);
/*
 * Beside the description of that path. `known` are files that are there, NULL ends them: a
 * manifest may write names in another case.
 */
int vbc_named_beside(struct vbc_inside *in, const struct vbc_manifest *mf, const char *ovf,
		     const char *const *known);

#endif
