# SPDX-License-Identifier: Apache-2.0
"""The VirtualBox that test hosts run: the machine's own, or a private one.

The private one is Debian's, from the unstable suite, unpacked into a directory and never
configured: no service starts and the machine's own packages stay as they are. To run, its /usr is
laid over the machine's (namespace.py): every other path is the same inside and outside.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from . import debian
from .debian import run, say

BIN = Path("/usr/lib/virtualbox")
LAUNCHER = Path(__file__).with_name("launcher.c")


def installed() -> bool:
    """Whether this machine has a VirtualBox that can run virtual machines by itself."""
    return Path("/dev/vboxdrv").exists() and (BIN / "vboxwebsrv").exists()


def private_root(cache: Path) -> Path | None:
    """The private installation's directory, there yet or not; None if the machine has its own."""
    return None if installed() else cache / "virtualbox"


def ensure(cache: Path) -> None:
    """See to it that there is a VirtualBox."""
    root = private_root(cache)
    if root is None:
        return
    with open(cache / "virtualbox.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            say("installing a private VirtualBox (half a minute, 1 GB)")
            # virtualbox wants its kernel modules in some form; their source is the smallest.
            # libc-bin has the locale without which VirtualBox knows no letter beyond ASCII.
            packages = ["virtualbox", "virtualbox-source", "libc-bin"]
            debian.unpack(cache / "virtualbox.partial", "unstable", "main,contrib", packages).rename(root)
        program = root / "launcher"
        if not program.exists() or program.stat().st_mtime < LAUNCHER.stat().st_mtime:
            build_launcher(root, program)


def build_launcher(root: Path, program: Path) -> None:
    """Compile the launcher and put it where VBoxSVC looks for VBoxHeadless."""
    debian.require("cc", "/usr/include/dlfcn.h")
    run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program) + ".new", str(LAUNCHER)])
    headless = root / str(BIN).lstrip("/") / "VBoxHeadless"
    headless.unlink(missing_ok=True)
    shutil.copy(str(program) + ".new", headless)
    os.replace(str(program) + ".new", program)
