# SPDX-License-Identifier: Apache-2.0
"""Whether the VBoxSVC of a host has ended though nobody ended it: then it crashed."""
from __future__ import annotations

import time
from pathlib import Path

from trouble import Host

AGAIN_S = 2.0  # between two looks for a process that vboxwebsrv starts when it is first needed


class Service:
    """The process that there is now, or will be."""

    def __init__(self, host: Host):
        self.host, self.process, self.look_at = host, Path(), 0.0
        self.seen_at = time.monotonic()

    def has_ended(self) -> bool:
        """Looks; `seen_at` is when it was last there."""
        now = time.monotonic()
        if self.process.name and not is_there(self.process):
            return True
        if not self.process.name and now >= self.look_at:
            self.look_at = now + AGAIN_S
            self.find()
        self.seen_at = now
        return False

    def find(self) -> None:
        for line in self.host.vboxhost("pids").splitlines():
            pid, program = line.split()
            if program == "VBoxSVC":
                self.process = Path("/proc") / pid


def is_there(process: Path) -> bool:
    """A process that nobody has waited for yet has ended, too."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
