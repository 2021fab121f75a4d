#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package as pip makes it of a clean copy of the sources: one wheel for all releases of
Python since 3.9, which installs without a compiler, and lists the nodes of a host."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))

from cli import HOME, done, ok, skip

OLDEST = (3, 9)
LIBRARIES = {"libcurl.so.4", "libcrypto.so.3", "libjansson.so.4", "libarchive.so.13",
             "libz.so.1", "libbz2.so.1.0", "libc.so.6", "ld-linux-x86-64.so.2"}
LIST = """
import os, sys
from libcloud_virtualbox import _vboxcloud
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from urllib.parse import urlsplit
assert _vboxcloud.__file__.startswith(sys.prefix), _vboxcloud.__file__
url = urlsplit(os.environ["VBOXCLOUD_HOST"])
print("nodes", len(VirtualBoxNodeDriver(url.hostname, url.port).list_nodes()))
"""


def run(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=os.environ | env, cwd=HOME, text=True, capture_output=True,
                          check=False)


def clean_copy() -> Path:
    """The sources as they are now, without what git ignores."""
    copy = HOME / "source"
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def version(python: Path) -> tuple[int, ...]:
    """Of an interpreter; () if it is none."""
    result = run(python, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])")
    return tuple(map(int, result.stdout.split())) if result.returncode == 0 else ()


def pythons() -> dict[tuple[int, ...], Path]:
    """Those of this machine that the wheel is for; of pyenv's too."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path("~/.pyenv").expanduser()))
    places = [*pyenv.glob("versions/*/bin/python3"), Path(sys.executable),
              *(Path(path) for minor in range(9, 30) if (path := shutil.which(f"python3.{minor}")))]
    return {v: place for place in places if (v := version(place)) >= OLDEST}


def build(python: Path) -> Path | None:
    venv = HOME / "builder"
    run(python, "-m", "venv", venv)
    if run(venv / "bin/pip", "download", "--quiet", "--no-deps", "--dest", HOME,
           "meson-python").returncode:
        skip("pip builds a wheel of a clean copy", "there is no registry that has meson-python")
        return None
    result = run(venv / "bin/pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", HOME / "wheel",
                 clean_copy())
    ok(result.returncode == 0, "pip builds a wheel of a clean copy", result)
    return next((HOME / "wheel").glob("*.whl"), None)


def test_content(wheel: Path) -> None:
    ok(re.fullmatch(r"libcloud_virtualbox-[\d.]+-cp39-abi3-linux_\w+\.whl", wheel.name),
       "the wheel is for every Python since 3.9", wheel.name)
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(HOME / "content")
    info = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    source = HOME / "source/python"
    package = {str(path.relative_to(source)) for name in ("libcloud_virtualbox", "ansible_collections")
               for path in (source / name).rglob("*") if path.is_file()}
    wanted = package | {"libcloud_virtualbox/_vboxcloud.abi3.so", f"{info}/METADATA",
                        f"{info}/WHEEL", f"{info}/RECORD", f"{info}/licenses/LICENSE"}
    ok(names == wanted, "all that belongs there is in the wheel, and nothing else",
       f"missing: {sorted(wanted - names)}", f"too much: {sorted(names - wanted)}")
    extension = HOME / "content/libcloud_virtualbox/_vboxcloud.abi3.so"
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-dW", extension).stdout))
    ok(needed and needed <= LIBRARIES, "the extension needs only the system's libraries", needed)
    exported = run("nm", "-D", "--defined-only", extension).stdout.split()[2:]
    ok(exported == ["PyInit__vboxcloud"], "and exports only its start", exported)
    ok(str(HOME).encode() not in extension.read_bytes(), "and does not say where it was built")


def test_install_in(python: Path, wheel: Path) -> None:
    name = ".".join(map(str, version(python)))
    venv = HOME / f"venv-{name}"
    run(python, "-m", "venv", venv)
    alone = {"PATH": str(venv / "bin"), "PYTHONPATH": ""}  # no compiler
    result = run(venv / "bin/pip", "install", "--quiet", "--only-binary", ":all:", wheel, **alone)
    ok(result.returncode == 0, f"Python {name}: pip installs it without a compiler", result)
    result = run(venv / "bin/python", "-W", "error::ImportWarning", "-c",
                 "import libcloud_virtualbox as p; from libcloud_virtualbox import _vboxcloud; "
                 "p.register(); p.register(); print(_vboxcloud.size_parse('1_cpu-2_ram-3_disk'))",
                 **alone)
    ok("'ram_mb': 2" in result.stdout, f"Python {name}: it is imported and registered", result)
    if not os.environ.get("VBOXCLOUD_HOST") or os.environ.get("VBOXCLOUD_USER"):
        skip(f"Python {name}: nodes are listed", "there is no host without a password")
        return
    result = run(venv / "bin/python", "-c", LIST, **alone)
    ok(re.fullmatch(r"nodes \d+\n", result.stdout), f"Python {name}: nodes are listed", result)


def main() -> None:
    there = pythons()
    wheel = build(there[max(there)])
    if wheel:
        test_content(wheel)
        for release in sorted({min(there), max(there)}):
            test_install_in(there[release], wheel)


main()
done()
