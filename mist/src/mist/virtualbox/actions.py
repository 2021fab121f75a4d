# SPDX-License-Identifier: Apache-2.0
"""Which actions a machine's state allows, and the words of some."""
from __future__ import annotations

from typing import Any

_RUNNING = ("running",)
_AT_REST = ("stopped",)
_SETTLED = ("running", "paused", "suspended", "stopped", "error")  # nothing is being done to it

ALLOWED: dict[str, tuple[str, ...]] = {
    "start": ("stopped", "suspended", "paused"),
    "stop": ("running", "paused"),
    "reboot": _RUNNING,
    "power_cycle": _RUNNING,
    "suspend": ("running", "paused"),
    "resume": ("paused", "suspended"),
    "destroy": (*_SETTLED, "starting"),
    "undefine": _AT_REST,
    "rename": _AT_REST,
    "resize": _AT_REST,
    "clone": ("running", "paused", "stopped"),
    "create_snapshot": ("running", "paused", "suspended", "stopped"),
    "remove_snapshot": ("running", "paused", "suspended", "stopped"),
    "revert_to_snapshot": ("suspended", "stopped"),
    "expose": ("running", "paused", "stopped"),
}


def is_behind_nat(extra: dict[str, Any]) -> bool:
    """Whether a machine can have port forwards."""
    return any(each.get("kind") == "nat" for each in extra.get("network_adapters", []))


def allow(flags: Any, state: str, extra: dict[str, Any]) -> None:
    """Sets the flags of a machine."""
    for action, states in ALLOWED.items():
        setattr(flags, action, state in states)
    flags.expose = flags.expose and is_behind_nat(extra)
    if "snapshots" in extra and not extra["snapshots"]:
        flags.remove_snapshot = flags.revert_to_snapshot = False


def forward(posted: dict[str, Any]) -> dict[str, Any]:
    """A forward in the driver's words; mist has checked it, and leaves out what is the same."""
    return {"port": posted["port"], "target_port": posted.get("target_port") or
            str(posted["port"]).rpartition(":")[2], "protocol": posted.get("protocol") or "TCP"}
