#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each command and option of `vboxcloud` is in its manual page, and the other way round.

man.py VBOXCLOUD MANDIR: the command's own list (`vboxcloud __commands`) is compared with
the lines of the pages that begin with a command or an option in bold. A command with "the
options of lists" has those of the section LISTS of vboxcloud(1).
"""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

Entry = "tuple[str, str]"  # command ("" for the global options), option with its value
LISTS = "LISTS"


def in_command(vboxcloud: str) -> set[Entry]:
    """What the command's tables have."""
    lines = subprocess.run([vboxcloud, "__commands"], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    rows = [(line + "\t\t").split("\t") for line in lines]
    # What all have that change something is described once.
    return {("" if common else command, option) for command, option, common, *_ in rows}


def in_page(page: Path) -> set[Entry]:
    """What one page describes: options belong to the command or section above them."""
    found: set[Entry] = set()
    command = ""
    for line in page.read_text().splitlines():
        text = re.sub(r"[*_\\]", "", line.strip())
        named = re.match(r"\*vboxcloud ([-a-z ]+)\*", line)
        if named or line.startswith("# "):
            command = named[1] if named else LISTS if line == "# LISTS" else ""
        if named:
            found.add((command, ""))
        elif "options of lists" in line:
            found.add((command, LISTS))
        elif re.match(r"\t?(\*-[a-z]\*, )?\*-[-a-z0-9]+\*( _[A-Z|=]+_)?$", line):
            found.add((command, text))
    return found


def with_lists(told: set[Entry]) -> set[Entry]:
    """The options of lists where they are."""
    options = {option for command, option in told if command == LISTS}
    lists = {command for command, option in told if option == LISTS and command != LISTS}
    return ({(c, o) for c, o in told if LISTS not in (c, o)} |
            {(command, option) for command in lists for option in options})


def main() -> int:
    vboxcloud, folder = sys.argv[1], Path(sys.argv[2])
    have = in_command(vboxcloud)
    told = with_lists(set().union(*(in_page(page) for page in folder.glob("*.scd"))))
    pages = {page.name for page in folder.glob("*.scd")}
    wanted = {"vboxcloud.1.scd"} | {f"vboxcloud-{c.split()[0]}.1.scd" for c, _ in have if c}
    errors = [f"not in the manual: vboxcloud {c} {o}".rstrip() for c, o in sorted(have - told)]
    errors += [f"not in the command: vboxcloud {c} {o}".rstrip() for c, o in sorted(told - have)]
    errors += [f"manual page without a noun, or noun without one: {p}"
               for p in sorted(pages ^ wanted)]
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
