/* SPDX-License-Identifier: Apache-2.0 */
#include "hint.h"

#include <vboxcloud/error.h>

#include "util.h"

#define LISTS(noun) "'vboxcloud " noun " list' shows all " noun "s"

static const char *const texts[] = {
	[VBC_HINT_NONE] = "",
	[VBC_HINT_LIST_NODES] = LISTS("node"),
	[VBC_HINT_LIST_IMAGES] = LISTS("image"),
	[VBC_HINT_LIST_VOLUMES] = LISTS("volume"),
	[VBC_HINT_LIST_SNAPSHOTS] = LISTS("snapshot"),
	[VBC_HINT_LIST_KEYS] = LISTS("key"),
	[VBC_HINT_LIST_NETWORKS] = LISTS("network"),
	[VBC_HINT_LIST_FORWARDS] = "'vboxcloud forward list' shows those it has",
	[VBC_HINT_LIST_PORTS] = "'vboxcloud forward list' shows those that are",
	[VBC_HINT_SHOW_NODE] = "'vboxcloud node show' tells why",
	[VBC_HINT_SHOW_BROKEN] = "'vboxcloud node list --output json' says why",
	[VBC_HINT_READ_LOG] = "'vboxcloud node log' there tells why",
	[VBC_HINT_DISCARD_STATE] =
		"'vboxcloud node discard' discards the saved state, so that it can start afresh",
	[VBC_HINT_CREATE_NETWORK] = LISTS("network") ", 'vboxcloud network create' makes one",
	[VBC_HINT_HOSTONLY] = "'--kind hostonly' creates one",
	[VBC_HINT_FORWARD_SSH] = "for a node on NAT, 'vboxcloud forward add NODE 22' adds one",
	[VBC_HINT_OPEN_SSH] = "with 'ssh = USER@HOST' in the host's section of the configuration, "
			      "it is reached through the host, and 'vboxcloud forward add NODE 22 "
			      "--host-ip all' opens it to others",
	[VBC_HINT_FORWARD_NAME] = "give another --name",
	[VBC_HINT_DELETE_FORWARD] = "'vboxcloud forward delete' removes it",
	[VBC_HINT_NO_PASSWORD] = "give --no-password if that is intended",
	[VBC_HINT_FORMAT_RAW] = "if it is a raw disk after all, say so with --format raw",
	[VBC_HINT_IMPORT_ON_HOST] = "copy images to the host and import them as host:/PATH",
	[VBC_HINT_GC] = "'vboxcloud gc' tries again",
	[VBC_HINT_GC_IMAGE] =
		"once that node is gone, 'vboxcloud gc' makes this host forget the image",
	[VBC_HINT_GC_WORK] =
		"'vboxcloud gc' removes it, as does the next command that changes something",
	[VBC_HINT_GC_FORCE] =
		"'vboxcloud gc --force' removes it, if VirtualBox's service can do so now",
	[VBC_HINT_GC_ENTRY] = "'vboxcloud gc --force' removes the entry",
	[VBC_HINT_CHECK_HOST] = "'vboxcloud host check' shows whether the host is well",
	[VBC_HINT_NEWER_HOST] = "install VirtualBox 5.0 or later on the host",
	[VBC_HINT_NEWER_CLIENT] = "it is newer than this program knows: look for a newer vboxcloud",
	[VBC_HINT_START_SERVICE] =
		"start vboxwebsrv on the host, let it listen on that address, or restart it",
	[VBC_HINT_FREE_LOCKS] =
		"restart vboxwebsrv on the host; docs/host.md explains how to prevent it",
	[VBC_HINT_CA_FILE] =
		"'vboxcloud host add' shows its fingerprint, so that it can be trusted; "
		"or give the host's certificate as the CA file, or correct the URL",
	[VBC_HINT_CREDENTIALS] = "correct the user and password, or restart vboxwebsrv and VBoxSVC",
	[VBC_HINT_URL] = "correct the URL: another program answers there",
	[VBC_HINT_SERVICE_LOG] = "look at vboxwebsrv's log on the host",
	[VBC_HINT_FINGERPRINT] =
		"if its owner confirms that the certificate was replaced, trust the new "
		"fingerprint; otherwise somebody may be intercepting the connection",
	[VBC_HINT_HOST_NAME] = "correct the host's name, or give its address; 'vboxcloud host "
			       "list' shows those that are configured",
	[VBC_HINT_SERIAL] = "'vboxcloud node create --serial' makes nodes that have one",
	[VBC_HINT_FETCH_LIMIT] = "if it is the right file, give a larger --max-size",
	[VBC_HINT_UNPROTECT] = "'vboxcloud node unprotect' ends that",
};

const char *hint_text(int hint)
{
	return hint >= 0 && (size_t)hint < COUNT(texts) && texts[hint] ? texts[hint] : "";
}
