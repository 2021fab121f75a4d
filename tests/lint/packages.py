#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the packages of each kind say of themselves is what Meson says: the version, each file that is
installed in just one package, and what a build takes.

packages.py BUILD"""
from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lint import ROOT, done, files, read, test

sys.path.insert(0, str(ROOT / "packaging"))
import versions

# What a build takes, by the name that Meson has for it: what Debian, Fedora and Homebrew call it.
NEEDED = {
    "libcurl": ("libcurl4-openssl-dev", "pkgconfig(libcurl)", "curl"),
    "libarchive": ("libarchive-dev", "pkgconfig(libarchive)", "libarchive"),
    "zlib": ("zlib1g-dev", "pkgconfig(zlib)", "zlib"),
    "bz2": ("libbz2-dev", "bzip2-devel", "bzip2"),
    "libcrypto": ("libssl-dev", "pkgconfig(libcrypto)", "openssl@3"),
    "jansson": ("libjansson-dev", "pkgconfig(jansson)", "jansson"),
    "inih": ("libinih-dev", "inih-devel", "inih"),
    "scdoc": ("scdoc", "scdoc", "scdoc"),
}
# Who names that: in the words of which system.
BUILDERS = {"packaging/debian/control": 0, "packaging/Containerfile": 0, "packaging/rpm/vboxcloud.spec": 1,
            "packaging/homebrew/vboxcloud.rb": 2}
# As Fedora's macros are named, and Debian's packages lay it out.
PLACES = {"_bindir": "bin", "_libdir": "lib/*", "_includedir": "include", "_datadir": "share", "_mandir": "share/man",
          "bash_completions_dir": "share/bash-completion/completions",
          "fish_completions_dir": "share/fish/vendor_completions.d",
          "zsh_completions_dir": "share/zsh/site-functions", "python3_sitearch": "lib/python3/dist-packages"}


def wanted() -> set[str]:
    """The libraries and programs that Meson looks for, those of the system apart."""
    text = "".join(read(path) for path in ["meson.build", *files("lib/**/meson.build", "tool/meson.build", "man/meson.build")])
    named = re.findall(r"(?:dependency|find_library|find_program)\('([\w-]+)'", text)
    return set(named) - {"threads", "m", "python3", "bzip2"}  # bzip2: another name of bz2


def installed(build: str) -> list[str]:
    """The files, below the prefix and as Debian has them."""
    plan = json.loads(subprocess.run(["meson", "introspect", "--installed", build], check=True,
                                     stdout=subprocess.PIPE, text=True).stdout)
    prefix = next(each["value"] for each in json.loads(subprocess.run(
        ["meson", "introspect", "--buildoptions", build], check=True, stdout=subprocess.PIPE, text=True).stdout)
        if each["name"] == "prefix")
    names = (str(Path(path).relative_to(prefix)) for path in plan.values())
    python = re.compile(r"^lib(?:/python|64/python).*?/(?:dist|site)-packages/")
    library = re.compile(r"^lib[\w/-]*/(?=libvboxcloud\.|pkgconfig/)")
    return sorted({library.sub("lib/x/", python.sub("lib/python3/dist-packages/", name)) for name in names})


def debian_lists() -> dict[str, list[str]]:
    return {Path(path).stem: [line.removeprefix("usr/") for line in read(path).split()]
            for path in files("packaging/debian/*.install")}


def spec_lists(text: str) -> dict[str, list[str]]:
    lists = {}
    for head, body in re.findall(r"^%files(.*)\n((?:.*\S.*\n)+)", text, re.M):
        names = [line for line in body.splitlines() if line.startswith("%{")]
        lists[head.split()[-1] if head.strip() else "vboxcloud"] = [
            re.sub(r"^%\{(\w+)\}", lambda match: PLACES[match[1]], line).rstrip("/")
            for line in names if not line.endswith(".egg-info")]
    return lists


def takes(pattern: str, name: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, f"{pattern}/*")


def strays(lists: dict[str, list[str]], names: list[str]) -> list[str]:
    """The files that are not in just one package, and the patterns that no file has."""
    homes = {name: [package for package, patterns in lists.items() if any(takes(each, name) for each in patterns)]
             for name in names}
    wrong = [f"{name} is in {', '.join(found) or 'no package'}" for name, found in homes.items() if len(found) != 1]
    return wrong + [f"{package}: there is no {pattern}" for package, patterns in lists.items() for pattern in patterns
                    if not any(takes(pattern, name) for name in names)]


def stated() -> dict[str, str]:
    return {path: versions.stated(pattern, read(path)) for path, pattern in versions.PLACES.items()}


def after(*changes: tuple[str, ...]) -> set[str]:
    """The versions and days that a copy of these files states after changes to them."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path in versions.PLACES:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, root / path)
        for change, *words in changes:
            getattr(versions, change)(*words, root=root)
        found = {versions.stated(pattern, versions.read(path, root)) for path, pattern in versions.PLACES.items()}
        return found | set(re.findall(r"^## .* \((.*)\)", versions.read(versions.CHANGES, root), re.M)[:2])


for path, version in stated().items():
    test(version == versions.current() != "", f"{path} is of version {versions.current()}", version)
test(after(("state", "9.8.7", "2031-02-03")) == {"9.8.7", "2031-02-03"}, "a release is stated everywhere")
test(after(("state", "9.8.7", "2031-02-03"), ("begin", "9.9.0")) == {"9.9.0", "unreleased", "2031-02-03"},
     "and the beginning of the next")
unknown = sorted(wanted() ^ NEEDED.keys())
test(not unknown, "what a build takes has names in each system", *unknown)
for path, system in BUILDERS.items():
    words = set(re.findall(r"[\w().@+-]+", read(path)))
    missing = [names[system] for names in NEEDED.values() if names[system] not in words]
    test(not missing, f"{path} has what a build takes", *missing)

names = installed(sys.argv[1])
has_driver = any("libcloud_virtualbox" in name for name in names)
for kind, lists in {"Debian's packages": debian_lists(), "packaging/rpm/vboxcloud.spec": spec_lists(
        read("packaging/rpm/vboxcloud.spec"))}.items():
    if not has_driver:
        lists = {package: patterns for package, patterns in lists.items() if not package.startswith("python3-")}
    wrong = strays(lists, names)
    test(len(lists) >= 3 and not wrong, f"{kind} have each file once, of {len(names)}", *wrong)
test(strays({"a": ["bin/*"], "b": ["bin/x", "lib"]}, ["bin/x", "bin/y", "share/z"]) == [
    "bin/x is in a, b", "share/z is in no package", "b: there is no lib"], "it finds strays")
done()
