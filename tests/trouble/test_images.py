#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images of machines that are not as ours: without a disk, with a volume alone; and disks of nodes
that are taken for images or volumes.
"""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

from trouble import HOME, IMAGE, SIZE, Host, done, fails, is_fine, ok


def has_no_disk(host: Host, what: str) -> None:
    """In the words of the original driver."""
    result = host.cloud("image", "create", "bare", "x")
    ok(result.status == 6 and result.err == "vboxcloud: Node has no attached disk.\n", what, result)


def test_no_disk(host: Host) -> None:
    host.manage("createvm", "--name", "bare", "--ostype", "Debian_64", "--register")
    has_no_disk(host, "a machine without a disk")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("volume", "attach", "v", "bare")
    is_fine(host.cloud("image", "create", "bare", "x"), "one that has a volume alone starts from that")
    host.must("image", "delete", "x")
    host.must("volume", "detach", "v")
    has_no_disk(host, "and without it has no disk again")
    host.must("volume", "destroy", "v")
    host.manage("unregistervm", "bare", "--delete")


def test_other_tools(host: Host) -> None:
    """The disk need not be where this project would have it."""
    disk = host.folder / "theirs" / "disk.vdi"
    host.manage("createvm", "--name", "theirs", "--ostype", "Debian_64", "--register")
    host.manage("createmedium", "disk", "--filename", str(disk), "--size", "8")
    host.manage("storagectl", "theirs", "--name", "C", "--add", "ide")
    host.manage("storageattach", "theirs", "--storagectl", "C", "--port", "1", "--device", "0",
                "--type", "hdd", "--medium", str(disk))
    is_fine(host.cloud("image", "create", "theirs", "x"), "a machine of another tool")
    shown = host.must("image", "show", "x").out
    ok("Debian_64" in shown and "node theirs (" in shown, "its system and origin are told", shown)
    host.must("image", "delete", "x")
    host.manage("unregistervm", "theirs", "--delete")


def test_collision(host: Host) -> None:
    """A copy of a disk's file has its UUID; the sentence tells the way out, which is one."""
    disk, copy = HOME / "original.vdi", HOME / "copy.vdi"
    host.manage("createmedium", "disk", "--filename", str(disk), "--size", "8")
    copy.write_bytes(disk.read_bytes())
    way_out = f"VBoxManage internalcommands sethduuid {copy}"
    fails(host.cloud("image", "import", f"host:{copy}", "--name", "copy"), 2,
          f"same UUID.*{disk}.*{way_out}", "a copy of a disk that VirtualBox knows")
    host.manage(*way_out.split()[1:])
    is_fine(host.cloud("image", "import", f"host:{copy}", "--name", "copy"), "the way out is one")
    host.must("image", "delete", "copy")
    host.manage("closemedium", "disk", str(disk), "--delete")


def has_all(host: Host, image: dict[str, str], raw: Path, what: str) -> None:
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(raw),
                           image["location"]], capture_output=True, check=False)
    ok(same.returncode == 0, what, same.stdout)
    host.must("image", "delete", image["id"])


def test_linked(host: Host) -> None:
    """The disk of a linked node is on top of its image; the new image is on its own."""
    raw = HOME / "noise.raw"
    raw.write_bytes(bytes(range(256)) * 4096 * 3)
    host.must("image", "import", str(raw), "--name", "noise")
    host.must("node", "create", "l", "--image", "noise", "--size", SIZE, "--linked", "--no-start")
    made = json.loads(host.must("image", "create", "l", "x", "--output", "json").out)
    first = json.loads(host.must("node", "clone", "l", "first", "--linked", "--no-start",
                                 "--output", "json").out)["id"]
    host.must("snapshot", "create", "--node", "l", "then")
    host.must("node", "clone", "l", "second", "--linked", "--snapshot", "then", "--no-start")
    host.must("node", "destroy", "first")
    host.must("snapshot", "delete", "--node", "l", f"linked clone {first}")
    cloned = json.loads(host.must("image", "create", "second", "y", "--output", "json").out)
    host.must("node", "destroy", "second")
    host.must("node", "destroy", "l")
    host.must("image", "delete", "noise")
    has_all(host, made, raw, "the image of a linked node holds all of its disk")
    has_all(host, cloned, raw, "that of a linked clone too, when a disk between was merged")


def test_not_theirs(host: Host) -> None:
    """A node's system disk is neither a volume nor an image."""
    node = host.create("--no-start")
    said = host.manage("list", "hdds").split("\n\n")
    disk = next(part.split()[1] for part in said if f"{node}.vdi" in part)
    for words in (("volume", "destroy"), ("volume", "detach"), ("image", "delete"),
                  ("snapshot", "delete")):
        fails(host.cloud(*words, disk), 3, "a disk of node 'n'", f"{' '.join(words)} of it")
    ok(Path(host.folder / node / f"{node}.vdi").exists(), "it is still there")
    host.must("node", "destroy", node)


with Host("images") as the_host:
    the_host.put_image(IMAGE)
    before = the_host.settled()
    test_no_disk(the_host)
    test_collision(the_host)
    test_other_tools(the_host)
    test_linked(the_host)
    test_not_theirs(the_host)
    after = the_host.settled()
    ok(after.machines == before.machines and after.media == before.media and
       after.extra == before.extra, "the host is as before", after.against(before))
done()
