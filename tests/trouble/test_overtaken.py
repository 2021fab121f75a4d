#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program that another one overtakes: what that begins or makes meanwhile is neither forgotten nor
removed, and nothing is made twice."""
from __future__ import annotations

from trouble import IMAGE, SIZE, Host, Proxy, done, fails, finish, is_fine, ok

BIGGER = SIZE.replace("64_ram", "96_ram")
DISPLAY = ("node", "display", "n", "--on", "--no-password")
NETWORK = ("network", "create", "lab", "--cidr", "10.9.0.0/24")
TURN_MS = 5000  # how long a client waits for another's turn at a node


def killed_at(method: str, *words: str) -> None:
    """The host never sees the call."""
    process = host.start_at(early, {"method": method, "do": "hang"}, *words)
    process.kill()
    finish(process)


def labs() -> int:
    return host.manage("list", "natnets").count("lab")


def test_killed_meanwhile(method: str, rule: dict[str, object]) -> None:
    """Another command is killed under the lock that the first one waits for."""
    before = host.settled()
    first = host.start_at(late, {"method": method, **rule}, *DISPLAY)
    killed_at("IMachine_saveSettings", "node", "resize", "n", "--size", BIGGER)
    result = finish(first)
    ok(result.status == 6 and "resizing was interrupted" in result.err,
       f"what is at {method} meanwhile does not replace its entry", result)
    host.must("node", "list")
    after = host.settled()
    ok(after == before and "  1_cpu-64_ram" in host.must("node", "show", "n").out,
       "what was killed is undone", after.against(before))


def test_made_meanwhile() -> None:
    first = host.start_at(late, {"method": "IVirtualBox_createNATNetwork", "do": "delay", "ms": 2000},
                          *NETWORK)
    fails(host.cloud(*NETWORK), 6, "'lab' already", "a network that is being made")
    is_fine(finish(first), "it is made")
    ok(labs() == 1, "once")
    host.must("network", "delete", "lab")


def test_found_meanwhile() -> None:
    """Another makes it when the first one is about to look."""
    first = host.start_at(late, {"method": "IVirtualBox_getExtraDataKeys", "do": "late", "ms": 2000},
                          *NETWORK)
    is_fine(host.cloud(*NETWORK), "another network of the name is made")
    fails(finish(first), 6, "'lab' already", "the first")
    ok(labs() == 1, "it stays, alone")
    host.must("network", "delete", "lab")


def test_killed_network() -> None:
    killed_at("IVirtualBox_createNATNetwork", *NETWORK)
    is_fine(host.cloud(*NETWORK), "a network whose creation was killed can be made again")
    host.must("node", "list")
    ok(labs() == 1, "and stays, alone")
    host.must("network", "delete", "lab")


with Host("overtaken") as host, Proxy(host.url) as early, Proxy(host.url) as late:
    host.put_image()
    host.must("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
    test_killed_meanwhile("IMachine_lockMachine", {"do": "delay", "ms": 2 * TURN_MS})
    test_killed_meanwhile("IVirtualBox_getExtraDataKeys", {"do": "late", "ms": 5000})
    test_made_meanwhile()
    test_found_meanwhile()
    test_killed_network()
done()
