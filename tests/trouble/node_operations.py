# SPDX-License-Identifier: Apache-2.0
"""The commands that change what a node is."""
from __future__ import annotations

import json
from collections.abc import Callable

from disk_operations import START, only
from operation import Operation
from trouble import HOME, IMAGE, SIZE, Host, State, wait_past_bios
from vboxhostlib.host import free_port

LARGER = "2_cpu-96_ram-2_disk"
TAKE = ("snapshot", "create", "--node", "n", "s")  # makes the machine's folder for snapshots
DELETE = ("snapshot", "delete", "--node", "n", "s")
CLONE = ("node", "clone", "n", "c", "--linked", "--no-start")
NODE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
DISC = HOME / "disc.iso"
DISC.write_bytes(bytes(16 * 2048) + b"\1CD001\1".ljust(2048, b"\0") + bytes(14 * 2048))
INSTALL = ("node", "create", "n", "--iso", str(DISC), "--display", "none", "--size", SIZE, "--no-start")
PASSWORD = HOME / "display-password"
PASSWORD.write_text("4711\n")
PORT = str(free_port())
DISPLAY = ("node", "display", "n", "--on", "--port", PORT, "--password-file", str(PASSWORD))


def running(*commands: tuple[str, ...]) -> Callable[[Host], None]:
    """One node that these have made, which has run for a moment."""
    make = only(*commands, START)

    def begin(host: Host) -> None:
        make(host)
        try:
            wait_past_bios("n", host.env)
        except RuntimeError as error:  # VirtualBox's matter: its guest has stopped or hangs
            log = host.cloud("node", "log", "n").out.splitlines()
            print(f"# {error}, and is made once more. Its log ends with:", *log[-20:], sep="\n# ", flush=True)
            make(host)
            wait_past_bios("n", host.env)
    return begin


def metadata(state: State) -> dict[str, object]:
    """Of the one node."""
    (key,) = (key for key in state.extra if key.startswith("libcloud/node/"))
    return json.loads(state.extra[key])


def has(key: str, value: object) -> Callable[[State, State], bool]:
    """The node's metadata say so."""
    return lambda before, after: metadata(after).get(key) == value


def is_renamed(before: State, after: State) -> bool:
    """In the metadata and for VirtualBox."""
    return metadata(after)["name"] == "m" and [of[0] for of in after.machines.values()] == ["m"]


def is_renamed_in_part(before: State, after: State) -> bool:
    """Killed in between: for VirtualBox only, or not at all; it calls the settings file after it."""
    return metadata(after)["name"] == "n"


def is_resized(before: State, after: State) -> bool:
    """In the metadata and for VirtualBox."""
    return metadata(after)["size"] == LARGER and any("2 CPUs, 96 MiB" in of for of in after.hardware)


def is_rebuilt(before: State, after: State) -> bool:
    """Another disk, one as before, and no other key; it may be known by its own name to nobody."""
    def disks(state: State) -> set[str]:
        return {path for path in state.files if path.endswith(".vdi")}

    return (len(disks(before)) == len(disks(after)) and len(disks(before) - disks(after)) == 1 and
            after.machines.keys() == before.machines.keys() and len(before.media) == len(after.media)
            and after.extra.keys() == before.extra.keys())


def is_shown(before: State, after: State) -> bool:
    """The display is there, and its port is reserved."""
    return (f"display on {PORT}" in after.hardware and
            any(key.startswith(f"libcloud/port/tcp/{PORT}/") for key in after.extra))


def has_console(before: State, after: State) -> bool:
    """One node, whose guest's output is kept."""
    return len(after.machines) == 1 and "serial port to VBox.log.9000" in after.hardware


def is_console_gone(before: State, after: State) -> bool:
    """No node; of what was kept nothing, nor its folder."""
    (node,) = before.machines
    return not after.machines and not any(path.startswith(node) for path in after.files)


def with_console(host: Host) -> None:
    """One stopped node with what its guest has written, which VirtualBox does not delete."""
    only((*NODE, "--serial"))(host)
    logs = host.folder / next(iter(host.state().machines)) / "Logs"
    logs.mkdir()
    (logs / "VBox.log.9000").write_text("ready\n")


def has_disc(before: State, after: State) -> bool:
    """One node, its disk, and the disc that it is installed from."""
    return (len(after.machines) == 1 and len(after.media) == len(before.media) + 1 and
            len([path for path in after.files if path.endswith("/install.iso")]) == 1)


