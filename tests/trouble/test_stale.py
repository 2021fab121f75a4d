#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No list is stale. Writers change machines through web sessions, VBoxManage and the command; machines
are made and removed, started, killed and snapshotted, their disks resized; the service restarts,
sessions end, listeners overflow. Meanwhile one process lists, and each value whose writer's call had
returned before the list began must be in it: the last such value, or one that was being written since.

STALE_SECONDS says for how long (make check-stale: ten minutes), STALE_SEED which changes.
"""
from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lister import ALL, TABLE, Failed, Listed, Lister, resize
from trouble import Fault, Host, Proxy, Soap, between, done, ok, skip_all

SECONDS = int(os.environ.get("STALE_SECONDS", "40"))
SEED = int(os.environ.get("STALE_SEED", random.randrange(1 << 32)))
MACHINES = 6  # of each writer
GONE = "gone"  # as the value of being there


@dataclass
class Write:
    """A value, from when it may be seen, and from when it must."""
    value: str
    began: float
    ended: float | None = None


@dataclass
class Truth:
    """All that was written of each value of each machine, in order: each has one writer."""
    writes: dict[tuple[str, str], list[Write]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, id_: str, key: str, value: str) -> None:
        self.writes[id_, key] = [Write(value, 0, 0)]

    def begin(self, id_: str, **values: str) -> list[Write]:
        with self.lock:
            made = [Write(value, time.monotonic()) for value in values.values()]
            for key, write in zip(values, made):
                self.writes[id_, key].append(write)
            return made

    def end(self, made: list[Write]) -> None:
        with self.lock:
            for write in made:
                write.ended = time.monotonic()

    def allowed(self, id_: str, key: str, began: float, ended: float) -> set[str]:
        """What a list may say that began and ended then."""
        with self.lock:
            values: set[str] = set()
            for write in self.writes[id_, key]:
                if write.ended is not None and write.ended <= began:
                    values = set()
                if write.began <= ended:
                    values.add(write.value)
            return values


class Writer(threading.Thread):
    """Changes machines of its own until it is told to stop."""

    def __init__(self, host: Host, truth: Truth, seed: int):
        super().__init__(daemon=True)
        self.host, self.truth, self.random = host, truth, random.Random(seed)
        self.stop, self.pause = threading.Event(), threading.Event()
        self.idle = threading.Event()
        self.count, self.failures = 0, Counter[str]()
        self.ids: list[str] = []
        self._soap: Soap | None = None

    @property
    def soap(self) -> Soap:
        if not self._soap:
            self._soap = Soap(self.host.url)
        return self._soap

    def run(self) -> None:
        while not self.stop.is_set():
            if self.pause.is_set():
                self.idle.set()
                self._soap = None
                time.sleep(0.05)
                continue
            self.idle.clear()
            try:
                self.change()
                self.count += 1
            except (Fault, OSError, RuntimeError) as error:
                self.failures[str(error)[:80]] += 1
                self._soap = None
            time.sleep(self.random.random() * 0.1)
        self.idle.set()

    def change(self) -> None:
        raise NotImplementedError

    def word(self) -> str:
        return self.random.choice(["plain", "a < b & c", "\u6f22\U0001f600"]) + f" {self.random.random()}"


class OverSoap(Writer):
    """Through a web session of its own: name, description, memory, CPUs, an adapter; and machines that
    come and go."""

    def prepare(self) -> None:
        for i in range(MACHINES):
            self.make(f"soap{i}-{id(self)}")

    def make(self, name: str) -> None:
        soap = self.soap
        machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="", name=name, platform="x86",
                           osTypeId="Linux_64", flags="")
        id_ = soap.one("IMachine_getId", machine)
        memory = soap.one("IMachine_getMemorySize", machine)
        values = {"there": "there", "name": name, "description": "", "cpus": "1_cpu",
                  "memory": f"{memory}_ram", "adapter": "nat"}
        written = self.truth.begin(id_, **values)
        soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
        self.truth.end(written)
        self.ids.append(id_)

    def remove(self) -> None:
        id_ = self.ids.pop(self.random.randrange(len(self.ids)))
        soap = self.soap
        machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=id_)
        written = self.truth.begin(id_, there=GONE)
        soap.call("IMachine_unregister", machine, cleanupMode="DetachAllReturnNone")
        self.truth.end(written)

    def set(self, id_: str) -> None:
        soap = self.soap
        machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=id_)
        session = soap.one("IWebsessionManager_getSessionObject", refIVirtualBox=soap.vbox)
        soap.call("IMachine_lockMachine", machine, session=session, lockType="Write")
        try:
            mutable = soap.one("ISession_getMachine", session)
            cpus, memory = self.random.randrange(1, 5), self.random.randrange(4, 512)
            kind = self.random.choice(["NAT", "Internal", "Bridged", "Null"])
            text = self.word()
            adapter = soap.one("IMachine_getNetworkAdapter", mutable, slot=0)
            soap.call("INetworkAdapter_setAttachmentType", adapter, attachmentType=kind)
            soap.call("IMachine_setDescription", mutable, description=text)
            soap.call("IMachine_setCPUCount", mutable, CPUCount=cpus)
            soap.call("IMachine_setMemorySize", mutable, memorySize=memory)
            written = self.truth.begin(id_, description=text, cpus=f"{cpus}_cpu",
                                       memory=f"{memory}_ram",
                                       adapter={"Null": "none"}.get(kind, kind.lower()))
            soap.call("IMachine_saveSettings", mutable)
            self.truth.end(written)
        finally:
            soap.call("ISession_unlockMachine", session)

    def change(self) -> None:
        chance = self.random.random()
        if chance < 0.05 and len(self.ids) > 2:
            self.remove()
        elif chance < 0.1 or not self.ids:
            self.make(f"soap-{self.random.random()}")
        else:
            self.set(self.random.choice(self.ids))


class OverManage(Writer):
    """With VBoxManage, which is another process each time; it takes snapshots as well."""

    def prepare(self) -> None:
        for i in range(MACHINES // 2):
            name = f"manage{i}"
            said = self.host.manage("createvm", "--name", name, "--register")
            id_ = next(line for line in said.splitlines() if line.startswith("UUID")).split()[-1]
            self.truth.known(id_, "there", "there")
            self.ids.append(id_)

    def change(self) -> None:
        id_, chance = self.random.choice(self.ids), self.random.random()
        if chance < 0.2:
            self.host.manage("snapshot", id_, "take", f"s{self.random.random()}")
            return
        if chance < 0.3:
            memory = str(self.random.randrange(4, 512))
            written = self.truth.begin(id_, memory=f"{memory}_ram")
            self.host.manage("modifyvm", id_, "--memory", memory)
        else:
            text = self.word()
            written = self.truth.begin(id_, description=text)
            self.host.manage("modifyvm", id_, "--description", text)
        self.truth.end(written)


class OverCommand(Writer):
    """Nodes of ours: tags, names, descriptions, whether they run, and, by VBoxManage, their disks' sizes."""

    def prepare(self) -> None:
        for i in range(2):
            id_ = self.host.create("--no-start", name=f"node{i}")
            self.truth.known(id_, "there", "there")
            self.truth.known(id_, "name", f"node{i}")
            self.truth.known(id_, "state", "PoweredOff")
            self.truth.known(id_, "disk", "1_disk")
            self.ids.append(id_)

    def must(self, id_: str, *words: str, passing: str = "", **values: str) -> None:
        """A command that writes these values; `passing`: a state that the node is in until it has."""
        written = self.truth.begin(id_, state=passing) if passing else []
        written += self.truth.begin(id_, **values)
        self.host.must("node", *words)
        self.truth.end(written)

    def grow(self, id_: str) -> None:
        gib = int(self.truth.writes[id_, "disk"][-1].value.split("_")[0]) + 1
        written = self.truth.begin(id_, disk=f"{gib}_disk")
        resize(self.host, id_, gib << 10)
        self.truth.end(written)

    def kill(self, id_: str) -> None:
        """The process of a virtual machine; its end must be seen when VirtualBox has told of it once."""
        pids = [int(line.split()[0]) for line in self.host.vboxhost("pids").splitlines()]
        pid = next(pid for pid in pids if id_ in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))
        written = self.truth.begin(id_, state="Aborted")
        os.kill(pid, signal.SIGKILL)
        machine = self.soap.one("IVirtualBox_findMachine", self.soap.vbox, nameOrId=id_)
        for _ in range(600):
            if self.soap.one("IMachine_getState", machine) == "Aborted":
                return self.truth.end(written)
            time.sleep(0.05)
        raise RuntimeError("VirtualBox has not seen that a machine's process was killed")

    def change(self) -> None:
        id_, chance, word = self.random.choice(self.ids), self.random.random(), self.word()
        running = self.truth.writes[id_, "state"][-1].value == "Running"
        if chance < 0.3:
            self.must(id_, "tag", id_, f"t={word}", tags=f"t={word};")
        elif chance < 0.6:
            self.must(id_, "set-description", id_, word, description=word)
        elif chance < 0.7 and not running:
            self.grow(id_)
        elif chance < 0.8 and not running:
            self.must(id_, "rename", id_, word, name=word)
        elif running and self.random.random() < 0.5:
            self.kill(id_)
        elif running:
            self.must(id_, "stop", "--force", id_, passing="Stopping", state="PoweredOff")
        else:
            self.must(id_, "start", id_, passing="Starting", state="Running")


