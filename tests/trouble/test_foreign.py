#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Volumes on machines that other tools have made: IDE alone, no controller at all, a full one."""
from __future__ import annotations

import json

from trouble import Host, done, fails, is_fine, ok


def device(volume: str) -> str:
    """Where it is attached."""
    shown = json.loads(host.cloud("volume", "show", volume, "--output", "json").out)
    return str(shown["device"])


def make_machine(name: str, *controller: str) -> None:
    """A machine of VBoxManage's, with an empty drive at its controller's first place."""
    host.manage("createvm", "--name", name, "--register", "--ostype", "Linux_64")
    if controller:
        host.manage("storagectl", name, "--name", "C", *controller)
        host.manage("storageattach", name, "--storagectl", "C", "--port", "0", "--device", "0",
                    "--type", "dvddrive", "--medium", "emptydrive")


def test_ide() -> None:
    for volume, place in zip(volumes, ("C 0:1", "C 1:0", "C 1:1", "SATA volumes 0:0")):
        is_fine(host.cloud("volume", "attach", volume, "ide"), "attach to a machine with IDE", "")
        ok(device(volume) == place, f"at {place}", device(volume))
    is_fine(host.cloud("node", "start", "ide"), "it runs with them")
    fails(host.cloud("volume", "detach", "v0"), 6, "C 0:1", "what is at IDE cannot be pulled")
    is_fine(host.cloud("volume", "detach", "v3"), "what is at SATA can", "")
    is_fine(host.cloud("node", "stop", "--force", "ide"), "it stops")
    for volume in volumes:
        is_fine(host.cloud("volume", "detach", volume), "detach", "")


def test_none() -> None:
    is_fine(host.cloud("node", "start", "none"), "a machine without controllers runs")
    fails(host.cloud("volume", "attach", "v0", "none"), 6, "SATA", "there is no place while it runs")
    is_fine(host.cloud("node", "stop", "--force", "none"), "it stops")
    is_fine(host.cloud("volume", "attach", "v0", "none"), "attach gives it a controller", "")
    ok(device("v0") == "SATA volumes 0:0", "of its own", device("v0"))


def test_full() -> None:
    is_fine(host.cloud("volume", "attach", "v1", "full"), "attach to a full controller", "")
    ok(device("v1") == "C 1:0", "gives it a port", device("v1"))


volumes = [f"v{n}" for n in range(4)]
with Host("foreign") as host:
    for each in volumes:
        is_fine(host.cloud("volume", "create", each, "--size", "1", "--dynamic"), f"volume {each}")
    make_machine("ide", "--add", "ide")
    make_machine("none")
    make_machine("full", "--add", "sata", "--portcount", "1")
    test_ide()
    test_none()
    test_full()
    is_fine(host.cloud("node", "destroy", "ide", "none", "full"), "the machines go")
    is_fine(host.cloud("volume", "destroy", *volumes), "the volumes have stayed, and go")
    ok(host.manage("list", "hdds").strip() == "", "no disk is left")
done()
