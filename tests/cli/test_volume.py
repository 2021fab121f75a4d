#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of volumes and snapshots on a real host, as a person and as a script see it."""
from __future__ import annotations

import re
import signal
from typing import Any

from cli import done, fails, host_env, interrupt, is_fine, ok, start
from hosts import ask, cloud, contents, local_files, tiny_image, unique

SIZE = "1_cpu-64_ram-1_disk"
GIB = 1 << 30
VOLUME_KEYS = {"name", "id", "size_gb", "size_bytes", "used_bytes", "dynamic", "node", "device",
               "created_at", "snapshot", "location"}
SNAPSHOT_KEYS = {"name", "id", "kind", "of", "of_name", "parent", "created_at", "size_bytes",
                 "running", "current", "description"}


def disks() -> tuple[Any, ...]:
    """All that these commands can leave on a host."""
    return (contents(), ask("volume", "list"), ask("snapshot", "list"))


def test_create() -> dict[str, Any]:
    name = unique("disk \u6f22\u5b57")
    volume = ask("volume", "create", name, "--size", "2", "--dynamic")
    ok(set(volume) == VOLUME_KEYS and volume["name"] == name and volume["dynamic"] is True and
       (volume["size_gb"], volume["size_bytes"]) == (2, 2 * GIB) and volume["node"] is None and
       volume["device"] is None and volume["snapshot"] is None, "a new volume is as asked for",
       volume)
    ok(volume == ask("volume", "show", name) == ask("volume", "show", volume["id"]), "shown the same")
    ok(volume in ask("volume", "list"), "and listed the same")
    ok(re.search(rf"^{name} +{volume['id']} +2 ", cloud("volume", "list", "--wide").out, re.M), "in the table")
    fails(cloud("volume", "create", name, "--size", "1"), 6, volume["id"], "a second of that name")
    fails(cloud("volume", "create", unique("no")), 2, "GiB", "one without a size")
    fails(cloud("volume", "create", unique("no"), "--size", "0"), 2, "--size", "one of nothing")
    fails(cloud("volume", "create", unique("no"), "--snapshot", unique("no")), 3, "snapshot",
          "one from no snapshot")
    return volume


def test_rename(volume: dict[str, Any]) -> None:
    name = unique("renamed \u00fc")
    is_fine(cloud("volume", "rename", volume["name"], name), "rename", "")
    ok(ask("volume", "show", volume["id"]) == volume | {"name": name}, "it is the same but for that")
    other = ask("volume", "create", unique("other"), "--size", "1", "--dynamic")
    fails(cloud("volume", "rename", other["id"], name), 6, volume["id"], "to a name that is taken")
    fails(cloud("volume", "rename", other["id"], ""), 2, "name", "to no name")
    fails(cloud("volume", "rename", unique("no"), name), 3, "volume", "what is not there")
    is_fine(cloud("volume", "rename", name, name), "to its own name", "")
    is_fine(cloud("volume", "rename", volume["id"], volume["name"]), "rename back", "")
    is_fine(cloud("volume", "destroy", other["id"]), "the other goes", "")


def test_of_node(node: dict[str, Any]) -> None:
    """A volume of a node's system disk, also where that is but what differs from others."""
    is_fine(cloud("snapshot", "create", "--node", node["id"], "differing"), "a differing disk")
    for more in ((), ("--dynamic", "--size", "2")):
        made = ask("volume", "create", unique("of node"), "--node", node["name"], *more)
        ok((made["size_gb"], made["dynamic"], made["node"]) == (2 if more else 1, bool(more), None),
           "a volume of a node's disk", made)
        is_fine(cloud("volume", "attach", made["id"], node["id"]), "stands by itself", "")
        is_fine(cloud("volume", "detach", made["id"]), "and can be detached", "")
        is_fine(cloud("volume", "destroy", made["id"]), "and destroyed", "")
    is_fine(cloud("snapshot", "delete", "--node", node["id"], "differing"), "the snapshot goes")
    fails(cloud("volume", "create", unique("no"), "--node", node["id"], "--snapshot", "s"), 2, "both",
          "of a node and a snapshot")
    fails(cloud("volume", "create", unique("no"), "--node", unique("no")), 3, "node", "of no node")
    is_fine(cloud("node", "start", node["id"]), "the node starts")
    fails(cloud("volume", "create", unique("no"), "--node", node["id"]), 6, "running",
          "of a node that runs")
    is_fine(cloud("node", "stop", "--force", node["id"]), "the node stops")


