/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * VirtualBox's statistics of one machine are told by its process alone, to who shares its lock.
 * They are XML, one element each:
 *
 *	<Counter c="512" unit="bytes" vis="used" name="/Public/Storage/AHCI0/Port0/BytesRead"/>
 *
 * One that is visible when used is left out as long as it is 0.
 */
#include "metrics/counters.h"

#include "base/str.h"
#include "soap/xml.h"
#include "vbox/aside.h"
#include "vbox/lock.h"

#define PATTERN      "/Public/*"
#define ELEMENTS_MAX 20000

static const struct {
	const char *under, *last;
	size_t at;
} counters[] = {
	{"/Public/NetAdapter/", "/BytesReceived",
	 offsetof(struct vbc_metrics_node, received_bytes)},
	{"/Public/NetAdapter/", "/BytesTransmitted",
	 offsetof(struct vbc_metrics_node, transmitted_bytes)},
	{"/Public/Storage/", "/BytesRead", offsetof(struct vbc_metrics_node, read_bytes)},
	{"/Public/Storage/", "/BytesWritten", offsetof(struct vbc_metrics_node, written_bytes)},
};

/* Where there are any of its kind, one that is not told is 0. */
static void counter_add(struct vbc_metrics_node *node, size_t i, const char *name, uint64_t value)
{
	int64_t *sum = (int64_t *)((char *)node + counters[i].at);

	if (!vbc_starts_with(name, counters[i].under))
		return;
	if (*sum < 0)
		*sum = 0;
	if (vbc_ends_with(name, counters[i].last) && value <= (uint64_t)(INT64_MAX - *sum))
		*sum += (int64_t)value;
}

bool vbc_counters_read(struct vbc_arena *a, const char *xml, struct vbc_metrics_node *node)
{
	const struct vbc_xml *root = NULL;
	struct vbc_error why = {0};

	if (vbc_xml_parse(a, xml, strlen(xml), ELEMENTS_MAX, &root, &why))
		return false;
	for (const struct vbc_xml *e = root->first; e; e = e->next) {
		const char *name = vbc_xml_attribute(a, e, "name");
		const char *text = vbc_xml_attribute(a, e, "c");
		uint64_t value = 0;

		if (!vbc_xml_is(e, "Counter") || !name || !text ||
		    !vbc_parse_u64(text, INT64_MAX, &value))
			continue;
		for (size_t i = 0; i < VBC_COUNT(counters); i++)
			counter_add(node, i, name, value);
	}
	return true;
}

static int counters_ask_locked(struct vbc_op *op, const struct vbc_lock *lock, const char **ret_xml)
{
	vbc_ref console = {0}, debugger = {0};
	int code = vbc_ISession_getConsole(op, lock->session, &console);

	if (!code)
		code = vbc_IConsole_getDebugger(op, console, &debugger);
	if (!code)
		code = vbc_IMachineDebugger_getStats(op, debugger, PATTERN, false, ret_xml);
	return code;
}

int vbc_counters_ask(struct vbc_op *op, vbc_ref machine, const char *id,
		     struct vbc_metrics_node *node)
{
	struct vbc_aside VBC_ASIDE aside = vbc_aside_begin(op);
	struct vbc_lock lock = {0};
	const char *xml = "";
	int code = vbc_lock_take(op, machine, id, VBC_LockType_Shared, &lock);

	if (!code)
		code = counters_ask_locked(op, &lock, &xml);
	vbc_lock_drop(op, &lock);
	if (!code)
		vbc_counters_read(&op->arena, xml, node);
	return vbc_aside_forgive(&aside, code, VBC_REFUSALS);
}
