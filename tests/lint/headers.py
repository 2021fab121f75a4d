#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The public headers. Each compiles alone, as C99 and as C++, and is installed; what they declare is
what the library's map lists, and is described."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

from lint import ROOT, Complaints, code_only, done, files, matches, read, rule, test

FOLDER = "include/vboxcloud"
HEADERS = files(f"{FOLDER}/*.h")
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{ROOT / 'include'}"]
LANGUAGES = {"C99": ["cc", "-std=c99", "-xc"], "C++": ["c++", "-std=c++11", "-xc++"]}


def compiles(header: str, language: str) -> None:
    source = f"#include <vboxcloud/{Path(header).name}>\n"
    done_ = subprocess.run([*LANGUAGES[language], *STRICT, "-"], input=source, text=True,
                           stderr=subprocess.PIPE, check=False)
    test(done_.returncode == 0, f"{header} compiles alone as {language}", *done_.stderr.splitlines())


def functions(text: str) -> set[str]:
    """The functions that a header declares."""
    return set(re.findall(r"^\w[^;{}#]*?\b(vbc_\w+)\([^;{}]*\);", code_only(text), re.M))


def undescribed(path: str, text: str) -> Complaints:
    """A paragraph of declarations holds a comment that says since when there is what it declares."""
    for line, paragraph in matches(r"^(.+\n)+", text):
        declared = sorted(functions(paragraph[0]))
        if declared and not re.search(r"\bSince\s(?:\s*\*\s)?\d+\.\d", paragraph[0]):
            yield line, f"{declared[0]}: no comment with 'Since'"


def same(what: str, ours: set[str], theirs: set[str]) -> None:
    test(bool(ours) and ours == theirs, what, *(f"only the first has {name}" for name in sorted(ours - theirs)),
         *(f"only the second has {name}" for name in sorted(theirs - ours)))


for each in HEADERS:
    for each_language in LANGUAGES:
        compiles(each, each_language)

names = {Path(header).name for header in HEADERS}
declared = set().union(*(functions(read(header)) for header in HEADERS))
listed = set(re.findall(r"^\t(vbc_\w+);", read("lib/vboxcloud.map"), re.M))
same("headers there are, and those installed", names,
     set(re.findall(r"'([\w-]+\.h)'", read(f"{FOLDER}/meson.build"))))
same("headers there are, and those of vboxcloud.h", names - {"vboxcloud.h"},
     set(re.findall(r"<vboxcloud/(.*?)>", read(f"{FOLDER}/vboxcloud.h"))))
same("functions declared, and those in the map", declared, listed)
rule("what is public is described", undescribed, HEADERS, {
    "x.h": "/* Does it. */\nint vbc_do(struct vbc_host *host);\n",
    "y.h": "/* Since 0.1. */\n\nvoid vbc_do(\n\tint x);\n"})
done()
