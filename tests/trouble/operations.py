# SPDX-License-Identifier: Apache-2.0
"""The commands that change a host, each with what must be there before it and after it."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from disk_operations import clear_disks, disk_operations
from network_operations import network_operations
from node_operations import node_operations
from operation import Operation
from ova import make_ova
from seed_operations import seed_operations
from trouble import HOME, IMAGE, SIZE, Host, State

CREATE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE)


def is_created(power: str) -> Callable[[State, State], bool]:
    """One more node, in this state."""
    def check(before: State, after: State) -> bool:
        new = after.machines.keys() - before.machines.keys()
        return ([after.machines[each][1] for each in new] == [power] and
                len(after.media) == len(before.media) + 1 and
                len(after.extra) == len(before.extra) + 3)  # its name and its port, too
    return check


def is_imported(before: State, after: State) -> bool:
    """One more image."""
    return all(len(now) == len(then) + 1 for now, then in
               ((after.media, before.media), (after.extra, before.extra),
                (after.files, before.files))) and set(after.media.values()) == {"Created"}


def is_made_of_running(before: State, after: State) -> bool:
    """One more image, while others are in use."""
    return (len(after.extra) == len(before.extra) + 1 and
            [after.media[path] for path in after.media.keys() - before.media.keys()] == ["Created"]
            and len(after.files) == len(before.files) + 1)


def is_cloned(before: State, after: State) -> bool:
    """One more node with a disk and a port, and all else as before."""
    new = after.machines.keys() - before.machines.keys()
    return (len(new) == 1 and all(after.machines[id_] == of for id_, of in before.machines.items())
            and len(after.media) == len(before.media) + 1 and before.media.items() <= after.media.items()
            and len(after.extra) == len(before.extra) + 3 and before.files <= after.files)


def is_destroyed(before: State, after: State) -> bool:
    """No node, and nothing of it; the rest is as it was."""
    def others(names: Iterable[str]) -> set[str]:
        return {name for name in names if not any(id_ in name for id_ in before.machines)}

    return (not after.machines and set(after.media) == others(before.media) and
            set(after.extra) == others(before.extra) and after.files == others(before.files))


def is_deleted(before: State, after: State) -> bool:
    """One image less."""
    return all(len(now) == len(then) - 1 for now, then in
               ((after.media, before.media), (after.extra, before.extra),
                (after.files, before.files)))


def power_is(power: str) -> Callable[[State, State], bool]:
    """All as before, but for the power."""
    def but_power(state: State) -> tuple[object, ...]:
        return ({id_: of[0] for id_, of in state.machines.items()}, state.media.keys(), state.extra,
                state.files)

    def check(before: State, after: State) -> bool:
        return (but_power(before) == but_power(after) and
                all(of[1] == power for of in after.machines.values()))
    return check


def clear(host: Host) -> None:
    """No node, no volume, no snapshot, and no image but one."""
    clear_disks(host)
    state = host.settled()
    for id_ in reversed(state.machines):
        host.must("node", "destroy", id_)
    if len(state.media) > 1 + len(state.machines):
        host.must("image", "delete", "i")


def one_stopped(host: Host) -> None:
    """One node, not running."""
    machines = host.settled().machines.values()
    if not machines:
        host.must(*CREATE, "--no-start")
    elif any(of[1] == "Running" for of in machines):
        host.must("node", "stop", "--force", "n")


def one_running(host: Host) -> None:
    """One node, running."""
    if not host.settled().machines:
        host.must(*CREATE, "--no-start")
    host.must("node", "start", "n")


def two_images(host: Host) -> None:
    """One image more."""
    if len(host.state().media) == 1:
        host.must("image", "import", str(HOME / "small.raw"), "--name", "i")


def one_stopped_one_image(host: Host) -> None:
    """One node, not running, and no image but the one it was made from."""
    clear(host)
    one_stopped(host)


def one_running_one_image(host: Host) -> None:
    """The same, running, after VirtualBox has made the machine's folder for snapshots."""
    one_stopped_one_image(host)
    host.must("snapshot", "create", "--node", "n", "s")
    host.must("snapshot", "delete", "--node", "n", "s")
    host.must("node", "start", "n")


def operations(host: Host, disks: bool) -> list[Operation]:
    """Those on disks or all others, on a host that is made ready for them."""
    others = all_but_disks(host)
    return disk_operations(host) if disks else others


def all_but_disks(host: Host) -> list[Operation]:
    """Those on nodes and images."""
    here, there = HOME / "small.raw", host.folder.parent / "there.hdd"
    for path in here, there:
        path.write_bytes(bytes(range(256)) * 8192)  # 2 MiB
    archive = there.with_suffix(".ova")
    make_ova(archive, there)
    host.put_image()
    two_images(host)  # now the folders are there
    clear(host)
    stopped, running = power_is("PoweredOff"), power_is("Running")
    return [
        Operation("node create --no-start", (*CREATE, "--no-start"), is_created("PoweredOff"),
                  clear, thorough=True),
        Operation("node create", CREATE, is_created("Running"), clear,
                  first="IMachine_launchVMProcess"),
        *node_operations(),
        *network_operations(host),
        *seed_operations(host),
        Operation("image import, uploaded", ("image", "import", str(here), "--name", "i"),
                  is_imported, clear),
        Operation("image import, of the host", ("image", "import", f"host:{there}", "--name", "i"),
                  is_imported, clear),
        Operation("image import, of an archive", ("image", "import", f"host:{archive}", "--name", "i"),
                  is_imported, clear),
        Operation("image create", ("image", "create", "n", "i"), is_imported,
                  one_stopped_one_image, first="IVirtualBox_createMedium"),
        Operation("image create, running", ("image", "create", "n", "i"), is_made_of_running,
                  one_running_one_image, first="IMachine_lockMachine"),
        Operation("node clone, running", ("node", "clone", "n", "--no-start", "c"), is_cloned,
                  one_running_one_image, first="IVirtualBox_createMedium",
                  last="IMachine_deleteSnapshot"),
        Operation("image copy", ("image", "copy", IMAGE, "i"), is_imported, clear),
        Operation("image delete", ("image", "delete", "i"), is_deleted, two_images, undone=False),
        Operation("node start", ("node", "start", "n"), running, one_stopped,
                  first="IMachine_getState", undone=False),
        Operation("node stop --force", ("node", "stop", "--force", "n"), stopped, one_running,
                  first="IMachine_getState", undone=False),
        Operation("node reboot --force", ("node", "reboot", "--force", "n"), running, one_running,
                  first="IMachine_getState", undone=False),
        Operation("node destroy, running", ("node", "destroy", "n"), is_destroyed, one_running,
                  power_is("PoweredOff"), "IMachine_getState", "IConsole_powerDown", False),
        Operation("node destroy", ("node", "destroy", "n"), is_destroyed, one_stopped,
                  first="IMachine_getMediumAttachments", undone=False),
    ]
