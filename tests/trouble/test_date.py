#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node's creation date: when a snapshot was taken, before the node had a disk."""
from __future__ import annotations

import calendar
import json
import re
import time

from trouble import Host, done, is_fine, ok

MARKER = "libcloud: created"


def created_at(node: str) -> str:
    shown = host.cloud("node", "show", node, "--output", "json")
    return json.loads(shown.out)["created_at"] if not shown.status else shown.err


def seconds_of(date: str) -> int:
    return calendar.timegm(time.strptime(date, "%Y-%m-%dT%H:%M:%SZ"))


def marker_time(node: str) -> int:
    """The snapshot's time stamp, as VirtualBox itself tells it."""
    soap = host.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node)
    snapshot = soap.one("IMachine_findSnapshot", machine, nameOrId=MARKER)
    return int(soap.one("ISnapshot_getTimeStamp", snapshot)) // 1000


def disks(node: str) -> list[str]:
    """The files attached to the node, as VBoxManage shows them."""
    info = host.manage("showvminfo", node, "--machinereadable")
    return re.findall(r'^"SATA-\d+-\d+"="(/[^"]*)"', info, re.M)


with Host("date") as host:
    host.put_image()
    before = time.time()
    node = host.create(name="d\u00e4t\u00e9")
    date = created_at(node)
    ok(before - 1 <= seconds_of(date) <= time.time() + 1,
       "a new node was created just now", date)
    ok(0 <= marker_time(node) - seconds_of(date) <= 1, "just before its marker snapshot was", date, marker_time(node))
    ok(MARKER in host.manage("snapshot", node, "list"), "VBoxManage shows the marker")
    own = str(host.folder / node / f"{node}.vdi")
    ok(disks(node) == [own], "the disk is attached itself, with no differencing disk", disks(node))
    parents = re.findall(r"^Parent UUID: +(.*)", host.manage("list", "hdds"), re.M)
    ok(parents == ["base", "base"], "no disk has a parent", parents)
    ok(not (host.folder / node / "Snapshots").exists() or
       not list((host.folder / node / "Snapshots").glob("*.vdi")), "nor is there one in its folder")

    is_fine(host.cloud("node", "stop", "--force", node), "stopped")
    ok(disks(node) == [own], "the disk stays so after a run", disks(node))
    time.sleep(1.1)  # so that a date made anew would differ
    host.restart()
    ok(created_at(node) == date, "the date survives a restart of VBoxSVC",
       created_at(node))

    host.manage("snapshot", node, "take", "by hand")
    ok(created_at(node) == date, "and another snapshot", created_at(node))
    host.manage("modifyvm", node, "--memory", "128")
    ok(created_at(node) == date, "and a change of the machine", created_at(node))

    other = re.search(r"UUID: (\S+)", host.manage("createvm", "--name", "other", "--register"))
    ok(created_at(other.group(1)) is None, "a machine of another tool has no known date")
    for each in (node, other.group(1)):
        is_fine(host.cloud("node", "destroy", each), f"destroyed {each}")
    ok(not host.state().machines and list(host.state().media) == ["images/empty.vdi"],
       "with all its disks", host.state())
done()
