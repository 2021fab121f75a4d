#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A teleport whose calls to either host fail in turn.

After each failure, and one more command on either host, the node runs on one of them, whole and
with its volume, and the other has nothing of them; it never is on both, and its settings keep its disk. Modes: "fault"
(VirtualBox says no), "cut" (a call is made, but its answer is lost) and "killed" (the program ends
while it waits for the answer). With an argument, only the modes that have it in their names.

One thing may be left: of a machine that was opened, when the answer was lost, VirtualBox knows the
disks as long as the lost web session lives, or the next teleport needs them.
"""
from __future__ import annotations

import json
import sys
import time

from operation import Call, Operation
from trouble import Host, Proxy, State, done, finish, ok, wait_past_bios

SAID = {"fault": "Injected by the test proxy", "cut": "connection"}
JOURNAL = ("libcloud/lock/", "libcloud/doing/")
FIRST = "IVirtualBox_setExtraData"  # the first call of interest, to either host


def keys(state: State) -> set[str]:
    """What a node, its volume, a lock or work in progress is known by."""
    return {key for key in state.extra if key.startswith(("libcloud/node/", "libcloud/port/",
                                                          "libcloud/volume/", *JOURNAL))}


def disks(state: State) -> set[str]:
    return {path for path in state.media if NODE in path or path.startswith("volumes/")}


def on(host: Host) -> bool:
    return NODE in host.state().machines


def come_home() -> None:
    """The node runs on the first host."""
    if on(there) and not on(here):
        there.must("node", "teleport", NODE, "--to", here.url)
    here.must("node", "start", NODE)
    wait_past_bios(NODE, here.env)


def judge(mode: str, status: int, said: str, before: State, known: set[str]) -> list[str]:
    """What is wrong, after each host had one more command; `known` disks may be, on the target."""
    wrong = []
    for host in here, there:
        if host.cloud("node", "list").status:
            wrong.append("the next command failed")
    stays, left = here.settled(), there.settled()
    where = (NODE in stays.machines, NODE in left.machines)
    if where == (True, False):
        wrong += stays.against(before)
    if where == (False, True) and left.machines[NODE][1:] != ("Running", "Locked"):
        wrong.append(f"it came, and is {left.machines[NODE]}")
    if where[0] == where[1]:
        wrong.append("it is on both hosts" if where[0] else "it is nowhere")
    for has, state in zip(where, (stays, left)):
        media = disks(state) - (known if state is left else set())
        if has and not any(VOLUME in key for key in state.extra):
            wrong.append("its volume is none where it is")
        if not has and (keys(state) or media):
            wrong.append(f"left behind: {keys(state) or media}")
    if SETTINGS.read_text().count("<HardDisk ") != 2:
        wrong.append("the node's settings have lost one of its disks")
    if status == 0 and where != (False, True):
        wrong.append("claims to be done")
    if status > 0 and SAID[mode] not in said:
        wrong.append("does not say what failed")
    return wrong + ([said] if wrong else [])


def run(side: str, mode: str, call: Call) -> str:
    """What was wrong when this call failed."""
    come_home()
    before, known = here.settled(), set(there.state().media)
    for each in proxies.values():
        each.reset()
    proxies[side].rules([call.rule("hang-after" if mode == "killed" else mode)])
    process = here.start(*WORDS, url=proxies["source"].url)
    while mode == "killed" and process.poll() is None:
        try:
            proxies[side].waiting(0.2)
            process.kill()
            process.wait()
        except TimeoutError:
            pass  # it has not come so far yet
    result = finish(process)
    if proxies[side].calls()["fired"] != [1]:
        return ""  # this time it waited less often
    if call.method == "IVirtualBox_openMachine" and mode != "fault":
        known = set(there.state().media)
    wrong = judge(mode, result.status, result.err, before, known)
    return f"{call}: {'; '.join(wrong)[:600]}" if wrong else ""


def torture() -> None:
    """Lets it succeed once, to count its calls, and then fail at each of them."""
    result = here.cloud(*WORDS, url=proxies["source"].url)
    orders = {side: each.calls()["order"] for side, each in proxies.items()}
    ok(result.status == 0 and on(there) and not on(here), "a teleport past two proxies", result)
    op = Operation("", WORDS, lambda *_: True, first=FIRST)
    for side in proxies:
        for mode in "fault", "cut", "killed":
            if wanted not in f"{side}, {mode}":
                continue
            began = time.monotonic()
            calls = op.interesting(orders[side]) if mode == "fault" else op.changing(orders[side])
            wrong = [complaint for call in calls if (complaint := run(side, mode, call))]
            ok(not wrong, f"{mode} at each of {len(calls)} calls to the {side}", *wrong)
            print(f"# {side}, {mode}: {time.monotonic() - began:.1f} s", flush=True)


wanted = sys.argv[1] if len(sys.argv) > 1 else ""
with Host("teleport") as here, Host("teleport-to") as there, Proxy(here.url) as source, \
        Proxy(there.url) as target:
    proxies = {"source": source, "target": target}
    there.manage("setproperty", "machinefolder", str(here.folder))
    there.folder = here.folder
    here.put_image()
    NODE = here.create("--no-start")
    here.must("volume", "create", "v", "--size", "1", "--dynamic")
    here.must("volume", "attach", "v", NODE)
    VOLUME = json.loads(here.must("volume", "show", "v", "--output", "json").out)["id"]
    SETTINGS = here.folder / NODE / f"{NODE}.vbox"
    WORDS = ("node", "teleport", NODE, "--to", target.url)
    come_home()
    torture()
    come_home()
    here.must("node", "destroy", NODE)
    here.must("volume", "destroy", VOLUME)
    ok(not keys(here.state()) and not keys(there.state()), "nothing is left on either host")
done()
