#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each source file names its licence in its first lines."""
from __future__ import annotations

import re

from lint import Complaints, done, files, read, rule

LICENCE = "SPDX-License-Identifier: Apache-2.0"
SOURCE = re.compile(r"\.([chS]|py|build|idl|scd|bash|fish)$|(^|/)(Makefile|meson_options\.txt)$")
EXAMPLES = "tests/gen/"  # of the generator's input and output


def unnamed(path: str, text: str) -> Complaints:
    if LICENCE not in "\n".join(text.splitlines()[:3]):
        yield 1, "no licence"


def is_source(path: str) -> bool:
    if path.startswith(EXAMPLES) and not path.endswith((".py", ".build")):
        return False
    return bool(SOURCE.search(path)) or read(path).startswith("#!")


sources = [path for path in files("*", ".ci/*", "*/**/*") if is_source(path) and read(path)]
rule("each source file names its licence", unnamed, sources, {
    "x.c": "int x;", "y.c": "\n\n\n/* SPDX-License-Identifier: Apache-2.0 */"})
done()
