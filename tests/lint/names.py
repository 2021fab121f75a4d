#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A static function has a name that says where one is: no other file of its program has it, and it is
more than one word."""
from __future__ import annotations

import re
from collections.abc import Iterator

from lint import Complaints, code_only, done, files, matches, read, rule

FOLDERS = ("lib", "tool", "python/ext")  # each holds one program, or library
WORDS = {"streq"}  # which are read as strcmp() is
ATTRIBUTE = r"__attribute__\(\((?:[^()]|\([^()]*\))*\)\)\s"


def statics(text: str) -> Iterator[tuple[int, str]]:
    """The lines and names of static functions that are declared or defined."""
    plain = re.sub(ATTRIBUTE, lambda match: "\n" * match[0].count("\n"), code_only(text))
    for line, match in matches(r"^static\b[^;{}=()]*?\b(\w+)\(", plain):
        yield line + match[0].count("\n"), match[1]


def program(path: str) -> str:
    return next(folder for folder in FOLDERS if path.startswith(f"{folder}/"))


PATHS = files(*(f"{folder}/**/*.[ch]" for folder in FOLDERS))
HOLDERS: dict[tuple[str, str], set[str]] = {}
for each in PATHS:
    for _, name in statics(read(each)):
        HOLDERS.setdefault((program(each), name), set()).add(each)
TAKEN = {folder: min(name for holder, name in HOLDERS if holder == folder) for folder in FOLDERS}


def twice(path: str, text: str) -> Complaints:
    for line, name in statics(text):
        for other in sorted(HOLDERS.get((program(path), name), set()) - {path}):
            yield line, f"{name}() is in {other}, too"


def one_word(path: str, text: str) -> Complaints:
    for line, name in statics(text):
        if "_" not in name and name not in WORDS:
            yield line, f"{name}() is one word"


rule("no static function's name stands twice", twice, PATHS, {
    "tool/x.c": f"static int {TAKEN['tool']}(struct ctx *ctx);",
    "tool/y.c": f"static const struct opt *\n{TAKEN['tool']}(const struct opt *opts);",
    "tool/z.c": f"__attribute__((format(printf, 2, 0))) static void {TAKEN['tool']}(int x,",
    "python/ext/x.h": f"static inline bool {TAKEN['python/ext']}(const char *a);"})
rule("no static function's name is one word", one_word, PATHS, {
    "tool/x.c": "static int list(struct ctx *ctx);",
    "tool/y.c": "static __attribute__((unused)) struct cell *add(struct out *out,\n\tint x);",
    "python/ext/x.c": "static int\ncreate(struct call *c);"})
done()
