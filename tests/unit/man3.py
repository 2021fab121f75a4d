#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man3.py FOLDER MAP: each public function has a page in section 3, which says what the headers say of
it, and the pages are well-formed. tests/lint/headers.py checks what the headers say."""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lint"))

from lint import ROOT, done, test

folder, version_map = Path(sys.argv[1]), Path(sys.argv[2])
functions = re.findall(r"^\t(vbc_\w+);", version_map.read_text(), re.M)
pages = {path.stem: path.read_text() for path in folder.glob("*.3")}
headers = {path.stem for path in (ROOT / "include/vboxcloud").glob("*.h")} - {"vboxcloud"}
wanted = {*functions, "vboxcloud", *(f"vboxcloud-{name}" for name in headers)}
test(set(pages) == wanted, "each function and each header has a page", *sorted(set(pages) ^ wanted))
links = {name: match[1] for name, text in pages.items() if (match := re.match(r"\.so man3/(\w+)\.3\n$", text))}


def sections(name: str) -> list[str]:
    return re.findall(r"^\.SH (.*)$", pages[name], re.M)


unnamed = [name for name in functions
           if name not in re.findall(r"\bvbc_\w+", pages[links.get(name, name)].split(".SH SYNOPSIS")[0])]
test(not unnamed, "its page names it", *unnamed)
LEAST = {"NAME", "SYNOPSIS", "DESCRIPTION", "THREADS", "HISTORY", "SEE ALSO"}
short = [name for name in functions if name not in links and not LEAST <= set(sections(name))]
test(not short, "and has all sections", *short)
create = pages.get("vbc_node_create", "")
test({"ARGUMENTS", "RETURN VALUE", "ERRORS", "TYPES"} <= set(sections("vbc_node_create")) and
     "struct vbc_node_create_opts {" in create and "\\fBvbc_node_free\\fP(3)" in create,
     "vbc_node_create(3) has its arguments, results, errors and options", create)
if shutil.which("mandoc"):
    whole = [path for path in sorted(folder.glob("*.3")) if path.stem not in links]
    linted = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *whole], stdout=subprocess.PIPE, text=True,
                            check=False)
    test(linted.returncode == 0, "the pages are well-formed", *linted.stdout.splitlines()[:20])
else:
    test(True, "the pages are well-formed # SKIP there is no mandoc")
done()
