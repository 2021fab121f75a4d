# SPDX-License-Identifier: Apache-2.0
"""Which tests are also run on a host that speaks as another release (tests/proxy --as).

All that can be is run so by `tests/run --as RELEASE`. With all tests, some are, and cli/releases
tries each feature as each series; the choice follows what the library does otherwise:

    5.0  the first; no uploads, BIOS settings, environment as text, disks made before the copy
    5.2  the last without uploads, as users of the command and of the Python driver see it
    6.0  uploads; the last with environment as text
    6.1  environment as list, graphics adapter
    7.0.4  the last but one without resizeAndCloneTo; passwords among createMachine's arguments
    7.0  resizeAndCloneTo, still with BIOS settings
    7.1  platform and firmware settings, as in 7.2
    future  unknown things in all replies

In between nothing that the library uses differs; the IDL's check proves that for every release.
Node-cancel, threads and fork are about time, not about calls: they are run directly only.
"""
from __future__ import annotations

import dataclasses
import re

from .catalogue import Test

_ALL = r"host/(host|image|node|node-power|snapshot|volume)$|cli/api$"
_FEW = r"host/node$|cli/api$"
CHOSEN = {"5.0": _ALL, "5.1": r"cli/api$",
          "5.2": r"cli/(api|story|volume)$|python-newest/storage$", "6.0": _ALL,
          "6.1": _FEW, "7.0.4": r"host/(snapshot|volume)$", "7.0": _FEW, "7.1": _FEW,
          "future": r"host/(host|node|snapshot|volume)$"}
ABLE = r"(host|cli|python[^/]*)/(?!(future|guest|releases)$)"
NEEDS_UPLOADS = r"host/(first-boot|image-bad|image-export)$|cli/first-boot$"  # so not 5.x


def as_release(test: Test, release: str) -> Test:
    return dataclasses.replace(test, name=f"as-{release}/{test.name}", release=release)


def every(tests: list[Test], release: str) -> list[Test]:
    """All tests that can be run as a release."""
    return [as_release(test, release) for test in tests
            if test.host == "shared" and re.match(ABLE, test.name)
            and not (release.startswith("5.") and re.match(NEEDS_UPLOADS, test.name))]


def chosen(tests: list[Test]) -> list[Test]:
    """What is run along with all tests."""
    return [as_release(test, release) for release, pattern in CHOSEN.items() for test in tests
            if re.match(pattern, test.name)]
