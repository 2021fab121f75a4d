#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes that VirtualBox cannot read when its service starts: each has a volume that was attached to
another node first, from whose settings VirtualBox knows the volume, and which it reads later.

Whatever command comes first after a restart finds the node whole and the volume in use.
"""
from __future__ import annotations

import json
import re
import time

from trouble import IMAGE, Host, Result, done, fails, is_fine, ok, sample

UNREAD = "Could not find an open hard disk with UUID"
# These find their node by its id, which no list of machines comes before.
CHANGES = (
    ("node", "show", "{node}"), ("node", "display", "{node}"),
    ("node", "rename", "{node}", "other"), ("node", "set-description", "{node}", "text"),
    ("node", "tag", "{node}", "key=value"), ("node", "wait", "{node}", "--state", "stopped"),
    ("node", "resize", "{node}", "--size", "1_cpu-96_ram-1_disk"),
    ("node", "seed", "{node}", "--hostname", "h"),
    ("node", "clone", "{node}", "copy", "--no-start"), ("node", "start", "{node}"),
    ("node", "destroy", "{node}"),
    ("forward", "list", "{node}"), ("forward", "add", "{node}", "22"),
    ("network", "attach", "{node}", "nat", "--adapter", "2"),
    ("network", "detach", "{node}", "--adapter", "0"),
    ("snapshot", "list", "--node", "{node}"), ("snapshot", "create", "new", "--node", "{node}"),
    ("image", "create", "{node}", "of the node"),
    ("volume", "create", "of the node", "--node", "{node}", "--dynamic"),
    ("volume", "attach", "free", "{node}"), ("volume", "detach", "{volume}"),
)


def volume_of(name: str, first: str, then: str) -> str:
    """A volume that was attached to the first node and is to the other; its id."""
    made = host.must("volume", "create", name, "--size", "1", "--dynamic", "--output", "tsv")
    host.must("volume", "attach", name, first)
    host.must("volume", "detach", name)
    host.must("volume", "attach", name, then)
    return dict(line.split("\t", 1) for line in made.out.splitlines())["id"]


def pair(*options: str) -> dict[str, str]:
    """Two nodes, of which the first has a volume that is recorded with the second; the ids."""
    node, later = (host.create("--no-start", *options, name=name) for name in ("node", "later"))
    return {"node": node, "later": later, "volume": volume_of("volume", later, node)}


def clear() -> None:
    for noun, verb in (("node", "destroy"), ("volume", "destroy")):
        for each in json.loads(host.must(noun, "list", "--output", "json").out):
            if each["name"] != "free":
                host.must(noun, verb, each["id"])


def restart() -> None:
    """After which VirtualBox has given up on the node."""
    log = host.folder.parent / "home/VBoxSVC.log"
    log.unlink()
    host.restart("--quick")
    ends = time.monotonic() + 10
    while not log.exists() or UNREAD not in log.read_text(errors="replace"):
        if time.monotonic() > ends:
            raise RuntimeError("VirtualBox has read all machines")
        time.sleep(0.05)


def first_is(what: str, *words: str) -> Result:
    """The command, as the first one after a restart."""
    restart()
    result = host.cloud(*words)
    is_fine(result, what)
    return result


def all_stopped(what: str) -> None:
    nodes = json.loads(first_is(what, "node", "list", "--output", "json").out)
    ok([node["state"] for node in nodes] == ["stopped"] * 2, f"{what}: it has them whole", nodes)


with Host("unordered") as host:
    host.put_image()
    host.must("volume", "create", "free", "--size", "1", "--dynamic")
    ids = pair()
    all_stopped("a list of nodes")
    listed = first_is("a list of volumes", "volume", "list", "--wide").out
    ok(ids["node"] in listed, "it tells where the volume is attached", listed)
    for volume in ("volume", ids["volume"]):
        for words in (("destroy", volume), ("attach", volume, ids["later"])):
            restart()
            fails(host.cloud("volume", *words), 6, "is attached to node 'node'",
                  f"volume {' '.join(words)}")
    clear()
    for row in sample.of(CHANGES, " ".join):
        ids = pair()
        first_is(" ".join(row), *(word.format(**ids) for word in row))
        clear()

    ids = pair()
    volume_of("second", ids["node"], ids["later"])
    all_stopped("two nodes that have each other's volumes")
    clear()

    # A chain: the first needs what the second one knows, which needs what the third knows.
    ids = pair()
    third = host.create("--no-start", name="third")
    volume_of("second", third, ids["later"])
    found = first_is("the first of a chain", "node", "show", ids["node"]).out
    ok(re.search(r"(?m)^state +stopped$", found), "it is read when those it needs are", found)
    clear()

    # VirtualBox knows the disks of all that is linked to an image from the first one's settings.
    pair("--linked")
    restart()
    result = host.cloud("image", "delete", IMAGE)
    ok(result.status == 6 and "is needed by the linked disk of node" in result.err,
       "an image whose linked nodes could not be read", result)
    clear()
    pair("--linked")
    all_stopped("nodes that are linked to one image")
    clear()
    ids = pair("--linked")
    restart()
    result = host.cloud("node", "destroy", ids["node"])
    ok(result.status == 0, "the one is destroyed that knows the other one's disk", result)
    host.restart("--quick")
    nodes = json.loads(host.must("node", "list", "--output", "json").out)
    ok([node["state"] for node in nodes] == ["stopped"], "which is there after a restart", nodes)
    clear()

    # One that stays so.
    ids = pair()
    settings = host.folder / ids["node"] / f"{ids['node']}.vbox"
    kept = settings.read_text()
    settings.write_text("broken")
    host.restart("--quick")
    for words in (("volume", "destroy", ids["volume"]), ("volume", "attach", "volume", ids["later"]),
                  ("volume", "resize", ids["volume"], "--size", "2"), ("image", "delete", IMAGE)):
        fails(host.cloud(*words), 6, f"may be needed by node '{ids['node']}', which VirtualBox cannot read",
              " ".join(words[:2]))
    settings.write_text(kept)
    all_stopped("nodes whose settings are there again")
    listed = host.must("volume", "list", "--wide").out
    ok(ids["node"] in listed, "and the volume is attached", listed)
done()
