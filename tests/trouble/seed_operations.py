# SPDX-License-Identifier: Apache-2.0
"""The commands that write seeds, as operations.py has the others."""
from __future__ import annotations

from disk_operations import only
from operation import Operation
from trouble import IMAGE, SIZE, Host, State

CREATE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start", "--hostname", "h")
REPLACE = ("node", "seed", "n", "--hostname", "i")


def seeds(state: State) -> set[str]:
    """The files that are seeds, without the folders of their nodes."""
    return {path.rpartition("/")[2] for path in state.files if path.endswith(".iso")}


def is_created(before: State, after: State) -> bool:
    """One node, its disk and its seed."""
    return (len(after.machines) == 1 and len(after.media) == len(before.media) + 1 and
            len(after.extra) == len(before.extra) + 2 and seeds(after) == {"seed.iso"})


def is_replaced(before: State, after: State) -> bool:
    """Another seed, and no other change."""
    return (len(seeds(after)) == 1 and not seeds(after) & seeds(before) and
            len(after.files) == len(before.files) and
            (after.media, after.extra) == (before.media, before.extra))


def seed_operations(_: Host) -> list[Operation]:
    """All of them, for operations.py."""
    return [
        Operation("node create, with a seed", CREATE, is_created, only(),
                  first="IVirtualBox_createMedium", last="IMachine_attachDevice"),
        Operation("node seed", REPLACE, is_replaced, only(CREATE),
                  first="IMachine_getSettingsFilePath", undone=False),
    ]
