/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is taken from VirtualBox's statistics of a machine.
 */
#include "base/arena.h"
#include "metrics/counters.h"
#include "tap.h"

#define UNKNOWN                                                                                    \
	{                                                                                          \
		.received_bytes = -1, .transmitted_bytes = -1, .read_bytes = -1,                   \
		.written_bytes = -1                                                                \
	}

static bool read_text(const char *xml, struct vbc_metrics_node *node)
{
	struct vbc_arena a VBC_ARENA = {0};

	return vbc_counters_read(&a, xml, node);
}

static void test_sums(void)
{
	struct vbc_metrics_node node = UNKNOWN;

	ok(read_text("<?xml version=\"1.0\"?><Statistics>"
		     "<Counter c=\"7\" unit=\"bytes\" name=\"/Public/NetAdapter/0/BytesReceived\"/>"
		     "<Counter c=\"5\" unit=\"bytes\" name=\"/Public/NetAdapter/1/BytesReceived\"/>"
		     "<Counter c=\"9\" unit=\"bytes\" "
		     "name=\"/Public/NetAdapter/0/BytesTransmitted\"/>"
		     "<U32 val=\"3\" unit=\"\" name=\"/Public/NetAdapter/0/e1000\"/>"
		     "<Counter c=\"512\" vis=\"used\" "
		     "name=\"/Public/Storage/AHCI0/Port0/BytesRead\"/>"
		     "<Counter c=\"1\" name=\"/Public/Storage/AHCI0/Port0/ReqsRead\"/>"
		     "</Statistics>",
		     &node),
	   "statistics are read");
	is_int((int)node.received_bytes, 12, "received by both adapters");
	is_int((int)node.transmitted_bytes, 9, "sent");
	is_int((int)node.read_bytes, 512, "read");
	is_int((int)node.written_bytes, 0, "nothing written, which is left out");
}

static void test_unknown(void)
{
	struct vbc_metrics_node node = UNKNOWN;

	ok(read_text("<Statistics></Statistics>", &node), "statistics of nothing");
	is_int((int)node.received_bytes, -1, "adapters of which nothing is told");
	is_int((int)node.written_bytes, -1, "disks of which nothing is told");
	ok(!read_text("", &node), "no text");
	ok(!read_text("<Statistics><Counter", &node), "half a text");
	ok(read_text("<Statistics><Counter c=\"-4\" "
		     "name=\"/Public/NetAdapter/0/BytesReceived\"/><Counter "
		     "c=\"99999999999999999999\" "
		     "name=\"/Public/Storage/AHCI0/Port0/BytesRead\"/></Statistics>",
		     &node),
	   "numbers that are none");
	is_int((int)node.received_bytes, -1, "less than nothing is not added");
	is_int((int)node.read_bytes, -1, "what no number holds is not added");
}

static void test_overflow(void)
{
	struct vbc_metrics_node node = UNKNOWN;

	ok(read_text("<Statistics><Counter c=\"9223372036854775807\" "
		     "name=\"/Public/NetAdapter/0/BytesReceived\"/><Counter c=\"9\" "
		     "name=\"/Public/NetAdapter/1/BytesReceived\"/></Statistics>",
		     &node),
	   "huge numbers");
	ok(node.received_bytes == INT64_MAX, "a sum does not wrap");
}

int main(void)
{
	test_sums();
	test_unknown();
	test_overflow();
	return tap_done();
}
