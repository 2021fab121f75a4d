# SPDX-License-Identifier: Apache-2.0
"""What the tests on a real host share: the host the runner has chosen, and a small image."""
from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from cli import Result, host_env, ok, run, skip_all

ROOT = Path(__file__).resolve().parents[2]

if not os.environ.get("VBOXCLOUD_HOST"):
    skip_all("VBOXCLOUD_HOST names no host")


def cloud(*args: str) -> Result:
    """Runs the command on the host."""
    return run(*args, env=host_env(), timeout=300)


def ask(*args: str) -> Any:
    """What the command says in JSON; a failure is a failed test, and None."""
    result = cloud(*args, "--output", "json")
    if not ok(result.status == 0, f"vboxcloud {' '.join(args)}"[:120], result):
        return None
    return json.loads(result.out)


def takes_uploads() -> bool:
    """VirtualBox 5 does not."""
    return any(finding["subject"] == "uploads" and finding["level"] == "ok"
               for finding in ask("host", "check"))


def tiny_path() -> str:
    """The path of a disk image that starts in seconds."""
    lines = subprocess.run([str(ROOT / "tests/guest/build"), "tiny"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return lines[-1]


def tiny_image() -> str:
    """The same as `image import` takes it on this host."""
    return tiny_path() if takes_uploads() else f"host:{tiny_path()}"


def contents() -> tuple[list[str], list[str]]:
    """The ids of all nodes and images: what must be the same after a failure."""
    return ([node["id"] for node in ask("node", "list")],
            [image["id"] for image in ask("image", "list")])


def local_files() -> set[Path]:
    """All files of the machine folder, if the host is this machine; else none."""
    folder = Path(ask("host", "show")["machine_folder"])
    return {path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set()


def unique(text: str) -> str:
    """A name that no other test uses."""
    return f"{text}-{os.getpid()}-{time.time_ns() % 1000000}"
