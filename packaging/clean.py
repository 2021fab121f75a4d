# SPDX-License-Identifier: Apache-2.0
"""Clean Debian systems, in which packages are built and tried; each is deleted in the end."""
from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from vboxhostlib import debian
from vboxhostlib.debian import Failure

PLACE = "/packages"  # in a clean system
# Its folder is the root of a mount namespace of its own, as of a machine: a test's programs that enter another
# namespace and come back must not find themselves outside of it.
INSIDE = ("env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive HOME=/root "
          'ROOT="$1" unshare --mount --propagation=private sh -euc '
          """'mount --rbind "$ROOT" "$ROOT"; cd "$ROOT"; pivot_root . mnt; exec chroot . "$@"' sh""")


def show(command: list[str]) -> None:
    """Runs it with its output in sight."""
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
        raise Failure(f"it failed: {shlex.join(command)}")


def run_in(suite: str, *, include: str, inside: str, script: str, bring: Path, fetch: Path | None = None,
           architecture: str = "") -> None:
    """A script in a new system of SUITE, with the folder BRING as /packages; FETCH gets that afterwards."""
    leave = "umount --lazy /mnt\n"
    hooks = [f"copy-in {shlex.quote(str(bring))} /", f'{INSIDE} sh -euxc {shlex.quote(leave + script)}']
    hooks += [f"sync-out {PLACE} {shlex.quote(str(fetch))}"] if fetch else []
    debian.require("mmdebstrap")
    show([*debian.sudo(), "mmdebstrap", "--quiet", f"--variant={inside}", f"--include=mount,{include}",
          *([f"--architectures={architecture}"] if architecture else []),
          "--aptopt=Acquire::Check-Valid-Until false", '--aptopt=APT::Install-Recommends "false"',
          *(f"--customize-hook={hook}" for hook in hooks), suite, "/dev/null", debian.mirror()])
