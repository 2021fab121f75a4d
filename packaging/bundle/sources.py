# SPDX-License-Identifier: Apache-2.0
"""Debian's source packages, of the versions that sources.txt names, verified and unpacked.

apt has them from the mirror that this machine takes Debian from.
"""
from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from vboxhostlib import debian
from vboxhostlib.debian import Failure, run

PINS = Path(__file__).with_name("sources.txt")


@dataclass(frozen=True)
class Pin:
    name: str
    version: str
    sha256: str


def read_pins() -> tuple[str, list[Pin]]:
    """The suite, and what is taken from it."""
    lines = [line.split() for line in PINS.read_text().splitlines() if line and not line.startswith("#")]
    suite = next(words[1] for words in lines if words[0] == "suite")
    return suite, [Pin(*words) for words in lines if words[0] != "suite"]


def write_pins(suite: str, pins: list[Pin]) -> None:
    head = [line for line in PINS.read_text().splitlines() if line.startswith("#")]
    rows = [f"{pin.name} {pin.version} {pin.sha256}" for pin in pins]
    PINS.write_text("\n".join([*head, f"suite {suite}", *rows]) + "\n")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Apt:
    """apt with one suite's sources, which knows nothing else of this machine but its mirror and keys."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder = folder
        (folder / "lists/partial").mkdir(parents=True, exist_ok=True)
        sources = folder / "sources.list"
        sources.write_text(f"deb-src {debian.mirror()} {suite} main\n")
        self.options = ["-qq", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
                        "-o", f"Dir::State::lists={folder}/lists", "-o", "APT::Sandbox::User="]
        run(["apt-get", *self.options, "update"])

    def newest(self, name: str) -> str:
        shown = run(["apt-cache", *self.options, "showsrc", "--only-source", name])
        found = [line.split()[1] for line in shown.splitlines() if line.startswith("Version:")]
        newest = ""
        for version in found:
            if not newest or not os.system(f"dpkg --compare-versions '{version}' gt '{newest}'"):
                newest = version
        return newest

    def download(self, name: str, version: str) -> Path:
        """The .dsc, with the files that it names beside it."""
        place = self.folder / f"{name}_{version}".replace(":", "_")
        place.mkdir(exist_ok=True)
        run(["apt-get", *self.options, "source", "--download-only", f"{name}={version}"], cwd=place)
        return next(place.glob("*.dsc"))


def fetch(folder: Path) -> dict[str, Path]:
    """Where each source package lies unpacked, with Debian's patches."""
    suite, pins = read_pins()
    places = {pin.name: folder / f"{pin.name}-{pin.version}".replace(":", "_") for pin in pins}
    missing = [pin for pin in pins if not places[pin.name].exists()]
    if missing:
        debian.require("dpkg-source")
        apt = Apt(folder / "apt", suite)
        for pin in missing:
            unpack(apt.download(pin.name, pin.version), pin, places[pin.name])
    return places


def unpack(dsc: Path, pin: Pin, place: Path) -> None:
    if sha256(dsc) != pin.sha256:
        raise Failure(f"{dsc.name} is not the one that {PINS.name} names: its SHA-256 is {sha256(dsc)}")
    partial = place.with_name(f"{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    run(["dpkg-source", "--extract", str(dsc), str(partial)])
    partial.rename(place)
