#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clones whose disks are linked to a snapshot of the node: what keeps what, and what may go."""
from __future__ import annotations

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, tiny_image, unique

SIZE, LARGER = "1_cpu-64_ram-1_disk", "1_cpu-64_ram-2_disk"


def clone(of: str, *more: str) -> str:
    """The id of a linked clone."""
    return ask("node", "clone", of, unique("linked"), "--linked", *more)["id"]


def snapshots(of: str) -> list[str]:
    return [each["name"] for each in ask("snapshot", "list", "--node", of)]


before, files = contents(), local_files()
image = ask("image", "import", tiny_image(), "--name", unique("linked"))["id"]
id = ask("node", "create", unique("source"), "--image", image, "--size", SIZE, "--no-start")["id"]

fails(cloud("node", "clone", id, "x", "--linked", "--size", LARGER), 2, "choose a size with as much",
      "a linked disk that is larger")
ok(snapshots(id) == [], "no snapshot was taken for that")
first = clone(id)
ok(snapshots(id) == [f"linked clone {first}"], "the snapshot it is linked to", snapshots(id))
ok(ask("node", "show", first)["state"] == "running", "it runs")
is_fine(cloud("node", "start", id), "the node goes on")
second = clone(id, "--no-start")
ok(len(snapshots(id)) == 2, "another snapshot, of the running node")
is_fine(cloud("snapshot", "create", "--node", id, "s"), "a snapshot")
third = clone(id, "--snapshot", "s")
ok(len(snapshots(id)) == 3, "a clone of a snapshot needs no other")
is_fine(cloud("node", "stop", "--force", id), "stop the node")

linked = r"the disk of node 'linked-.*' \(.*\) is linked to it"
fails(cloud("node", "destroy", id), 6, linked, "the node cannot go")
fails(cloud("snapshot", "delete", "--node", id, f"linked clone {first}"), 6, first,
      "nor can the snapshot")
fails(cloud("snapshot", "delete", "--node", id, "s"), 6, third, "nor can the other")
fails(cloud("node", "resize", first, "--size", LARGER), 6, "only stopped", "resize a running one")
fails(cloud("node", "resize", second, "--size", LARGER), 6, "linked to another",
      "the disk of a clone stays as large as it is")

is_fine(cloud("node", "destroy", second), "a clone can go")
fails(cloud("snapshot", "delete", "--node", id, f"linked clone {second}"), 6, "is locked",
      "its snapshot is below the disk of a node that runs")
is_fine(cloud("node", "stop", "--force", third), "stop that")
is_fine(cloud("snapshot", "delete", "--node", id, f"linked clone {second}"), "then the snapshot can go")
is_fine(cloud("snapshot", "revert", id, f"linked clone {first}"), "go back to the first")
fails(cloud("snapshot", "delete", "--node", id, "s"), 6, third,
      "a snapshot that the node does not build on any more")
fails(cloud("node", "destroy", id), 6, "is linked to it", "the node still cannot go")
is_fine(cloud("node", "start", id), "it runs as before")
for each in first, third:
    is_fine(cloud("node", "start", each), "so do the clones")
    is_fine(cloud("node", "stop", "--force", each), "stop")

child = clone(third, "--no-start")
fails(cloud("node", "destroy", third), 6, child, "a clone of a clone")
is_fine(cloud("node", "destroy", child), "destroy that")
is_fine(cloud("node", "destroy", third), "destroy the clone")
is_fine(cloud("snapshot", "delete", "--node", id, "s"), "its snapshot")
is_fine(cloud("node", "destroy", first), "destroy the last")
is_fine(cloud("node", "destroy", id), "the node goes with its snapshots")
is_fine(cloud("image", "delete", image), "delete the image")
ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
done()
