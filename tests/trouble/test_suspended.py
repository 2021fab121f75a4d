#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node that is suspended while VirtualBox fails to write its settings, as it does now and then, is
suspended also after a restart of the host."""
from __future__ import annotations

from trouble import IMAGE, SIZE, Host, Proxy, done, is_fine, ok


def state() -> str:
    return next(line.split()[1] for line in host.must("node", "show", "n").out.splitlines()
                if line.startswith("state "))


with Host("suspended") as host, Proxy(host.url) as proxy:
    host.put_image()
    host.must("node", "create", "n", "--image", IMAGE, "--size", SIZE)
    settings = next(host.folder.glob("*/*.vbox"))
    forgets = ["sed", "--in-place", 's/ stateFile="[^"]*"//', str(settings)]
    proxy.rules([{"method": "IProgress_getResultCode", "do": "fault"},
                 {"method": "IMachine_lockMachine", "nth": 2, "do": "meanwhile", "command": forgets}])
    is_fine(host.cloud("node", "suspend", "n", url=proxy.url), "a node is suspended")
    ok(proxy.calls()["fired"] == [1, 1], "VirtualBox failed, and its settings lacked the state",
       proxy.calls()["fired"])
    ok("libcloud/written" not in settings.read_text(), "nothing else is left in them")
    host.restart("--quick")
    ok(state() == "suspended", "it is suspended after a restart", state())
    is_fine(host.cloud("node", "resume", "n"), "and can be resumed")
    ok(state() == "running", "then it runs", state())
done()
