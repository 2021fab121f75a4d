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

def named(*words: str) -> list[str]:
    """The names of ours in the order in which a list has them."""
    return [node["name"] for node in ask("node", "list", *words) if node["name"].startswith(prefix)]


prefix = unique("list")
sizes = {"a10": "1_cpu-64_ram-1_disk", "a9": "2_cpu-64_ram-1_disk", "b": "1_cpu-128_ram-1_disk"}
more = [ask("node", "create", f"{prefix}-{name}", "--image", image["id"], "--size", size, "--no-start")
        for name, size in sizes.items()]
is_fine(cloud("node", "tag", more[0]["id"], "env=prod", "x=1"), "one has tags", "")
is_fine(cloud("node", "tag", more[2]["id"], "env=test"), "one has another", "")
a10, a9, b = (node["name"] for node in more)

ok(named() == [a10, a9, b], "nodes are listed by name", named())
for words, want in ((["--sort", "name"], [a9, a10, b]), (["--sort", "-name"], [b, a10, a9]),
                    (["--sort", "-memory_mb,name"], [b, a9, a10]), (["--sort", "cpus,-name"], [b, a10, a9]),
                    (["--filter", f"name={a9}"], [a9]), (["--filter", "cpus=1"], [a10, b]),
                    (["--filter", "state=running"], []), (["--filter", "state=stopped"], [a10, a9, b]),
                    (["--filter", "tag.env=prod"], [a10]), (["--filter", "tags.env=prod"], [a10]),
                    (["--filter", "tag.env=prod", "--filter", "tag.env=test"], [a10, b]),
                    (["--filter", "tag.env=prod", "--filter", "tag.x=2"], []),
                    (["--filter", "memory_mb=64", "--filter", "cpus=2"], [a9]),
                    (["--filter", "extra.machine_state=PoweredOff"], [a10, a9, b]),
                    (["--filter", f"image={image['id']}", "--sort", "-name"], [b, a10, a9])):
    ok(named(*words) == want, f"{' '.join(words)} in JSON"[:100], named(*words), want)
    listing = cloud("node", "list", "--columns", "name", "--output", "tsv", *words)
    ok([name for name in listing.out.splitlines() if name.startswith(prefix)] == want,
       "the same as TSV, where these columns are not shown", listing, want)
rows = cloud("node", "list", "--columns", "name,state", "--filter", f"name={b}")
ok([line.split() for line in rows.out.splitlines()] == [["NAME", "STATE"], [b, "stopped"]], "also as a table", rows)
rows = cloud("node", "list", "--columns", "name,state", "--filter", f"name={b}", "--no-header")
is_fine(rows, "without its heads", f"{b}  stopped\n")
is_fine(cloud("node", "list", "--filter", "name=", "--output", "json"), "nothing is an empty list", "[]\n")
for words, want in ((["--filter", "nme=x"], "no column 'nme': did you mean 'name'?"),
                    (["--filter", "colour=x"], "no column 'colour'; the columns are name, id, state"),
                    (["--filter", "name"], "must be KEY=VALUE"),
                    (["--filter", "tags=x"], "write 'tag.KEY=VALUE'"),
                    (["--sort", "-nme"], "no column 'nme': did you mean 'name'?")):
    fails(cloud("node", "list", *words), 2, want, f"{' '.join(words)} is refused")

for noun, key in (("image", "name"), ("volume", "name"), ("snapshot", "name"), ("network", "kind"), ("forward", "node"),
                  ("key", "name"), ("location", "name"), ("size", "id"), ("image", "format")):
    every = ask(noun, "list", "--sort", f"-{key}")
    ok([row[key] for row in every] == [row[key] for row in reversed(ask(noun, "list", "--sort", key))] or
       len({row[key] for row in every}) < len(every), f"{noun} list is sorted", every)
    for row in every[:1]:
        chosen = ask(noun, "list", "--filter", f"{key}={row[key]}", "--columns", key)
        ok(chosen and all(one == {key: row[key]} for one in chosen), f"{noun} list is filtered", chosen)
    fails(cloud(noun, "list", "--filter", "colour=x"), 2, f"the columns are .*{key}", f"{noun} list names its columns")
    is_fine(cloud(noun, "list", "--filter", f"{key}=no such", "--no-header"), f"{noun} list may be empty", "")
ok([row["name"] for row in ask("image", "catalog", "--filter", "username=debian", "--sort", "-name")] ==
   ["debian-13", "debian-12"], "so does the catalog")

for node in more:
    is_fine(cloud("node", "destroy", node["id"]), "a node is destroyed", "")
is_fine(cloud("node", "destroy", made["id"]), "the node is destroyed", "")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted", "")
done()
