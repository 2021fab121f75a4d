# SPDX-License-Identifier: Apache-2.0
"""Tests whose host starts anew between each two commands (tests/between.py), as after a reboot: what
VirtualBox knows only as long as it runs must not be what a command rests on.

All tests on a host are run so by `tests/run --restarting`; those that cannot be are counted as
skipped, with the reason. With all tests, a few are.
"""
from __future__ import annotations

import dataclasses
import re

from .catalogue import RESTARTING, Test

CHOSEN = r"host/snapshot$|python-newest/storage$"
# Why a test is not run so; of patterns that match a name the first counts.
NOT = (
    (r"host/(host-session|node-again)$|trouble/(access|gone|hosts|restarted|unreadable)$|python[^/]*/(hosts|lifetime)$|selftest/",
     "is about restarts, or about one web session and its end"),
    (r"trouble/budgets$", "counts calls, and a restart adds to them"),
    (r"host/fork$|(threads|release)/", "is many commands at once, or a program of host/ built otherwise"),
    (r"package/", "is about what is installed; its commands are the same"),
)


def why_not(test: Test) -> str:
    """Why it cannot be run so; nothing if it can."""
    return next((reason for pattern, reason in NOT if re.match(pattern, test.name)), "")


def every(tests: list[Test]) -> list[Test]:
    """All tests on a host."""
    return [dataclasses.replace(test, name=RESTARTING + test.name, variant=RESTARTING,
                                why_not=why_not(test)) for test in tests if test.host]


def chosen(tests: list[Test]) -> list[Test]:
    """What is run along with all tests."""
    return every([test for test in tests if re.match(CHOSEN, test.name)])


def host_name(test: Test) -> str:
    """What VBOXCLOUD_TEST_RESTARTING is for a test."""
    return "own" if test.host == "own" else f"check-{test.host}"
