# SPDX-License-Identifier: Apache-2.0
"""The page of the Python driver, from its docstrings. The driver is read, not imported: that would take
libcloud and the extension."""
from __future__ import annotations

import ast
import html
import inspect
from collections.abc import Iterator
from pathlib import Path

DRIVER = "VirtualBoxNodeDriver"


def classes(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            yield node


def with_bases(name: str, known: dict[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """A class and what it is made of, those of libcloud left out; some more than once."""
    if name in known:
        yield known[name]
        for base in known[name].bases:
            yield from with_bases(ast.unparse(base), known)


def methods(of: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The public ones."""
    for node in of.body:
        if isinstance(node, ast.FunctionDef) and (not node.name.startswith("_") or node.name == "__init__"):
            yield node


def text_of(node: ast.ClassDef | ast.FunctionDef) -> str:
    """Its docstring; paragraphs that are indented keep their lines."""
    paragraphs = inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n")
    return "".join(f"<pre>{html.escape(text)}</pre>" if text.startswith(" ") or "\n " in text else
                   f"<p>{html.escape(text)}</p>" for text in paragraphs if text)


def heading(method: ast.FunctionDef) -> str:
    """Its signature."""
    method.args.args = [each for each in method.args.args if each.arg != "self"]
    returns = f" -> {ast.unparse(method.returns)}" if method.returns else ""
    return f"{method.name}({ast.unparse(method.args)}){returns}"


def titled(name: str, heading: str, text: str) -> str:
    return f'<section id="{name}"><h3><code>{html.escape(heading)}</code></h3>{text}</section>'


def body(package: Path) -> str:
    """All methods, by name: which of the modules has one is no concern of a reader's."""
    known = {each.name: each for path in sorted(package.glob("*.py")) for each in classes(path)}
    found: dict[str, ast.FunctionDef] = {}
    for each in with_bases(DRIVER, known):
        for method in methods(each):
            found.setdefault(method.name, method)
    rows = "".join(titled(name, heading(found[name]), text_of(found[name])) for name in sorted(found))
    errors = "".join(titled(each.name, f"{each.name}({', '.join(map(ast.unparse, each.bases))})", text_of(each))
                     for each in classes(package / "errors.py"))
    return (f"<h1>{DRIVER}</h1>{text_of(known[DRIVER])}<h2 id=methods>Methods</h2>{rows}"
            f"<h2 id=errors>Errors</h2>{errors}")
