#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many clients that come at once after one that was killed: one of them cleans up, the others go on
with their own work."""
from __future__ import annotations

from trouble import SIZE, Host, Proxy, Result, done, finish, ok

CLIENTS = 8
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
    clients = [host.start("--verbose", "node", "list", "--output", "json") for _ in range(CLIENTS)]
    return [finish(client) for client in clients]


def test_at_once(words: tuple[str, ...], method: str) -> None:
    what, before = " ".join(words[:2]), host.settled()
    kill_at(tuple(word.format(image=image) for word in words), method)
    results = come_at_once()
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
            test_at_once(*case)
done()
