#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A watch whose host goes away, forgets it, or fails it; and what it leaves there."""
from __future__ import annotations

import json
import signal
import subprocess
import time

from trouble import Host, Proxy, done, ok

WATCHING = "watching"


def next_event(watch: subprocess.Popen[str]) -> dict[str, str]:
    assert watch.stdout
    return json.loads(watch.stdout.readline() or "{}")


def await_event(watch: subprocess.Popen[str], name: str) -> bool:
    """Reads on until there is one of that name."""
    while event := next_event(watch):
        if event["event"] == name:
            return True
    return False


def interrupt(watch: subprocess.Popen[str]) -> str:
    watch.send_signal(signal.SIGINT)
    err = watch.communicate(timeout=60)[1]
    ok(watch.returncode == 5 and err.endswith("vboxcloud: cancelled\n"), "Ctrl-C ends it", err)
    return err


def add_machine(host: Host, name: str) -> None:
    host.manage("createvm", "--name", name, "--register")


def test_restarted(host: Host) -> None:
    watch = host.start("watch")
    ok(next_event(watch).get("event") == WATCHING, "a watch begins")
    host.restart()
    ok(next_event(watch).get("event") == WATCHING, "after a restart it begins again")
    add_machine(host, "a")
    ok(next_event(watch).get("event") == "node.added", "and tells what happens since")
    lines = interrupt(watch).splitlines()
    ok(len(lines) == 3 and "interrupted" in lines[0] and "watching again" in lines[1],
       "it says once that the host went, and once that it came back", lines)


def test_dropped_listener(host: Host) -> None:
    """As the host does it with a listener that does not ask for its events."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IEventSource_getEvent", "nth": 2, "do": "fault",
                      "result": "0x80bb0001", "text": "Listener was never registered"}])
        watch = host.start("watch", url=proxy.url)
        ok(next_event(watch).get("event") == WATCHING and await_event(watch, WATCHING),
           "a watch that was dropped begins again")
        add_machine(host, "b")
        ok(await_event(watch, "node.added"), "and goes on")
        ok("dropped" in interrupt(watch), "which it says")


def test_leaves_nothing(host: Host) -> None:
    with Proxy(host.url) as proxy:
        watch = host.start("watch", url=proxy.url)
        next_event(watch)
        add_machine(host, "c")
        await_event(watch, "node.added")
        interrupt(watch)
        calls = proxy.calls()["by_method"]
        events = calls["IEvent_getType"]
        ok(calls["IManagedObjectRef_release"] == events + 1 and
           calls["IEventSource_unregisterListener"] == calls["IWebsessionManager_logoff"] == 1,
           "it gives back each event, its listener and its session", calls)


def test_forgotten(host: Host) -> None:
    watch = host.start("watch")
    next_event(watch)
    time.sleep(8)
    add_machine(host, "d")
    ok(next_event(watch).get("event") == "node.added",
       "a watch keeps its session, however little happens")
    interrupt(watch)


with Host("watch") as host:
    test_restarted(host)
    test_dropped_listener(host)
    test_leaves_nothing(host)
with Host("watch", "--session-timeout", "3") as short:
    test_forgotten(short)
done()
