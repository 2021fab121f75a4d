/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBC_IMAGEFILE_BESIDE_H
#define VBC_IMAGEFILE_BESIDE_H

#define VBC_BESIDE_LEAVES "is a link to a file in another folder; put that file itself there"

/*
 * Opens the file `name`, which has no ".." in it, where the file `path` lies; returns -1 with
 * errno. EXDEV: it leads out of there (VBC_BESIDE_LEAVES).
 */
int vbc_open_beside(const char *path, const char *name);

#endif
