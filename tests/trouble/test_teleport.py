#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A teleport whose calls to either host fail in turn, of which a run of the tests takes a sample
(tests/sample.py).

After each failure, and one more command on either host, the node runs on one of them, whole and
with its volume, and the other has nothing of them; it never is on both, and its settings keep its disk. Modes: "fault"
(VirtualBox says no), "cut" (a call is made, but its answer is lost) and "killed" (the program ends
while it waits for the answer). With an argument, only the modes that have it in their names, or
"alone" for what is tried apart from them.

One thing may be left: of a machine that was opened, when the answer was lost, VirtualBox knows the
disks as long as the lost web session lives, or the next teleport needs them.
"""
from __future__ import annotations

import base64
import json
import os
import sys
import time

from operation import Call, Operation
from trouble import IMAGE, Host, Proxy, State, done, finish, ok, sample, wait_past_bios

SAID = {"fault": "Injected by the test proxy", "cut": "connection"}
JOURNAL = ("libcloud/lock/", "libcloud/doing/", "libcloud/turn/")
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
            taken = sample.of(calls, lambda call, way=(side, mode): f"{way}, {call.name}")
            wrong = [complaint for call in taken if (complaint := run(side, mode, call))]
            ok(not wrong, f"{mode} at {len(taken)} of {len(calls)} calls to the {side}", *wrong)
            print(f"# {side}, {mode}: {time.monotonic() - began:.1f} s", flush=True)


def running(*words: str, name: str) -> str:
    """Another node on the first host, which runs; its id."""
    id_ = here.create("--no-start", "--linked", name=name)
    for each in words:
        here.must(*each.replace("NODE", id_).split())
    here.must("node", "start", id_)
    wait_past_bios(id_, here.env)
    return id_


def needs_image(what: str, id_: str) -> None:
    """That the first host knows that the node, which is on the other, needs the image."""
    gone = here.must("gc", "--output", "json")
    result = here.cloud("image", "delete", BASE)
    ok(f"lent/{BASE}/{id_}" not in gone.out and result.status == 6 and id_ in result.err,
       f"{what}: the image is needed", gone, result)


def test_merge() -> None:
    """The disk that is linked to the image is another after a snapshot went."""
    id_ = running("snapshot create --node NODE s1", name="merge")
    here.must("node", "teleport", id_, "--to", there.url)
    there.must("node", "stop", "--force", id_)
    soap = there.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=id_)
    disk = soap.one("IMachine_getMedium", machine, name="SATA", controllerPort="0", device="0")
    io = soap.one("IMedium_openForIO", disk, writable="true", password="")
    for at in range(7):
        soap.call("IMediumIO_write", io, offset=str(at << 20),
                  data=base64.b64encode(os.urandom(1 << 20)).decode())
    soap.call("IMediumIO_close", io)
    there.must("snapshot", "delete", "--node", id_, "s1")
    ok(not (here.folder / id_ / f"{id_}.vdi").exists(), "VirtualBox merged into the larger disk")
    needs_image("after a merge", id_)
    there.must("node", "destroy", id_)


def test_snapshot_disk() -> None:
    """Only a snapshot has the disk that is linked to the image."""
    id_ = here.create("--no-start", "--linked", name="bare")
    here.must("snapshot", "create", "--node", id_, "s1")
    here.manage("storageattach", id_, "--storagectl", "SATA", "--port", "0", "--device", "0",
                "--medium", "none")
    here.must("node", "start", id_)
    wait_past_bios(id_, here.env)
    here.must("node", "teleport", id_, "--to", there.url)
    needs_image("a snapshot's disk is linked to it", id_)
    there.must("node", "destroy", id_)
    there.must("gc")
    ok(BASE not in there.manage("list", "hdds"), "gc makes the other host forget the image")


def test_settings_beside_disks() -> None:
    """Settings in the machine folder itself: all other disks there are not the node's."""
    here.manage("createvm", "--name", "loose", "--ostype", "Linux_64", "--register")
    here.manage("modifyvm", "loose", "--memory", "64")
    here.manage("unregistervm", "loose")
    (here.folder / "loose/loose.vbox").rename(here.folder / "loose.vbox")
    here.manage("registervm", str(here.folder / "loose.vbox"))
    there.must("volume", "create", "theirs", "--size", "1", "--dynamic")
    here.must("volume", "create", "ours", "--size", "1", "--dynamic")
    known = [disks_of(host) for host in (here, there)]
    here.must("node", "start", "loose")
    wait_past_bios("loose", here.env)
    here.must("node", "teleport", "loose", "--to", there.url)
    there.must("node", "teleport", "loose", "--to", here.url)
    ok([disks_of(host) for host in (here, there)] == known, "each host knows the disks it knew",
       known, here.manage("list", "hdds"), there.manage("list", "hdds"))
    here.must("node", "destroy", "loose")
    here.must("volume", "destroy", "ours")
    there.must("volume", "destroy", "theirs")


