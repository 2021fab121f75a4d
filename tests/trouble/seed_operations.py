# SPDX-License-Identifier: Apache-2.0
"""The commands that write seeds, as operations.py has the others."""
from __future__ import annotations

from disk_operations import only
from operation import Operation
from trouble import HOME, IMAGE, SIZE, Host, State

CREATE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start", "--hostname", "h")
PASSWORD = "correct horse"
CREATE_DMI = ("node", "create", "n", "--image", "i", "--size", SIZE, "--no-start",
              "--password-file", str(HOME / "password"))
REPLACE = ("node", "seed", "n", "--hostname", "i")


def seeds(state: State) -> set[str]:
    """The files that are seeds, without the folders of their nodes."""
    return {path.rpartition("/")[2] for path in state.files if path.endswith(".iso")}


def is_created(before: State, after: State) -> bool:
    """One node, its disk and its seed."""
    return (len(after.machines) == 1 and len(after.media) == len(before.media) + 1 and
            len(after.extra) == len(before.extra) + 3 and seeds(after) == {"seed.iso"})


def is_replaced(before: State, after: State) -> bool:
    """Another seed, and no other change."""
    return (len(seeds(after)) == 1 and not seeds(after) & seeds(before) and
            len(after.files) == len(before.files) and
            (after.media, after.extra) == (before.media, before.extra))


def is_created_dmi(before: State, after: State) -> bool:
    """One node and its disk; its settings alone have the password."""
    return (len(after.machines) == 1 and len(after.media) == len(before.media) + 1 and
            len(after.extra) == len(before.extra) + 3 and
            not any(PASSWORD in text for text in after.extra.values()))


def one_dmi_image(host: Host) -> None:
    """No node, and one image more, whose guest reads DMI strings."""
    only()(host)
    if len(host.state().media) > 1:
        host.must("image", "delete", "i")
    host.must("image", "copy", IMAGE, "i", "--init", "dmi")
    (HOME / "password").write_text(PASSWORD)


def seed_operations(_: Host) -> list[Operation]:
    """All of them, for operations.py."""
    return [
        Operation("node create, with a seed", CREATE, is_created, only(),
                  first="IVirtualBox_createMedium", last="IMachine_attachDevice"),
        Operation("node seed", REPLACE, is_replaced, only(CREATE),
                  first="IMachine_getSettingsFilePath", undone=False),
        Operation("node create, with DMI strings", CREATE_DMI, is_created_dmi, one_dmi_image,
                  first="IMachine_setExtraData", last="IMachine_takeSnapshot"),
    ]
