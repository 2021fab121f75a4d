# SPDX-License-Identifier: Apache-2.0
"""tests/host/lister.c: a program that lists as often as it is told, in one process."""
from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from trouble import TESTS, Host

PROGRAM = (TESTS.parent / os.environ.get("VBOXCLOUD_BUILD", "build")) / "tests/host/lister"
# enum vbc_node_field
NAME, HARDWARE, FILES, NETWORK, SIZED, ALL = 1, 2, 4, 8, 16, 31
TABLE = NAME | SIZED
_UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


class Failed(Exception):
    """A list that did not succeed."""


@dataclass
class Listed:
    """A node, as node_print() prints it."""
    id: str
    name: str
    state: str
    size: str
    os_type: str
    description: str
    settings_file: str
    error: str
    image: str
    username: str
    adapters: str
    forwards: str
    addresses: str
    tags: str


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda mark: _UNESCAPED[mark[1]], text)


def resize(host: Host, id_: str, mib: int) -> None:
    """A node's disk, by another program."""
    disk = re.search(r'ImageUUID-0-0"="([^"]+)', host.manage("showvminfo", id_, "--machinereadable"))
    assert disk
    host.manage("modifymedium", "disk", disk[1], "--resize", str(mib))


class Lister:
    """One process of it, that lists on a host, or on the host as seen through a proxy."""

    def __init__(self, host: Host, url: str | None = None):
        # What it frees is free, also with a sanitizer: its memory is measured.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
        env = {**os.environ, **host.env, "VBOXCLOUD_HOST": url or host.url,
               "ASAN_OPTIONS": sanitizer.lstrip(":")}
        self.process = subprocess.Popen([str(PROGRAM)], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, env=env, encoding="utf-8")

    def __enter__(self) -> Lister:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def ask(self, line: str) -> dict[str, Listed]:
        """The nodes by id."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        nodes: dict[str, Listed] = {}
        failure = ""
        while (answer := self.process.stdout.readline()) != ".\n":
            if not answer:
                raise Failed(f"the program ended with status {self.process.wait()}")
            if answer.startswith("!"):
                failure = answer.strip()
                continue
            node = Listed(*(_plain(text) for text in answer.rstrip("\n").split("\t")))
            nodes[node.id] = node
        if failure:
            raise Failed(failure)
        return nodes

    def list(self, fields: int = ALL) -> dict[str, Listed]:
        return self.ask(f"list {fields}")

    def resident_kib(self) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])
