#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Starts that fail: the sentence names the cause, which VirtualBox often has only in the machine's
log, and the way out.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from trouble import Host, done, fails, is_fine, ok

DISCARD = r"; 'vboxcloud node discard' discards the saved state"


def saved_state() -> Path:
    return next((host.folder / NODE / "Snapshots").glob("*.sav"))


def state() -> str:
    return json.loads(host.must("node", "show", NODE, "--output", "json").out)["state"]


def cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:len(data) // 2])


def test_saved(what: str, spoil: Callable[[Path], object], cause: str) -> None:
    """Of a suspended node, and the same again after a restart of the service."""
    host.must("node", "start", NODE)
    host.must("node", "suspend", NODE)
    file = saved_state()
    spoil(file)
    for verb in ("start", "resume"):
        fails(host.cloud("node", verb, NODE), 1, f"{file}' {cause}.*{DISCARD}",
              f"{verb} of a node whose saved state is {what}")
        ok(state() == "suspended", "it stays as it is", state())
    is_fine(host.cloud("node", "discard", NODE), "discard")
    ok(state() == "stopped", "it is stopped", state())


def test_stopped(what: str, spoil: Callable[[], object], cause: str, mend: Callable[[], object]) -> None:
    spoil()
    result = host.cloud("node", "start", NODE)
    fails(result, 1, cause, f"start of a node {what}")
    ok("discard" not in result.err, "there is nothing to discard", result)
    mend()


def modify(*words: str) -> Callable[[], str]:
    return lambda: host.manage("modifyvm", NODE, *words)


with Host("starts") as host:
    host.put_image()
    NODE = host.create("--no-start")
    DISK = host.folder / NODE / f"{NODE}.vdi"
    WHOLE = DISK.read_bytes()
    test_saved("gone", Path.unlink, "does not exist")
    test_saved("cut short", cut_short, r"is invalid \(VERR_SSM")
    put_back = lambda: DISK.write_bytes(WHOLE)
    test_stopped("whose disk is gone", DISK.unlink, f"{DISK}.*VERR_FILE_NOT_FOUND", put_back)
    test_stopped("whose disk is no disk", lambda: DISK.write_text("no disk"), f"{DISK}.*VERR_", put_back)
    test_stopped("whose network is absent", modify("--nic1", "bridged", "--bridgeadapter1", "nope0"),
                 "'nope0'", modify("--nic1", "nat"))
    is_fine(host.cloud("node", "start", NODE), "it starts when all is there")
done()
