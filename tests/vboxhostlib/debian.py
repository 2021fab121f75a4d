# SPDX-License-Identifier: Apache-2.0
"""Debian's packages: what the tests' programs need on this machine, and where it gets them.

Nothing here knows a mirror: the machine's own apt sources name it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path


DEPS = Path(__file__).resolve().parents[1] / "deps"  # which package has what


class Failure(Exception):
    """One sentence for the person in front of the terminal."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def require(*programs: str) -> None:
    """See to it that these (names or paths) are there, and all else that hosts and guests need."""
    if all(shutil.which(program) or os.path.exists(program) for program in programs):
        return
    done = subprocess.run([DEPS, "host", "guest"], stdin=subprocess.DEVNULL, stdout=sys.stderr,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise Failure(done.stderr.strip())


def apt(*words: str) -> None:
    run([*sudo(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *words])


def sudo() -> list[str]:
    """What to put in front of a command that only root may run."""
    return [] if os.geteuid() == 0 else ["sudo"]


def mirror() -> str:
    """The address from which this machine takes Debian itself; known once apt has its lists."""
    address = listed_mirror()
    if not address:
        apt("update")
        address = listed_mirror()
    if not address:
        raise Failure("this machine's apt sources have no Debian in them")
    return address


def listed_mirror() -> str:
    wanted = "$(ORIGIN)|$(LABEL)|$(REPO_URI)"
    for line in run(["apt-get", "indextargets", "--format", wanted, "Created-By: Packages"]).splitlines():
        origin, label, address = line.split("|", 2)
        if origin == label == "Debian":
            return address
    return ""


def unpack(root: Path, suite: str, components: str, packages: list[str], architecture: str = "") -> Path:
    """SUITE's PACKAGES and all they depend on, unpacked into ROOT and not configured.

    What an interrupted run left there goes first. ROOT is the caller's, though mmdebstrap may need
    to be root.
    """
    require("mmdebstrap")
    run([*sudo(), "rm", "-rf", str(root)])
    run([*sudo(), "mmdebstrap", "--variant=extract", f"--include={','.join(packages)}",
         *([f"--architectures={architecture}"] if architecture else []), f"--components={components}", "--aptopt=Acquire::Check-Valid-Until false", suite, str(root), mirror()])
    if sudo():
        run(["sudo", "chown", "-R", f"{os.getuid()}:{os.getgid()}", str(root)])
    return root


def run(command: list[str], **options) -> str:
    """Run COMMAND quietly and return what it printed; its errors become a Failure."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode:
        raise Failure(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def extract(folder: Path, *packages: str) -> Path:
    """Where packages of this machine's own Debian lie unpacked, once; a service in them is not
    installed and does not start."""
    root, partial = folder / "root", folder / "partial"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            shutil.rmtree(partial, ignore_errors=True)
            run(["apt-get", "-qq", "download", *packages], cwd=folder)
            for package in sorted(folder.glob("*.deb")):
                run(["dpkg-deb", "--extract", str(package), str(partial)])
                package.unlink()
            partial.rename(root)
    return root
