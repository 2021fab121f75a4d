# SPDX-License-Identifier: Apache-2.0
"""Prometheus' own parser: promtool, of the system or unpacked from Debian's package, whose service
would start if it were installed."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from vboxhostlib import debian

CACHE = Path(__file__).resolve().parents[2] / ".cache/prometheus"


def promtool() -> str:
    return shutil.which("promtool") or str(debian.extract(CACHE, "prometheus") / "usr/bin/promtool")


def complaints(text: str) -> str:
    """What it says of metrics; nothing when they are well-formed, named as usual and explained."""
    result = subprocess.run([promtool(), "check", "metrics"], input=text, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout if result.returncode or result.stdout else ""
