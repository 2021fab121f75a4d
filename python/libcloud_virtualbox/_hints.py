# SPDX-License-Identifier: Apache-2.0
"""The way out of a failure, in the words of this driver: the C library tells only which it is."""
from __future__ import annotations

# By the C library's names, without VBC_HINT_. "" where a driver has nothing to offer.
HINTS = {
    "NONE": "",
    "LIST_NODES": "list_nodes() returns those there are",
    "LIST_IMAGES": "list_images() returns those there are",
    "LIST_VOLUMES": "list_volumes() returns those there are",
    "LIST_SNAPSHOTS": "ex_list_volume_snapshots() returns those there are",
    "LIST_KEYS": "list_key_pairs() returns those there are",
    "LIST_NETWORKS": "ex_list_networks() returns those there are",
    "LIST_FORWARDS": "ex_list_port_forwards() returns those it has",
    "LIST_PORTS": "ex_list_port_forwards() returns those of a node",
    "SHOW_NODE": "its extra['error'] tells why",
    "SHOW_BROKEN": "their extra['error'] tells why",
    "READ_LOG": "ex_get_node_log() of the other host's driver tells why",
    "DISCARD_STATE": "ex_discard_saved_state() discards the state, so that it can start afresh",
    "CREATE_NETWORK": "ex_list_networks() returns those there are, ex_create_network() makes one",
    "HOSTONLY": "ex_create_network() with ex_type='host_only' creates one",
    "FORWARD_SSH": "for a node on NAT, ex_create_port_forward(node, 0, 22) adds one",
    "OPEN_SSH": "ex_create_port_forward(node, 0, 22) opens it to others",
    "FORWARD_NAME": "",
    "DELETE_FORWARD": "ex_delete_port_forward() removes it",
    "NO_PASSWORD": "pass password='' if that is intended",
    "FORMAT_RAW": "if it is a raw disk after all, pass disk_format='raw'",
    "IMPORT_ON_HOST": "copy images to the host and import them as 'host:/PATH'",
    "GC": "try again later, or call ex_remove_leftovers()",
    "GC_IMAGE": "once that node is gone, ex_remove_leftovers() makes this host forget the image",
    "GC_WORK": "ex_remove_leftovers() removes it, as does the next call that changes something",
    "GC_FORCE": "ex_remove_leftovers(force=True) removes it, if VirtualBox's service can do so now",
    "GC_ENTRY": "ex_remove_leftovers(force=True) removes the entry",
    "CHECK_HOST": "ex_check_host() tells whether the host is well",
    "NEWER_HOST": "install VirtualBox 5.0 or later on the host",
    "NEWER_CLIENT": "look for a newer libcloud-virtualbox",
    "START_SERVICE": "start vboxwebsrv on the host, let it listen on that address, or restart it",
    "FREE_LOCKS": "restart vboxwebsrv on the host",
    "CA_FILE": "pass the host's certificate as ca_cert or its fingerprint, or correct the URL",
    "CREDENTIALS": "correct the username and password, or restart vboxwebsrv and VBoxSVC",
    "URL": "correct the URL: another program answers there",
    "SERVICE_LOG": "look at vboxwebsrv's log on the host",
    "FETCH_LIMIT": "if it is the right file, pass a larger max_size",
    "FINGERPRINT": "if its owner says that the certificate was replaced, pass its new fingerprint",
    "UNPROTECT": "ex_unprotect() ends that",
    "SERIAL": "pass ex_serial=True to create_node() for nodes that have one",
    "HOST_NAME": "correct the host's name, or pass its address",
}


def hinted(text: str, name: str) -> str:
    """A failure's text with the way out, if one is known: newer libraries may have other hints."""
    hint = HINTS.get(name.replace("VBC_HINT_", "", 1), "")
    return f"{text}; {hint}" if hint else text
