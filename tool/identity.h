/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Private keys, by which one logs in to nodes: this user's own pair, and which key a node was made
 * with. They are in $XDG_STATE_HOME/vboxcloud, else ~/.local/state/vboxcloud, for their owner
 * alone:
 *
 *	key/id_ed25519, key/id_ed25519.pub	the pair, made on first use
 *	identity/NODE-ID			the absolute path of that node's private key
 *
 * Who logs in is not kept here but on the host, with the node: vbc_node.username.
 */
#ifndef TOOL_IDENTITY_H
#define TOOL_IDENTITY_H

#include <stdbool.h>

struct vbc_error;

/*
 * This user's own pair. The first time it is made, and one note says where it is; of several
 * commands that do so at once, one does. *ret_private: the path of the private key; *ret_public:
 * the path of the public one; both the caller's. Errors: VBC_E_ARG (there is no home directory; one
 * of both files is missing), VBC_E_SPACE (it cannot be written).
 */
int identity_make(char **ret_private, char **ret_public, struct vbc_error *err);

/* The absolute path of the private key beside the file of a public one, PATH.pub, the caller's own;
   NULL if there is none. */
char *identity_beside(const char *public_path);

/*
 * Keeps which private key logs in to a node, in place of an earlier one. Errors: VBC_E_ARG (the id
 * is no UUID; the path is not absolute, or has a line end), VBC_E_SPACE.
 */
int identity_remember(const char *node_id, const char *private_path, struct vbc_error *err);

/*
 * The path that was kept of a node, the caller's own; NULL if there is none. The file itself may be
 * gone by now.
 */
char *identity_of(const char *node_id);

/* Forgets the path of a node, if there is one. The key stays. What is no UUID is ignored. */
void identity_forget(const char *node_id);

#endif
