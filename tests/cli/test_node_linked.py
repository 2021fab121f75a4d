#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes whose disks are linked to their image."""
from __future__ import annotations

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, tiny_image, unique


SIZE, LARGER = "1_cpu-64_ram-1_disk", "1_cpu-64_ram-2_disk"


def create(size: str, *more: str) -> dict:
    return ask("node", "create", unique("linked"), "--image", image, "--size", size, "--linked",
               *more)


before, files = contents(), local_files()
image = ask("image", "import", tiny_image(), "--name", unique("base"))["id"]
one = create(SIZE)
two = create(SIZE, "--no-start")
ok((one["state"], two["state"]) == ("running", "stopped"), "two nodes on one image", one, two)
fails(cloud("node", "create", "x", "--image", image, "--size", LARGER, "--linked"), 2,
      "choose a size with as much", "a linked disk that is larger than the image")
own = ask("node", "create", unique("own"), "--image", image, "--linked", "--no-start", "--cpus", "2",
          "--memory", "96M")
ok(own["size"] == "2_cpu-96_ram-1_disk", "a linked disk is as large as the image by default", own)
is_fine(cloud("node", "rm", own["id"]), "destroy that")
fails(cloud("node", "create", "x", "--image", image, "--disk", "2G", "--linked"), 2,
      "choose a size with as much", "the same with a disk alone")
fails(cloud("image", "delete", image), 6, "needed by the linked disk of node", "delete the image under them")

fails(cloud("node", "resize", two["id"], "--size", LARGER), 6, "linked to another",
      "grow a linked disk")
is_fine(cloud("snapshot", "create", "--node", two["id"], "s"), "a snapshot of one")
is_fine(cloud("snapshot", "delete", "--node", two["id"], "s"), "delete the snapshot")
is_fine(cloud("node", "start", two["id"]), "start it")
is_fine(cloud("node", "stop", two["id"], "--force"), "stop it")

copy = ask("image", "create", two["id"], unique("flat"))["id"]
is_fine(cloud("node", "destroy", two["id"]), "destroy one")
fails(cloud("image", "delete", image), 6, one["id"], "the other still needs the image")
is_fine(cloud("node", "reboot", one["id"], "--force"), "the other goes on")
is_fine(cloud("node", "destroy", one["id"]), "destroy the other")
is_fine(cloud("image", "delete", image), "delete the image")
is_fine(cloud("image", "delete", copy), "delete the image of a linked node")
ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
done()
