#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Twelve clients at once for a host with room for four nodes, in fifty rounds: never more than four
have room, at no instant, though clients are killed at any time; and nothing is left of these.

The host is watched meanwhile past the library. The machines are told by one call, so they are those of
one instant; a claim that is held before that call and after it was held then. In each second round
nobody is killed, and then just four get a node. Of the rounds a run of the tests takes a sample
(tests/sample.py). With a number: that many rounds, and a table of them."""
from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from trouble import HOME, IMAGE, Host, Soap, done, finish, ok, sample, start

ROUNDS, CLIENTS, ROOM = 50, 12, 4
REFUSED = "no host can take it: vb1: 0 of 4 CPUs free, 1 asked"
CLAIM, DOING = "libcloud/claim/", "libcloud/doing/"


class Watcher(threading.Thread):
    """Looks at the host without a pause."""

    def __init__(self, url: str):
        super().__init__()
        self.soap = Soap(url)
        self.over = threading.Event()
        self.ids: dict[str, str] = {}
        self.looks = self.most = self.most_machines = 0

    def held(self) -> set[str]:
        """The nodes whose claims are held."""
        keys = self.soap.call("IVirtualBox_getExtraDataKeys", self.soap.vbox)
        return ({key.removeprefix(CLAIM) for key in keys if key.startswith(CLAIM)} &
                {key.removeprefix(DOING) for key in keys if key.startswith(DOING)})

    def identify(self, machine: str) -> str:
        if machine not in self.ids:
            try:
                self.ids[machine] = self.soap.one("IMachine_getId", machine)
            except Exception:  # it is gone, and was there
                return machine
        return self.ids[machine]

    def look(self) -> None:
        before = self.held()
        machines = self.soap.call("IVirtualBox_getMachines", self.soap.vbox)
        both = before & self.held()
        there = {self.identify(machine) for machine in machines}
        self.looks += 1
        self.most = max(self.most, len(there | both))
        self.most_machines = max(self.most_machines, len(machines))

    def run(self) -> None:
        while not self.over.is_set():
            self.look()


@dataclass
class Round:
    """What came of one."""
    number: int
    killed: int = 0
    made: int = 0
    refused: int = 0
    nodes: int = 0  # there are at the end
    most: int = 0
    looks: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)


def clients_run(host: Host, chance: random.Random, deaths: int, pace: float) -> list[tuple[str, subprocess.Popen[str]]]:
    """All of them, of which some are killed; those that were are called so. pace: how long the last round took."""
    clients = [start("node", "create", f"c{i}", "--image", IMAGE, "--size", "1_cpu-64_ram-1_disk", "--no-start", "-o", "json",
                     env=host.env | {"VBOXCLOUD_HOST": "lab"}) for i in range(CLIENTS)]
    fates = {i: chance.uniform(0.02, 0.9) * pace for i in chance.sample(range(CLIENTS), deaths)}
    began, killed = time.monotonic(), set()
    for i, after in sorted(fates.items(), key=lambda fate: fate[1]):
        time.sleep(max(0.0, began + after - time.monotonic()))
        if clients[i].poll() is None:
            clients[i].kill()
            killed.add(i)
    return [("killed" if i in killed else "", client) for i, client in enumerate(clients)]


def judge(one: Round, host: Host, names: set[str]) -> None:
    """After one more command, which puts right what the dead have left."""
    listed = host.cloud("node", "list", "-o", "json")
    there = {node["name"] for node in json.loads(listed.out)} if listed.out else set()
    state = host.state()
    one.nodes = len(state.machines)
    left = [key for key in state.extra if key.startswith((CLAIM, DOING, "libcloud/lock/", "libcloud/turn/"))]
    for wrong, what in ((listed.status, f"list: {listed.err}"), (left, f"left: {left}"),
                        (not names <= there, f"lost: {names - there}"), (one.most > ROOM, f"{one.most} at once"),
                        (one.nodes > ROOM, f"{one.nodes} nodes"), (len(there) != one.nodes, f"no nodes: {state.machines}"),
                        (one.made + one.killed < ROOM, f"{one.made} made, {one.killed} killed"),
                        (not one.killed and one.made != ROOM, f"{one.made} made")):
        if wrong:
            one.wrong.append(what)


def play(number: int, host: Host, pace: float) -> Round:
    chance = random.Random(number)
    one, began = Round(number), time.monotonic()
    watcher = Watcher(host.url)
    watcher.start()
    names = set()
    for i, (fate, client) in enumerate(clients_run(host, chance, chance.randrange(1, 7) if number % 2 else 0, pace)):
        result = finish(client)
        if fate:
            one.killed += 1
        elif result.status == 0:
            one.made += 1
            names.add(f"c{i}")
        elif REFUSED in result.err and result.status == 1:
            one.refused += 1
        else:
            one.wrong.append(f"{result.status}: {result.err}")
    watcher.over.set()
    watcher.join()
    one.most, one.looks, one.seconds = watcher.most, watcher.looks, time.monotonic() - began
    judge(one, host, names)
    ids = list(host.state().machines)
    if ids:
        host.cloud("node", "destroy", *ids)
    return one


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with Host("claims") as host:
        host.put_image()
        cpus = json.loads(host.cloud("host", "show", "-o", "json").out)["cpus"]
        path = HOME / ".config/vboxcloud/config.ini"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[host vb1]\nurl = {host.url}\n[fleet lab]\nhosts = vb1\ncpu_overcommit = {ROOM / cpus}\nmemory_overcommit = 100\n")
        clean = host.state()
        taken = sample.of(range(number), lambda i: f"claims {i}")
        print("# round  killed  made  refused  nodes  most at once  looks  seconds")
        pace = 1.0
        for i in taken:
            one = play(i, host, pace)
            pace = one.seconds
            print(f"# {one.number:5}  {one.killed:6}  {one.made:4}  {one.refused:7}  {one.nodes:5}  {one.most:12}  {one.looks:5}  {one.seconds:7.1f}")
            ok(not one.wrong, f"round {i}: of {CLIENTS} clients, {one.killed} of which are killed, never more than {ROOM} have room", one.wrong)
        state = host.state()
        ok(state == clean, "nothing is left", state.against(clean))
    done()


main()
