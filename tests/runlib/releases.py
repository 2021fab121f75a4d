# SPDX-License-Identifier: Apache-2.0
"""Which tests are also run on a host that emulates another release (tests/proxy --as).

All tests on a host are run so by `make check RELEASE=RELEASE`; those that cannot be are counted as
skipped, with the reason, and one of what the release lacks asserts the error that tells so. With all
tests, some are run so, and cli/releases tries each feature as each series; the choice follows what
the library does otherwise:

    5.0  the first; no uploads, BIOS settings, environment as text, disks made before the copy; what
         is refused for want of uploads
    5.2  the last without uploads, as users of the command and of the Python driver see it
    6.0  uploads; the last with environment as text
    6.1  environment as list, graphics adapter
    7.0.4  the last but one without resizeAndCloneTo; passwords among createMachine's arguments
    7.0  resizeAndCloneTo, still with BIOS settings
    7.1  platform and firmware settings, as in 7.2
    future  unknown things in all replies

In between nothing that the library uses differs; the IDL's check proves that for every release. So
each series has short tests of the library, the command and the Python driver, and those where
something changes have more. Node-cancel, threads and fork are about time, not about calls: along
with all tests they are run directly only.
"""
from __future__ import annotations

import dataclasses
import re

from .catalogue import Test

_PYTHON = r"python-newest/(original|storage)$"
_ALL = rf"host/(host|image|node|node-power|snapshot|volume)$|cli/api$|{_PYTHON}"
_FEW = rf"host/node$|cli/api$|{_PYTHON}"
CHOSEN = {"5.0": rf"{_ALL}|host/(first-boot|image-bad|image-export)$", "5.1": _FEW,
          "5.2": rf"cli/(api|dmi|image-archive|story|volume)$|{_PYTHON}", "6.0": _ALL,
          "6.1": _FEW, "7.0.4": r"host/(snapshot|volume)$", "7.0": _FEW, "7.1": _FEW,
          "future": r"host/(host|node|snapshot|volume)$"}
# Why a test on a host is not run as a release; of patterns that match a name the first counts.
NOT = (
    (r"cli/(future|releases)$", "emulates other releases itself"),
    (r"cli/auth$", "is about TLS, which ends before the proxy that emulates a release"),
    (r"(threads|release)/", "is a program of host/ or unit/, built otherwise"),
    (r"package/", "is about what is installed; its commands are the same"),
    (r"python[^/]*/hosts$", "brings up a host of its own, to fill its disk and start it anew"),
    (r"selftest/|trouble/", "has a proxy of its own, which fails calls"),
)
# These wait for guests to boot, which takes minutes if they are interpreted; all releases that can
# give a guest a disc give it the same.
GUESTS = r"cli/(guest|launch)$|python[^/]*/deploy$"
GUESTS_AS = "6.0"


def why_not(test: Test, release: str) -> str:
    """Why a test cannot be run as a release; nothing if it can."""
    if re.match(GUESTS, test.name) and release != GUESTS_AS:
        return f"boots guests for minutes, as {GUESTS_AS} only"
    return next((reason for pattern, reason in NOT if re.match(pattern, test.name)), "")


def as_release(test: Test, release: str) -> Test:
    variant = f"as-{release}/"
    return dataclasses.replace(test, name=variant + test.name, variant=variant, release=release,
                               why_not=why_not(test, release))


def every(tests: list[Test], release: str) -> list[Test]:
    """All tests on a host, as a release."""
    return [as_release(test, release) for test in tests if test.host]


def chosen(tests: list[Test]) -> list[Test]:
    """What is run along with all tests."""
    return [as_release(test, release) for release, pattern in CHOSEN.items() for test in tests
            if re.match(pattern, test.name)]
