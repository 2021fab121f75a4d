/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Decoys: connections that are opened and closed at once, so that the server takes notice of
 * another that it may have overlooked.
 */
#ifndef VBC_HTTP_DECOY_H
#define VBC_HTTP_DECOY_H

#include <stdint.h>

struct vbc_decoy {
	unsigned pause_ms;
	int64_t at_ms; /* when the next one is due */
};

void vbc_decoy_start(struct vbc_decoy *decoy);
/*
 * Makes one, to where the socket `like` is connected, if it is time to; returns after how many ms
 * to call again.
 */
int64_t vbc_decoy_make(struct vbc_decoy *decoy, int like);

#endif
