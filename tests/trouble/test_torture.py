#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each call of each changing command fails in turn.

The command then ends with one sentence that names this first failure, and the host is as before or
the work is done. Where the library may do without the call, or makes it again, success is as good,
if all is right. Modes: "fault" (VirtualBox says no), and for calls that change something "cut" (the
call is made, but its answer is lost) and "close" (the connection ends before the call is made).

Of the calls a run of the tests takes a sample (tests/sample.py).

With --disks: those commands that change volumes and snapshots. With a word: those whose names have it.
"""
from __future__ import annotations

import sys
import time

from operation import Call, Operation
from operations import operations
from trouble import Host, Proxy, Result, State, done, ok, sample

SAID = {"fault": "Injected by the test proxy", "close": "connection", "cut": "connection"}
MODES = {"node create --no-start": ("fault", "cut", "close"),
         "image import, uploaded": ("fault", "cut", "close"), "node destroy, running": ("fault",)}
JOURNAL = ("libcloud/lock/", "libcloud/doing/", "libcloud/turn/")


def judge(op: Operation, mode: str, result: Result, before: State, after: State) -> list[str]:
    """What is wrong; nothing if all is well."""
    wrong = []
    if result.status == 0:
        if not op.is_done(before, after):
            wrong.append("claims to be done")
    else:
        said = result.err.removeprefix("vboxcloud: ").removesuffix("\n")
        if result.out or "\n" in said or not result.err.startswith("vboxcloud: "):
            wrong.append("says more than one sentence")
        if SAID[mode] not in said:
            wrong.append("does not say what failed")
        if result.status != (1 if mode == "fault" else 4):
            wrong.append(f"exit status {result.status}")
        if after != before and not (op.is_done(before, after) or op.is_halfway(before, after)):
            wrong.append("leaves the host changed")
    return wrong + ([result.err.strip(), *after.against(before)] if wrong else [])


def after_it() -> State:
    """The state; an entry of the journal that could not be removed goes with the next command."""
    state = host.settled()
    if any(key.startswith(JOURNAL) for key in state.extra):
        host.must("node", "list")
        state = host.settled()
    return state


def run(op: Operation, mode: str, call: Call) -> str:
    """What was wrong when this call failed."""
    op.begin(host)
    before = host.settled()
    proxy.reset()
    proxy.rules([call.rule(mode)])
    result = host.cloud(*op.words, url=proxy.url)
    if proxy.calls()["fired"] != [1]:
        return ""  # this time it waited less often
    wrong = judge(op, mode, result, before, after_it())
    if wrong:
        host.scrub(clean)
    return f"{call}: {'; '.join(wrong)[:500]}" if wrong else ""


def torture(op: Operation) -> None:
    """Lets the command succeed once, to count its calls, and then fail at each of them."""
    began = time.monotonic()
    op.begin(host)
    before = host.settled()
    proxy.reset()
    result = host.cloud(*op.words, url=proxy.url)
    order, after = proxy.calls()["order"], host.settled()
    ok(result.status == 0 and op.is_done(before, after), f"{op.what}: {len(order)} calls",
       result, after.against(before))
    for mode in MODES.get(op.what, ("fault", "cut")):
        calls = op.interesting(order) if mode == "fault" else op.changing(order)
        taken = sample.of(calls, lambda call, mode=mode: f"{op.what}, {mode}, {call.name}")
        wrong = [complaint for call in taken if (complaint := run(op, mode, call))]
        if taken:
            ok(not wrong, f"{op.what}: {mode} at {len(taken)} of {len(calls)} calls", *wrong)
    print(f"# {op.what}: {time.monotonic() - began:.1f} s", flush=True)


words = sys.argv[1:]
disks, wanted = "--disks" in words, next((word for word in words if word != "--disks"), "")
with Host("torture") as host, Proxy(host.url) as proxy:
    every = operations(host, disks)
    clean, clean_virtualbox = host.settled(), host.in_virtualbox()
    for each in every:
        if wanted in each.what:
            torture(each)
    every[0].begin(host)
    ok(host.in_virtualbox() == clean_virtualbox, "VBoxManage sees nothing that was not there before",
       host.in_virtualbox())
done()
