#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hosts whose service dies, is restarted, forgets its sessions, or has somebody else at work."""
from __future__ import annotations

import json
import os
import re
import time

from trouble import IMAGE, SIZE, Host, Proxy, done, fails, is_fine, ok


def node_state(host: Host, node: str) -> str:
    return json.loads(host.cloud("node", "show", node, "--output", "json").out or "{}").get("state", "")


def test_locked(host: Host) -> None:
    """A lock that another program holds is waited for, then explained; it is not broken."""
    soap = host.soap
    node = host.create("--no-start", name="locked")
    session = soap.one("IWebsessionManager_getSessionObject", refIVirtualBox=soap.vbox)
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node)
    soap.call("IMachine_lockMachine", machine, session=session, lockType="Write")
    for words in (("destroy",), ("start",)):
        fails(host.cloud("node", *words, "--timeout", "3", node), 6, r"locked.*process \d+",
              f"node {words[0]}: a machine that is locked by another program")
    ok(soap.one("IMachine_getSessionState", machine) == "Locked", "its lock was not touched")
    started = time.monotonic()
    waiting = host.start("node", "destroy", node)
    time.sleep(0.5)
    soap.call("ISession_unlockMachine", session)
    out, err = waiting.communicate(timeout=60)
    ok(waiting.returncode == 0 and time.monotonic() - started < 30,
       "a lock that is given back in time is waited for", out, err)


def test_running_elsewhere(host: Host) -> None:
    """A machine that another tool has started is ours to stop all the same."""
    node = host.create("--no-start", name="elsewhere")
    host.manage("startvm", node, "--type", "headless")
    ok(node_state(host, node) == "running", "a node that VBoxManage started is running")
    is_fine(host.cloud("node", "stop", "--force", node), "and can be stopped")
    is_fine(host.cloud("node", "destroy", node), "and destroyed")


def test_forgotten(host: Host) -> None:
    """A web session that times out between two calls of one command."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IVirtualBox_getMachines", "do": "delay", "ms": 6000}])
        result = host.cloud("node", "list", "--output", "json", url=proxy.url)
        methods = proxy.calls()["by_method"]
        ok(result.status == 0 and methods["IWebsessionManager_logon"] == 2,
           "a list whose session is forgotten logs on again", result, methods)
        proxy.reset()
        proxy.rules([{"method": "IMachine_setMemorySize", "do": "delay", "ms": 6000}])
        before = host.state()
        result = host.cloud("node", "create", "n", "--image", IMAGE, "--size", SIZE, url=proxy.url)
        ok(result.status != 0 and result.out == "" and "forgotten" in result.err,
           "a create whose session is forgotten says so", result)
    is_fine(host.cloud("node", "list"), "the next command")
    host._soap = None  # our own session is forgotten too
    ok(not host.state().against(before), "finds nothing left", host.state().against(before))


def test_restarted(host: Host) -> None:
    node = host.create(name="survivor")
    ok(node_state(host, node) == "running", "a node runs")
    host.vboxhost("kill-svc")
    seen = [host.cloud("node", "list") for _ in range(3)]
    for result in seen:
        fails(result, 4, r"(?i)broken|refused|died|closed|answer", "VBoxSVC was killed")
    check = host.cloud("host", "check")
    ok(check.status in (1, 4) and re.search("restart", check.out), "host check names the cure", check)
    host.restart()
    ok(node_state(host, node) == "stopped", "after a restart the node is stopped")
    is_fine(host.cloud("node", "start", node), "and can be started again")
    host.restart()
    is_fine(host.cloud("node", "destroy", node), "a restart again, and it is destroyed")
    ok(not host.state().machines, "nothing is left", host.state())


def test_restarted_between_calls(host: Host) -> None:
    """vboxwebsrv and VBoxSVC are restarted while a command is at work."""
    with Proxy(host.url) as proxy:
        for method, words in (("IVirtualBox_getMachines", ("node", "list")),
                              ("IMedium_resizeAndCloneTo",
                               ("node", "create", "n", "--image", IMAGE, "--size", SIZE))):
            proxy.reset()
            proxy.rules([{"method": method, "do": "delay", "ms": 20000}])
            process = host.start(*words, url=proxy.url)
            while method not in proxy.calls()["by_method"] and process.poll() is None:
                time.sleep(0.05)
            host.restart()
            out, err = process.communicate(timeout=120)
            if words[1] == "list":
                ok(process.returncode == 0, "a list is made again on the new service", out, err)
            else:
                ok(process.returncode != 0 and out == "" and
                   err.splitlines()[-1].startswith("vboxcloud: cannot create node 'n': "),
                   "a create fails with one sentence", out, err)
    is_fine(host.cloud("node", "list"), "the next command")
    state = host.state()
    ok(not state.machines and not [k for k in state.extra if k.startswith("libcloud/")],
       "finds nothing left", state)


def test_gone(host: Host) -> None:
    pids = [int(line.split()[0]) for line in host.vboxhost("pids").splitlines()]
    host.vboxhost("down")
    fails(host.cloud("node", "list"), 4, "cannot connect", "nothing listens")
    check = host.cloud("host", "check")
    ok(check.status == 4 and "cannot connect" in check.out, "host check says so", check)
    ok(not [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")], "the host is down")


with Host("hosts", "--session-timeout", "3") as short:
    short.put_image()
    test_forgotten(short)
with Host("hosts") as host:
    host.put_image()
    test_locked(host)
    test_running_elsewhere(host)
    test_restarted(host)
    test_restarted_between_calls(host)
    test_gone(host)
done()