def disks_of(host: Host) -> list[str]:
    """The disks that a host knows."""
    return host.in_virtualbox()[1]


def test_not_sent() -> None:
    """The program ends before the node is sent, and another tool unregisters it: its volume stays."""
    id_ = running("volume create w --size 1 --dynamic", "volume attach w NODE", name="lost")
    for each in proxies.values():
        each.reset()
    proxies["target"].rules([{"do": "hang-after", "method": "IVirtualBox_openMachine", "nth": 1}])
    process = here.start("node", "teleport", id_, "--to", target.url)
    proxies["target"].waiting(60)
    process.kill()
    process.wait()
    here.manage("controlvm", id_, "poweroff")
    here.settled()
    here.manage("unregistervm", id_)
    for host in here, there:
        host.must("node", "list")
    here.must("gc")  # opens it again: VirtualBox closed it with the node
    volumes = here.must("volume", "list", "--output", "json")
    ok([each["name"] for each in json.loads(volumes.out)] == ["w"],
       "a volume of a node that never went stays", volumes)
    ok(not there.state().machines and not any("libcloud/doing/" in key for host in (here, there)
                                 for key in host.state().extra), "and nobody works on it")


def kill_sending(id_: str, do: str) -> None:
    """Ends the program when it has told the first host to send the node, or was about to."""
    for each in proxies.values():
        each.reset()
    proxies["source"].rules([{"do": do, "method": "IConsole_teleport"}])
    process = here.start("node", "teleport", id_, "--to", target.url, url=source.url)
    proxies["source"].waiting(60)
    process.kill()
    process.wait()


def test_service_ends() -> None:
    """VirtualBox forgets with its service that it gave a machine away, or that one is to come."""
    id_ = running("volume create w --size 1 --dynamic", "volume attach w NODE", name="ends")
    kill_sending(id_, "hang")
    there.restart("--quick")
    for host in there, here:
        host.must("node", "list")
    ok(here.settled().machines[id_][1] == "Running" and id_ not in there.settled().machines,
       "not sent, and the other host's service ends: it stays", here.state(), there.state())
    kill_sending(id_, "hang-after")
    while here.state().machines[id_][1] != "Teleported":
        time.sleep(0.1)
    here.restart("--quick")
    for host in here, there:
        host.must("node", "list")
    ok(there.settled().machines[id_][1] == "Running" and id_ not in here.settled().machines,
       "sent, and this host's service ends: it went", here.state(), there.state())
    volumes = there.must("volume", "list", "--output", "json")
    ok([each["name"] for each in json.loads(volumes.out)] == ["w"], "with its volume", volumes)
    there.must("node", "destroy", id_)
    there.must("volume", "destroy", "w")


wanted = sys.argv[1] if len(sys.argv) > 1 else ""
with Host("teleport") as here, Host("teleport-to") as there, Proxy(here.url) as source, \
        Proxy(there.url) as target:
    proxies = {"source": source, "target": target}
    there.manage("setproperty", "machinefolder", str(here.folder))
    there.folder = here.folder
    BASE = here.put_image()
    here.soap.call("IVirtualBox_setExtraData", here.soap.vbox, key=f"libcloud/image/{BASE}",
                   value=json.dumps({"name": IMAGE}))
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
    if wanted in "alone":
        test_merge()
        test_snapshot_disk()
        test_settings_beside_disks()
        test_service_ends()
        test_not_sent()
done()
