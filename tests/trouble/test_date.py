#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node's creation date is the time stamp of a snapshot, and costs its disk nothing."""
from __future__ import annotations

import json
import re
import time
from datetime import datetime, timezone

from trouble import Host, done, ok


def created_at(id_: str) -> str:
    """The date that the command shows."""
    shown = host.must("node", "show", id_, "--output", "json").out
    listed = host.must("node", "list", "--output", "json").out
    dates = {json.loads(shown)["created_at"],
             *(each["created_at"] for each in json.loads(listed) if each["id"] == id_)}
    ok(len(dates) == 1, "node list and node show agree", dates)
    return dates.pop()


def snapshots(id_: str) -> list[tuple[str, str]]:
    """Name and time stamp of each snapshot, from the settings file."""
    text = (host.folder / id_ / f"{id_}.vbox").read_text()
    return re.findall(r'<Snapshot uuid="[^"]*" name="([^"]*)" timeStamp="([^"]*)"', text)


def attached(id_: str) -> str:
    """The path of the node's disk, from VBoxManage."""
    info = host.manage("showvminfo", id_, "--machinereadable")
    return re.search(r'^"SATA-0-0"="(.*)"', info, re.M).group(1)  # type: ignore[union-attr]


with Host("date") as host:
    host.put_image()
    began = datetime.now(timezone.utc).replace(microsecond=0)
    node = host.create("--no-start")
    date = created_at(node)
    when = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    ok(began <= when <= datetime.now(timezone.utc), "the date is that of now, in UTC", date, began)
    ok(snapshots(node) == [("libcloud: created", date)], "it is the time of the one snapshot there is",
       snapshots(node), date)
    disk = str(host.folder / node / f"{node}.vdi")
    ok(attached(node) == disk, "the node has its disk itself, no differencing one", attached(node))
    parents = re.findall(r"^Parent UUID: +(.*)", host.manage("list", "hdds"), re.M)
    ok(parents == ["base", "base"], "no disk has a parent", parents)
    time.sleep(1.1)
    host.must("node", "start", node)
    ok(attached(node) == disk, "nor when it has started", attached(node))
    host.must("node", "stop", "--force", node)

    host.restart()
    ok(created_at(node) == date, "the date survives a restart of the host's service")

    host.manage("snapshot", node, "take", "another")
    ok(len(snapshots(node)) == 2 and created_at(node) == date, "another snapshot does not change it",
       snapshots(node))
    host.must("node", "destroy", node)
    ok(not (host.folder / node).exists(), "a node with snapshots is destroyed with its folder")
done()
