#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that are gone, or only seem to be.

A lock whose program was killed and whose web session has ended: no command waits for it, those that
need the machine say who has it, gc and a check of the host show it, and a restart of the service
frees it. A program on another machine: none takes it for dead while it lives, though the host's
clock is set; when it has died, its work is undone soon. Work that could not be undone is not
forgotten by what comes next.
"""
from __future__ import annotations

import json
import os
import time

from trouble import HOME, IMAGE, SIZE, Host, Proxy, State, done, finish, is_fine, ok

SESSION_S = 3
WATCH_S = 15  # how long a sign of life is waited for
ELSEWHERE = {"do": "substitute", "method": "IVirtualBox_getExtraData", "every": True,
             "pattern": r"pid:\[\d+\]", "with": "pid:[1]"}
TO_BREAK = "VirtualBox's web service itself, for a program whose web session has ended: restart vboxwebsrv"
LARGER = "2_cpu-128_ram-1_disk"
MIB = 1 << 20


def kill_at(host: Host, method: str, *words: str) -> None:
    """Kills a command when VirtualBox has carried out the first such call."""
    with Proxy(host.url, rules=[{"do": "hang-after", "method": method}]) as proxy:
        process = host.start(*words, url=proxy.url)
        proxy.waiting()
        process.kill()
        finish(process)


def expire(_: Host) -> None:
    """Lets all web sessions end."""
    time.sleep(2 * SESSION_S)


def state(host: Host) -> State:
    """What there is now, seen in a new web session: ours may have ended."""
    host._soap = None
    return host.state()


def keys(host: Host, kind: str) -> dict[str, str]:
    """The library's entries of a kind."""
    return {key: value for key, value in state(host).extra.items()
            if key.startswith(f"libcloud/{kind}/")}


def leftovers(host: Host, *words: str) -> list[tuple[str, str]]:
    """The kind and text of what gc tells."""
    result = host.must("gc", "--output", "json", *words)
    return [(each["kind"], each["text"]) for each in json.loads(result.out)]


def is_quick(host: Host, *words: str, within_s: float, what: str) -> None:
    """A command that succeeds and does not wait; it may say what it has tried to undo."""
    began = time.monotonic()
    result = host.cloud(*words)
    took = time.monotonic() - began
    ok(result.status == 0 and "warning" not in result.err and took < within_s,
       f"{what} does not wait", result, took)


def test_locked_for_ever(host: Host) -> None:
    """Killed under a lock, and its web session has ended: with work to undo, and without."""
    for words, method, end in (
            (("node", "resize", "n", "--size", LARGER), "IMachine_setCPUCount", expire),
            (("node", "rename", "n", "m"), "IMachine_lockMachine", Host.forget_sessions)):
        node = host.create("--no-start")
        kill_at(host, method, *words)
        end(host)
        ok(state(host).machines[node][2] == "Locked", f"{words[1]}: the lock has outlived all")
        for _ in range(2):
            is_quick(host, "node", "list", within_s=5, what="a list")
        ok(keys(host, "lock"), "the lock's entry stays")
        began = time.monotonic()
        result = host.cloud("node", "resize", node, "--size", LARGER)
        ok(result.status == 6 and TO_BREAK in result.err.splitlines()[-1] and
           time.monotonic() - began < 10, "who needs the machine is told why it is locked, soon", result)
        check = host.cloud("host", "check", "--output", "json")
        ok(TO_BREAK in check.out and "restart vboxwebsrv on the host;" in check.out,
           "host check shows it, with the cure", check)
        ok([text for kind, text in leftovers(host, "--dry-run") if kind == "lock" and TO_BREAK in text],
           "gc --dry-run shows it", leftovers(host, "--dry-run"))
        result = host.cloud("gc")
        ok(result.status == 0 and TO_BREAK in result.err, "gc says that it stays", result)
        host.restart("--quick")
        is_fine(host.cloud("node", "list"), "the service is restarted: a command")
        ok(not keys(host, "lock") and not keys(host, "doing"), "frees all", keys(host, "doing"))
        is_fine(host.cloud("node", "resize", node, "--size", LARGER), "and the node can be changed")
        host.must("node", "destroy", node)


def step(seconds: int) -> dict[str, object]:
    """The host's clock, set by so much."""
    return {"do": "substitute", "method": "IHost_getUTCTime", "every": True, "pattern": r">\d{13}<",
            "with": f">{int(1000 * (time.time() + seconds))}<"}


def test_clock(host: Host) -> None:
    """Another machine's export lives on while the clock is set; it dies, and is cleaned up after."""
    slow = [{"do": "delay", "ms": 2000, "method": "IMediumIO_read", "every": True}]
    with Proxy(host.url, rules=slow) as theirs, \
         Proxy(host.url, rules=[ELSEWHERE, step(1200)]) as later, \
         Proxy(host.url, rules=[ELSEWHERE, step(-7200)]) as earlier:
        export = host.start("image", "export", "big", "-o", str(HOME / "big.raw"), url=theirs.url)
        while export.poll() is None and not theirs.calls()["by_method"].get("IMediumIO_read"):
            time.sleep(0.1)
        began = time.monotonic()
        lists = [host.start("node", "list", url=proxy.url) for proxy in (later, earlier)]
        for process, how in zip(lists, ("forward", "back")):
            is_fine(finish(process), f"the host's clock is set {how}: a list")
        ok(export.poll() is None and time.monotonic() - began > WATCH_S and keys(host, "doing"),
           "watches before it judges, and leaves what lives", keys(host, "doing"))
        export.kill()
        finish(export)
        is_fine(host.cloud("node", "list", url=later.url), "it was killed: a list")
        ok(not keys(host, "doing"), "cleans up after it", keys(host, "doing"))


