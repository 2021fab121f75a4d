#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two clients destroy one node at the same moment, which may kill the host's VBoxSVC; one client does
so twice, or another in the middle of its own work with it.
"""
from __future__ import annotations

import time

from trouble import Host, Proxy, between, done, fails, finish, is_fine, ok

ROUNDS = 10


def processes() -> list[str]:
    """The host's service and its web server."""
    return [line for line in host.vboxhost("pids").splitlines() if "Headless" not in line]


def test_named_twice() -> None:
    """What is named twice in one command is done once."""
    node = host.create("--no-start", name="n")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("image", "copy", "empty", "copy")
    for words in (("node", "start"), ("node", "stop", "--force"), ("node", "destroy")):
        result = host.cloud(*words, "n", "n")
        is_fine(result, f"{' '.join(words)} n n")
        ok(result.err.count("'n'") == 1, "says so once", result)
    is_fine(host.cloud("volume", "destroy", "v", "v"), "volume destroy v v")
    is_fine(host.cloud("image", "delete", "copy", "copy"), "image delete copy copy")
    fails(host.cloud("node", "destroy", node, node), 3, "there is no node",
          "what is not there is still said, once")


def test_gone_meanwhile() -> None:
    """A node that another client destroys while it is read."""
    node = host.create("--no-start")
    rules = [{"method": f"IMachine_get{what}", "do": "stale", "every": True} for what in ("Id", "SettingsFilePath")]
    with Proxy(host.url, rules=rules) as proxy:
        result = host.cloud("node", "show", node, "--output", "json", url=proxy.url)
    fails(result, 3, f"there is no node '{node}'", "show of a node that goes meanwhile")
    ok(not result.out, "shows nothing", result)
    host.must("node", "destroy", node)


def test_gone_with_volume() -> None:
    """A node that another client destroys while the volume that is attached to it is looked at."""
    node = host.create("--no-start")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    for verb, words in (("list", ()), ("show", ("v",)), ("detach", ("v",)), ("destroy", ("v",))):
        host.must("volume", "attach", "v", node)
        with Proxy(host.url) as proxy:
            # the node is found by its id only to say where the volume is
            proxy.rules([{"method": "IVirtualBox_findMachine", "do": "delay", "ms": 2000}])
            process = host.start("volume", verb, *words, "--output", "json", url=proxy.url)
            while not proxy.calls()["fired"][0]:
                time.sleep(0.05)
            host.must("node", "destroy", node)
            result = finish(process)
        is_fine(result, f"volume {verb}, of a node that goes meanwhile")
        ok(node not in result.out, "tells nothing of that", result)
        node = host.create("--no-start")
    host.must("node", "destroy", node)


def test_renamed() -> None:
    """VirtualBox would leave the folder of a machine whose settings are named anew."""
    clean = host.settled()
    node = host.create("--no-start")
    host.must("node", "rename", node, "another")
    is_fine(host.cloud("node", "destroy", node), "destroy of a node that was renamed")
    ok(host.settled() == clean, "leaves nothing, no folder either", host.settled().against(clean))


with Host("twice") as host:
    host.put_image()
    host.must("node", "list")
    before, served_by = host.settled(), processes()
    for number in range(ROUNDS):
        node = host.create(*([] if number % 3 == 0 else ["--no-start"]))
        both = [host.start("node", "destroy", node) for _ in range(2)]
        results = [finish(process) for process in both]
        statuses = sorted(result.status for result in results)
        ok(statuses in ([0, 0], [0, 3]), f"round {number + 1}: ends with {statuses}", results)
        after = host.settled()
        ok(after == before, "nothing is left", after.against(before))
    if not between.HOW:
        ok(processes() == served_by, "the host's service has survived it", processes(), served_by)
    test_named_twice()
    test_gone_meanwhile()
    test_gone_with_volume()
    test_renamed()
done()
