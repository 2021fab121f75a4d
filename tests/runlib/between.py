# SPDX-License-Identifier: Apache-2.0
"""Tests whose host changes between each two commands (tests/between.py): either its VirtualBox starts
anew, as after a reboot, and what that knows only as long as it runs must not be what a command rests
on; or each web session ends, as when it was idle for long, and no command may need an older one.

All tests on a host are run so by `tests/run --restarting` and `--expiring`; those that cannot be are
counted as skipped, with the reason. With all tests, a few are.
"""
from __future__ import annotations

import dataclasses
import re

from .catalogue import BETWEEN, Test

WHAT = {"restarting/": "with VirtualBox started anew", "expiring/": "with each web session ended"}
CHOSEN = {"restarting/": r"host/snapshot$|python-newest/storage$",
          "expiring/": r"host/(node|volume)$|python-newest/networks$"}
# Why a test is not run so; of patterns that match a name the first counts.
NOT = (
    (r"host/(host-session|node-again)$|trouble/(access|gone|hosts|restarted|unreadable)$|python[^/]*/(hosts|lifetime)$|selftest/",
     "is about restarts, or about one web session and its end"),
    (r"trouble/budgets$", "counts calls, and logging on again adds to them"),
    (r"host/fork$|(threads|release)/", "is many commands at once, or a program of host/ built otherwise"),
    (r"package/", "is about what is installed; its commands are the same"),
)


def why_not(test: Test) -> str:
    """Why it cannot be run so; nothing if it can."""
    return next((reason for pattern, reason in NOT if re.match(pattern, test.name)), "")


def every(tests: list[Test], variant: str) -> list[Test]:
    """All tests on a host."""
    return [dataclasses.replace(test, name=variant + test.name, variant=variant,
                                why_not=why_not(test)) for test in tests if test.host]


def chosen(tests: list[Test]) -> list[Test]:
    """What is run along with all tests."""
    return [each for variant, pattern in CHOSEN.items()
            for each in every([test for test in tests if re.match(pattern, test.name)], variant)]


def environment(test: Test) -> dict[str, str]:
    """What tells a test of it."""
    host = "own" if test.host == "own" else f"check-{test.place}"
    return {"VBOXCLOUD_TEST_BETWEEN": BETWEEN[test.variant], "VBOXCLOUD_TEST_BETWEEN_HOST": host}
