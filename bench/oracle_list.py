#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oracle_list.py ROUNDS: the same four things of each machine as zeep_list.py, over Oracle's own
bindings for Python, in the process of the caller, on VirtualBox's own machine.

Prints a line when the first list is there, then milliseconds for each of ROUNDS more: "warm 310.2".
"""
from __future__ import annotations

import sys
import time

from vboxapi import VirtualBoxManager


def list_nodes(manager, vbox) -> list[tuple]:
    return [(machine.state, machine.getExtraData("libcloud_size"), machine.id, machine.name)
            for machine in manager.getArray(vbox, "machines")]


def main() -> None:
    manager = VirtualBoxManager(None, None)
    vbox = manager.getVirtualBox()
    print(f"first, {len(list_nodes(manager, vbox))} nodes", flush=True)
    for _ in range(int(sys.argv[1])):
        began = time.monotonic()
        list_nodes(manager, vbox)
        print("warm", (time.monotonic() - began) * 1000, flush=True)


main()
