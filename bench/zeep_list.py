#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""zeep_list.py ROUNDS: the original driver's list_nodes, call for call, over zeep.

That driver (2017) spoke through a SOAP library that no Python of today has; zeep is what programs
of its kind use now. Prints a line when the first list is there, as a command would, then
milliseconds for each of ROUNDS more, "warm 1100.2", and what the processor did for it here,
"cpu 900.1"; at last what it did for each in the processes of the host that BENCH_PIDS names,
"service 150", and the memory of this one in KiB: "memory 60000".
"""

from __future__ import annotations

import os
import resource
import sys
import time

import zeep

BINDING = "{http://www.virtualbox.org/}vboxBinding"


def open_driver(url: str):
    """What its constructor did; the WSDL is the host's own."""
    client = zeep.Client(url + "/?wsdl")
    service = client.create_service(BINDING, url + "/")
    vbox = service.IWebsessionManager_logon("", "")
    service.IHost_getProcessorCount(service.IVirtualBox_getHost(vbox))
    service.IHost_getMemorySize(service.IVirtualBox_getHost(vbox))
    properties = service.IVirtualBox_getSystemProperties(vbox)
    service.ISystemProperties_getDefaultMachineFolder(properties)
    return service, vbox


def list_nodes(service, vbox: str) -> list[dict]:
    nodes = []
    for machine in service.IVirtualBox_getMachines(vbox):
        nodes.append({
            "state": service.IMachine_getState(machine),
            "size": service.IMachine_getExtraData(machine, "libcloud_size"),
            "id": service.IMachine_getId(machine),
            "name": service.IMachine_getName(machine),
        })
    return nodes


def service_ms() -> float:
    """As the kernel counts it."""
    ticks = 0
    for pid in filter(None, os.environ.get("BENCH_PIDS", "").split(",")):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    service, vbox = open_driver(os.environ["VBOXCLOUD_HOST"])
    rounds = int(sys.argv[1])
    print(f"first, {len(list_nodes(service, vbox))} nodes", flush=True)
    before = service_ms()
    for _ in range(rounds):
        began, cpu = time.monotonic(), time.process_time()
        list_nodes(service, vbox)
        print("warm", (time.monotonic() - began) * 1000)
        print("cpu", (time.process_time() - cpu) * 1000, flush=True)
    if rounds:
        print("service", (service_ms() - before) / rounds)
    service.IWebsessionManager_logoff(vbox)
    print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


main()
