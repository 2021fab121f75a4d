# SPDX-License-Identifier: Apache-2.0
"""The mount namespace in which a test host's programs run.

In it the private VirtualBox's /usr lies over the machine's, and the machine folder may be a small
disk. It is gone, with its mounts, when the last process in it and the last file descriptor are.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

from .debian import Failure

CLONE_NEWNS, MS_BIND, MS_REC, MS_SLAVE = 0x20000, 0x1000, 0x4000, 0x80000
LIBC = ctypes.CDLL(None, use_errno=True)


def make(root: Path | None, small_disk: tuple[Path, int] | None) -> int:
    """A file descriptor of a new namespace: ROOT's /usr in place, and a folder on so many MiB."""
    here, own = os.getcwd(), of("self")
    try:
        check(LIBC.unshare(CLONE_NEWNS), "cannot make a mount namespace")
        mount("none", "/", None, MS_REC | MS_SLAVE)
        if small_disk:
            mount("none", small_disk[0], "tmpfs", 0, f"mode=0777,size={small_disk[1]}m")
        if root:
            mount(root / "usr", "/usr", None, MS_BIND)
        return of("self")
    finally:
        join(own)
        os.chdir(here)
        os.close(own)


def of(process: int | str) -> int:
    return opened(path_of(process))


def path_of(process: int | str) -> str:
    return f"/proc/{process}/ns/mnt"


def opened(path: Path | str) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def entrance(namespace: int | None, user: tuple[int, int] | None) -> Callable[[], None]:
    """What a new process does before it becomes a program: join NAMESPACE, become USER."""
    def enter() -> None:
        here = os.getcwd()
        if namespace is not None:
            join(namespace)
            os.chdir(here)
        if user:
            os.setgroups([])
            os.setgid(user[1])
            os.setuid(user[0])
    return enter


def join(namespace: int) -> None:
    check(LIBC.setns(namespace, CLONE_NEWNS), "cannot join a mount namespace")


def mount(source: Path | str, target: Path | str, kind: str | None, flags: int, data: str = "") -> None:
    check(LIBC.mount(os.fsencode(source), os.fsencode(target), kind and kind.encode(),
                     ctypes.c_ulong(flags), data.encode()), f"cannot mount {target}")


def check(result: int, what: str) -> None:
    if result:
        raise Failure(f"{what}: {os.strerror(ctypes.get_errno())}")
