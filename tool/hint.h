/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The way out of a failure, in the words of this command: the library tells only which it is.
 */
#ifndef TOOL_HINT_H
#define TOOL_HINT_H

/* The rest of a sentence, "" for VBC_HINT_NONE and hints of newer libraries. Static text. */
const char *hint_text(int hint);

#endif