KEYS: dict[str, Callable[[Listed], str]] = {
    "name": lambda node: node.name, "description": lambda node: node.description,
    "cpus": lambda node: node.size.split("-")[0], "memory": lambda node: node.size.split("-")[1],
    "disk": lambda node: node.size.split("-")[2],
    "state": lambda node: node.state, "tags": lambda node: node.tags,
    "adapter": lambda node: node.adapters.split(",")[1] if node.adapters else "",
}
NOT_IN_TABLE = {"description", "adapter", "disk"}


def compare(truth: Truth, nodes: dict[str, Listed], began: float, ended: float, fields: int,
            stale: list[object]) -> int:
    """How many values were compared."""
    compared = 0
    for id_, key in list(truth.writes):
        node, first = nodes.get(id_), truth.writes[id_, key][0]
        if first.ended is None or first.ended > began:
            continue  # it had no value yet that is known here, or was not there
        if key == "there":
            value = "there" if node else GONE
        elif not node or (fields != ALL and key in NOT_IN_TABLE):
            continue
        elif key == "disk" and node.state not in ("PoweredOff", "Aborted"):
            continue  # in use, so that VirtualBox may itself have its old size
        else:
            value = KEYS[key](node)
        compared += 1
        allowed = truth.allowed(id_, key, began, ended)
        if value not in allowed:
            stale.append((id_, key, value, allowed, began, ended, truth.writes[id_, key][-4:]))
    return compared


