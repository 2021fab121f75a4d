#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many clients that come at once after one that was killed: one of them cleans up, the others go on
with their own work."""
from __future__ import annotations

import functools
import time
from collections.abc import Callable

from trouble import SIZE, Host, Proxy, Result, done, finish, ok

CLIENTS = 8
LIST = ("--verbose", "node", "list", "--output", "json")
SLOW_MS = 1500
# What a client is killed at, and the call that it is killed in.
BROKEN = (
    (("node", "create", "n", "--image", "{image}", "--size", SIZE, "--no-start"),
     "IVirtualBox_registerMachine"),
    (("volume", "create", "v", "--size", "1", "--dynamic"), "IMedium_createBaseStorage"),
)


def kill_at(words: tuple[str, ...], method: str) -> None:
    with Proxy(host.url, rules=[{"method": method, "do": "hang-after"}]) as proxy:
        process = host.start(*words, url=proxy.url)
        proxy.waiting()
        process.kill()
        process.wait()


def come_at_once() -> list[Result]:
    clients = [host.start(*LIST) for _ in range(CLIENTS)]
    return [finish(client) for client in clients]


def come_while_one_is_slow(nth: int) -> list[Result]:
    """It has looked at the entry, and what it then writes comes late."""
    with Proxy(host.url, rules=[{"method": "IVirtualBox_setExtraData", "nth": nth,
                                 "do": "delay", "ms": SLOW_MS}]) as proxy:
        slow = host.start(*LIST, url=proxy.url)
        while not proxy.calls()["fired"][0] and slow.poll() is None:
            time.sleep(0.05)
        return [host.cloud(*LIST), finish(slow)]


def test(words: tuple[str, ...], method: str, come: Callable[[], list[Result]]) -> None:
    what, before = " ".join(words[:2]), host.settled()
    kill_at(tuple(word.format(image=image) for word in words), method)
    results = come()
    ok(not any(result.status for result in results), f"{what}: all lists succeed", results)
    undone = [result.err.count("vboxcloud: removing a ") for result in results]
    ok(sum(undone) == 1, "one of them cleans up", undone, results)
    ok(host.settled() == before, "nothing is left", host.settled().against(before))


with Host("once") as host:
    image = host.put_image()
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("volume", "destroy", "v")
    for case in BROKEN:
        for _ in range(5):
            test(*case, come_at_once)
        for write in range(1, 4):
            test(*case, functools.partial(come_while_one_is_slow, write))
done()
