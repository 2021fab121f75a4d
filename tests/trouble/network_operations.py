# SPDX-License-Identifier: Apache-2.0
"""The commands that change port forwards and networks, as operations.py has the others."""
from __future__ import annotations

from collections.abc import Callable

from disk_operations import START, only
from operation import Operation
from trouble import IMAGE, SIZE, Host, State

NODE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
NETWORK = ("network", "create", "lab", "--cidr", "10.77.0.0/24")
ADD = ("forward", "add", "n", "8080:80")


def forwards_are(names: set[str]) -> Callable[[State, State], bool]:
    """Those of the one node, each with a reservation of its port."""
    def check(_: State, after: State) -> bool:
        ports = {key.split("/")[3] for key in after.extra if key.startswith("libcloud/port/")}
        return ({each.split(",")[0] for each in after.forwards} == names and
                {each.split(",")[3] for each in after.forwards} == ports)
    return check


def networks_are(*names: str) -> Callable[[State, State], bool]:
    """The NAT networks, and the adapters of the one node; their forwards are as reserved."""
    def check(_: State, after: State) -> bool:
        ports = [key for key in after.extra if key.startswith("libcloud/port/")]
        return after.networks == set(names) and len(after.forwards) == len(ports)
    return check


def network_operations(host: Host) -> list[Operation]:
    """All of them, for operations.py."""
    def no_network(_: Host) -> None:
        only()(host)
        for name in host.state().networks:
            host.must("network", "delete", name)

    def one_network(_: Host) -> None:
        no_network(host)
        host.must(*NETWORK)

    def node_alone(_: Host) -> None:
        no_network(host)
        host.must(*NODE)

    return [
        Operation("network create", NETWORK, networks_are("lab"), no_network),
        Operation("network delete", ("network", "delete", "lab"), networks_are(), one_network,
                  first="IVirtualBox_findNATNetworkByName", undone=False),
        Operation("network attach", ("network", "attach", "n", "internal"),
                  networks_are("adapter 0: NAT", "adapter 1: Internal"), node_alone,
                  first="IMachine_lockMachine", undone=False),
        Operation("network detach", ("network", "detach", "n", "--adapter", "0"), networks_are(),
                  node_alone, first="IMachine_lockMachine", undone=False),
        Operation("forward add", ADD, forwards_are({"ssh", "tcp-80"}), only(NODE),
                  first="IMachine_lockMachine"),
        Operation("forward add, running", ADD, forwards_are({"ssh", "tcp-80"}), only(NODE, START),
                  first="IMachine_lockMachine"),
        Operation("forward delete", ("forward", "delete", "n", "ssh"), forwards_are(set()),
                  only(NODE), first="IMachine_lockMachine", undone=False),
    ]