def test_not_unlocked(host: Host) -> None:
    """A lock that VirtualBox does not give back: its entry stays, and the next command frees it."""
    node = host.create("--no-start")
    with Proxy(host.url, rules=[{"do": "fault", "method": "ISession_unlockMachine",
                                 "every": True}]) as proxy:
        is_fine(host.cloud("node", "rename", node, "m", url=proxy.url), "a command that cannot unlock")
    ok(keys(host, "lock") and state(host).machines[node][2] == "Locked", "leaves its entry",
       state(host).machines)
    is_fine(host.cloud("node", "list"), "the next command")
    ok(not keys(host, "lock") and state(host).machines[node][2] == "Unlocked", "frees it",
       state(host).machines)
    host.must("node", "destroy", node)


def test_no_entry_is_lost(host: Host) -> None:
    """A node whose creation failed, and its undo; then its destruction fails."""
    before = host.settled()
    refuse = [{"do": "fault", "method": "IMachine_unregister", "every": True}]
    with Proxy(host.url, rules=[{"do": "fault", "method": "IMachine_saveSettings", "nth": 1},
                                *refuse]) as proxy:
        result = host.cloud("node", "create", "--no-start", "--image", IMAGE, "--size", SIZE, "half",
                            url=proxy.url)
        ok(result.status == 1 and keys(host, "doing"), "a creation fails, and its undo", result)
    node = next(iter(state(host).machines))
    with Proxy(host.url, rules=refuse) as proxy:
        result = host.cloud("node", "destroy", node, url=proxy.url)
        ok(result.status == 6 and "a node whose creation was interrupted" in result.err,
           "its destruction is refused while that cannot be undone", result)
    entries = [json.loads(value) for value in keys(host, "doing").values()]
    ok([entry["kind"] for entry in entries] == ["node"], "and the entry is kept", entries)
    ok([kind for kind, _ in leftovers(host, "--dry-run")] == ["node"], "gc sees it",
       leftovers(host, "--dry-run"))
    leftovers(host)
    after = host.settled()
    ok(after == before, "and removes all of it", after.against(before))


def test_cut_off_in_undo(host: Host) -> None:
    """What the host says in its undo does not arrive, nor what it says to the log-off: nobody takes the end
    of that web session for that of the service."""
    before = host.settled()
    with Proxy(host.url, rules=[{"do": "fault", "method": "IMachine_saveSettings", "nth": 1},
                                {"do": "cut", "method": "IMachine_unregister", "onward": True}]) as proxy:
        result = host.cloud("node", "create", "--no-start", "--image", IMAGE, "--size", SIZE, "half",
                            url=proxy.url)
        order = proxy.calls()["order"]
    marked = [json.loads(value).get("undoing") for value in keys(host, "doing").values()]
    ok(result.status == 1 and marked and all(marked), "a creation fails, and its undo", result, marked)
    is_fine(host.cloud("node", "list"), "the next command")
    after = host.settled()
    ok(after == before, "undoes it", after.against(before), order)


def test_says_nothing(host: Host) -> None:
    """Entries that do not say what there is to undo."""
    kinds = ("node", "node-destroy", "node-resize", "node-rebuild", "node-arrive", "node-leave", "image", "volume",
             "volume-resize", "seed", "display", "forward", "network-detach", "network", "snapshot",
             "image-export", "image-delete")
    before = host.settled()
    for at, kind in enumerate(kinds):
        key = f"libcloud/doing/00000000-0000-4000-8000-{at:012d}"
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=key,
                       value=json.dumps({"kind": kind}))
    is_quick(host, "node", "list", within_s=10, what="a list that meets entries that say nothing")
    is_quick(host, "node", "list", within_s=5, what="the next list")
    told = leftovers(host, "--dry-run")
    ok(told and all("does not say" in text for _, text in told), "gc --dry-run tells of each", told)
    leftovers(host, "--force")
    after = host.settled()
    ok(after == before, "gc --force removes them", after.against(before))


with Host("gone", "--session-timeout", str(SESSION_S)) as short:
    short.put_image()
    test_locked_for_ever(short)
with Host("gone") as whole:
    whole.put_image()
    test_not_unlocked(whole)
    test_no_entry_is_lost(whole)
    test_cut_off_in_undo(whole)
    test_says_nothing(whole)
    big = whole.folder.parent / "big.img"
    big.write_bytes(os.urandom(12 * MIB))
    whole.must("image", "import", str(big), "--name", "big")
    test_clock(whole)
done()
