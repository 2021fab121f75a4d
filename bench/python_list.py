#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""python_list.py ROUNDS: list_nodes of the Python driver, as a program that uses it would.

Prints a line when the first list is there, and then for each of ROUNDS more milliseconds of
list_nodes ("driver 61.0"), of the extension's call in it ("extension 60.1"), of that with no more
than the original driver asked for ("names 20.2"), of what the processor did for the first two
("driver-cpu 12.0", "extension-cpu 11.0"), and of a driver that is made, lists, and is dropped
("poll 63.5"); at last the memory of the process ("memory 30000", KiB).
"""
from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "python"))

import libcloud_virtualbox

libcloud_virtualbox.__path__.append(os.environ["BENCH_BUILD"] + "/python")  # the extension

from libcloud_virtualbox._vboxcloud import NODE_NAME, Host
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

URL = os.environ["VBOXCLOUD_HOST"]


def new_driver() -> VirtualBoxNodeDriver:
    parts = urlsplit(URL)
    return VirtualBoxNodeDriver(parts.hostname or "", parts.port or 18083)


def sample(what: str, work: Callable[[], object]) -> None:
    began, cpu = time.monotonic(), time.process_time()
    work()
    print(what, (time.monotonic() - began) * 1000)
    print(f"{what}-cpu", (time.process_time() - cpu) * 1000, flush=True)


def main() -> None:
    driver = new_driver()
    print(f"first, {len(driver.list_nodes())} nodes", flush=True)
    host = Host(URL)
    host.node_list()
    for _ in range(int(sys.argv[1])):
        sample("driver", driver.list_nodes)
        sample("extension", host.node_list)
        sample("names", lambda: host.node_list(NODE_NAME))
    host.close()
    del driver
    for _ in range(int(sys.argv[1])):
        sample("poll", lambda: new_driver().list_nodes())
    print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


main()
