#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several nodes by one command: their names, that they are made at once, that the failure of one is
its own, and that Ctrl-C ends all that are being made.
"""
from __future__ import annotations

import json
import signal
import time

from trouble import IMAGE, SIZE, Host, Proxy, done, fails, finish, ok

LINKED = ("--image", IMAGE, "--size", SIZE, "--linked", "--no-start")


def create(count: int, *words: str) -> tuple[str, ...]:
    return "node", "create", "web", "--count", str(count), *LINKED, *words


def names() -> list[str]:
    nodes = json.loads(host.cloud("node", "list", "--output", "json").out)
    return sorted(node["name"] for node in nodes)


def destroy_all() -> None:
    for id_ in host.state().machines:
        host.must("node", "destroy", id_)


def nothing_left(what: str) -> None:
    left = host.settled().against(clean)
    ok(not left, what, left)


def test_names() -> None:
    result = host.cloud(*create(6, "--output", "json"))
    made = json.loads(result.out or "[]")
    ok(result.status == 0 and [node["name"] for node in made] == [f"web-{i}" for i in range(1, 7)],
       "the nodes are listed by their numbers", result)
    ok(names() == [f"web-{i}" for i in range(1, 7)], "and are there", names())
    ok(len({port["host_port"] for node in made for port in node["forwards"]}) == 6,
       "each with a port of its own", made)
    destroy_all()
    result = host.cloud(*create(1, "--output", "json"))
    ok([node["name"] for node in json.loads(result.out or "[]")] == ["web-1"],
       "one is listed and numbered, too", result)
    destroy_all()
    nothing_left("nothing is left")


def test_one_fails() -> None:
    proxy.reset()
    proxy.rules([{"do": "fault", "method": "IMachine_takeSnapshot", "nth": 2}])
    result = host.cloud(*create(4, "--output", "json"), url=proxy.url)
    made = [node["name"] for node in json.loads(result.out or "[]")]
    missing = {f"web-{i}" for i in range(1, 5)} - set(made)
    ok(result.status == 1 and len(made) == 3, "one fails, the others are listed", result)
    ok(f"cannot create node '{missing.pop()}': Injected" in result.err,
       "the error names the one that fails", result)
    ok(names() == made, "the others are there", names())
    destroy_all()
    nothing_left("and nothing of the one")


def test_all_fail() -> None:
    for words, status, pattern in (
            (("--image", "nope"), 3, "no image 'nope'"),
            (("--image", IMAGE, "--hostname", "h"), 2, "'--hostname' cannot be used with '--count'"),
            (("--image", IMAGE, "--serial-file", "/x"), 2, "'--serial-file' cannot"),
            (("--image", IMAGE, "--forward", "8080:80"), 2, "'--forward' with a port of the host"),
            (("--image", IMAGE, "--display", "5901"), 2, "instead of 'auto'"),
            (("--image", IMAGE, "--size", "1_cpu-64_ram-3000000_disk"), 2, "")):
        result = host.cloud("node", "create", "web", "--count", "8", *words)
        fails(result, status, pattern, f"{words}: {status}")
        ok(result.out == "" and result.err.count("vboxcloud:") <= 2, "which is said once", result)
    fails(host.cloud("node", "create", "web", "--count", "1001", "--dry-run", "--image", IMAGE), 2, "at most 1000",
          "as a dry run tells")
    fails(host.cloud("node", "create", "w" * 254, "--count", "10", "--dry-run", "--image", IMAGE), 2, "name",
          "a name of which the last one is too long")
    fails(host.cloud("node", "create", "web", "--count", "1001", "--image", IMAGE), 2, "at most 1000",
          "a number that must be a mistake")
    nothing_left("and nothing is left")


def test_cancelled() -> None:
    """One is held by the host: the others go on beside it, and Ctrl-C ends it and what follows."""
    proxy.reset()
    proxy.rules([{"do": "hang", "method": "IMachine_takeSnapshot", "nth": 1}])
    process = host.start(*create(3), url=proxy.url)
    proxy.waiting()
    deadline = time.monotonic() + 60
    while proxy.calls()["by_method"].get("ISession_unlockMachine", 0) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    ok(proxy.calls()["by_method"].get("ISession_unlockMachine", 0) >= 2,
       "others are made while one waits", proxy.calls()["by_method"])
    process.send_signal(signal.SIGINT)
    proxy.rules([])
    result = finish(process)
    ok(result.status == 5 and "cancelled" in result.err, "Ctrl-C cancels it", result)
    ok(len(names()) <= 2, "those that were complete stay", names())
    destroy_all()
    host.must("gc")
    nothing_left("nothing else is left")


with Host("many") as host, Proxy(host.url) as proxy:
    host.put_image()
    clean = host.settled()
    test_names()
    test_one_fails()
    test_all_fail()
    test_cancelled()
done()
