#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`make install` gives a command that starts, wherever it is put, and `make uninstall` takes away what
was put there: all of it, and nothing else."""
from __future__ import annotations

from pathlib import Path

from system import CHANGES, HOME, ROOT, aside, make, run

from cli import done, ok

USED = """cd / && "$1/bin/vboxcloud" --version &&
PYTHONPATH=$(dirname "$(dirname "$(find "$1" -name _vboxcloud.abi3.so)")") /usr/bin/python3 -c \\
	'import libcloud_virtualbox as p; from libcloud_virtualbox import _vboxcloud; print(p.__file__)'
"""


def there(prefix: Path) -> list[str]:
    return sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*"))


def test_own_folder() -> None:
    """Which no part of the system knows, and which holds something of somebody else's."""
    prefix = HOME / "a place \u00fc"
    (prefix / "share/man").mkdir(parents=True)
    (prefix / "share/mine").write_text("x")
    before = there(prefix)
    result = run(*make("install", prefix))
    ok(result.returncode == 0, "installed in a folder of one's own", result)
    result = run("sh", "-c", USED, "sh", prefix, PYTHONDONTWRITEBYTECODE="")
    ok(result.stdout.startswith("vboxcloud ") and str(prefix) in result.stdout,
       "the command starts there, and Python finds the package", result)
    ok(len(list(prefix.rglob("__pycache__/*.pyc"))) > 0, "which it compiles there")
    result = run(*make("install", prefix))
    ok(result.returncode == 0, "installed a second time", result)
    result = run(*make("uninstall", prefix))
    ok(result.returncode == 0 and there(prefix) == before, "what was there before is left",
       there(prefix), result)
    result = run(*make("uninstall", prefix))
    ok(result.returncode == 0 and there(prefix) == before, "removed a second time", result)


def test_no_folder() -> None:
    for prefix in "somewhere", "":
        for target in "install", "uninstall":
            result = run(*make(target, Path(prefix)))
            ok(result.returncode and "must be the whole path of a folder" in result.stderr and
               "Traceback" not in result.stderr, f"{target} in {prefix!r}", result)


def test_system() -> None:
    """Under /usr/local, as a person does on a fresh Debian: no variable, no path, no ldconfig."""
    folder = HOME / "system"
    folder.mkdir()
    script = "\n".join([
        "set -e", "find /usr/local | sort >/etc/before",
        '"$1" >/etc/said 2>&1 || { cat /etc/said; exit 1; }',
        "cd / && /usr/local/bin/vboxcloud --version",
        "readelf -d /usr/local/bin/vboxcloud | sed -n 's/.*PATH.*/& set/p'",
        '"$2" >/etc/said 2>&1 || { cat /etc/said; exit 1; }',
        "find /usr/local | sort | diff /etc/before - && echo nothing left"])
    steps = []
    for target in ("install", "uninstall"):
        step = HOME / target
        words = " ".join(f"'{word}'" for word in make(target, "/usr/local"))
        step.write_text(f"#!/bin/sh\nexec {words}\n")
        step.chmod(0o755)
        steps.append(step)
    result = run(*aside(CHANGES, folder), "sh", "-c", script, "sh", *steps)
    version = run("sed", "-n", "s/.*  version: '\\(.*\\)',/\\1/p", ROOT / "meson.build").stdout
    ok(result.stdout == f"vboxcloud {version}nothing left\n", "installed into the system, used, removed",
       result)


test_own_folder()
test_no_folder()
test_system()
done()
