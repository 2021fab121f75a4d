# SPDX-License-Identifier: Apache-2.0
"""A sample of rows, where there are too many to run all each time: commands, times their calls, times
what befalls these; programs, times the libclouds that they run with; what boots guests.

A run of the tests takes one row in PARTS. Which ones its seed says, by default the number of the
commit: so the next PARTS commits each take others, and together all. VBOXCLOUD_TEST_SEED is the
seed, which tests/run sets; without one, as when a program is run by hand, all rows are taken.
"""
from __future__ import annotations

import os
import subprocess
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

PARTS = 8
SEED = os.environ.get("VBOXCLOUD_TEST_SEED", "")
Row = TypeVar("Row")


def of(rows: Iterable[Row], name: Callable[[Row], str], seed: str = SEED) -> list[Row]:
    """The rows to take. `name` tells a row from all others, and is the same in each run."""
    return [row for row in rows
            if not seed or (zlib.crc32(name(row).encode()) + int(seed)) % PARTS == 0]


def seed_of(folder: Path) -> str:
    """The number of its commit; where that is not to be had, a part of the commit's name, or the
    day."""
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(folder), *words], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()
    try:
        if git("rev-parse", "--is-shallow-repository") == "false":
            return git("rev-list", "--count", "HEAD")
        return str(int(git("rev-parse", "HEAD")[:6], 16))
    except (OSError, subprocess.CalledProcessError):
        return str(int(time.time() // 86400))