def is_ejected(before: State, after: State) -> bool:
    """The disc is gone, and nothing else."""
    return (after.machines == before.machines and
            {path.rpartition("/")[2] for path in before.files - after.files} == {"install.iso"} and
            not after.files - before.files and after.extra == before.extra)


def is_out(before: State, after: State) -> bool:
    """Killed between, it is out of the drive, and still there."""
    return after == before


def is_hidden(before: State, after: State) -> bool:
    """Neither is."""
    return is_shown(after, before) and not is_shown(before, after)


def is_linked(before: State, after: State) -> bool:
    """One more node; VirtualBox does not list disks that are linked to others."""
    return (len(after.machines) == len(before.machines) + 1 and after.media == before.media and
            len(after.extra) == len(before.extra) + 3)  # its name and its port, too


def is_linked_clone(before: State, after: State) -> bool:
    """One more node, and a snapshot of the other; no more disks that are not linked to others."""
    return (is_linked(before, after) and
            len([path for path in after.files - before.files if path.endswith(".vdi")]) == 2)


def is_clone_gone(before: State, after: State) -> bool:
    """One of the two nodes, with all its files; VirtualBox may still know nothing else of it."""
    gone = before.machines.keys() - after.machines.keys()
    return (len(gone) == 1 == len(after.machines) and after.media == before.media and
            after.files == {path for path in before.files if not path.startswith(tuple(gone))} and
            len(after.extra) == len(before.extra) - 3)


def node_operations() -> list[Operation]:
    """All of them, for operations.py."""
    return [
        Operation("node create --linked", (*NODE, "--linked"), is_linked, only(),
                  first="IMedium_createDiffStorage"),
        Operation("node clone --linked", CLONE,
                  is_linked_clone, only(NODE, TAKE, DELETE), first="IMachine_takeSnapshot",
                  last="IMachine_saveSettings"),
        Operation("node destroy, linked", ("node", "destroy", "c"), is_clone_gone, only(NODE, CLONE),
                  first="IMachine_unregister", undone=False),
        Operation("node create --serial", (*NODE, "--serial"), has_console, only(),
                  first="IMachine_getLogFolder", last="ISerialPort_setEnabled"),
        Operation("node destroy, with a console", ("node", "destroy", "n"), is_console_gone, with_console,
                  first="IMachine_unregister", undone=False),
        Operation("node create --iso", INSTALL, has_disc, only(), first="IVirtualBox_createMedium",
                  last="IMachine_attachDevice"),
        Operation("node eject", ("node", "eject", "n"), is_ejected, only(INSTALL), is_out,
                  first="IMachine_getMediumAttachments", undone=False),
        Operation("node rename", ("node", "rename", "n", "m"), is_renamed, only(NODE),
                  is_renamed_in_part, first="IMachine_getName", undone=False),
        Operation("node resize", ("node", "resize", "n", "--size", LARGER), is_resized, only(NODE),
                  first="IMachine_lockMachine", undone=False),
        Operation("node rebuild", ("node", "rebuild", "n", IMAGE), is_rebuilt, only(NODE), is_rebuilt,
                  first="IVirtualBox_createMedium"),
        Operation("node display --on", DISPLAY, is_shown, only(NODE), first="IMachine_lockMachine"),
        Operation("node display --on, running", DISPLAY, is_shown, running(NODE),
                  first="IVRDEServer_setVRDEProperty"),
        Operation("node display --off", ("node", "display", "n", "--off"), is_hidden,
                  only(NODE, DISPLAY), is_hidden, first="IMachine_lockMachine"),
        Operation("node display --off, running", ("node", "display", "n", "--off"), is_hidden,
                  running(NODE, DISPLAY), is_hidden, first="IVRDEServer_setEnabled"),
        Operation("node create --display", (*NODE, "--display", PORT, "--display-password-file",
                                            str(PASSWORD)), is_shown, only(),
                  first="IMachine_getVRDEServer", last="IVRDEServer_setEnabled"),
        Operation("node tag", ("node", "tag", "n", "k=v"), has("tags", {"k": "v"}), only(NODE),
                  first="IVirtualBox_getExtraData", undone=False),
        Operation("node protect", ("node", "protect", "n"), has("protected", "yes"), only(NODE),
                  first="IVirtualBox_getExtraData", undone=False),
    ]
