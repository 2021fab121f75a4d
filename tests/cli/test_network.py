#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Networks and port forwards on a real host, as a person and as a script see them.

Nodes on other networks than NAT start only with VirtualBox's kernel modules, and host-only
interfaces are made only with them. Where the host has none, what can be asked of it is asked, and
what it refuses must be explained.
"""
from __future__ import annotations

import re
from typing import Any

from cli import done, fails, is_fine, ok, skip
from hosts import ask, cloud, contents, tiny_image, unique

SIZE = "1_cpu-64_ram-1_disk"
NETWORK_KEYS = {"kind", "name", "cidr", "dhcp", "up"}
FORWARD_KEYS = {"node", "name", "protocol", "host_ip", "host_port", "guest_ip", "guest_port",
                "adapter"}


def named(name: str) -> list[dict[str, Any]]:
    """The networks of that name."""
    return [each for each in ask("network", "list") if each["name"] == name]


def adapters(node: str) -> list[tuple[int, str, Any]]:
    """Those of a node that are on."""
    return [(each["slot"], each["kind"], each["network"])
            for each in ask("node", "show", node)["adapters"]]


def test_natnetwork() -> None:
    made = ask("network", "create", lab, "--cidr", "10.77.0.0/24")
    ok(set(made) == NETWORK_KEYS and made["kind"] == "natnetwork" and made["name"] == lab and
       made["cidr"] == "10.77.0.0/24" and made["dhcp"] is True and made["up"] is True,
       "a new network is as asked for", made)
    ok(named(lab) == [made], "and listed the same")
    fails(cloud("network", "create", lab), 6, lab, "a second of that name")
    quiet = ask("network", "create", unique("quiet"), "--no-dhcp")
    ok(quiet["dhcp"] is False and re.fullmatch(r"[\d.]+/\d+", quiet["cidr"]), "one without DHCP")
    result = cloud("network", "delete", quiet["name"])
    ok(result.status == 0 and not named(quiet["name"]), "is deleted", result)
    fails(cloud("network", "delete", quiet["name"]), 3, quiet["name"], "deleting it again")


def test_refused() -> None:
    for cidr in "10.1.0.1/24", "10.1.0.0", "10.1.0.0/31", "10.1.0/24", "x/8":
        fails(cloud("network", "create", unique("no"), "--cidr", cidr), 2, "range", f"'{cidr}'")
    fails(cloud("network", "create"), 2, "name", "one without a name")
    fails(cloud("network", "create", "x", "--kind", "hostonly"), 2, "itself", "a name of our own")
    fails(cloud("network", "create", "x", "--kind", "bridged"), 2, "--kind", "one of the host's")
    for network, status, what in (("nat:x", 2, "no name"), ("lan", 2, "not a network"),
                                  ("bridged:none0", 3, "none0"), ("natnetwork:none", 3, "none"),
                                  ("generic", 2, "generic"), ("hostonly:none0", 3, "none0")):
        fails(cloud("node", "create", "x", "--image", image["id"], "--network", network), status,
              what, f"a node on '{network}'")
    fails(cloud("node", "create", "x", "--image", image["id"], *["--network", "nat"] * 9), 2, "8",
          "more adapters than there are")
    fails(cloud("node", "create", "x", "--image", image["id"], "--forward", "80:x"), 2, "HOST:GUEST",
          "ports that are none")
    fails(cloud("node", "create", "x", "--image", image["id"], "--network", "internal", "--forward",
                "80"), 2, "NAT", "a forward without NAT")


def test_hostonly() -> None:
    """With the kernel module it is made and can be deleted; without, the reason is said."""
    before = ask("network", "list")
    result = cloud("network", "create", "--kind", "hostonly", "--output", "tsv")
    if result.status:
        skip("a host-only interface", "this host has no kernel module for it")
        fails(result, 1, "vboxnetadp", "a host without the kernel module")
    else:
        name = dict(line.split("\t") for line in result.out.splitlines())["name"]
        is_fine(cloud("network", "delete", name), "the interface is deleted")
        fails(cloud("network", "create", "--kind", "hostonly", "--cidr", "10.1.1.0/24"), 1,
              "192.168.56.0/21", "a range that VirtualBox does not allow")
    result = cloud("network", "create", unique("net"), "--kind", "hostonlynet", "--output", "tsv")
    if result.status:
        skip("a host-only network", "this host's VirtualBox has none")
        fails(result, 1, "macOS", "a host without such networks")
    else:
        name = dict(line.split("\t") for line in result.out.splitlines())["name"]
        is_fine(cloud("network", "delete", name), "the network is deleted")
    ok(ask("network", "list") == before, "the host's networks are as before")


def test_node() -> dict[str, Any]:
    node = ask("node", "create", unique("many"), "--image", image["id"], "--size", SIZE, "--no-start",
               "--network", f"natnetwork:{lab}", "--network", "nat", "--network", "internal:in",
               "--network", "none")
    ok(adapters(node["id"]) == [(0, "natnetwork", lab), (1, "nat", None), (2, "internal", "in"),
                                (3, "none", None)], "a node has the adapters asked for", node)
    ok(len({each["mac"] for each in node["adapters"]}) == 4, "each with an address of its own")
    ok([(each["name"], each["adapter"]) for each in node["forwards"]] == [("ssh", 1)],
       "its forward is from the one on NAT", node["forwards"])
    ok(len(named("in")) == 1, "an internal network is there with its first node")
    fails(cloud("network", "delete", lab), 6, node["name"], "deleting a network in use")
    fails(cloud("network", "delete", "in"), 3, "internal", "deleting an internal one")
    return dict(node)


def test_attach(node: dict[str, Any]) -> None:
    fails(cloud("network", "attach", node["id"], "nat", "--adapter", "1"), 6, "already", "attach twice")
    result = cloud("network", "attach", node["name"], "internal")
    ok(result.status == 0 and "adapter 4" in result.err and
       adapters(node["id"])[-1] == (4, "internal", "intnet"), "attach takes the first that is off",
       result)
    is_fine(cloud("network", "detach", node["id"], "--adapter", "1"), "detach", "")
    ok([slot for slot, _, _ in adapters(node["id"])] == [0, 2, 3, 4] and
       ask("forward", "list", node["id"]) == [], "it is off, and its forward is gone")
    fails(cloud("network", "detach", node["id"], "--adapter", "1"), 3, "off", "detach twice")
    is_fine(cloud("network", "attach", node["id"], "nat", "--adapter", "1"), "attach it again")
    ok(ask("forward", "list", node["id"]) == [], "the forward stays gone")
    is_fine(cloud("network", "detach", node["id"], "--adapter", "0"), "detach the first", "")
    is_fine(cloud("network", "delete", lab), "now its network can be deleted")
    fails(cloud("network", "attach", node["id"], f"natnetwork:{lab}"), 3, lab, "attach to none")


def test_forwards() -> None:
    name = unique("forwards")
    node = ask("node", "create", name, "--image", image["id"], "--size", SIZE, "--forward", "80",
               "--forward", "22")
    ok(sorted(each["name"] for each in node["forwards"]) == ["tcp-22", "tcp-80"],
       "a new node has the forwards asked for", node["forwards"])
    fails(cloud("network", "attach", name, "nat"), 6, "running", "attach as it runs")
    made = ask("forward", "add", name, "53", "--udp", "--name", "dns", "--host-ip", "all")
    ok(set(made) == FORWARD_KEYS and made["node"] == node["id"] and made["name"] == "dns" and
       made["protocol"] == "udp" and made["host_ip"] is None and made["guest_port"] == 53,
       "one is added as it runs", made)
    ok(made in ask("forward", "list", name) and made in ask("forward", "list"), "and listed")
    result = cloud("forward", "delete", name, "dns", "tcp-80")
    ok(result.status == 0 and [each["name"] for each in ask("forward", "list", name)] == ["tcp-22"],
       "two are deleted", result)
    fails(cloud("forward", "delete", name, "dns"), 3, "dns", "deleting again")
    fails(cloud("forward", "add", name, "70000"), 2, "65535", "no port")
    is_fine(cloud("node", "destroy", name), "the node is destroyed")


image = ask("image", "import", tiny_image(), "--name", unique("networks"))
first = (contents(), ask("network", "list"), ask("forward", "list"))
lab = unique("lab")
test_natnetwork()
test_refused()
test_hostonly()
made_node = test_node()
test_attach(made_node)
test_forwards()
is_fine(cloud("node", "destroy", made_node["id"]), "the node is destroyed")
# VirtualBox keeps naming the internal networks that adapters had by default.
is_fine(cloud("gc"), "gc")
ok((contents(), ask("network", "list"), ask("forward", "list")) == first, "nothing is left")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted")
done()
