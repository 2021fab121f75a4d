#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables on a terminal: 80 columns whatever the names, with colours where they are wanted; on a pipe
names are whole; and what is wanted in full is.
"""
from __future__ import annotations

import re
import unicodedata
from typing import Any

from cli import done, host_env, is_fine, ok
from hosts import ask, cloud, tiny_image, unique
from terminal import Terminal

HEAD = ["NAME", "ID", "STATE", "SIZE", "IMAGE", "ADDRESS", "AGE"]
LONG = "\u540d\u524d\u306e\u9577\u3044\u30ce\u30fc\u30c9\U0001f5a5e\u0301" * 6
COLOUR = "\x1b["


def width(text: str) -> int:
    """The columns that a terminal takes for it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def lines(*words: str, columns: int = 80, **env: str) -> list[str]:
    """What a terminal shows."""
    terminal = Terminal(*words, env={"TERM": "xterm"} | host_env() | env, columns=columns)
    ok(terminal.status() == 0, f"{' '.join(words)} at {columns} columns", terminal.shown)
    return terminal.shown.replace("\r\n", "\n").splitlines()


def plain(line: str) -> str:
    return re.sub(r"\x1b\[[0-9]*m", "", line)


def fits(shown: list[str], columns: int, rows: int | None, what: str) -> None:
    ok(shown and all(width(plain(line)) <= columns for line in shown) and (rows is None or len(shown) == rows + 1),
       f"{what} fits", columns, [(width(plain(line)), line) for line in shown])


def test_empty() -> None:
    if ask("node", "list"):
        return  # others' nodes
    shown = lines("node", "list")
    ok([line.split() for line in shown] == [HEAD], "no node is a head", shown)
    is_fine(cloud("node", "list", "--no-header"), "or nothing", "")


def test_one() -> dict[str, Any]:
    node = ask("node", "create", LONG, "--image", image["id"], "--size", "1_cpu-64_ram-1_disk", "--no-start")
    address = next(each["address"] for each in node["addresses"] if each["guest_port"] == 22)
    filter_ = ("--filter", f"id={node['id']}")
    shown = lines("node", "list", *filter_)
    fits(shown, 80, 1, "a node")
    row = plain(shown[1]).split()
    ok(shown[0].split() == HEAD and row[0].endswith("\u2026") and LONG.startswith(row[0][:-1]) and len(row) == 7,
       "its name is cut", shown)
    ok(re.fullmatch(rf"{node['id'][:8]}[-0-9a-f]*", row[1]) and row[2:4] == ["stopped", "1c/64M/1G"] and
       row[4][:-1] and image["name"].startswith(row[4].rstrip("\u2026")) and row[5] == address and
       re.fullmatch(r"[0-9]+[smh]", row[6]), "the rest is short", row)
    ok(ask("node", "show", row[1])["id"] == node["id"], "its short id is one")
    for columns in (60, 72, 100, 300):
        shown = lines("node", "list", *filter_, columns=columns)
        fits(shown, max(columns, 68), 1, f"a node at {columns} columns")
    ok(LONG in shown[1], "where there is room nothing is cut", shown)
    piped = cloud("node", "list", *filter_)
    ok(LONG in piped.out and image["name"] in piped.out and "\u2026" not in piped.out, "nor on a pipe", piped)
    for words in (("--wide",), ("--columns", "name,id,image,created_at")):
        shown = lines("node", "list", *filter_, *words)
        ok(all(each in shown[1] for each in (LONG, node["id"], image["id"], node["created_at"])),
           f"{words[0]} shows all in full", shown)
    return node


def test_thirty() -> None:
    name = unique("\u6f22\u5b57-" * 5)
    is_fine(cloud("node", "create", name, "--count", "30", "--image", image["id"], "--size", "1_cpu-64_ram-1_disk",
                  "--no-start", "--linked" if linked else "--no-start"), "30 nodes")
    shown = lines("node", "list", "--sort", "name")
    fits(shown, 80, None, "thirty nodes")
    every = ask("node", "list", "--sort", "name")
    ok(len(shown) == len(every) + 1 >= 31, "all are shown", len(shown), len(every))
    ids = [plain(line).split()[1] for line in shown[1:]]
    ok(len({*ids}) == len(ids) and all(node["id"].startswith(id_) and len(id_) >= 8 and id_[-1] != "-"
                                       for node, id_ in zip(every, ids)), "with ids that differ", ids)
    ours = [node["id"][:13] for node in every if node["name"].startswith(name)]
    ok(len(ours) == 30, "thirty are ours")
    is_fine(cloud("node", "destroy", *ours), "they are destroyed by short ids", "")


def test_colours(node: dict[str, Any]) -> None:
    words = ("node", "list", "--filter", f"id={node['id']}")
    is_fine(cloud("node", "start", node["id"]), "it runs", "")
    shown = lines(*words)
    ok(f"{COLOUR}32mrunning{COLOUR}0m" in shown[1] and COLOUR not in shown[0], "a state has a colour", shown)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}):
        ok(COLOUR not in "".join(lines(*words, **env)), f"none with {env}")
    ok(COLOUR in "".join(lines(*words, NO_COLOR="")), "NO_COLOR counts when it is not empty")
    for form in ("json", "tsv"):
        ok(COLOUR not in "".join(lines(*words, "--output", form)), f"nor as {form}")
    ok(COLOUR not in cloud(*words).out, "nor on a pipe")
    is_fine(cloud("node", "stop", "--force", node["id"]), "it is off", "")


def test_others(node: dict[str, Any]) -> None:
    volume = ask("volume", "create", LONG, "--size", "1", "--dynamic")
    is_fine(cloud("volume", "attach", volume["id"][:8], node["id"][:8]), "attach a volume", "")
    snapshot = ask("snapshot", "create", "--node", node["id"], LONG)
    is_fine(cloud("forward", "add", node["id"], "80", "--name", LONG[:40]), "add a forward")
    for noun in ("image", "volume", "snapshot", "forward", "network", "key", "location", "size"):
        shown = lines(noun, "list")
        fits(shown, 80, None, f"{noun} list")
        ok(all(each in shown[0] for each in {"image": ["USED", "AGE"], "forward": ["GUEST PORT"]}.get(noun, [])),
           f"{noun} list has its columns", shown[0])
    fits(lines("image", "catalog"), 80, None, "image catalog")
    ok(any(node["id"][:8] in line.split() for line in map(plain, lines("volume", "list")[1:])) or
       len(ask("node", "list")) > 1, "a volume tells its node")
    for words in (("snapshot", "delete", "--node", node["id"], snapshot["id"][:8]),
                  ("volume", "detach", volume["id"]), ("volume", "destroy", volume["id"])):
        is_fine(cloud(*words), " ".join(words[:2]), "")


image = ask("image", "import", tiny_image(), "--name", unique("image-with-a-rather-long-name"))
linked = image["size_bytes"] == 1 << 30
test_empty()
made = test_one()
test_thirty()
test_colours(made)
test_others(made)
is_fine(cloud("node", "destroy", made["id"]), "the node is destroyed", "")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted", "")
done()
