#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Another client destroys what a command works on, in the middle of it: at the first of each kind of
calls that it makes, but for those it makes with the node locked. Of these a run of the tests takes a
sample (tests/sample.py).

VirtualBox goes on to tell of a machine for as long as a session has a reference to it, and fails in
many ways. The command is done, or ends with "there is no ..." and exit status 3.
"""
from __future__ import annotations

import itertools
import re
import sys
import time

from trouble import IMAGE, SIZE, Host, Proxy, Result, Workers, cli, done, fails, finish, is_fine, ok, sample

ON_NODE = (
    ("show", "{}"), ("log", "{}"), ("display", "{}"), ("wait", "{}", "--state", "stopped"),
    ("start", "{}"), ("rename", "{}", "new-{}"), ("set-description", "{}", "text"), ("tag", "{}", "a=b"),
    ("resize", "{}", "--size", SIZE.replace("64_ram", "96_ram")), ("seed", "{}"),
    ("clone", "{}", "c-{}", "--no-start"), ("destroy", "{}"),
)
ON_OTHERS = (
    ("forward", "list", "{}"), ("forward", "add", "{}", "80"), ("network", "attach", "{}", "internal"),
    ("snapshot", "list", "--node", "{}"), ("snapshot", "create", "--node", "{}", "t"),
    ("snapshot", "revert", "{}", "s"), ("snapshot", "delete", "--node", "{}", "s"),
    ("image", "create", "{}", "i-{}"), ("volume", "create", "v-{}", "--node", "{}", "--dynamic"),
)
ON_VOLUME = (  # which is attached to the node
    ("volume", "show", "d-{}"), ("volume", "detach", "d-{}"), ("volume", "resize", "d-{}", "--size", "2"),
    ("snapshot", "create", "--volume", "d-{}", "t-{}"),
)
COMMANDS = (*(("node", *words) for words in ON_NODE), *ON_OTHERS, *ON_VOLUME)
WITH_DISKS = (
    ("IMedium_resize", "volume", "volume", "resize", "gone", "--size", "2"),
    ("IMedium_cloneToBase", "volume", "snapshot", "create", "--volume", "gone", "t"),
    ("IMedium_cloneToBase", "image", "image", "copy", "gone", "x"),
    ("IMedium_resizeAndCloneTo", "image", "node", "create", "x", "--image", "gone", "--size", SIZE),
)
LOCKING, UNLOCKING = "IWebsessionManager_getSessionObject", "ISession_unlockMachine"
names = (f"n{number}" for number in itertools.count())


def prepared(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A new node with a snapshot, and the command on it."""
    name = next(names)
    host.create("--no-start", name=name)
    if words in ON_VOLUME:
        host.must("volume", "create", f"d-{name}", "--size", "1", "--dynamic")
        host.must("volume", "attach", f"d-{name}", name)
    elif "snapshot" in words:
        host.must("snapshot", "create", "--node", name, "s")
    return name, tuple(word.format(name) for word in words)


def removed_at(proxy: Proxy, template: tuple[str, ...], nth: int) -> Result:
    """How the command ends when its node is destroyed just before this call."""
    name, words = prepared(template)
    proxy.reset()
    proxy.rules([{"do": "meanwhile", "nth": nth, "command": [*ENV, "node", "destroy", name]}])
    result = host.cloud(*words, url=proxy.url)
    return result


def of_interest(order: list[str]) -> list[int]:
    """Calls, counted from 1, after the log-on and without the log-off."""
    locking = order.index(LOCKING) + 2 if LOCKING in order else len(order)
    unlocked = len(order) - order[::-1].index(UNLOCKING) if UNLOCKING in order else locking
    return [nth for nth in range(3, len(order)) if order.index(order[nth - 1]) == nth - 1
            and not locking < nth <= unlocked]


def is_right(result: Result) -> bool:
    """Done, or said as it is."""
    return result.status == 0 or (
        result.status == 3 and not result.out and
        re.search(r"there is no (longer a )?node|has no log|node '.*' has no snapshot", result.err) is not None)


def test_node(words: tuple[str, ...], workers: Workers) -> None:
    proxy.reset()
    host.cloud(*prepared(words)[1], url=proxy.url)
    order = proxy.calls()["order"]
    first = sample.of(of_interest(order), lambda nth: f"{' '.join(words)}, {order[nth - 1]}")
    if not first:
        return
    results = workers.each(lambda its, nth: removed_at(its, words, nth), first)
    wrong = [(order[nth - 1], result) for nth, result in zip(first, results) if not is_right(result)]
    ok(not wrong, f"{' '.join(words)}: at {len(first)} calls", *wrong)


def test_waiting() -> None:
    """A wait for what cannot come any more ends."""
    host.create("--no-start", name="w")
    waiting = host.start("node", "wait", "w", "--state", "running", "--timeout", "60")
    time.sleep(1)
    host.must("node", "destroy", "w")
    fails(finish(waiting), 3, "there is no longer a node 'w'", "a wait for a node that is destroyed")


def test_disk(at: str, noun: str, *words: str) -> None:
    """Other things than nodes are removed, too, and nothing is left of the work."""
    clean = host.settled()
    make, remove = {"image": (("copy", IMAGE, "gone"), "delete"),
                    "volume": (("create", "gone", "--size", "1", "--dynamic"), "destroy")}[noun]
    host.must(noun, *make)
    proxy.reset()
    proxy.rules([{"do": "meanwhile", "method": at, "command": [*ENV, noun, remove, "gone"]}])
    result = host.cloud(*words, url=proxy.url)
    fails(result, 3, f"there is no longer a {noun} 'gone'", f"the {noun} goes: {' '.join(words)}")
    ok(host.settled() == clean, "nothing is left", host.settled().against(clean))


def test_last_snapshot() -> None:
    """VirtualBox then sometimes says only that it failed. This runs first: the list of the whole host
    must meet no other node's snapshots."""
    host.manage("createvm", "--name", "one", "--register")
    for nth, words in ((2, ("snapshot", "list")), (1, ("snapshot", "list", "--node", "one"))):
        host.must("snapshot", "create", "--node", "one", "last")
        proxy.reset()
        proxy.rules([{"do": "meanwhile", "method": "IMachine_getCurrentSnapshot", "nth": nth,
                      "command": [*ENV, "snapshot", "delete", "--node", "one", "last"]},
                     {"do": "fault", "method": "IMachine_findSnapshot"}])
        result = host.cloud(*words, url=proxy.url)
        is_fine(result, f"the last snapshot goes: {' '.join(words)}")
        ok("last" not in result.out and proxy.calls()["fired"] == [1, 1], "and is not listed", result)
    host.must("node", "destroy", "one")


wanted = sys.argv[1] if len(sys.argv) > 1 else ""
with Host("removed") as host, Proxy(host.url) as proxy, Workers(host.url) as several:
    ENV = ("env", f"VBOXCLOUD_HOST={host.url}", cli.COMMAND)
    host.put_image()
    test_last_snapshot()
    for each in COMMANDS:
        if wanted in " ".join(each):
            test_node(each, several)
    test_waiting()
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("snapshot", "create", "--volume", "v", "s")  # now the folders are there
    for each in WITH_DISKS:
        test_disk(*each)
done()
