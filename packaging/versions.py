# SPDX-License-Identifier: Apache-2.0
"""Where the version stands: meson.build has it, and what is no part of the build states it again.

Each place is a file and a pattern of it, whose first group is the version of the newest section and
whose second one, where there is one, that section's date."""
from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MESON = "meson.build"
CHANGES = "CHANGELOG.md"
UNRELEASED = "unreleased"
PLACES = {
    MESON: r"^  version: '(.*)'",
    CHANGES: r"\A# Changes\n\n## (.*) \((.*)\)$",
    "packaging/debian/changelog": r"\A[\w-]+ \((.*)-0upstream1\) (?:.*\n)*? -- .*>  (.*)$",
    "packaging/rpm/vboxcloud.spec": r"^Version: +(.*)$",
    "packaging/homebrew/vboxcloud.rb": r"libcloud-virtualbox-(.*)\.tar\.xz",
    "mist/pyproject.toml": r'^version = "(.*)"$',
}
SPEC_CHANGE = r"^%changelog\n\* (.*?) The .* - (.*)-1$"


def stated(pattern: str, text: str) -> str:
    """The version that a file states; "" where there is none."""
    found = re.search(pattern, text, re.M)
    return found[1] if found else ""


def read(path: str, root: Path = ROOT) -> str:
    return (root / path).read_text(encoding="utf-8")


def current(root: Path = ROOT) -> str:
    return stated(PLACES[MESON], read(MESON, root))


def replaced(pattern: str, text: str, *values: str) -> str:
    """TEXT with other values in the groups of the pattern's first match."""
    found = re.search(pattern, text, re.M)
    if not found:
        raise ValueError(f"nothing is like {pattern}")
    for group in range(len(found.groups()), 0, -1):
        text = text[:found.start(group)] + values[group - 1] + text[found.end(group):]
    return text


def dates(date: str) -> dict[str, str]:
    """A day as each file writes it; "" is the day of a version that is not released."""
    day = datetime.fromisoformat(date).replace(hour=12, tzinfo=timezone.utc) if date else datetime.now(timezone.utc)
    return {CHANGES: date or UNRELEASED, "packaging/debian/changelog": f"{day:%a, %d %b %Y %H:%M:%S} +0000",
            "packaging/rpm/vboxcloud.spec": f"{day:%a %b %d %Y}"}


def state(version: str, date: str, root: Path = ROOT) -> None:
    """Writes the version and the date of the newest section everywhere."""
    days = dates(date)
    for path, pattern in PLACES.items():
        text = replaced(pattern, read(path, root), version, days.get(path, ""))
        if path.endswith(".spec"):
            text = replaced(SPEC_CHANGE, text, days[path], version)
        (root / path).write_text(text, encoding="utf-8")


def begin(version: str, root: Path = ROOT) -> None:
    """Begins the section of the next version in each changelog."""
    sections = {
        CHANGES: ("# Changes\n\n", "## 0 (0)\n\n"),
        "packaging/debian/changelog": ("", "libcloud-virtualbox (0-0upstream1) unstable; urgency=medium\n\n"
                                       "  * New release.\n\n -- {author}  0\n\n"),
        "packaging/rpm/vboxcloud.spec": ("%changelog\n", "* 0 {author} - 0-1\n- New release.\n\n"),
    }
    for path, (head, section) in sections.items():
        text = read(path, root)
        author = stated(r"(The [\w-]+ authors <.*?>)", text)
        where = text.index(head) + len(head)
        (root / path).write_text(text[:where] + section.format(author=author) + text[where:], encoding="utf-8")
    state(version, "", root)
