#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documents name exists: files, the rooms' sources, functions, structs, and what links point
to. Where a function stands before "in" and a file, it is defined there."""
from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

from lint import ROOT, Complaints, done, files, matches, read, rule, test

sys.path.insert(0, str(ROOT / "idl"))
from idl import load

# The changelog also tells of what is gone.
DOCUMENTS = [path for path in files("*.md", "docs/*.md", "bench/*.md", "man/*.scd")
             if path != "CHANGELOG.md"]
SOURCES = files("lib/**/*.[ch]", "tool/*.[ch]", "include/vboxcloud/*.h", "python/**/*.[chp]*", "fuzz/*.[ch]",
                "tests/**/*.[ch]", "tests/**/*.py", "idl/*.py", "install/*.py", "examples/*.c", "man/*.py",
                "bench/*.[chp]*")
PATH = r"(?:[\w.-]+/)*[\w-]+(?:\.\w+)*"
TOPS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "build"))}
ROOMS = {path.name for path in (ROOT / "lib/cloud").iterdir() if path.is_dir()}
SOURCE_NAMES = {Path(path).name for path in files("**/*.[ch]", "**/*.py")}
# Of C libraries, which the documents speak of too.
FOREIGN = {"connect", "curl_easy_recv", "curl_easy_send", "fork", "free", "getaddrinfo", "longjmp", "memmem",
           "pthread_atfork", "print", "rename", "repr", "sscanf",
           "str"}


@cache
def calls() -> frozenset[str]:
    return frozenset(load(str(ROOT / "idl/vbox.idl")).methods)


def defined(text: str) -> set[str]:
    """The functions that a source defines or declares, macros and Python's included."""
    return set(re.findall(r"^(?:#define |\s*def |[a-z][\w *]*?)\b(\w+)\(", text, re.M))


@cache
def defined_in(path: str) -> frozenset[str]:
    return frozenset(defined(read(path)))


@cache
def everywhere() -> frozenset[str]:
    return frozenset().union(*(defined_in(path) for path in SOURCES))


def is_function(name: str) -> bool:
    return name in everywhere() or name in FOREIGN or name.removeprefix("vbc_") in calls()


def is_path(name: str) -> bool:
    """Also one of a room's sources, named without its folder and suffix, a source's bare name, and a form
    like tool/cmd-NOUN.c, which some file has."""
    first, slash, _ = name.partition("/")
    if slash and re.search(r"\b[A-Z]{4,}\b", name) and first in TOPS:
        return bool(files(re.sub(r"\b[A-Z]{4,}\b", "*", name)))
    if first in ROOMS and slash and not name.endswith("/"):
        return bool(files(f"lib/cloud/{name}", f"lib/cloud/{name}.[ch]") or (ROOT / name).exists())
    if slash and first in TOPS:
        return bool((ROOT / name).exists())
    return slash or not name.endswith((".c", ".h", ".py")) or name in SOURCE_NAMES


def names(path: str, text: str) -> Complaints:
    for line, match in matches(rf"`({PATH}/?)`", text):
        if not is_path(match[1]):
            yield line, f"there is no {match[1]}"
    for line, match in matches(r"`(\w+)\(\)`|\b(vbc_\w+)\(\)", text):
        if not is_function(match[1] or match[2]):
            yield line, f"there is no {match[1] or match[2]}()"


def structs(path: str, text: str) -> Complaints:
    for line, match in matches(r"\bstruct (vbc_\w+)", text):
        if not any(re.search(rf"\bstruct {match[1]} ?\{{", read(source)) for source in SOURCES):
            yield line, f"there is no {match[0]}"


def places(path: str, text: str) -> Complaints:
    """`a()`, `b()` in `file`"""
    for line, match in matches(rf"((?:`\w+\(\)`(?:, | and |,\s+|\s+and\s+)?)+)\s+in\s+`({PATH}\.(?:c|h|py))`", text):
        if not (ROOT / match[2]).is_file():
            continue  # it is complained of already, or is in an abbreviated form
        for name in re.findall(r"`(\w+)\(\)`", match[1]):
            if name not in defined_in(match[2]):
                yield line, f"{name}() is not in {match[2]}"


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: str, text: str) -> Complaints:
    for line, match in matches(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)", text):
        target = (ROOT / path).parent / match[1] if match[1] else ROOT / path
        if not target.exists():
            yield line, f"there is no {match[1]}"
        elif match[2] and match[2] not in anchors(target.read_text() if match[1] else text):
            yield line, f"{match[1]} has no heading for #{match[2]}"


def untold(kinds: str, page: str) -> list[str]:
    """The kinds of work in the journal, and what their entries say, that a page does not name."""
    words = re.findall(r'^\t\{"([\w-]+)"', kinds, re.M) + re.findall(r'(?:NEEDED|MEMBER)\("(\w+)"', kinds)
    return sorted({word for word in words if f"`{word}`" not in page})


def shown_keys(command: str) -> list[str]:
    """What a command shows of one thing, in this order."""
    path = {"image import": "tool/cmd-image.c", "node create": "tool/cmd-node-show.c"}[command]
    table = re.search(r"struct column \w*columns\[\] = \{(.*?)\n\};", read(path), re.S)
    return re.findall(r'\{"(\w+)"', table[1]) if table else []


def outputs(path: str, text: str) -> Complaints:
    """Tables of one thing may leave out its tags, when there are none."""
    for line, match in matches(r"^\$ vboxcloud (image import|node create) .*\n((?:\w[\w.]* {2,}.*\n)+)", text):
        keys = [key.partition(".")[0] for key in re.findall(r"^[\w.]+", match[2], re.M)]
        told = [key for i, key in enumerate(keys) if key != "extra" or keys[i - 1] != "extra"]
        if told != (wanted := [key for key in shown_keys(match[1]) if key != "tags"]):
            yield line, f"'{match[1]}' shows {', '.join(wanted)}"


rule("documents name what exists", names, DOCUMENTS, {
    "docs/a.md": "`lib/vbox/missing.c`", "docs/b.md": "In `node/missing`,", "docs/c.md": "`missing.h`",
    "docs/d.md": "`vbc_node_make_tea()`", "docs/e.md": "vbc_IMachine_makeTea() brews"})
rule("documents name structs that exist", structs, DOCUMENTS, {"docs/a.md": "`struct vbc_tea`"})
rule("functions are where documents say", places, DOCUMENTS, {
    "docs/a.md": "`vbc_call()`, `missing()` in\n`lib/vbox/call.c`"})
told = set(re.findall(r"^\| `(\w+)/` \|", read("docs/architecture.md"), re.M))
test(told == ROOMS, "docs/architecture.md describes the rooms of lib/cloud", *sorted(told ^ ROOMS))
kinds = read("lib/cloud/recovery/kinds.c")
missing = untold(kinds, read("docs/host-data.md"))
test("`node-rebuild`" in read("docs/host-data.md") and not missing,
     "docs/host-data.md has each kind of work in the journal, and each member", *missing)
test(untold('\t{"tea",\n\t MEMBERS(NEEDED("cups", COUNT)', "`teas`") == ["cups", "tea"], "it finds what is missing")
rule("links lead somewhere", links, DOCUMENTS, {
    "docs/a.md": "[x](missing.md)", "docs/b.md": "[x](../README.md#missing)", "docs/c.md": "# A\n[x](#b)"})
rule("examples show what the commands show", outputs, DOCUMENTS, {
    "docs/a.md": "$ vboxcloud image import x\nname  x\nid  y\nid  y\n"})
done()
