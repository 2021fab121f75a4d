#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names of nodes: each is kept exactly or refused with a sentence, and names no file."""
from __future__ import annotations

import os
from pathlib import PurePath

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, tiny_image, unique

KEPT = ["h\u00e9llo", "\u6f22\u5b57", "\U0001f600\U0001f469\u200d\U0001f680", "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u0631\u062d\u0628\u0627 x", "it's \"quoted\"", "<&>]]>&amp;", "two  spaces",
        " at both ends ", "e\u0301 \u00e9", "x" * 255, "\u6f22" * 255, "$(id) `id` %s %n \\", "-x",
        "00000000-0000-0000-0000-000000000000", "CON", "a:b*c?", "."]
EITHER = ["../x", "/", "../../../../etc/passwd", "..", "a/b", "a\\b", "tab\tbed", "li\nne",
          "\u202eexe.txt", "\ufffd", "\U0001fffe", "\u0085"]
REFUSED = ["x" * 256, "\u6f22" * 256, "\ufffe", "a\uffffb", "bell\a", "\x1b[31m",
           os.fsdecode(b"\xff"), os.fsdecode(b"lone \xed\xa0\x80"), os.fsdecode(b"cut \xe6\xbc")]


def create(name: str):  # type: ignore[no-untyped-def]
    return cloud("node", "create", "--image", image["id"], "--size", "1_cpu-64_ram-1_disk",
                 "--no-start", "--output", "tsv", "--", name)


def is_kept(name: str, node_id: str) -> None:
    node = ask("node", "show", node_id)
    ok(node["name"] == name, f"kept exactly: {name[:40]!r}", node)
    path = PurePath(node["extra"]["settings_file"].replace("\\", "/"))
    ok(path.name == f"{node_id}.vbox" and path.parent.name == node_id and
       str(path.parent.parent) == machine_folder, "no file is named after it", path)
    ok([each["id"] for each in ask("node", "list") if each["name"] == name] == [node_id],
       "and in the list")
    table = cloud("node", "list").out
    ok(table.count("\n") == 1 + len(contents()[0]) and table.replace("\n", "").isprintable() or
       not name.isprintable(), "one line of the table", table)
    inside = {file for file in local_files() - files if node_id not in file.parts}
    ok(not inside, "no file is outside of its folder", inside)
    is_fine(cloud("node", "destroy", node_id), "destroyed", "")


image = ask("image", "import", tiny_image(), "--name", unique("names"))
machine_folder = ask("host", "show")["machine_folder"].replace("\\", "/")
files = local_files()
before = contents()

for each_name in KEPT + EITHER:
    made = create(each_name)
    if made.status != 0 and each_name in EITHER:
        fails(made, 2, "name", f"refused: {each_name!r}")
    elif ok(made.status == 0, f"made: {each_name[:40]!r}", made):
        is_kept(each_name, dict(line.split("\t", 1) for line in made.out.splitlines())["id"])
for each_name in REFUSED:
    fails(create(each_name), 2, "name", f"refused: {each_name[:40]!r}")
fails(create(""), 2, "empty", "refused: nothing")

ok(contents() == before and local_files() == files, "the host is as it was before")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted", "")
done()