class Troubles(threading.Thread):
    """What happens to the host and to sessions while lists go on."""

    def __init__(self, host: Host, proxy: Proxy, writers: list[Writer], seed: int):
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.host, self.proxy, self.writers = host, proxy, writers
        self.random, self.met = random.Random(seed), Counter[str]()

    def restart(self) -> None:
        """Of the service, with the writers at rest: it ends what they are at."""
        for writer in self.writers:
            writer.pause.set()
        for writer in self.writers:
            writer.idle.wait(120)
        self.host.restart("--only-sessions")
        for writer in self.writers:
            writer.pause.clear()

    def overflow(self) -> None:
        soap = Soap(self.host.url)
        for i in range(1100):
            if self.stop.is_set():
                return
            soap.call("IVirtualBox_setExtraData", soap.vbox, key="test/stale", value=str(i))

    def expire(self) -> None:
        """The lister's web session, as after its time."""
        self.proxy.rules([{"method": "IMachine_setGuestProperty", "nth": 1, "do": "stale"}])

    def drop(self) -> None:
        self.proxy.rules([{"method": "IEventSource_getEvent", "nth": self.random.randrange(1, 4), "do": "fault",
                           "result": "0x80bb0001", "text": "Listener was never registered"}])

    def crawl(self) -> None:
        """Calls that take long let more happen between them."""
        self.proxy.rules([{"method": method, "nth": nth, "do": "delay", "ms": 300}
                          for method in ("IVirtualBox_getMachineStates", "IEventSource_getEvent")
                          for nth in (1, 2)])

    def run(self) -> None:
        while not self.stop.wait(self.random.uniform(2, 6)):
            self.meet()

    def meet(self) -> None:
        chosen = self.random.choices([self.restart, self.overflow, self.expire, self.drop, self.crawl],
                                     weights=[1, 1, 4, 4, 4])[0]
        self.met[chosen.__name__] += 1
        chosen()


def list_on(lister: Lister, seed: int, truth: Truth, stale: list[object]) -> tuple[int, int, int]:
    """Until the time is over: how many lists, failures and values."""
    lists = failures = values = 0
    until, chance = time.monotonic() + SECONDS, random.Random(seed)
    while time.monotonic() < until:
        fields = chance.choice([ALL, ALL, TABLE])
        began = time.monotonic()
        try:
            nodes = lister.ask(f"{chance.choice(['list', 'list', 'poll'])} {fields}")
        except Failed as error:
            failures += 1
            print(f"# {error}")
            time.sleep(0.5)
            continue
        lists += 1
        values += compare(truth, nodes, began, time.monotonic(), fields, stale)
        time.sleep(chance.random() * 0.3)
    return lists, failures, values


def main() -> None:
    print(f"# STALE_SEED={SEED}")
    with Host("stale") as host, Proxy(host.url) as proxy:
        host.put_image()
        truth, stale = Truth(), []  # type: tuple[Truth, list[object]]
        writers: list[Writer] = [OverSoap(host, truth, SEED), OverSoap(host, truth, SEED + 1),
                                 OverManage(host, truth, SEED + 2), OverCommand(host, truth, SEED + 3)]
        for writer in writers:
            writer.prepare()  # type: ignore[attr-defined]
            writer.start()
        troubles = Troubles(host, proxy, writers, SEED + 4)
        troubles.start()
        with Lister(host, proxy.url) as lister:
            lists, failures, values = list_on(lister, SEED + 5, truth, stale)
        for thread in (troubles, *writers):
            thread.stop.set()
        for thread in (troubles, *writers):
            thread.join(120)
        changes = sum(writer.count for writer in writers)
        print(f"# troubles: {dict(troubles.met)}")
        print(f"# writers' failures: {[dict(writer.failures) for writer in writers]}")
        ok(not stale, f"{lists} lists during {changes} changes, {values} values compared: "
                      f"{len(stale)} stale", *stale[:10])
        ok(lists > 5 and changes > 50, f"{lists} lists, {changes} changes")
        ok(failures <= troubles.met["restart"] * 20, f"{failures} lists failed, of a host that restarted")


if between.HOW:
    skip_all("it restarts the host itself")
signal.signal(signal.SIGALRM, signal.SIG_DFL)
main()
done()
