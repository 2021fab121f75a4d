#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The public headers. Each compiles alone, as C99 and as C++, and is installed; what they declare is
what the library's map lists, and is described: purpose, arguments, results, errors, threads, since;
constants and parameters follow one pattern."""
from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lint import ROOT, Complaints, code_only, done, files, matches, read, rule, test

sys.path.insert(0, str(ROOT / "man"))
import header as headers

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


def lacks(item: headers.Item) -> Iterator[str]:
    """What the comment of functions does not say. "All else as" another is as good."""
    first, about = item.functions[0], item.about
    as_another = re.search(r"All else[\s*]+as vbc_", item.comment)
    if not item.purpose[:1].isalpha():
        yield "purpose"
    yield from ({"since": "'Since'", "threads": "'Any thread'"}[key] for key in ("since", "threads")
                if key not in about)
    if any(name == "err" for _, name in first.parameters) and not (about.get("errors") or as_another):
        yield "'Errors'"
    if "**ret_" in first.text and not (about.get("ret") or as_another):
        yield "whose the result is"
    for _, name in first.parameters:
        if not (name in WORDS or re.search(rf"\b{name}\b", item.comment) or
                as_another and name.startswith("ret_")):
            yield f"argument '{name}'"


def undescribed(path: str, text: str) -> Complaints:
    for item in headers.parsed(Path(path).name, text).items:
        for what in lacks(item) if item.functions else ():
            name = item.functions[0].name
            yield text.count("\n", 0, text.index(f"{name}(")) + 1, f"{name}() is described without {what}"


def misnamed(path: str, text: str) -> Complaints:
    """Each constant begins with its enum's name; only errors, which are everywhere, are shorter."""
    for line, enum in matches(r"^enum (vbc_\w+) \{([^}]*)\};", code_only(text)):
        start = enum[1].upper() + "_" if enum[1] != "vbc_code" else "VBC_"
        for constant in re.findall(r"\bVBC_\w+", enum[2]):
            if not constant.startswith(start):
                yield line, f"{constant} does not begin with {start}"


ORDER = (r"\bhost$", r".", r"\bopts$", r"\bwait$", r"\bret_\w+(\[\d+\])?$", r"\berr$")


def place(parameter: str) -> int:
    return next(i for i in (0, 2, 3, 4, 5, 1) if re.search(ORDER[i], parameter))


def disordered(path: str, text: str) -> Complaints:
    """The host, what on it is meant and must be given, opts, wait, outputs, err."""
    for line, found in matches(r"^int (vbc_\w+)\(([^;{}]*)\);", code_only(text)):
        name = re.sub(r"\(\*(\w+)\)\([^)]*\)", r"\1", found[2])  # of a function that is given
        places = [place(parameter) for parameter in name.split(",")]
        if places != sorted(places):
            yield line, f"{found[1]}: its parameters are not in order"


def same(what: str, ours: set[str], theirs: set[str]) -> None:
    test(bool(ours) and ours == theirs, what, *(f"only the first has {name}" for name in sorted(ours - theirs)),
         *(f"only the second has {name}" for name in sorted(theirs - ours)))


WORDS = headers.glossary(ROOT / FOLDER / "vboxcloud.h")
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
HEAD = "/* X. */\n\n"
rule("what is public is described", undescribed, HEADERS, {
    "x.h": HEAD + "/* Does it. Any thread. */\nvoid vbc_do(struct vbc_host *host);\n",
    "y.h": HEAD + "/* Since 0.1. */\n\nvoid vbc_do(\n\tint x);\n",
    "z.h": HEAD + "/* Does it. Any thread. Since 0.1. */\nint vbc_do(struct vbc_error *err);\n",
    "a.h": HEAD + "/* Does it. Any thread. Since 0.1. */\nvoid vbc_do(int secret);\n",
    "b.h": HEAD + "/* Makes ret_x. Any thread. Since 0.1. */\nvoid vbc_make(struct vbc_x **ret_x);\n",
    "c.h": HEAD + "/* Does it. Since 0.1. */\nvoid vbc_do(void);\n"})
rule("constants begin with the name of their enum", misnamed, HEADERS, {
    "x.h": "enum vbc_node_state { VBC_NODE_RUNNING };\n"})
rule("parameters have one order", disordered, HEADERS, {
    "x.h": "int vbc_do(struct vbc_host *host, int *ret_x, const struct vbc_wait *wait);\n",
    "y.h": "int vbc_do(const char *name, struct vbc_host *host);\n"})
done()
