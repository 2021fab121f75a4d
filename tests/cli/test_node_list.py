#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Columns that are chosen for a list of nodes: each says alone what it says among all."""
from __future__ import annotations

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, tiny_image, unique

image = ask("image", "import", tiny_image(), "--name", unique("listed"), "--username", "debian")
made = ask("node", "create", unique("listed"), "--image", image["id"], "--size", "1_cpu-64_ram-1_disk", "--no-start")
is_fine(cloud("node", "tag", made["id"], "a=b"), "it has a tag", "")


def listed(*words: str) -> dict:
    """The node as a list shows it."""
    return next(node for node in ask("node", "list", *words) if node["id"] == made["id"])


everything = listed()
ok((everything["username"], everything["tags"]) == ("debian", {"a": "b"}), "the list has it all", everything)
for key in everything:
    chosen = ("id", key) if key != "id" else ("id",)
    ok(listed("--columns", ",".join(chosen)) == {each: everything[each] for each in chosen},
       f"{key} is the same alone")
every = [*everything]
ok([*listed("--columns", ",".join(reversed(every)))] == every[::-1], "they are in the order that is asked for")

table = cloud("node", "list", "--columns", "username,name").out.splitlines()
ok(table[0].split() == ["USERNAME", "NAME"] and ["debian", made["name"]] in [line.split() for line in table],
   "a table has them, too", table)
fails(cloud("node", "list", "--columns", "nam"), 2, "did you mean 'name'?", "one that there is not")
fails(cloud("node", "list", "--columns", "name,name"), 2, "named twice", "one twice")

is_fine(cloud("node", "destroy", made["id"]), "the node is destroyed", "")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted", "")
done()
