# SPDX-License-Identifier: Apache-2.0
"""The VirtualBox that test hosts run: the machine's own, or a private one.

The private one is Debian's, from the unstable suite, unpacked into a directory and never
configured: no service starts and the machine's own packages stay as they are. Its programs run
in a mount namespace where its /usr lies over the machine's: every other path is the same inside
and outside, and the mount ends with the last process in the namespace.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from . import debian
from .debian import run, say

BIN = Path("/usr/lib/virtualbox")
LAUNCHER = Path(__file__).with_name("launcher.c")
CLONE_NEWNS, MS_BIND, MS_REC, MS_SLAVE = 0x20000, 0x1000, 0x4000, 0x80000
LIBC = ctypes.CDLL(None, use_errno=True)


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
            packages = ["virtualbox", "virtualbox-source"]
            debian.unpack(cache / "virtualbox.partial", "unstable", "main,contrib", packages).rename(root)
        program = root / "launcher"
        if not program.exists() or program.stat().st_mtime < LAUNCHER.stat().st_mtime:
            build_launcher(root, program)


def build_launcher(root: Path, program: Path) -> None:
    """Compile the launcher and put it where VBoxSVC looks for VBoxHeadless."""
    debian.require({"cc": "gcc", "/usr/include/dlfcn.h": "libc6-dev"})
    run(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program) + ".new", str(LAUNCHER)])
    headless = root / str(BIN).lstrip("/") / "VBoxHeadless"
    headless.unlink(missing_ok=True)
    shutil.copy(str(program) + ".new", headless)
    os.replace(str(program) + ".new", program)


def entrance(root: Path | None, namespace: int | None, user: tuple[int, int] | None,
             small_disk: tuple[Path, int] | None = None) -> Callable[[], None]:
    """What a new process does before it becomes a VirtualBox program.

    NAMESPACE is an open mount namespace of the same host to join instead of making one; USER is
    who to become; SMALL_DISK is a folder to put on a disk of its own, and its MiB.
    """
    def enter() -> None:
        here = os.getcwd()
        if namespace is not None:
            check(LIBC.setns(namespace, CLONE_NEWNS), "setns")
        elif root or small_disk:
            check(LIBC.unshare(CLONE_NEWNS), "unshare")
            mount("none", "/", None, MS_REC | MS_SLAVE)
            if root:
                mount(root / "usr", "/usr", None, MS_BIND)
            if small_disk:
                mount("none", small_disk[0], "tmpfs", 0, f"mode=0777,size={small_disk[1]}m")
        os.chdir(here)
        if user:
            os.setgroups([])
            os.setgid(user[1])
            os.setuid(user[0])
    return enter


def mount(source: Path | str, target: Path | str, kind: str | None, flags: int, data: str = "") -> None:
    check(LIBC.mount(os.fsencode(source), os.fsencode(target), kind and kind.encode(),
                     ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def check(result: int, what: str) -> None:
    if result:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
