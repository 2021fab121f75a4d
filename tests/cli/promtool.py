# SPDX-License-Identifier: Apache-2.0
"""Prometheus' own parser: promtool, of the system or unpacked from Debian's package, whose service
would start if it were installed."""
from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "prometheus"


def download() -> None:
    """Unpacks the package, once."""
    folder = CACHE / "package"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    apt = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", "prometheus"]
    subprocess.run(apt, cwd=folder, check=True, stdin=subprocess.DEVNULL)
    package = next(folder.glob("*.deb"))
    subprocess.run(["dpkg-deb", "--extract", package, CACHE / "partial"], check=True)
    os.rename(CACHE / "partial", CACHE / "root")
    shutil.rmtree(folder)


def promtool() -> str:
    if found := shutil.which("promtool"):
        return found
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "root").exists():
            download()
    return str(CACHE / "root" / "usr" / "bin" / "promtool")


def complaints(text: str) -> str:
    """What it says of metrics; nothing when they are well-formed, named as usual and explained."""
    result = subprocess.run([promtool(), "check", "metrics"], input=text, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout if result.returncode or result.stdout else ""
