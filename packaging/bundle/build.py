# SPDX-License-Identifier: Apache-2.0
"""One library's build: with zig's C compiler, which has the headers and stubs of each glibc and of musl."""
from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vboxhostlib.debian import Failure


@dataclass(frozen=True)
class Target:
    """A kind of system, in zig's words, OpenSSL's and autoconf's."""

    zig: str
    openssl: str
    host: str


MANYLINUX = Target("x86_64-linux-gnu.2.28", "linux-x86_64", "x86_64-pc-linux-gnu")
FREEBSD = Target("x86_64-freebsd", "BSD-x86_64", "x86_64-unknown-freebsd")


class Build:
    """Builds libraries for TARGET in FOLDER/build, which go into FOLDER (PREFIX)."""

    def __init__(self, target: Target, sources: dict[str, Path], prefix: Path, environment: dict[str, str]) -> None:
        self.target, self.sources, self.prefix = target, sources, prefix
        self.environment = environment
        self.folder = prefix
        for name in ("lib/pkgconfig", "include"):
            (prefix / name).mkdir(parents=True, exist_ok=True)

    def begin(self, name: str) -> None:
        self.folder = self.prefix / "build" / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def source(self, name: str) -> Path:
        return self.sources[name]

    def flags(self, level: str) -> list[str]:
        """Each function is a section, of which the linker drops those without a use."""
        return [level, "-fPIC", "-ffunction-sections", "-fdata-sections", "-fvisibility=hidden", "-g0", "-fstack-protector-strong"]

    def run(self, *command: str | Path, **environment: str) -> None:
        with open(self.folder / "log", "a", encoding="utf-8") as log:
            done = subprocess.run([str(word) for word in command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=subprocess.STDOUT, check=False, env=self.environment | environment)
        if done.returncode:
            raise Failure(f"{command[0]} failed; {self.folder}/log says why")

    def make(self, *targets: str, folder: Path | None = None) -> None:
        self.run("make", f"-j{os.cpu_count()}", "-C", folder or self.folder, *targets)

    def archive(self, name: str, source: Path, patterns: list[str], *flags: str) -> None:
        """A static library of all that matches, compiled as it is."""
        files = sorted(path for pattern in patterns for path in source.glob(pattern))
        for path in files:
            self.run("cc", *self.flags(flags[0]), *flags[1:], f"-I{source}", "-c", path, "-o", f"{path.stem}.o")
        self.run("ar", "rcsD", self.prefix / f"lib/lib{name}.a", *(f"{path.stem}.o" for path in files))

    def headers(self, name: str, *paths: str) -> None:
        for path in paths:
            shutil.copy(self.sources[name] / path, self.prefix / "include")

    def pkg_config(self, name: str, version: str, libraries: str) -> None:
        place = self.prefix / f"lib/pkgconfig/{name}.pc"
        place.write_text(f"Name: {name}\nDescription: {name}\nVersion: {version}\n"
                         f"Libs: -L{self.prefix}/lib {libraries}\nCflags: -I{self.prefix}/include\n", encoding="utf-8")

    def configure(self, name: str, level: str, *options: str) -> None:
        self.run(self.source(name) / "configure", f"--prefix={self.prefix}", f"--host={self.target.host}",
                 "--disable-shared", "--enable-static", "--disable-dependency-tracking", *options,
                 CFLAGS=" ".join(self.flags(level)), CPPFLAGS=f"-I{self.prefix}/include", LDFLAGS=f"-L{self.prefix}/lib",
                 PKG_CONFIG_LIBDIR=f"{self.prefix}/lib/pkgconfig")
