#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each changing command is killed at each call that changes something, or loses the host for good.

The one next command, of whatever kind, then leaves the host as it was before the first: no machine,
no disk, no lock, no file, no key. What was on its way out (a node that is destroyed, an image that
is deleted) may be gone as well, but not in part; what was to start or stop may have done so. Modes:
"hang-after" (killed when the call is made, but not answered), "hang" (before it is made), "lost"
(from this call on no answer comes).

Once under its first lock it is killed and its web session ends, too: then the next command leaves
the host so when the service has been restarted, and does not wait before. Of the calls, and of the
commands for this, a run of the tests takes a sample (tests/sample.py).

With --disks: those commands that change volumes and snapshots. With a word: those whose names have it.
"""
from __future__ import annotations

import os
import sys
import time

from operation import Call, Operation
from operations import CREATE, clear, is_created, is_imported, operations
from trouble import IMAGE, Host, Proxy, Result, State, done, finish, ok, sample

MODES = {"node create --no-start": ("hang-after", "hang", "lost"),
         "image import, uploaded": ("hang-after", "lost")}
BIG_BYTES = 512 << 20
QUICK_S = 10


def break_off(op: Operation, mode: str, call: Call) -> bool:
    """Ends the command at this call; false when it made none like this."""
    proxy.reset()
    proxy.rules([call.rule("close") | {"onward": True} if mode == "lost" else call.rule(mode)])
    process = host.start(*op.words, url=proxy.url)
    while mode != "lost" and process.poll() is None:
        try:
            proxy.waiting(0.2)
            process.kill()
            process.wait()
        except TimeoutError:
            pass  # it has not come so far yet
    finish(process)
    return proxy.calls()["fired"] != [0]


def may_be_done(op: Operation, mode: str, call: Call, order: list[str]) -> bool:
    """A command is done when it has ended its entry in the journal."""
    if not op.undone:
        return True
    end = len(order) - 1 - order[::-1].index("IVirtualBox_setExtraData")
    return call.at > end or (call.at == end and mode == "hang-after")


def judge(result: Result, before: State, after: State, is_fine: bool) -> str:
    """What is wrong after the next command."""
    if result.status:
        return f"the next command failed: {result.err}"
    return "" if is_fine else "; ".join([result.err.strip(), *after.against(before)])


def run(op: Operation, mode: str, call: Call, order: list[str]) -> str:
    """What is wrong when it was broken off at this call."""
    op.begin(host)
    before = host.settled()
    if not break_off(op, mode, call):
        return ""
    result = host.cloud("node", "list")
    after = host.settled()
    is_fine = (after == before or op.is_halfway(before, after) or
               (may_be_done(op, mode, call, order) and op.is_done(before, after)))
    wrong = judge(result, before, after, is_fine)
    if wrong:
        host.scrub(clean)
    return f"{call}: {wrong[:500]}" if wrong else ""


def at_rest(state: State) -> State:
    """As after a restart, with which machines end, and are aborted."""
    state.machines = {id_: (name, "PoweredOff", "Unlocked") if what in ("Running", "Aborted")
                      else (name, what, session)
                      for id_, (name, what, session) in state.machines.items()}
    state.media = {path: "Created" if what == "LockedWrite" else what
                   for path, what in state.media.items()}
    state.files = {path for path in state.files if not path.endswith("/Snapshots")}
    return state


def kill_and_forget(op: Operation, order: list[str]) -> None:
    """Kills it when it has its first lock, and ends its web session."""
    locks = [call for call in op.changing(order) if call.method == "IMachine_lockMachine"]
    if not locks:
        return
    op.begin(host)
    before = at_rest(host.settled())
    ok(break_off(op, "hang-after", locks[0]) and host.forget_sessions(),
       f"{op.what}: killed under a lock, and its web session has ended")
    began = time.monotonic()
    result = host.cloud("node", "list")
    ok(result.status == 0 and time.monotonic() - began < QUICK_S, "the next command does not wait",
       result)
    host.restart("--quick")
    result = host.cloud("node", "list")
    after = at_rest(host.settled())
    wrong = judge(result, before, after, after == before or op.is_halfway(before, after) or
                  op.is_done(before, after))
    ok(not wrong, "and that after a restart leaves the host as it was", wrong)
    if wrong:
        host.scrub(clean)


def kill(op: Operation) -> None:
    """Lets the command succeed once, to count its calls, and then breaks it off at each."""
    began = time.monotonic()
    op.begin(host)
    proxy.reset()
    result = host.cloud(*op.words, url=proxy.url)
    order = proxy.calls()["order"]
    ok(result.status == 0, f"{op.what}: {len(order)} calls", result)
    for mode in MODES.get(op.what, ("hang-after",)):
        calls = op.changing(order)
        taken = sample.of(calls, lambda call, mode=mode: f"{op.what}, {mode}, {call.name}")
        wrong = [complaint for call in taken if (complaint := run(op, mode, call, order))]
        if taken:
            ok(not wrong, f"{op.what}: {mode} at {len(taken)} of {len(calls)} calls", *wrong)
    if sample.of([op], lambda op: op.what):
        kill_and_forget(op, order)
    print(f"# {op.what}: {time.monotonic() - began:.1f} s", flush=True)


def kill_during_copy(op: Operation) -> None:
    """The next command comes while VirtualBox still copies for the one that was killed."""
    op.begin(host)
    before = host.settled()
    proxy.reset()
    proxy.rules([{"do": "hang-after", "method": op.first}])
    process = host.start(*op.words, url=proxy.url)
    proxy.waiting()
    process.kill()
    finish(process)
    ok(host.soap.call("IVirtualBox_getProgressOperations", host.soap.vbox),
       f"{op.what}: killed while the copy goes on")
    result = host.cloud("node", "list")
    wrong = judge(result, before, host.settled(), host.settled() == before)
    ok(not wrong, "the host is as it was before", wrong)


def big_operations() -> list[Operation]:
    """Commands whose copies take a moment."""
    big = host.folder.parent / "big.hdd"
    with open(big, "wb") as file:
        for _ in range(BIG_BYTES >> 20):
            file.write(os.urandom(1 << 20))
    host.must("image", "import", f"host:{big}", "--name", "big")
    words = [word if word != IMAGE else "big" for word in CREATE]
    return [Operation("node create, copying", (*words, "--no-start"), is_created("PoweredOff"),
                      first="IMedium_resizeAndCloneTo"),
            Operation("image import, copying", ("image", "import", f"host:{big}", "--name", "i"),
                      is_imported, first="IMedium_cloneToBase")]


words = sys.argv[1:]
disks, wanted = "--disks" in words, next((word for word in words if word != "--disks"), "")
with Host("killed") as host, Proxy(host.url) as proxy:
    every = operations(host, disks)
    clean, clean_virtualbox = host.settled(), host.in_virtualbox()
    for each in every:
        if wanted in each.what:
            kill(each)
    clear(host)
    ok(host.in_virtualbox() == clean_virtualbox, "VBoxManage sees nothing that was not there before",
       host.in_virtualbox())
    for each in big_operations():
        if wanted in each.what:
            kill_during_copy(each)
done()
