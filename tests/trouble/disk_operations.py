# SPDX-License-Identifier: Apache-2.0
"""The commands that change volumes and snapshots, as operations.py has the others."""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from operation import Operation
from trouble import IMAGE, SIZE, Host, State

THIN = ("volume", "create", "v", "--size", "1", "--dynamic")
FIXED = ("volume", "create", "v", "--size", "1")
NODE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
START = ("node", "start", "n")
ATTACH = ("volume", "attach", "v", "n")
DETACH = ("volume", "detach", "v")
RESIZE = ("volume", "resize", "v", "--size", "2")
SNAPSHOT = ("snapshot", "create", "--volume", "v", "s")
OF_NODE = ("snapshot", "create", "--node", "n", "m")
UNDO_OF_NODE = ("snapshot", "delete", "--node", "n", "m")
USED_NODE = (NODE, OF_NODE, UNDO_OF_NODE)  # VirtualBox keeps a machine's folder for snapshots


def listed(host: Host, *words: str) -> Any:
    """What a list says."""
    return json.loads(host.cloud(*words, "--output", "json").out)


def clear_nodes(host: Host) -> None:
    """No node, not even a protected one; a clone goes before what it is linked to."""
    state = host.state()
    for node in reversed(state.machines):
        if json.loads(state.extra.get(f"libcloud/node/{node}", "{}")).get("protected"):
            host.must("node", "unprotect", node)
        host.must("node", "destroy", node)


def clear_disks(host: Host) -> None:
    """No volume, no snapshot, and no node that could have them."""
    if not any(path.startswith(("volumes/", "snapshots/")) for path in host.state().media):
        return
    clear_nodes(host)
    for noun, verb in (("volume", "destroy"), ("snapshot", "delete")):
        for each in listed(host, noun, "list"):
            host.must(noun, verb, each["id"])


def only(*steps: tuple[str, ...]) -> Callable[[Host], None]:
    """On a host without nodes and volumes, what these commands make."""
    def begin(host: Host) -> None:
        clear_disks(host)
        clear_nodes(host)
        for step in steps:
            host.must(*step)
    return begin


def is_tidy(state: State) -> bool:
    """Each volume and each snapshot of one is one file, one disk and one key."""
    return all(
        len([key for key in state.extra if key.startswith(f"libcloud/{kind}/")]) ==
        len([path for path in state.media if path.startswith(f"{kind}s/")]) ==
        len([path for path in state.files if path.startswith(f"{kind}s/")])
        for kind in ("volume", "snapshot"))


def disk_operations(host: Host) -> list[Operation]:
    """All of them, for operations.py."""
    def volume_is(attached: bool, gib: int = 1) -> Callable[[State, State], bool]:
        def check(_: State, after: State) -> bool:
            volumes = listed(host, "volume", "list")
            return is_tidy(after) and [(bool(each["node"]), each["size_gb"]) for each in volumes
                                       ] == [(attached, gib)]
        return check

    def volume_is_renamed(_: State, after: State) -> bool:
        return is_tidy(after) and [each["name"] for each in listed(host, "volume", "list")] == ["w"]

    def no_volume(_: State, after: State) -> bool:
        return is_tidy(after) and not listed(host, "volume", "list")

    def snapshots_are(of_volume: int, of_node: int = 0) -> Callable[[State, State], bool]:
        def check(_: State, after: State) -> bool:
            nodes = listed(host, "snapshot", "list", "--node", "n") if after.machines else []
            every = listed(host, "snapshot", "list")
            return is_tidy(after) and len(every) == of_volume + of_node and len(nodes) == of_node
        return check

    lock = "IMachine_lockMachine"
    for step in (THIN, SNAPSHOT):
        host.must(*step)  # now the folders are there
    clear_disks(host)
    return [
        Operation("volume create", FIXED, volume_is(False), only()),
        Operation("volume create, from a snapshot", (*THIN[:3], "--snapshot", "s", "--dynamic"),
                  volume_is(False), only(THIN, SNAPSHOT, ("volume", "destroy", "v")),
                  first="IVirtualBox_createMedium"),
        Operation("volume create, of a node", (*THIN[:3], "--node", "n", "--dynamic"),
                  volume_is(False), only(NODE), first="IVirtualBox_createMedium"),
        Operation("volume rename", ("volume", "rename", "v", "w"), volume_is_renamed, only(THIN),
                  undone=False),
        Operation("volume destroy", ("volume", "destroy", "v"), no_volume, only(THIN),
                  undone=False),
        Operation("volume attach", ATTACH, volume_is(True), only(THIN, NODE),
                  first="IMachine_getState", undone=False),
        Operation("volume attach, running", ATTACH, volume_is(True), only(THIN, NODE, START),
                  first=lock, undone=False),
        Operation("volume detach", DETACH, volume_is(False), only(THIN, NODE, ATTACH), first=lock,
                  undone=False),
        Operation("volume detach, running", DETACH, volume_is(False),
                  only(THIN, NODE, ATTACH, START), first=lock, undone=False),
        Operation("volume resize", RESIZE, volume_is(True, 2), only(THIN, NODE, ATTACH),
                  first=lock, undone=False),
        Operation("volume resize, fixed", RESIZE, volume_is(True, 2), only(FIXED, NODE, ATTACH),
                  first="IMachine_detachDevice", undone=False),
        Operation("snapshot create, detached", SNAPSHOT, snapshots_are(1), only(THIN),
                  first="IVirtualBox_createMedium"),
        Operation("snapshot create, running", SNAPSHOT, snapshots_are(1),
                  only(THIN, *USED_NODE, ATTACH, START), first=lock),
        Operation("snapshot delete", ("snapshot", "delete", "s"), snapshots_are(0),
                  only(THIN, SNAPSHOT), first="IMedium_refreshState", undone=False),
        Operation("snapshot create, of a node", OF_NODE, snapshots_are(0, 1), only(*USED_NODE),
                  first=lock, undone=False),
        Operation("snapshot revert", ("snapshot", "revert", "n", "m"), snapshots_are(0, 1),
                  only(NODE, OF_NODE), first=lock, undone=False),
        Operation("snapshot delete, of a node", UNDO_OF_NODE,
                  snapshots_are(0), only(NODE, OF_NODE), first=lock, undone=False),
    ]
