# SPDX-License-Identifier: Apache-2.0
"""The VirtualBox hosts that tests share: our own, or the one that VBOXCLOUD_TEST_URL names."""
from __future__ import annotations

import os
import shlex
import subprocess

from vboxhostlib import crash

from .builds import ROOT

CACHE = ROOT / ".cache"
VBOXHOST = ROOT / "tests/vboxhost"
OPTIONS = {"shared": [], "shared2": [], "secure": ["--auth", "--tls"]}
GIVEN = ("VBOXCLOUD_USER", "VBOXCLOUD_PASSWORD_FILE", "VBOXCLOUD_CA_FILE")


def given() -> str:
    """The address of a host that is not ours; tests must not need more of it than that."""
    return os.environ.get("VBOXCLOUD_TEST_URL", "")


def places(kind: str) -> tuple[str, ...]:
    """The hosts of a kind, any of which does; a test with hosts of its own, or none, waits for nobody."""
    if kind == "installed" or given() and kind == "shared":
        return ("shared",)
    return ("shared", "shared2") if kind == "shared" else (kind,)


class Hosts:
    """Brought up when first asked for. One process at a time uses this, so names are fixed."""

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self.known: dict[str, dict[str, str]] = {}
        crash.forget_gone(CACHE)

    def environment(self, kind: str) -> dict[str, str]:
        """What points a test at one of the hosts."""
        if given():
            return {"VBOXCLOUD_HOST": given()} | {k: os.environ[k] for k in GIVEN if k in os.environ}
        if kind not in self.known:  # nor when it failed to come up: the next test tries again
            vboxhost("down", f"check-{kind}")  # of a run that was killed
            self.begun.add(kind)
            vboxhost("up", f"check-{kind}", *OPTIONS[kind])
            words = shlex.split(vboxhost("env", f"check-{kind}"))
            self.known[kind] = dict(word.split("=", 1) for word in words if "=" in word)
        return self.known[kind]

    def close(self) -> None:
        for kind in self.begun:
            vboxhost("down", f"check-{kind}")
        crash.forget_gone(CACHE)


def crashes() -> set[tuple[str, str]]:
    """Of virtual machines: the host's name, and what its log says."""
    return {(name, trace) for name in crash.names(CACHE) for trace in crash.known(CACHE, name)}


def is_of(name: str, kind: str, pid: int) -> bool:
    """Whether a host is that of a kind, or one that a test program has of its own."""
    return name.endswith(f"-{pid}") if kind == "own" else name == f"check-{kind}"


def left_by(pid: int) -> list[str]:
    """Ends the hosts that a test program has left behind: they are named after its process."""
    status = subprocess.run([str(VBOXHOST), "status"], check=True, stdout=subprocess.PIPE, text=True)
    names = [line.split("\t")[0] for line in status.stdout.splitlines()]
    left = [name for name in names if is_of(name, "own", pid)]
    for name in left:
        vboxhost("down", name)
    return left


def vboxhost(command: str, name: str, *options: str) -> str:
    done = subprocess.run([str(VBOXHOST), command, "--name", name, *options], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"vboxhost {command} {name}: {done.stderr.strip()}")
    return done.stdout
