#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of one process after another: what they cost, what they leave, and what may go wrong with the
events that they rest on. That no list is stale is test_stale.py's.
"""
from __future__ import annotations

import os
import re
import signal
from collections import Counter
from pathlib import Path

from lister import ALL, NAME, TABLE, Listed, Lister, resize
from trouble import IMAGE, Host, Proxy, done, ok

WARM = 6  # calls of a list when nothing was changed, however many machines there are
OWN = 13  # calls of the first list for a node of ours with a disk and a forward
FENCE = "IMachine_setGuestProperty"
ALL_AND_MORE = 25  # of a machine that was changed: its events, and reading it anew


def make_machines(host: Host, n: int, prefix: str) -> list[str]:
    """Of another tool; their ids."""
    soap, ids = host.soap, []
    for i in range(n):
        machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="",
                           name=f"{prefix}{i}", platform="x86", osTypeId="Linux_64", flags="")
        soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
        ids.append(soap.one("IMachine_getId", machine))
    return ids


def change(host: Host, id_: str, text: str) -> None:
    """Sets a machine's description, in a web session that is not the lists'."""
    soap = host.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=id_)
    session = soap.one("IWebsessionManager_getSessionObject", refIVirtualBox=soap.vbox)
    soap.call("IMachine_lockMachine", machine, session=session, lockType="Write")
    mutable = soap.one("ISession_getMachine", session)
    soap.call("IMachine_setDescription", mutable, description=text)
    soap.call("IMachine_saveSettings", mutable)
    soap.call("ISession_unlockMachine", session)


def spent(proxy: Proxy, lister: Lister, words: str = f"list {ALL}") -> tuple[dict[str, Listed], Counter[str]]:
    """The nodes, and the calls; those are left out that VirtualBox answers as if there were no event,
    as it now and then does although there is one."""
    proxy.reset()
    nodes = lister.ask(words)
    calls = Counter(proxy.calls()["order"])
    calls["IEventSource_getEvent"] = min(calls["IEventSource_getEvent"], calls["IEvent_getType"])
    return nodes, calls


def test_costs(host: Host, proxy: Proxy, n: int) -> None:
    ids = make_machines(host, n, f"m{n}-")
    with Lister(host, proxy.url) as lister:
        first, cold = spent(proxy, lister)
        ok(set(ids) <= first.keys(), f"{n} machines more are listed", len(first))
        more = cold.total() / len(first)
        ok(more < 10, f"the first list of {len(first)}: {more:.2f} calls for each", cold)
        for fields in (ALL, TABLE, NAME):
            nodes, warm = spent(proxy, lister, f"list {fields}")
            ok(nodes.keys() == first.keys() and warm.total() <= WARM,
               f"{len(first)} machines, none changed: {warm.total()} calls", warm)
        change(host, ids[0], "one")
        nodes, warm = spent(proxy, lister)
        ok(nodes[ids[0]].description == "one" and warm.total() <= WARM + ALL_AND_MORE,
           f"one changed: {warm.total()} calls", warm)
        for id_ in ids[:5]:
            change(host, id_, "five")
        nodes, warm = spent(proxy, lister)
        ok(all(nodes[id_].description == "five" for id_ in ids[:5]) and
           warm.total() <= WARM + 5 * ALL_AND_MORE, f"five changed: {warm.total()} calls", warm)
        nodes, warm = spent(proxy, lister)
        ok(warm.total() <= WARM, f"and then none: {warm.total()} calls", warm)


def spent_cold(host: Host, proxy: Proxy) -> Counter[str]:
    with Lister(host, proxy.url) as lister:
        return spent(proxy, lister)[1]


def test_own(host: Host, proxy: Proxy) -> None:
    """A node of ours with a disk: its size is another when the disk is resized, of which an event tells
    since VirtualBox 7.0."""
    soap = host.soap
    most = WARM + (2 if soap.one("IVirtualBox_getAPIVersion", soap.vbox) < "7_0" else 0)
    before = spent_cold(host, proxy)
    id_ = host.create("--no-start")
    cold = spent_cold(host, proxy) - before
    ok(cold.total() <= OWN, f"a node with a disk and a forward, cold: {cold.total()} calls", cold)
    with Lister(host, proxy.url) as lister:
        lister.list()
        _, warm = spent(proxy, lister)
        ok(warm.total() <= most, f"a stopped node with a disk: {warm.total()} calls", warm)
        _, warm = spent(proxy, lister, f"list {TABLE}")
        ok(warm.total() <= most, f"in the table: {warm.total()} calls", warm)
        for gib in range(2, 10):
            resize(host, id_, gib << 10)
            ok(lister.list()[id_].size.endswith(f"-{gib}_disk"), f"another program resizes it to {gib} GiB")
        host.must("node", "resize", id_, "--size", "1_cpu-64_ram-10_disk")
        ok(lister.list()[id_].size.endswith("-10_disk"), "it is resized")
        host.must("image", "update", IMAGE, "--username", "debian")
        host.must("node", "rebuild", id_, IMAGE)
        built = lister.list()[id_]
        ok((built.username, built.size[-8:]) == ("debian", "-10_disk"), "it is rebuilt", built)
        node, warm = spent(proxy, lister)
        ok(node[id_] == built and warm.total() <= most, f"and then as it was: {warm.total()} calls", warm)
        host.must("node", "start", id_)
        ok(lister.list()[id_].state == "Running", "it runs")
        _, warm = spent(proxy, lister)
        ok(warm.total() <= WARM, f"while it runs: {warm.total()} calls", warm)
        host.must("node", "stop", "--force", id_)
        ok(lister.list()[id_].state == "PoweredOff", "it is stopped")
        host.must("node", "destroy", id_)
        ok(id_ not in lister.list(), "it is destroyed")


def test_polls(host: Host, proxy: Proxy) -> None:
    """A handle for each list costs what one costs that is kept."""
    with Lister(host, proxy.url) as lister:
        spent(proxy, lister, f"poll {ALL}")
        _, calls = spent(proxy, lister, f"poll {ALL}")
        ok(calls.total() <= WARM, f"a handle for each list: {calls.total()} calls", calls)
        nodes, calls = spent(proxy, lister, f"threads 16 {ALL}")
        ok(len(nodes) and calls[FENCE] <= 16, f"16 threads at once, {calls[FENCE]} fences", calls)
        nodes, calls = spent(proxy, lister, f"fork {ALL}")
        ok(len(nodes) and calls["IWebsessionManager_logon"] == calls["IWebsessionManager_logoff"] == 1,
           "a child lists in a session of its own and ends that", calls)
        _, calls = spent(proxy, lister)
        ok(calls.total() <= WARM, "its parent's is as it was", calls)
        proxy.reset()
    ok(proxy.calls()["by_method"].get("IWebsessionManager_logoff") == 1,
       "the end of the program logs off", proxy.calls())


def fails_once(host: Host, proxy: Proxy, what: str, rule: dict[str, object]) -> None:
    """A list that meets trouble with its events is right all the same, and so are those after it."""
    id_ = next(iter(host.state().machines))
    with Lister(host, proxy.url) as lister:
        lister.list()
        change(host, id_, what)
        proxy.rules([rule])
        ok(lister.list()[id_].description == what, f"{what}: the list is right")
        ok(proxy.calls()["fired"] == [1] or "every" in rule, f"{what}: it was met", proxy.calls()["fired"])
        proxy.reset()
        change(host, id_, what + ", later")
        ok(lister.list()[id_].description == what + ", later", f"{what}: so is the next")
        lister.list()
        _, calls = spent(proxy, lister)
        ok(calls.total() <= WARM, f"{what}: later ones are cheap again", calls)


def test_failures(host: Host, proxy: Proxy) -> None:
    fault = {"do": "fault", "result": "0x80bb0001"}
    fails_once(host, proxy, "the listener was dropped",
               {"method": "IEventSource_getEvent", "nth": 1, "text": "Listener was never registered",
                **fault})
    fails_once(host, proxy, "the fence cannot be set", {"method": FENCE, "nth": 1, **fault})
    fails_once(host, proxy, "the connection breaks", {"method": "IEventSource_getEvent", "nth": 1,
                                                      "do": "close"})
    fails_once(host, proxy, "an event is gone", {"method": "IMachineEvent_getMachineId", "nth": 1, **fault})
    fails_once(host, proxy, "the session is forgotten", {"method": FENCE, "nth": 1, "do": "stale"})


def test_no_fence(host: Host, proxy: Proxy) -> None:
    """A host whose user may not make machines, and one whose events never come."""
    id_ = next(iter(host.state().machines))
    refuse = {"method": "IVirtualBox_createMachine", "do": "fault", "result": "0x80070005",
              "text": "no", "every": True}
    with Lister(host, proxy.url) as lister:
        proxy.rules([refuse])
        for text in ("cold", "colder"):
            change(host, id_, text)
            ok(lister.list()[id_].description == text, f"without a machine to fence with: {text}")
        ok(proxy.calls()["fired"] == [1], "the host is asked for one once", proxy.calls()["fired"])
    proxy.reset()


def test_overflow(host: Host) -> None:
    """More changes than a listener may leave unread."""
    id_ = next(iter(host.state().machines))
    with Lister(host) as lister:
        lister.list()
        for i in range(1200):
            host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key="test/x", value=str(i))
        change(host, id_, "after a flood")
        ok(lister.list()[id_].description == "after a flood", "after 1,200 changes")
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key="test/x", value="")


def test_left(host: Host) -> None:
    """What the lists of a program leave, when it is killed, and before."""
    before, folder = host.state(), host.folder
    settings = next(Path(folder).parent.rglob("VirtualBox.xml"))
    text = settings.read_bytes()
    lister = Lister(host)
    for _ in range(20):
        lister.list()
    ok(not host.state().against(before), "twenty lists leave nothing on the host", host.state().against(before))
    ok(settings.read_bytes() == text, "VirtualBox has written no settings")
    seen = host.manage("list", "vms")
    ok(len(seen.splitlines()) == len(before.machines), "nobody sees a machine more", seen)
    found = host.must("gc", "--dry-run").out
    ok(not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", found), "gc finds nothing", found)
    os.kill(lister.process.pid, signal.SIGKILL)
    lister.process.wait()
    ok(not host.state().against(before), "nor does one that is killed")
    with Lister(host) as another:
        ok(len(another.list()) == len(before.machines), "and the next lists as ever")


def test_memory(host: Host) -> None:
    with Lister(host) as lister:
        ids = list(lister.list())[:10]
        sizes = []
        for i in range(4):
            for k in range(40):
                change(host, ids[k % len(ids)], f"{i} {k}")
                lister.list()
            sizes.append(lister.resident_kib())
        growth = [after - before for before, after in zip(sizes, sizes[1:])]
        ok(min(growth) < 256, f"memory stops growing: {growth} KiB more after each 40 lists")


def test_watch(host: Host) -> None:
    """A watch does not tell of fences."""
    watch = host.start("watch")
    assert watch.stdout
    watch.stdout.readline()
    with Lister(host) as lister:
        for _ in range(5):
            lister.list()
        id_ = next(iter(lister.list()))
    change(host, id_, "watched")
    told = watch.stdout.readline()
    ok("node.changed" in told and id_ in told, "a watch tells of a change, and of no fence before", told)
    watch.send_signal(signal.SIGINT)
    watch.communicate()


with Host("inventory") as the_host, Proxy(the_host.url) as the_proxy:
    the_host.put_image()
    test_costs(the_host, the_proxy, 20)
    test_costs(the_host, the_proxy, 40)
    test_own(the_host, the_proxy)
    test_polls(the_host, the_proxy)
    test_failures(the_host, the_proxy)
    test_no_fence(the_host, the_proxy)
    test_overflow(the_host)
    test_left(the_host)
    test_memory(the_host)
    test_watch(the_host)
done()
