/* SPDX-License-Identifier: Apache-2.0 */
#include "vbox/fault.h"

#include <stdio.h>

#include "base/str.h"
#include "vbox/aside.h"
#include "vbox/websession.h"

#define CHAIN_MAX 8

static const struct {
	uint32_t result;
	int code;
} result_codes[] = {
	{0x80bb0001, VBC_E_NOTFOUND}, /* VBOX_E_OBJECT_NOT_FOUND      */
	{0x80bb0002, VBC_E_STATE},    /* VBOX_E_INVALID_VM_STATE      */
	{0x80bb0007, VBC_E_BUSY},     /* VBOX_E_INVALID_OBJECT_STATE  */
	{0x80bb0009, VBC_E_ARG},      /* VBOX_E_NOT_SUPPORTED         */
	{0x80bb000b, VBC_E_STATE},    /* VBOX_E_INVALID_SESSION_STATE */
	{0x80bb000c, VBC_E_BUSY},     /* VBOX_E_OBJECT_IN_USE         */
	{0x80bb0010, VBC_E_TIMEOUT},  /* VBOX_E_TIMEOUT               */
	{0x80070057, VBC_E_ARG},      /* E_INVALIDARG                 */
	{(uint32_t)VBC_RESULT_NOT_READY, VBC_E_BUSY},
	{0x8007000e, VBC_E_NOMEM},   /* E_OUTOFMEMORY                */
	{0x80004001, VBC_E_VERSION}, /* E_NOTIMPL                    */
	{0x80004004, VBC_E_CONNECT}, /* E_ABORT: VBoxSVC went away   */
	{0x800706be, VBC_E_CONNECT}, /* RPC failed: likewise         */
	{0x800706ba, VBC_E_CONNECT}, /* RPC server unavailable       */
};

/* IPRT's status codes say more than "file error". */
static const struct {
	int32_t detail;
	int code;
} detail_codes[] = {
	{-152, VBC_E_SPACE},    /* VERR_DISK_FULL        */
	{-102, VBC_E_NOTFOUND}, /* VERR_FILE_NOT_FOUND   */
	{-103, VBC_E_NOTFOUND}, /* VERR_PATH_NOT_FOUND   */
	{-105, VBC_E_EXISTS},   /* VERR_ALREADY_EXISTS   */
	{-124, VBC_E_BUSY},     /* VERR_SHARING_VIOLATION */
};

int vbc_code_from_result(int32_t result, int32_t detail)
{
	for (size_t i = 0; i < VBC_COUNT(detail_codes); i++)
		if (detail_codes[i].detail == detail)
			return detail_codes[i].code;
	for (size_t i = 0; i < VBC_COUNT(result_codes); i++)
		if (result_codes[i].result == (uint32_t)result)
			return result_codes[i].code;
	return VBC_E_FAULT;
}

struct link {
	int32_t result, detail;
	const char *text, *component;
};

/* One member of the chain; what cannot be had stays as it was. */
static vbc_ref fault_read_link(struct vbc_op *op, vbc_ref info, struct link *l)
{
	vbc_ref next = {NULL};

	if (vbc_IVirtualBoxErrorInfo_getResultCode(op, info, &l->result))
		return next;
	vbc_IVirtualBoxErrorInfo_getResultDetail(op, info, &l->detail);
	vbc_IVirtualBoxErrorInfo_getComponent(op, info, &l->component);
	vbc_IVirtualBoxErrorInfo_getText(op, info, &l->text);
	vbc_IVirtualBoxErrorInfo_getNext(op, info, &next);
	return next;
}

static void fault_append_text(struct vbc_buf *b, const char *text)
{
	if (!text || !text[0])
		return;
	if (b->len)
		vbc_buf_puts(b, ": ");
	for (; *text; text++)
		vbc_buf_putc(b, *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void fault_read_chain(struct vbc_op *op, vbc_ref info, struct link *first,
			     struct vbc_buf *text)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);

	op->explaining = true;
	for (int i = 0; i < CHAIN_MAX && !vbc_ref_is_null(info); i++) {
		struct link l = {.text = "", .component = ""};
		vbc_ref next = fault_read_link(op, info, &l);

		fault_append_text(text, l.text);
		if (i == 0 && l.result)
			*first = l;
		else if (!first->detail)
			first->detail = l.detail;
		vbc_op_release(op, info);
		info = next;
	}
	op->explaining = false;
}

/* What nobody wants to know more of. */
static void fault_drop(struct vbc_op *op, vbc_ref info)
{
	op->explaining = true;
	vbc_op_release(op, info);
	op->explaining = false;
}

int vbc_fault_from_info(struct vbc_op *op, int32_t result, const char *text, vbc_ref info)
{
	struct link first = {.result = result, .text = "", .component = ""};
	struct vbc_buf VBC_BUF words;
	int code;

	vbc_buf_init(&words, 4096);
	if (op->may_lack && !op->explaining && vbc_code_from_result(result, 0) == VBC_E_NOTFOUND)
		fault_drop(op, info);
	else if (!op->error.code && !op->explaining)
		fault_read_chain(op, info, &first, &words);
	if (!words.len)
		fault_append_text(&words, text);
	code = vbc_code_from_result(first.result, first.detail);
	if (op->error.code)
		return code;
	vbc_fail(&op->error, code, "%s", words.data ? words.data : "");
	if (!op->error.text[0] && code == VBC_E_CONNECT)
		op->error.hint = VBC_HINT_CHECK_HOST;
	if (!op->error.text[0])
		snprintf(
			op->error.text, sizeof(op->error.text),
			code == VBC_E_CONNECT
				? "a process of VirtualBox ended in the middle of the call (0x%08x)"
				: "VirtualBox failed with 0x%08x and gave no reason",
			(unsigned)first.result);
	op->error.result = first.result;
	op->error.os = first.detail;
	snprintf(op->error.component, sizeof(op->error.component), "%s", first.component);
	return code;
}

int vbc_fault_forgotten(struct vbc_op *op, const char *ref)
{
	bool lives = true;
	int code = VBC_OK;

	op->stale = op->stale || !op->session || streq(ref, op->session->vbox);
	if (!op->stale && op->explaining)
		return VBC_E_STALE; /* which it is, who explains will ask himself */
	if (!op->stale)
		code = vbc_websession_lives(op, op->vbox, &lives);
	if (!code && lives && !op->stale && !vbc_ref_is_null(op->transfer))
		code = vbc_websession_lives(op, op->transfer, &lives);
	if (code)
		return code;
	if (op->stale || !lives)
		return vbc_op_fail_stale(op);
	return vbc_fail(&op->error, VBC_E_NOTFOUND,
			"what this operation needs no longer exists: another program removed it");
}

int vbc_fault_explain(struct vbc_op *op, const struct vbc_method *m, const struct vbc_fault *fault)
{
	switch (fault->kind) {
	case VBC_FAULT_INVALID_OBJECT: return vbc_fault_forgotten(op, fault->bad_ref);
	case VBC_FAULT_RUNTIME:
		return vbc_fault_from_info(op, fault->result, fault->text,
					   (vbc_ref){fault->info_ref});
	case VBC_FAULT_EMPTY:
		/* A refused log-on looks so too: websession.c finds the words for that. */
		return vbc_fail(&op->error, VBC_E_FAULT, "%s",
				op->session ? "VirtualBox failed and gave no reason" : "");
	default:
		return vbc_fail(&op->error, VBC_E_PROTOCOL, "%s refused %s: %s",
				vbc_http_url(op->host->endpoint->http), m->name, fault->text);
	}
}
