# SPDX-License-Identifier: Apache-2.0
"""The builds that the tests run on, each with warnings as errors, under build-check/."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build-check"
SANITIZE = "-Db_sanitize=address,undefined"
BUILDS = {
    "asan": ("gcc", [SANITIZE]),
    "tsan": ("gcc", ["-Db_sanitize=thread"]),
    "release": ("gcc", ["--buildtype=release", "--prefix=/usr"]),
    "clang": ("clang", [SANITIZE, "-Db_lundef=false", "-Dfuzz=true"]),
}


def path(build: str) -> Path:
    return FOLDER / build


def setup(build: str) -> str:
    """Configure it if it is not, or not this way. Returns what is wrong."""
    compiler, options = BUILDS[build]
    wsdl = os.environ.get("VBOX_WSDL_DIR")
    command = ["meson", "setup", "-Dwerror=true", "-Dtests=true", *options, *([f"-Dwsdl={wsdl}"] if wsdl else []),
               str(path(build)), str(ROOT)]
    stamp, wanted = path(build) / "check-options.json", json.dumps([compiler, command])
    if stamp.exists() and stamp.read_text() == wanted:
        return compile_(build, ["build.ninja"])  # as meson.build may have changed
    shutil.rmtree(path(build), ignore_errors=True)
    wrong = run(command, env=os.environ | {"CC": compiler})
    if not wrong:
        stamp.write_text(wanted)
    return wrong


def compile_(build: str, targets: list[str]) -> str:
    """Build the targets, or all. Returns what is wrong."""
    return run(["ninja", "--quiet", "-C", str(path(build)), "-j", str(os.cpu_count() or 1), *targets])


def introspect(build: str, what: str) -> list[dict[str, Any]]:
    """What Meson knows of its tests or targets."""
    done = subprocess.run(["meson", "introspect", f"--{what}", str(path(build))], check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def files(build: str) -> dict[str, list[str]]:
    """What each target makes, by its id, as it is named to compile_()."""
    return {target["id"]: [os.path.relpath(file, path(build)) for file in target["filename"]]
            for target in introspect(build, "targets")}


def run(command: list[str], **options: Any) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    return done.stdout if done.returncode else ""
