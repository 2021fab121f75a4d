#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where nodes are said to be reached, and how that is known.

The test host runs no guest additions, and its DHCP server needs the kernel module: so what
additions would tell is set as properties of the machine, and what the server would answer is put
in by the proxy. A real guest is reached through its forward by tests/cli's logins.
"""
from __future__ import annotations

import json
import os
import re
from typing import Any

from trouble import HOME, IMAGE, SIZE, Host, Proxy, done, fails, is_fine, ok, run

NET = "/VirtualBox/GuestInfo/Net"
REPLY = ('<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
         'xmlns:v="http://www.virtualbox.org/"><e:Body><v:{0}Response>{1}</v:{0}Response>'
         "</e:Body></e:Envelope>")


def show(url: str | None = None) -> dict[str, Any]:
    """The node as shown, and as listed."""
    shown = json.loads(host.cloud("node", "show", "n", "--output", "json", url=url).out)
    listed = json.loads(host.cloud("node", "list", "--output", "json", url=url).out)
    # What machines start with is not asked for in lists.
    ok(listed == [shown | {"firmware": None}], "listed and shown the same", listed, shown)
    return dict(shown)


def told(node: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Each address with its source and adapter, without that of the forward."""
    return [(each["address"], each["source"], each["adapter"]) for each in node["addresses"]
            if each["source"] != "forward"]


def tell(number: int, mac: str, address: str) -> None:
    """Says what guest additions would."""
    for name, value in ("MAC", mac), ("V4/IP", address), ("Status", "Up"):
        host.manage("guestproperty", "set", "n", f"{NET}/{number}/{name}", value)


def test_forward() -> None:
    node = show()
    forward = node["forwards"][0]
    ok([each["name"] for each in node["forwards"]] == ["ssh"] and node["addresses"] == [
        {"address": f"127.0.0.1:{forward['host_port']}", "host": "127.0.0.1",
         "port": forward["host_port"], "guest_port": 22, "source": "forward", "adapter": 0}],
       "a node on NAT is reached through its forward", node)
    ok(node["public_ips"] == node["private_ips"] == [], "and has no address", node)
    is_fine(host.cloud("forward", "add", "n", "53", "--udp", "--host-ip", "all"), "one of UDP")
    ok(len(show()["addresses"]) == 1, "leads to no TCP port")
    is_fine(host.cloud("forward", "add", "n", "80", "--host-ip", "all"), "one from all addresses")
    ok(show()["addresses"][-1]["host"] == "127.0.0.1", "is reached where the host is")


def test_properties(macs: list[str]) -> None:
    is_fine(host.cloud("node", "start", "n"), "the node starts")
    tell(0, macs[0], "10.0.2.15")
    ok(told(show()) == [], "an address in the NAT is none")
    tell(0, macs[0], "192.168.77.15")
    ok(told(show()) == [], "nor is one in a NAT of other numbers")
    tell(1, macs[1], "10.0.2.15")
    ok(told(show()) == [], "nor is 10.0.2.15 anywhere")
    tell(2, "0242AC110001", "172.17.0.1")
    ok(told(show()) == [], "nor is that of an interface that the guest made itself")
    for nonsense in "", "0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.1", "1.2.3", "x":
        tell(1, macs[1], nonsense)
        ok(told(show()) == [], f"nor is '{nonsense}'")
    for address, field in ("192.168.56.7", "private_ips"), ("203.0.113.9", "public_ips"):
        tell(1, macs[1], address)
        node = show()
        ok(told(node) == [(address, "guest", 1)] and node[field] == [address] and
           len(node["public_ips"] + node["private_ips"]) == 1, f"the guest has {address}", node)
    is_fine(host.cloud("node", "stop", "--force", "n"), "it stops")
    ok(told(show()) == [], "an address of a node that is stopped is none")
    is_fine(host.cloud("node", "start", "n"), "it starts again")
    ok(told(show()) == [], "nor is one from before the boot")
    tell(1, macs[1], "192.168.56.8")
    ok(told(show()) == [("192.168.56.8", "guest", 1)], "a new one is")
    test_ssh("192.168.56.8")
    host.manage("guestproperty", "unset", "n", f"{NET}/1/V4/IP")
    test_wait(macs[1])


def waits(*words: str) -> str:
    return host.cloud("node", "wait", "n", "--state", "address", "--timeout", "20", *words).err


def test_wait(mac: str) -> None:
    """For an address, of whatever source."""
    for each in show()["forwards"]:
        host.must("forward", "delete", "n", each["name"])
    host.must("forward", "add", "n", "22", "--name", "ssh")
    port = show()["forwards"][0]["host_port"]
    ok(waits() == f"vboxcloud: node 'n' can be reached at 127.0.0.1 port {port} (forward)\n",
       "a forward is an address, at once")
    host.must("forward", "delete", "n", "ssh")
    waiting = host.start("node", "wait", "n", "--state", "address", "--timeout", "60")
    ok(waiting.poll() is None, "without one it waits")
    late = host.cloud("node", "wait", "n", "--state", "address", "--timeout", "2")
    fails(late, 5, "no address of node 'n' is known", "no longer than it is told to")
    ok(waiting.poll() is None, "the other still waits")
    tell(1, mac, "192.168.56.9")
    said = waiting.communicate(timeout=60)[1]
    ok(waiting.returncode == 0 and said == "vboxcloud: node 'n' can be reached at 192.168.56.9 (guest)\n",
       "until the guest tells", said)
    host.manage("guestproperty", "unset", "n", f"{NET}/1/V4/IP")
    waiting = host.start("node", "wait", "n", "--state", "address")
    late = host.cloud("node", "wait", "n", "--state", "address", "--timeout", "2")
    ok(late.status == 5 and waiting.poll() is None, "another one waits")
    host.must("node", "stop", "--force", "n")
    said = waiting.communicate(timeout=60)[1]
    ok(waiting.returncode == 6 and "it is stop" in said, "until the node is stopped", said)
    fails(host.cloud("node", "wait", "n", "--state", "address"), 6, "cannot be reached: it is stopped",
          "a node that is stopped has none")
    test_create()
    host.must("node", "start", "n")


