#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Functions fit a screen, and files have one subject."""
from __future__ import annotations

import ast

from lint import Complaints, code_only, done, files, matches, read, rule

FUNCTION, FILE = 60, 800


def long_file(path: str, text: str) -> Complaints:
    if text.count("\n") > FILE:
        yield FILE, f"{text.count(chr(10))} lines"


def long_c(path: str, text: str) -> Complaints:
    for line, body in matches(r"^\{\n(.*\n)*?\}$", code_only(text)):
        if (lines := body[0].count("\n") - 1) > FUNCTION:
            yield line, f"a function of {lines} lines"


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Those of public methods name each argument, and are read where they are shown."""
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return first.end_lineno - first.lineno + 1  # type: ignore[operator]


def long_python(path: str, text: str) -> Complaints:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno - docstring_lines(node)  # type: ignore[operator]
            if lines > FUNCTION:
                yield node.lineno, f"{node.name}: {lines} lines"


def long_shell(path: str, text: str) -> Complaints:
    for line, body in matches(r"^\w+\(\) \{\n(.*\n)*?\}$", text):
        if (lines := body[0].count("\n") - 1) > FUNCTION:
            yield line, f"a function of {lines} lines"


def scripts(language: str) -> list[str]:
    return [path for path in files("*", ".ci/*", "bench/*", "demo/*", "idl/*", "tests/**/*")
            if read(path).startswith("#!") and language in read(path).splitlines()[0]]


c = files("**/*.[ch]")
python = sorted({*files("**/*.py"), *scripts("python")})
shell = scripts("bash")
line = "\tx();\n"
rule("files are short", long_file, c + python + shell, {"long.c": line * 801})
rule("functions in C fit a screen", long_c, c, {
    "x.c": "int f(void)\n{\n" + line * 61 + "}\n"})
rule("functions in Python fit a screen", long_python, python, {
    "x.py": "def f():\n    '''Does\n    nothing.'''\n" + "    pass\n" * 61})
rule("functions in shell fit a screen", long_shell, shell, {
    "x": "f() {\n" + line * 61 + "}\n"})
done()
