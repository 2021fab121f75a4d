#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is installed is all that a program and a person need: the command makes a node, the examples
are built against the library with pkg-config and one lists it, the system's Python finds the package;
nothing points back to the build, and no variable says where the library is."""
from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from system import HOME, ROOT, SEES, aside, make, run

from cli import done, ok, skip

STAGE = HOME / "stage"
USR = STAGE / "usr"
CATALOG = "share/vboxcloud/catalog.ini"
EXTENSION = Path("_vboxcloud.abi3.so")
INSTALLED = aside(SEES, USR)  # as if the stage's /usr were the system's


def pkg_config(*words: str) -> list[str]:
    """What pkg-config says of the installed library, as if the stage were the root."""
    result = run("pkg-config", *words, "vboxcloud", PKG_CONFIG_SYSROOT_DIR=str(STAGE),
                 PKG_CONFIG_PATH=str(library.parent / "pkgconfig"))
    ok(result.returncode == 0, f"pkg-config {' '.join(words)}", result)
    return result.stdout.split()


def test_example() -> None:
    program = HOME / "list-nodes"
    flags = pkg_config("--cflags", "--libs")
    for source in sorted(ROOT.glob("examples/*.c")):
        result = run("cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", source, *flags, "-pthread",
                     "-o", HOME / source.stem)
        ok(result.returncode == 0, f"{source.name} compiles against what is installed", result)
    version = pkg_config("--modversion")
    result = run(*INSTALLED, "/usr/bin/vboxcloud", "--version")
    ok(version and version[0] in result.stdout, "the command tells the library's version", version,
       result)
    result = run(*INSTALLED, program, "http://127.0.0.1:1")
    ok(result.returncode == 1 and result.stderr.startswith("list-nodes: ") and not result.stdout,
       "and says that nobody answers", result)
    if not os.environ.get("VBOXCLOUD_HOST") or os.environ.get("VBOXCLOUD_USER"):
        skip("and lists nodes", "there is no host without a password")
        return
    name = f"installed-{os.getpid()}"
    image = run(ROOT / "tests/guest/build", "tiny").stdout.splitlines()[-1]
    try:
        vboxcloud("image", "import", image, "--name", name)
        vboxcloud("node", "create", name, "--image", name, "--no-start")
        result = run(*INSTALLED, program, os.environ["VBOXCLOUD_HOST"])
        ok(result.returncode == 0 and f"stopped    {name}\n" in result.stdout,
           "and lists the node that the command has made", result)
    finally:
        vboxcloud("node", "destroy", name)
        vboxcloud("image", "delete", name)


def vboxcloud(*words: str) -> None:
    result = run(*INSTALLED, "/usr/bin/vboxcloud", *words)
    ok(result.returncode == 0, f"vboxcloud {' '.join(words[:2])}", result)


def python_folders() -> list[Path]:
    return [path.parent for path in USR.rglob(EXTENSION.name)]


def test_python() -> None:
    """The extension, that is: libcloud is for the distribution or pip to install."""
    if not (folders := python_folders()):
        skip("the system's Python finds the package", "its development files are not installed")
        return
    result = run("/usr/bin/python3", "-c", "import libcloud_virtualbox._vboxcloud as v; "
                 "print(v.__file__, v.size_parse('1_cpu-2_ram-3_disk')['ram_mb'])",
                 PYTHONPATH=str(folders[0].parent), PYTHONDONTWRITEBYTECODE="1")
    ok(result.stdout == f"{folders[0] / EXTENSION.name} 2\n",
       "the system's Python finds the package", result)
    system = run("/usr/bin/python3", "-c", "import sys; print(*sys.path)").stdout.split()
    place = "/" + str(folders[0].parent.relative_to(STAGE))
    ok(place in system, "in a folder where it looks", place, system)


def test_catalog() -> None:
    result = run(*INSTALLED, "/usr/bin/vboxcloud", "image", "catalog", "--output", "json")
    ok(result.returncode == 0 and f"/usr/{CATALOG}" in result.stdout,
       "the catalog of images is found where it is installed", result)


def test_files() -> None:
    there = {str(path.relative_to(USR)) for path in USR.rglob("*") if not path.is_dir()}
    headers = {f"include/vboxcloud/{path.name}" for path in ROOT.glob("include/vboxcloud/*.h")}
    pages = {f"share/man/man1/{path.stem}" for path in ROOT.glob("man/*.scd")} \
        if shutil.which("scdoc") else set()
    names = re.findall(r"^\t(vbc_\w+);", (ROOT / "lib/vboxcloud.map").read_text(), re.M)
    names += [f"vboxcloud-{path.stem}".removesuffix("-vboxcloud") for path in ROOT.glob("include/vboxcloud/*.h")]
    pages |= {f"share/man/man3/{name}.3" for name in names}
    completions = {"share/bash-completion/completions/vboxcloud",
                   "share/zsh/site-functions/_vboxcloud",
                   "share/fish/vendor_completions.d/vboxcloud.fish"}
    libraries = {str((library.parent / name).relative_to(USR))
                 for name in ("libvboxcloud.so", "libvboxcloud.so.0", library.name,
                              "pkgconfig/vboxcloud.pc")}
    package = {str(folder.relative_to(USR) / path.name) for folder in python_folders()
               for path in [*ROOT.glob("python/libcloud_virtualbox/*.*"), EXTENSION]}
    package |= {str(folder.parent.relative_to(USR) / path.relative_to(ROOT / "python")) for folder in python_folders()
                for path in ROOT.glob("python/ansible_collections/**/*.*") if "__pycache__" not in path.parts}
    wanted = headers | pages | completions | libraries | package | {"bin/vboxcloud", CATALOG}
    ok(there == wanted, "all that belongs there is installed, and nothing else",
       f"missing: {sorted(wanted - there)}", f"too much: {sorted(there - wanted)}")
    extensions = list(USR.rglob(EXTENSION.name))
    path = run("readelf", "-d", USR / "bin/vboxcloud").stdout
    ok("NEEDED" in path and "PATH" not in path, "where the system looks, no run path is needed", path)
    loose = [file for file in (USR / "bin/vboxcloud", library, *extensions)
             if "BIND_NOW" not in run("readelf", "-d", file).stdout]
    ok(len(extensions) == 1 and not loose, "all is bound when it is loaded", loose, extensions)
    back = [path for path in there if str(ROOT).encode() in (USR / path).read_bytes()]
    ok(not back, "nothing installed points to where it was built", back)


installed = run(*make("install", "/usr", f"DESTDIR={STAGE}"))
if ok(installed.returncode == 0, "it can be installed", installed):
    library = next(path for path in USR.rglob("libvboxcloud.so.*") if not path.is_symlink())
    test_example()
    test_python()
    test_catalog()
    test_files()
    removed = run(*make("uninstall", "/usr", f"DESTDIR={STAGE}"))
    ok(removed.returncode == 0 and not STAGE.exists(), "all of it can be removed", removed)
done()