def test_attach(volume: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    one, two = (node["name"] for node in nodes)
    is_fine(cloud("volume", "attach", volume["name"], one), "attach", "")
    shown = ask("volume", "show", volume["id"])
    ok(shown["node"] == nodes[0]["id"] and re.fullmatch(r"SATA \d+:0", shown["device"]),
       "show says where", shown)
    fails(cloud("volume", "attach", volume["id"], two), 6, one, "attach to another")
    fails(cloud("volume", "destroy", volume["id"]), 6, one, "destroy while attached")
    is_fine(cloud("volume", "resize", volume["id"], "--size", "3"), "resize", "")
    fails(cloud("volume", "resize", volume["id"], "--size", "2"), 2, "grow", "shrinking")
    fails(cloud("volume", "resize", volume["id"]), 2, "--size", "resize to nothing")
    is_fine(cloud("volume", "detach", volume["id"]), "detach", "")
    ok(ask("volume", "show", volume["id"])["size_gb"] == 3, "it has grown")
    is_fine(cloud("node", "start", two), "a node starts")
    is_fine(cloud("volume", "attach", volume["name"], two), "attach to it as it runs", "")
    fails(cloud("volume", "resize", volume["id"], "--size", "4"), 6, two, "resize as it runs")


def test_snapshots(volume: dict[str, Any]) -> None:
    name = unique("snap")
    snapshot = ask("snapshot", "create", "--volume", volume["name"], name, "--description", "d\u00e9")
    ok(set(snapshot) == SNAPSHOT_KEYS and snapshot["name"] == name and
       snapshot["kind"] == "volume" and snapshot["of"] == volume["id"] and
       snapshot["of_name"] == volume["name"] and snapshot["size_bytes"] == 3 * GIB and
       snapshot["parent"] is None and snapshot["description"] == "d\u00e9",
       "a snapshot of a volume in use is as asked for", snapshot)
    ok(ask("snapshot", "list", "--volume", volume["id"]) == [snapshot] and
       snapshot in ask("snapshot", "list"), "and listed the same")
    copy = ask("volume", "create", unique("copy"), "--snapshot", name, "--size", "5", "--dynamic")
    ok(copy["size_gb"] == 5 and copy["snapshot"] == snapshot["id"], "a larger volume from it", copy)
    fails(cloud("volume", "create", unique("no"), "--snapshot", name, "--size", "1"), 2, "3 GiB",
          "a smaller one")
    is_fine(cloud("volume", "destroy", copy["name"]), "destroy", "")
    result = cloud("snapshot", "delete", name)
    ok(result.status == 0 and result.err == f"vboxcloud: deleted snapshot '{name}'\n", "delete",
       result)
    fails(cloud("snapshot", "delete", name), 3, name, "delete again")
    fails(cloud("snapshot", "create", name), 2, "volume", "one of nothing")


def test_node_snapshots(node: dict[str, Any]) -> None:
    def names() -> list[str]:
        return [each["name"] for each in ask("snapshot", "list", "--node", node["id"])]

    ok(names() == [], "a new node has no snapshot")
    for name in ("one", "two"):
        made = ask("snapshot", "create", "--node", node["name"], name)
        ok(set(made) == SNAPSHOT_KEYS and made["of"] == node["id"] and made["current"] is True,
           "a node's snapshot", made)
    is_fine(cloud("snapshot", "revert", node["name"], "one"), "revert", "")
    is_fine(cloud("snapshot", "revert", node["name"]), "revert to the same", "")
    fails(cloud("snapshot", "revert", node["name"], "three"), 3, "three", "revert to none")
    unnamed = ask("snapshot", "create", "--node", node["name"])
    ok(unnamed["name"] == unnamed["created_at"] or unnamed["name"][:16] == unnamed["created_at"][:16],
       "without a name it is called after its time", unnamed)
    fails(cloud("snapshot", "delete", "--node", node["id"], "one"), 6, "2", "two build on it")
    is_fine(cloud("snapshot", "delete", "--node", node["id"], "two", "one", unnamed["id"]),
            "delete several", "")
    ok(names() == [], "and none is left")


def test_killed(volume: dict[str, Any]) -> None:
    """What a command that was killed had begun is removed by the next one."""
    works = (("volume", "create", "{}", "--size", "1"),
             ("snapshot", "create", "--volume", volume["id"], "{}"),
             ("volume", "create", "{}", "--snapshot", base, "--dynamic"))
    statuses = []
    for words in works:
        for after in (0.02, 0.04, 0.08, 0.16, 0.3):
            name = unique("killed")
            process = start(*(word.format(name) for word in words), env=host_env())
            statuses.append(interrupt(process, after, signal.SIGKILL).status)
            is_fine(cloud("gc"), f"gc after {words[0]} {words[1]} was killed in {after} s")
            ok(ask("snapshot", "list", "--node", running["id"]) == [], "no short snapshot stays")
            for noun, verb in (("volume", "destroy"), ("snapshot", "delete")):
                for each in ask(noun, "list"):
                    if each["name"] == name:  # it was complete
                        is_fine(cloud(noun, verb, each["id"]), f"the {noun} goes")
            ok((ask("gc", "--dry-run"), local_files()) == ([], files), "nothing is left",
               *sorted(map(str, local_files() ^ files)))
    ok(-signal.SIGKILL in statuses, "commands were killed", statuses)


image = ask("image", "import", tiny_image(), "--name", unique("volumes"))
first = disks()
two_nodes = [ask("node", "create", unique(name), "--image", image["id"], "--size", SIZE,
                 "--no-start") for name in ("left", "right")]
running = two_nodes[1]
the_volume = test_create()
test_rename(the_volume)
test_of_node(two_nodes[0])
test_attach(the_volume, two_nodes)
test_snapshots(the_volume)
test_node_snapshots(two_nodes[0])
base = ask("snapshot", "create", "--volume", the_volume["id"], unique("base"))["id"]
files = local_files()
test_killed(the_volume)
is_fine(cloud("snapshot", "delete", base), "the last snapshot goes", "")
is_fine(cloud("node", "destroy", *(node["id"] for node in two_nodes)), "the nodes are destroyed", "")
ok(ask("volume", "show", the_volume["id"])["node"] is None, "the volume survives its node")
is_fine(cloud("volume", "destroy", the_volume["name"]), "the volume is destroyed", "")
fails(cloud("volume", "show", the_volume["id"]), 3, the_volume["id"], "and gone")
ok(disks() == first, "the host is as it was before")
is_fine(cloud("image", "delete", image["id"]), "the image is deleted", "")
ok(ask("gc", "--dry-run") == [], "without leftovers")
done()
