/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A guest's console: what it has written to its first serial port, and what it writes.
 */
#include <vboxcloud/node.h>

#include <string.h>

#include "base/given.h"
#include "machine/console.h"
#include "machine/log.h"
#include "machine/on-node.h"

#define PIECE   ((int64_t)128 << 10)
#define POLL_MS 500
#define OVERLAP 64 /* bytes that are read again, to see whether they are still there */

/* The number by which the console is read, 0 if it has written none yet. */
static int console_find_number(struct vbc_op *op, const struct vbc_node_ref *node,
			       unsigned *ret_nth)
{
	const char *path = "";
	int code = vbc_console_check(op, node->machine, node->name);

	return code ? code : vbc_console_find(op, node->machine, true, ret_nth, &path);
}

static int node_console_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	unsigned nth = 0;
	int code;

	op->progress.what = "reading the console";
	code = console_find_number(op, node, &nth);
	if (!code && !nth)
		code = vbc_fail(&op->error, VBC_E_NOTFOUND,
				"node '%s' has written nothing: it was never started", node->name);
	if (code)
		return code;
	return vbc_node_read_whole_log(op, node->machine, nth, arg);
}

int vbc_node_console(struct vbc_host *host, const char *id_or_name, char **ret_text,
		     size_t *ret_size, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name, ret_text, ret_size))
		return VBC_E_ARG;

	struct vbc_buf text;
	int code;

	vbc_buf_init(&text, VBC_LOG_MOST);
	code = vbc_run_on_node(host, id_or_name, &vbc_op_brief, err, node_console_body, &text);
	return vbc_buf_hand_over(&text, code, ret_text, ret_size);
}

struct following {
	int (*tell)(void *data, const char *text, size_t size);
	void *data;
	unsigned nth; /* 0: there is no file yet                     */
	int64_t at;   /* what is before it was told                  */
	char last[OVERLAP];
	size_t n_last; /* of these, what was told last               */
	bool ended;    /* who is told wants no more                  */
};

static void following_note(struct following *f, const char *text, size_t n)
{
	f->n_last = n < OVERLAP ? n : OVERLAP;
	memcpy(f->last, text + n - f->n_last, f->n_last);
}

/*
 * A start empties the file. So what was told last is read again with what comes next: if it is
 * something else now, all of it is new. *ret_again: there may be more at once.
 */
static int following_read(struct vbc_op *op, vbc_ref machine, struct following *f, bool *ret_again)
{
	int64_t from = f->at - (int64_t)f->n_last;
	struct vbc_bytes piece = {.size = 0};
	int code = vbc_log_read_piece(op, machine, f->nth, from, PIECE, &piece);
	const char *text = (const char *)piece.data;

	if (code)
		return code;
	if (piece.size < f->n_last || memcmp(text, f->last, f->n_last) != 0) {
		f->at = 0;
		f->n_last = 0;
		*ret_again = true;
		return VBC_OK;
	}
	*ret_again = piece.size > f->n_last;
	if (!*ret_again)
		return VBC_OK;
	f->at = from + (int64_t)piece.size;
	f->ended = f->tell(f->data, text + f->n_last, piece.size - f->n_last) != 0;
	following_note(f, text, piece.size);
	return VBC_OK;
}

/* One look. That the node is there is asked when nothing came: of one that is gone none does. */
static int following_look(struct vbc_op *op, const struct vbc_node_ref *node, struct following *f,
			  bool *ret_again)
{
	struct vbc_arena kept = vbc_op_borrow(op);
	const char *path = "";
	int code = VBC_OK;

	*ret_again = false;
	if (!f->nth)
		code = vbc_console_find(op, node->machine, true, &f->nth, &path);
	if (!code && f->nth)
		code = following_read(op, node->machine, f, ret_again);
	if (!code && !*ret_again)
		code = vbc_op_check_there(op);
	vbc_op_borrow_end(op, &kept);
	return code;
}

static int node_follow_body(struct vbc_op *op, const struct vbc_node_ref *node, void *arg)
{
	struct following *f = arg;
	bool again = false;
	int code = console_find_number(op, node, &f->nth);

	while (!code && !f->ended) {
		code = following_look(op, node, f, &again);
		if (!code && !again)
			code = vbc_op_sleep(op, POLL_MS);
		else if (!code)
			code = vbc_op_tick(op);
	}
	return code;
}

int vbc_node_console_follow(struct vbc_host *host, const char *id_or_name,
			    int (*tell)(void *data, const char *text, size_t size), void *data,
			    const struct vbc_wait *wait, struct vbc_error *err)
{
	if (vbc_lacks(err, host, id_or_name))
		return VBC_E_ARG;
	if (!tell)
		return vbc_fail(err, VBC_E_ARG, "'tell' must not be NULL");

	struct following f = {.tell = tell, .data = data};

	return vbc_run_on_node(host, id_or_name, wait, err, node_follow_body, &f);
}
