#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make docs: all documentation as one tree, in which each link leads somewhere and nothing comes from
another server; and that what is wrong in one is found."""
from __future__ import annotations

import json
import re
import sys

from system import BUILD, HOME, ROOT, run

from cli import done, ok

sys.path.insert(0, str(ROOT / "docs/site"))

import links

SITE = HOME / "site"
WRONG = {
    "a.html": ('<h1 id="top">A</h1><a href="#top"></a><a href="b.html#there"></a><a href="https://example.org"></a>', 0),
    "b.html": ('<p id="there"><a href="c.html"></a>', 1),
    "d.html": ('<a href="a.html#nowhere"></a>', 1),
    "e.html": ('<img src="https://example.org/x.png"><script src="//example.org/x.js"></script>', 2),
}


def test_site() -> None:
    result = run(ROOT / "docs/site/build.py", BUILD, SITE)
    ok(result.returncode == 0 and result.stderr == "", "the documentation is made, and its links lead somewhere", result)
    pages = {path.name: path.read_text() for path in SITE.glob("*.html")}
    for name in ("index.html", "docs-host.html", "vboxcloud-node.1.html", "vbc_node_create.3.html", "driver.html"):
        ok("<main>" in pages.get(name, ""), f"{name} is in it")
    ok('href="vboxcloud-size.1.html"' in pages["vboxcloud-node.1.html"], "a manual page leads to another")
    ok('href="docs-limits.html"' in pages["docs-python.html"], "a text leads to another")
    ok('id="deploy_node"' in pages["driver.html"] and 'id="ex_create_network"' in pages["driver.html"],
       "all methods of the driver are there, wherever they are defined")
    functions = re.findall(r"^\t(vbc_\w+);", (ROOT / "lib/vboxcloud.map").read_text(), re.MULTILINE)
    known = " ".join(pages.values())
    ok(functions and not [name for name in functions if name not in known], "so are all functions of the library")
    rows = json.loads((SITE / "index.js").read_text().removeprefix("const PAGES = ").rstrip(";\n"))
    ok({row[1] for row in rows} == set(pages), "the search knows each page")


def test_wrong() -> None:
    """It fails where it should."""
    folder = HOME / "wrong"
    folder.mkdir()
    for name, (body, _) in WRONG.items():
        (folder / name).write_text(body)
    told = links.check(folder)
    for name, (_, count) in WRONG.items():
        ok(sum(text.startswith(f"{name} ") for text in told) == count, f"{name}: {count} wrong", told)
    result = run(ROOT / "docs/site/build.py", HOME / "none", SITE)
    ok(result.returncode == 1 and "run make first" in result.stderr, "without a build it says what to do", result)


test_site()
test_wrong()
done()
