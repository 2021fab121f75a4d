#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""between-gen.py OUTPUT HEADER...: writes macros by which a test program calls between_commands()
before each function of the public headers that is given a host."""
from __future__ import annotations

import re
import sys
from pathlib import Path

FUNCTION = re.compile(r"^int (vbc_\w+)\(struct vbc_host \*host,", re.M)


def main() -> None:
    names = [name for path in sys.argv[2:] for name in FUNCTION.findall(Path(path).read_text())]
    lines = [f"#define {name}(...) (between_commands(), ({name})(__VA_ARGS__))" for name in names]
    if not lines:
        sys.exit("no public function is given a host")
    Path(sys.argv[1]).write_text("/* Made by between-gen.py. */\n" + "\n".join(sorted(lines)) + "\n")


main()
