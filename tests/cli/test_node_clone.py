#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clones of nodes that are stopped, running, suspended, linked; and the logs of their runs."""
from __future__ import annotations

import time

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, tiny_image, unique

SIZE = "1_cpu-64_ram-1_disk"
ALIKE = ("size", "image", "cpus", "memory_mb", "disk_gb", "os_type", "tags")


def ports(node: dict) -> list[tuple[object, ...]]:
    """Its forwards, but for the host's ports."""
    return [tuple(value for key, value in each.items() if key not in ("host_port", "node"))
            for each in node["forwards"]]


def clone(what: str, of: str, *more: str) -> dict:
    """Clones a node, and compares the two."""
    source = ask("node", "show", of)
    time.sleep(1)  # dates are shown in seconds
    copy = ask("node", "clone", of, unique("copy"), *more)
    ok([copy[key] for key in ALIKE] == [source[key] for key in ALIKE] and
       copy["extra"]["description"] == source["extra"]["description"],
       f"the clone of {what} is like it", copy, source)
    ok(ports(copy) == ports(source) and len(ports(copy)) == 2, "with its forwards", copy, source)
    ok(not {each["host_port"] for each in copy["forwards"]} &
       {each["host_port"] for each in source["forwards"]}, "from other ports", copy, source)
    ok(all(copy[key] != source[key] for key in ("id", "name", "created_at")) and
       copy["adapters"][0]["mac"] != source["adapters"][0]["mac"],
       "it has an id, a name, a date and a MAC address of its own", copy, source)
    ok(ask("node", "show", of) == source, "the node is as it was")
    return copy


before, files = contents(), local_files()
image = ask("image", "import", tiny_image(), "--name", unique("clone"))["id"]
id = ask("node", "create", unique("clone"), "--image", image, "--size", SIZE, "--no-start",
         "--forward", "80", "--description", "the\nfirst")["id"]
is_fine(cloud("node", "tag", id, "role=web"), "tag it")
volume = ask("volume", "create", unique("clone"), "--size", "1", "--dynamic")["id"]
is_fine(cloud("volume", "attach", volume, id), "give it a volume")

fails(cloud("node", "log", id), 3, "never started", "the log of one that was never started")
stopped = clone("a stopped node", id)
ok(stopped["state"] == "running", "it runs", stopped)
ok("VirtualBox" in cloud("node", "log", stopped["id"]).out, "it has a log")
is_fine(cloud("node", "destroy", stopped["id"]), "destroy the clone")

is_fine(cloud("node", "start", id), "start the node")
running = clone("a running node", id, "--no-start")
ok(running["state"] == "stopped", "it is stopped", running)
ok(ask("snapshot", "list", "--node", id) == [], "no snapshot of the node is left")
is_fine(cloud("node", "start", running["id"]), "start the clone")
ok(ask("volume", "show", volume)["node"] == id, "the volume is where it was")
is_fine(cloud("snapshot", "create", "--node", id, "then"), "a snapshot of the node")
is_fine(cloud("node", "suspend", id), "suspend the node")
fails(cloud("node", "clone", id, "x"), 6, "cannot be cloned: it is suspended", "clone it")
fails(cloud("node", "clone", id, "x", "--linked"), 6, "it is suspended", "clone it with a linked disk")
fails(cloud("node", "clone", id, "x", "--snapshot", "no"), 3, "has no snapshot 'no'",
      "clone a snapshot that is not there")
earlier = clone("a snapshot of a suspended node", id, "--snapshot", "then")
is_fine(cloud("snapshot", "delete", "--node", id, "then"), "nothing needs the snapshot any more")
is_fine(cloud("node", "destroy", earlier["id"]), "destroy the clone")
fails(cloud("node", "clone", id, ""), 2, "empty", "a clone without a name")
fails(cloud("node", "clone", unique("none"), "x"), 3, "there is no node", "clone no node")
is_fine(cloud("node", "destroy", id), "destroy the node")

larger = ask("node", "clone", running["id"], unique("larger"), "--size", "1_cpu-96_ram-2_disk")
ok((larger["memory_mb"], larger["disk_gb"]) == (96, 2), "a larger clone of a clone", larger)
linked = ask("node", "create", unique("linked"), "--image", image, "--size", SIZE, "--linked",
             "--no-start")
flat = ask("node", "clone", linked["id"], unique("flat"))
for each in linked, running, larger:
    is_fine(cloud("node", "destroy", each["id"]), "destroy")
is_fine(cloud("image", "delete", image), "nothing needs the image any more")
is_fine(cloud("node", "reboot", "--force", flat["id"]), "the clone of a linked node has all itself")
is_fine(cloud("node", "destroy", flat["id"]), "destroy")
is_fine(cloud("volume", "destroy", volume), "destroy the volume")
ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
done()
