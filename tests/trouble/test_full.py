#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host whose disk is full: it is said so, and nothing is left."""
from __future__ import annotations

import os
import subprocess

from trouble import HOME, SIZE, Host, done, fails, is_fine, ok

DISK_MIB = 56
MIB = 1 << 20


def listed() -> list[str]:
    """The files of the machine folder."""
    seen = host.seen
    return sorted(str(path.relative_to(seen)) for path in seen.rglob("*") if path.is_file())


def random_file(name: str, mib: int) -> str:
    path = HOME / f"{name}.raw"
    path.write_bytes(b"".join(os.urandom(MIB) for _ in range(mib)))
    return str(path)


def packed_file(name: str, mib: int) -> str:
    """Of a format that is copied on the host, as raw disks are not."""
    path = random_file(name, mib)
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", path, f"{path}.qcow2"], check=True)
    return f"{path}.qcow2"


def refused(what: str, *words: str) -> None:
    before = (listed(), host.in_virtualbox())
    fails(host.cloud(*words), 1, r"(?i)disk.*full|full.*disk|VERR_DISK_FULL|no space", what)
    ok((listed(), host.in_virtualbox()) == before, "and nothing of it is left",
       before, listed(), host.in_virtualbox())


with Host("full", "--disk-mib", str(DISK_MIB)) as host:
    is_fine(host.cloud("image", "import", random_file("small", 20), "--name", "small"),
            "an image that fits is imported")
    refused("an upload larger than the disk", "image", "import", random_file("large", 80))
    refused("an upload that fits, but its copy does not", "image", "import", packed_file("both", 30))
    there = host.folder.parent / "there.hdd"
    there.write_bytes(b"".join(os.urandom(MIB) for _ in range(60)))
    refused("a copy of a file on the host", "image", "import", f"host:{there}", "--name", "there")
    is_fine(host.cloud("node", "create", "one", "--image", "small", "--size", SIZE, "--no-start"),
            "a node whose disk fits is created")
    refused("a node whose disk does not", "node", "create", "two", "--image", "small", "--size", SIZE)
    is_fine(host.cloud("node", "destroy", "one"), "the node that fitted can be destroyed")
    is_fine(host.cloud("image", "delete", "small"), "and the image")
done()
