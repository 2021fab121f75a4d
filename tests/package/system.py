# SPDX-License-Identifier: Apache-2.0
"""What the tests of an installation share: `make install`, and the system as it would then be."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))

from cli import HOME

BUILD = Path(os.environ["VBOXCLOUD_BUILD"])
NOT_OURS = ("LD_LIBRARY_PATH", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")
# Of a program that sees $0/usr over /usr, and for which all it changes in the system is elsewhere.
SEES = 'mount -t overlay -o "lowerdir=$0:/usr" overlay /usr && exec "$@"'
CHANGES = """set -e
mount -t tmpfs tmpfs "$0"
for folder in usr/local etc; do
	mkdir -p "$0/$folder" "$0/work/$folder"
	mount -t overlay -o "lowerdir=/$folder,upperdir=$0/$folder,workdir=$0/work/$folder" overlay "/$folder"
done
exec "$@"
"""


def run(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """As a person does, to whom no library's place was told."""
    clean = {k: v for k, v in os.environ.items() if k not in NOT_OURS}
    return subprocess.run(command, env=clean | env, text=True, capture_output=True, check=False)


def aside(script: str, folder: Path) -> list[str | Path]:
    """What to put before a command that is to run in a system of its own."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *as_root, "sh", "-c", script, folder]


def make(target: str, prefix: str | Path, *more: str) -> list[str]:
    """The command."""
    return ["make", "-C", str(ROOT), "--no-print-directory", target, f"BUILD={BUILD}", f"PREFIX={prefix}",
            *more]
