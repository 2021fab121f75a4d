# SPDX-License-Identifier: Apache-2.0
"""The commands that change port forwards and networks, as operations.py has the others."""
from __future__ import annotations

from collections.abc import Callable

from disk_operations import START, only
from operation import Operation
from trouble import IMAGE, SIZE, Host, State

NODE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
ADD = ("forward", "add", "n", "8080:80")


def forwards_are(names: set[str]) -> Callable[[State, State], bool]:
    """Those of the one node, each with a reservation of its port."""
    def check(_: State, after: State) -> bool:
        ports = {key.split("/")[3] for key in after.extra if key.startswith("libcloud/port/")}
        return ({each.split(",")[0] for each in after.forwards} == names and
                {each.split(",")[3] for each in after.forwards} == ports)
    return check


def network_operations(_: Host) -> list[Operation]:
    """All of them, for operations.py."""
    return [
        Operation("forward add", ADD, forwards_are({"ssh", "tcp-80"}), only(NODE),
                  first="IMachine_lockMachine"),
        Operation("forward add, running", ADD, forwards_are({"ssh", "tcp-80"}), only(NODE, START),
                  first="IMachine_lockMachine"),
        Operation("forward delete", ("forward", "delete", "n", "ssh"), forwards_are(set()),
                  only(NODE), first="IMachine_lockMachine", undone=False),
    ]
