#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `make install` has put where, so that `make uninstall` takes it away again, and no more.

files.py place BUILD PREFIX LIBDIR  sees to it that BUILD is for there
files.py note BUILD                 before an install: writes down which folders will be made for it
files.py remove BUILD               removes the files, and those of the folders that are empty then

Meson knows the files; under $DESTDIR if that is set. Root may do this in a build that is somebody
else's, who goes on with it afterwards: no file of root's is left there that they would have to change.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OURS = ("vboxcloud", "libcloud_virtualbox")  # folders that nobody else makes


def destination(path: str) -> Path:
    """PATH as it is under $DESTDIR."""
    stage = os.environ.get("DESTDIR")
    return Path(stage).absolute() / path.lstrip("/") if stage else Path(path)


def introspect(what: str, build: Path) -> Any:
    done = subprocess.run(["meson", "introspect", what, str(build)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def place(build: Path, prefix: str, libdir: str) -> None:
    if not Path(prefix).is_absolute():
        sys.exit(f"PREFIX is '{prefix}', and must be the whole path of a folder, like /usr/local")
    now = {option["name"]: option["value"] for option in introspect("--buildoptions", build)}
    if (now["prefix"], now["libdir"]) != (prefix, libdir):
        subprocess.run(["meson", "configure", str(build), f"--prefix={prefix}", f"--libdir={libdir}"],
                       check=True)


def installed(build: Path) -> list[Path]:
    """The files that are or will be there. Of a folder, each that its source has."""
    found = []
    for source, target in introspect("--installed", build).items():
        if not Path(source).is_dir():
            found.append(destination(target))
            continue
        found += [destination(target) / path.relative_to(source)
                  for path in Path(source).rglob("*")
                  if path.is_file() and path.parent.name != "__pycache__"]
    return found


def notes(build: Path) -> Path:
    return build / "folders-made.json"


def noted(build: Path) -> set[str]:
    return set(json.loads(notes(build).read_text())) if notes(build).exists() else set()


def write_notes(build: Path, folders: set[str]) -> None:
    new = notes(build).with_suffix(".new")
    new.unlink(missing_ok=True)
    new.write_text(json.dumps(sorted(folders), indent=0))
    new.replace(notes(build))


def note(build: Path) -> None:
    new = {str(folder) for path in installed(build) for folder in path.parents
           if not folder.exists()}
    write_notes(build, noted(build) | new)
    (build / "meson-logs/install-log.txt").unlink(missing_ok=True)


def compiled(path: Path) -> Iterator[Path]:
    """What Python has made of a module of ours, when it was first used."""
    if path.suffix == ".py":
        yield from path.parent.glob(f"__pycache__/{path.stem}.*.pyc")


def remove(build: Path) -> None:
    files = installed(build)
    for path in files:
        for each in (*compiled(path), path):
            if each.is_symlink() or each.exists():
                each.unlink()
                print(f"removed {each}")
    made = noted(build)
    ours = {folder for path in files for folder in path.parents
            if set(OURS) & {each.name for each in (folder, *folder.parents)}}
    folders = ours | {folder for path in files for folder in path.parents if str(folder) in made}
    caches = {folder / "__pycache__" for folder in ours}
    for folder in sorted(folders | caches, key=lambda path: -len(path.parts)):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            print(f"removed {folder}")
    write_notes(build, {name for name in made if Path(name).exists()})


if __name__ == "__main__":
    action = {"place": place, "note": note, "remove": remove}[sys.argv[1]]
    action(Path(sys.argv[2]), *sys.argv[3:])
