/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What VirtualBox knows of a medium's file. It keeps what it saw when it last looked: nothing, with
 * sizes of 0, since its service was started; a size of before another program made the disk larger;
 * of a file that is gone the size it had. So it is made to look each time, and nothing else in this
 * library asks for sizes and layouts. It has the rest (id, location, format, type, parent,
 * children, machines) from its settings, where it is always valid.
 */
#ifndef VBC_DISK_MEDIUM_FACTS_H
#define VBC_DISK_MEDIUM_FACTS_H

#include "vbox/op.h"

struct vbc_medium_facts {
	uint64_t size_bytes; /* what a guest sees; 0: unknown, as all that follows is then */
	uint64_t used_bytes; /* on the host's disk; only with VBC_FACT_USED                */
	bool fixed;  /* the file has all its space from the start; only with VBC_FACT_LAYOUT */
	bool gone;   /* there is no such medium any more                           */
	bool in_use; /* VirtualBox does not look at its file, and may have it in work */
};

enum { VBC_FACT_USED = 1, VBC_FACT_LAYOUT = 2 }; /* each a call more for each medium */

/*
 * Of all these media, into ret[0..n). What VirtualBox cannot read is unknown, and no error. up:
 * which of them machines that are up have (NULL: of none it is known); at their files VirtualBox
 * does not look, so it is not made to unless it knows nothing of them.
 */
int vbc_medium_facts(struct vbc_op *op, const vbc_ref *media, const bool *up, size_t n,
		     unsigned wanted, struct vbc_medium_facts *ret);

/*
 * The size of a medium that must be known, and all of it be readable, what it is linked to
 * included: fails as vbc_medium_fail_unknown().
 */
int vbc_medium_size(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name,
		    uint64_t *ret_bytes);

/*
 * The size of a medium that the caller has just opened, which VirtualBox then has looked at: it is
 * made to look only if it has not. It would take a VMDK without a UUID for another the second time.
 */
int vbc_medium_opened_size(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name,
			   uint64_t *ret_bytes);

/*
 * Says why the size of the disk of <noun> '<name>' ("image", "web") is unknown, and what helps:
 * VBC_E_FAULT (also of one that is empty), or VBC_E_BUSY when another program works with it. A size
 * that is unknown satisfies no check.
 */
int vbc_medium_fail_unknown(struct vbc_op *op, vbc_ref medium, const char *noun, const char *name);

#endif
