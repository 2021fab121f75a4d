# SPDX-License-Identifier: Apache-2.0
"""What builds: the programs of tools.txt in a venv, and zig's compiler under the names that builds call."""
from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import sys
from pathlib import Path
from typing import Callable

from vboxhostlib.debian import run

from . import libraries
from .build import Build, Target
from .sources import fetch, read_pins

WANTED = Path(__file__).with_name("tools.txt")


def digest(*paths: Path, words: tuple[str, ...] = ()) -> str:
    """Of all that decides what is built, so that it is built anew when that changes."""
    told = b"\0".join([*(path.read_bytes() for path in paths), *(word.encode() for word in words)])
    return hashlib.sha256(told).hexdigest()[:12]


def venv(cache: Path) -> Path:
    place = cache / f"tools-{digest(WANTED, words=(sys.version,))}"
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(place)])
        run([str(place / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(WANTED)])
        (place / "done").touch()
    return place


def zig(tools: Path) -> Path:
    return next(tools.glob("lib/python3*/site-packages/ziglang/zig"))


def environment(cache: Path, tools: Path, target: Target) -> dict[str, str]:
    """Of a build for TARGET: cc and its like are zig's, and keep to themselves where they were run."""
    bin_folder = cache / f"bin-{target.zig}"
    bin_folder.mkdir(parents=True, exist_ok=True)
    # Meson asks for thin archives, which zig's linker cannot read.
    thick = 'flags=$(printf %s "$1" | tr -d T)\nshift\n'
    compiler = f'cc -target {target.zig} -ffile-prefix-map={cache}=. "$@"'
    for name, begin, words in (("cc", "", compiler), ("ar", thick, 'ar "$flags" "$@"'), ("ranlib", "", 'ranlib "$@"')):
        script = bin_folder / name
        script.write_text(f'#!/bin/sh\n{begin}exec "{zig(tools)}" {words}\n', encoding="utf-8")
        script.chmod(0o755)
    return {
        "PATH": f"{bin_folder}:{tools}/bin:{os.environ['PATH']}", "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8",
        "CC": "cc", "AR": "ar", "RANLIB": "ranlib", "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0"),
        "ZIG_GLOBAL_CACHE_DIR": f"{cache}/zig", "ZIG_LOCAL_CACHE_DIR": f"{cache}/zig",
    }


Recipes = dict[str, Callable[[Build], None]]


def build_libraries(cache: Path, target: Target, recipes: Recipes = libraries.ALL) -> Path:
    """The prefix that has all of them, built for TARGET; what was built before of the same is taken."""
    prefix = cache / f"libraries-{target.zig}"
    tools = venv(cache)
    build = Build(target, fetch(cache / "sources"), prefix, environment(cache, tools, target))
    pins = {pin.name: pin.sha256 for pin in read_pins()[1]}
    before = digest(WANTED, words=(inspect.getsource(Build), repr(target)))
    for name, recipe in recipes.items():
        before = digest(words=(before, pins[name], inspect.getsource(recipe)))
        stamp = prefix / f"build/{name}.{before}"
        if not stamp.exists():
            print(f"building {name} for {target.zig}", file=sys.stderr, flush=True)
            build.begin(name)
            recipe(build)
            stamp.touch()
    return prefix
