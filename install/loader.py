#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The system's loader of shared libraries, and a command that shall start wherever it is installed.

loader.py folder PREFIX       prints the folder for libraries, relative to PREFIX: one where the
                              loader looks, else lib
loader.py run-path BIN LIB    prints where a command in BIN finds LIB by itself; nothing if the
                              loader looks there anyway
loader.py refresh LIB         tells the loader of a library that is new in LIB, if it keeps a list
"""
from __future__ import annotations

import os
import re
import subprocess
import sys

LDCONFIG = next((path for path in ("/sbin/ldconfig", "/usr/sbin/ldconfig") if os.path.exists(path)),
                "")


def looked_in() -> set[str]:
    """The folders where the loader looks, those that are not there yet too."""
    if not LDCONFIG:
        return set()
    done = subprocess.run([LDCONFIG, "-v", "-N", "-X"], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="surrogateescape", env={**os.environ, "LC_ALL": "C"})
    found = re.findall(r"^(/[^\n:]*):(?: |$)|Can't stat (/[^\n:]*):", done.stdout, re.MULTILINE)
    return {os.path.realpath(there or missing) for there, missing in found}


def is_looked_in(folder: str) -> bool:
    return os.path.realpath(folder) in looked_in()


def names() -> list[str]:
    """What a folder of libraries may be called, the likeliest first."""
    compiler = os.environ.get("CC", "cc").split()
    try:
        done = subprocess.run([*compiler, "-print-multiarch"], check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        multiarch = done.stdout.strip() if done.returncode == 0 else ""
    except OSError:
        multiarch = ""
    return [*([f"lib/{multiarch}"] if multiarch else []), "lib64", "lib"]


def folder(prefix: str) -> str:
    known = looked_in()
    return next((name for name in names() if os.path.realpath(os.path.join(prefix, name)) in known),
                "lib")


def run_path(commands: str, libraries: str) -> str:
    if is_looked_in(libraries):
        return ""
    return os.path.join("$ORIGIN", os.path.relpath(libraries, commands))


def refresh(libraries: str) -> str:
    """Returns what is left to do."""
    if os.environ.get("DESTDIR") or not is_looked_in(libraries):
        return ""
    if os.geteuid() == 0 and subprocess.run([LDCONFIG], check=False).returncode == 0:
        return ""
    return f"run '{LDCONFIG}' as root: it tells the system of the library in {libraries}"


if __name__ == "__main__":
    action = {"folder": folder, "run-path": run_path, "refresh": refresh}[sys.argv[1]]
    if text := action(*sys.argv[2:]):
        print(text)
