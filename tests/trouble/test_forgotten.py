#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The host forgets the web session in the middle of a command, at each of its calls in turn, of which
a run of the tests takes a sample (tests/sample.py).

VirtualBox then says of each object what it says of one that is gone. What is shown must be what is
there all the same; a command that changes something is done, or fails with one sentence and is
undone by the next one.
"""
from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from disk_operations import disk_operations
from operation import Call, Operation
from operations import all_but_disks
from trouble import HOME, Host, Proxy, Result, State, Workers, done, ok, sample

READS = (
    ("node", "list", "--output", "json"), ("node", "list", "--wide"), ("node", "show", "running"),
    ("node", "show", "a"), ("node", "display", "a"), ("node", "log", "running"),
    ("node", "wait", "a", "--state", "stopped"), ("forward", "list", "a"),
    ("image", "list", "--wide"), ("image", "show", "i"), ("image", "show", "{image}"),
    ("volume", "list", "--wide"), ("volume", "show", "v"),
    ("snapshot", "list", "--wide"), ("snapshot", "list", "--wide", "--node", "a"),
    ("snapshot", "list", "--wide", "--volume", "v"),
    ("network", "list"), ("key", "list"), ("key", "show", "k"), ("size", "list"),
    ("location", "list"), ("host", "show"), ("host", "check"), ("gc", "--dry-run"),
)
WRITES = {"node create --no-start", "image import, uploaded", "image delete", "forward add",
          "volume create", "snapshot create, detached"}
FORGOTTEN = "the host has forgotten the web session of this operation"


def prepare() -> None:
    """Several of each."""
    host.put_image()
    host.must("image", "copy", "empty", "i")
    host.create("--no-start", name="a")
    host.create(name="running")
    host.must("network", "create", "lab", "--cidr", "10.77.0.0/24")
    host.must("network", "attach", "a", "natnetwork:lab")
    for name in "vw":
        host.must("volume", "create", name, "--size", "1", "--dynamic")
    host.must("volume", "attach", "w", "a")
    for volume in "vw":
        host.must("snapshot", "create", "--volume", volume, f"of-{volume}")
    for name in "st":
        host.must("snapshot", "create", "--node", "a", name)
    host.must("key", "create", "k", "-o", str(HOME / "k"))
    host.manage("createvm", "--name", "foreign", "--register")
    host.manage("setextradata", "global", "libcloud/image/00000000-0000-4000-8000-000000000000", "{}")


def shown(proxy: Proxy, words: tuple[str, ...]) -> tuple[int, str, str]:
    """What a command says, without what changes by itself."""
    result = host.cloud(*words, url=proxy.url)
    said = result.out.replace(proxy.url, "URL")
    return result.status, re.sub(r"(available_mb +)\d+", r"\1-", said), result.err


def test_read(words: tuple[str, ...], workers: Workers) -> None:
    """What it shows is the same."""
    def forgotten_at(proxy: Proxy, nth: int) -> tuple[int, str, str]:
        proxy.reset()
        proxy.rules([{"do": "forget", "nth": nth}])
        return shown(proxy, words)

    proxy.reset()
    right = shown(proxy, words)
    order = proxy.calls()["order"]
    # Without the log-on and the log-off.
    inner = sample.of(range(2, len(order)), lambda nth: f"{' '.join(words)}, {nth}")
    wrong = [(nth, order[nth - 1], result)
             for nth, result in zip(inner, workers.each(forgotten_at, inner)) if result != right]
    ok(right[0] == 0 and not wrong, f"{' '.join(words)}: the same at {len(inner)} of {len(order)} calls",
       right, *wrong)


def unlock() -> None:
    """A lock whose session is gone only ends with the host's service."""
    if any(of[1:] == ("PoweredOff", "Locked") for of in host.state().machines.values()):
        host.restart("--quick")


def settled() -> State:
    """A machine whose lock has ended so is called aborted, but is off."""
    state = host.settled()
    state.machines = {id_: (name, power.replace("Aborted", "PoweredOff"), lock)
                      for id_, (name, power, lock) in state.machines.items()}
    return state


def judge(op: Operation, result: Result, before: State) -> list[str]:
    """What is wrong; nothing if all is well."""
    unlock()
    following = host.cloud("node", "list")
    after = settled()
    wrong = []
    if result.status == 0 and not op.is_done(before, after):
        wrong.append("claims to be done")
    if result.status and (result.status != 1 or result.out or result.err.count("\n") != 1 or
                          FORGOTTEN not in result.err):
        wrong.append("does not say what happened")
    if following.status:
        wrong.append(f"the next command: {following.err}")
    if result.status and not (after == before or op.is_done(before, after) or
                              op.is_halfway(before, after)):
        wrong.append("leaves something")
    return [*wrong, str(result), *after.against(before)] if wrong else []


def break_off(op: Operation, call: Call) -> str:
    op.begin(host)
    before = settled()
    proxy.reset()
    proxy.rules([call.rule("forget")])
    result = host.cloud(*op.words, url=proxy.url)
    wrong = judge(op, result, before) if proxy.calls()["fired"] == [1] else []
    if wrong:
        host.scrub(clean)
    return f"{call}: {'; '.join(wrong)[:700]}" if wrong else ""


def test_write(op: Operation) -> None:
    """At the first of each kind of calls that change something."""
    op.begin(host)
    proxy.reset()
    result = host.cloud(*op.words, url=proxy.url)
    calls = [call for call in op.changing(proxy.calls()["order"])
             if call.nth == 1 and not re.search("_(get|find)", call.method)]
    taken = sample.of(calls, lambda call: f"{op.what}, {call.name}")
    wrong = [complaint for call in taken if (complaint := break_off(op, call))]
    ok(result.status == 0 and not wrong, f"{op.what}: at {len(taken)} of {len(calls)} calls", result,
       *wrong)


@contextmanager
def timed() -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"# {time.monotonic() - began:.1f} s", flush=True)


wanted = sys.argv[1] if len(sys.argv) > 1 else ""
with Host("forgotten") as host, Proxy(host.url) as proxy, Workers(host.url) as several:
    prepare()
    image = re.search(r"^id +(\S+)", host.must("image", "show", "i").out, re.M)[1]
    for each in READS:
        if wanted in " ".join(each):
            with timed():
                test_read(tuple(word.format(image=image) for word in each), several)
with Host("forgotten") as host, Proxy(host.url) as proxy:
    every = [*all_but_disks(host), *disk_operations(host)]
    clean = host.settled()
    for each in every:
        if each.what in WRITES and wanted in each.what:
            with timed():
                test_write(each)
done()
