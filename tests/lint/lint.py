# SPDX-License-Identifier: Apache-2.0
"""What the lints share. A rule is a function that takes a file's path and text and tells what is
wrong in which line; each comes with examples that it must find, so that it cannot rot."""
from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Complaints = Iterable["tuple[int, str]"]
Rule = Callable[[str, str], Complaints]
_count = _failed = 0


def files(*patterns: str) -> list[str]:
    """The project's files that match, without what is built or downloaded."""
    found = {path.relative_to(ROOT) for pattern in patterns for path in matching(pattern)}
    return sorted(str(path) for path in found if (ROOT / path).is_file() and is_ours(path))


def matching(pattern: str) -> Iterator[Path]:
    """Not looking into other folders, where what tests that run now have made comes and goes."""
    first, _, rest = pattern.partition("/")
    below = pattern if first == "**" else rest
    for top in ROOT.glob("*" if first == "**" else first):
        if is_ours(top.relative_to(ROOT)):
            yield from top.glob(below) if below else [top]
    if first == "**":
        yield from matching(rest)


def is_ours(path: Path) -> bool:
    first = path.parts[0]
    caches = {"__pycache__", ".mypy_cache"} & set(path.parts)
    return not (first.startswith("build") or first in (".git", ".cache") or caches)


def read(path: str) -> str:
    return (ROOT / path).read_text(errors="replace")


def test(good: bool, what: str, *details: str) -> None:
    """One line of TAP."""
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {what}")
    for detail in details if not good else ():
        print(f"# {detail}")


def skip(what: str, why: str) -> None:
    global _count
    _count += 1
    print(f"ok {_count} - {what} # SKIP {why}")


def rule(what: str, find: Rule, paths: list[str], examples: dict[str, str]) -> None:
    """That a rule holds in all files, and finds each example: a text by the path it could have."""
    wrong = [f"{path}:{line}: {text}" for path in paths for line, text in find(path, read(path))]
    test(bool(paths) and not wrong, f"{what}, in {len(paths)} files", *wrong)
    for path, text in examples.items():
        test(bool(list(find(path, text))), f"{what}: finds '{text.splitlines()[-1].strip()[:50]}'")


def matches(pattern: str, text: str) -> Iterator[tuple[int, re.Match[str]]]:
    for match in re.finditer(pattern, text, re.M):
        yield text.count("\n", 0, match.start()) + 1, match


def strings(text: str) -> Iterator[tuple[int, str]]:
    """The strings of C without their quotes, in one where they are written in several pieces."""
    literal = r'"(?:\\.|[^"\\\n])*"'
    pattern = rf"/\*.*?\*/|//[^\n]*|^#include[^\n]*|'(?:\\.|[^'\\])+'|({literal}(?:\s*{literal})*)"
    for match in re.finditer(pattern, text, re.M | re.S):
        if match[1]:
            pieces = re.findall(literal, match[1])
            yield text.count("\n", 0, match.start()) + 1, "".join(piece[1:-1] for piece in pieces)


def code_only(text: str) -> str:
    """C without comments and the insides of strings, line for line."""
    def blank(match: re.Match[str]) -> str:
        lines = "\n" * match[0].count("\n")
        return f'"{lines}"' if match[0].startswith('"') else f" {lines}"
    return re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def done() -> None:
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)