def test_create() -> None:
    words = ("node", "create", "m", "--image", IMAGE, "--size", SIZE, "--wait", "address")
    made = json.loads(host.must(*words, "--output", "json").out)
    ok(made["state"] == "running" and [each["source"] for each in made["addresses"]] == ["forward"],
       "a new node on NAT has an address", made)
    host.must("forward", "delete", "m", "ssh")
    fails(host.cloud("node", "wait", "m", "--state", "address"), 6, "forward add",
          "without a forward it will never have one")
    host.must("node", "destroy", "m")
    alone = host.cloud(*words, "--network", "none")
    ok(alone.status == 6 and "is known: it is on no network" in alone.err and
       "node 'm' was created" in alone.err, "a node without a network is there all the same", alone)
    host.must("node", "destroy", "m")


def test_ssh(address: str) -> None:
    """Through the forward while there is one; a program of ours stands in for ssh."""
    program = HOME / "ssh"
    program.write_text('#!/bin/sh\necho "$@"\nexit 3\n')
    program.chmod(0o755)
    for way, port in (("127.0.0.1", str(show()["forwards"][0]["host_port"])), (address, "22")):
        result = run("node", "ssh", "n", "--no-wait", "--user", "me", "--", "ls", "-l", env=host.env | {
            "VBOXCLOUD_HOST": host.url, "PATH": f"{HOME}:{os.environ['PATH']}"})
        ok(result.status == 3 and f"-oPort={port} -oUser=me " in result.out and
           result.out.endswith(f" -- {way} ls -l\n"), f"ssh is sent to {way}", result)
        host.cloud("forward", "delete", "n", "ssh")


def lease(address: str, state: str = "acked", expire: int = 1 << 33) -> list[dict[str, Any]]:
    """Rules for a host whose second adapter has such a lease on the internal network."""
    found = REPLY.format("IVirtualBox_findDHCPServerByNetworkName", "<returnval>s</returnval>")
    values = (f"<address>{address}</address><state>{state}</state><issued>1</issued>"
              f"<expire>{expire}</expire>")
    return [{"do": "substitute", "method": "IVirtualSystemDescription_getDescription", "every": True,
             "pattern": "type=Generic", "with": "type=Internal"},
            {"do": "reply", "method": "IVirtualBox_findDHCPServerByNetworkName", "every": True,
             "body": found},
            {"do": "reply", "method": "IDHCPServer_findLeaseByMAC", "every": True,
             "body": REPLY.format("IDHCPServer_findLeaseByMAC", values)}]


def test_leases() -> None:
    proxy.rules(lease("10.9.8.7"))
    node = show(proxy.url)
    ok(told(node) == [("10.9.8.7", "lease", 1)] and node["private_ips"] == ["10.9.8.7"],
       "a lease is an address", node)
    asked = [each for each in proxy.calls()["order"] if "DHCP" in each]
    ok(asked == ["IVirtualBox_findDHCPServerByNetworkName", "IDHCPServer_findLeaseByMAC"] * 2,
       "asked for once each time", asked)
    for what, rules in (("an offer", lease("10.9.8.7", "offered")),
                        ("one that has expired", lease("10.9.8.7", expire=2)),
                        ("no address", lease(""))):
        proxy.rules(rules)
        ok(told(show(proxy.url)) == [], f"{what} is none")
    for method in "IVirtualBox_findDHCPServerByNetworkName", "IDHCPServer_findLeaseByMAC":
        rules = [rule for rule in lease("10.9.8.7") if rule["method"] != method]
        proxy.rules([*rules, {"do": "fault", "method": method, "every": True,
                              "result": "0x80070057"}])
        ok(told(show(proxy.url)) == [], f"a host that says no at {method} has none")
    proxy.rules(lease("10.9.8.7"))
    host.cloud("node", "stop", "--force", "n")
    ok(told(show(proxy.url)) == [], "nor has a node that is stopped")


with Host("addresses") as host, Proxy(host.url) as proxy:
    host.put_image()
    host.must("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
    # The one kind beside NAT that runs without the kernel module.
    host.manage("modifyvm", "n", "--nic2", "generic", "--nic-generic-drv2", "UDPTunnel",
                "--nic-property2", "dest=127.0.0.1", "--nic-property2", "sport=0")
    ok([(each["slot"], each["kind"], each["network"]) for each in show()["adapters"]] ==
       [(0, "nat", None), (1, "generic", None)], "both adapters are shown")
    test_forward()
    test_properties([re.sub(":", "", each["mac"]).upper() for each in show()["adapters"]])
    test_leases()
done()
