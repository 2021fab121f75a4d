# SPDX-License-Identifier: Apache-2.0
"""Virtual machines whose process crashed, which is VirtualBox's own fault: VBoxSVC, which starts
them, writes to its log how each ended."""
from __future__ import annotations

import os
import re
from pathlib import Path

TRACE = re.compile(r"Reaper: Pid .* was signalled: SIG(?:SEGV|BUS|ABRT|ILL|FPE|TRAP)\b.*")


def notes_of(cache: Path, name: str) -> Path:
    return cache / "crashes" / name


def known(cache: Path, name: str) -> set[str]:
    """Those of a host that is up, or was."""
    logs = [notes_of(cache, name), *(cache / "hosts" / name / "home").glob("VBoxSVC.log*")]
    return {trace for log in logs if log.exists() for trace in TRACE.findall(log.read_text(errors="replace"))}


def keep(cache: Path, name: str, user: tuple[int, int] | None) -> None:
    """Before the host or its logs go, of which VirtualBox keeps ten."""
    if traces := known(cache, name):
        notes = notes_of(cache, name)
        notes.parent.mkdir(exist_ok=True)
        notes.write_text("".join(f"{trace}\n" for trace in sorted(traces)))
        for path in (notes.parent, notes) if user else ():
            os.chown(path, *user)


def names(cache: Path) -> set[str]:
    """The hosts of which something may be known."""
    return {path.name for folder in ("crashes", "hosts") for path in (cache / folder).glob("*")}


def forget(cache: Path, name: str) -> None:
    notes_of(cache, name).unlink(missing_ok=True)


def forget_gone(cache: Path) -> None:
    for name in names(cache):
        if not (cache / "hosts" / name).exists():
            forget(cache, name)
