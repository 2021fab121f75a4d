# SPDX-License-Identifier: Apache-2.0
"""Virtual machines whose process crashed, which is VirtualBox's fault alone: VBoxSVC, which starts
them, notes in its log how each ended."""
from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

TRACE = re.compile(r"Reaper: Pid .* was signalled: SIG(?:SEGV|BUS|ABRT|ILL|FPE|TRAP)\b.*")


def in_logs(home: Path) -> Iterator[str]:
    for log in sorted(home.glob("VBoxSVC.log*")):
        yield from TRACE.findall(log.read_text(errors="replace"))


def notes_of(cache: Path, name: str) -> Path:
    return cache / "crashes" / name


def known(cache: Path, name: str) -> set[str]:
    """Of a host that is up, or was."""
    notes = notes_of(cache, name)
    kept = set(notes.read_text().splitlines()) if notes.exists() else set()
    return kept | set(in_logs(cache / "hosts" / name / "home"))


def keep(cache: Path, name: str) -> None:
    """Before the host or its logs go, of which VirtualBox keeps ten."""
    if traces := known(cache, name):
        notes = notes_of(cache, name)
        notes.parent.mkdir(exist_ok=True)
        notes.write_text("".join(f"{trace}\n" for trace in sorted(traces)))


def names(cache: Path) -> set[str]:
    """Of the hosts that something may be known of."""
    return {path.name for folder in ("crashes", "hosts") for path in (cache / folder).glob("*")}


def forget(cache: Path) -> None:
    """Of all hosts that are gone."""
    shutil.rmtree(cache / "crashes", ignore_errors=True)
