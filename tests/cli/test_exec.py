#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commands in several nodes, whose guests a real sshd stands for, each where a port is forwarded from.

Guests of their own are logged in to in test_login.py; they take minutes to boot where they are interpreted.
"""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack
from typing import Any

from cli import HOME, Result, done, fails, finish, host_env, is_fine, ok, run, skip_all, start
from hosts import ask, cloud, tiny_image, unique
from sshd import Sshd, client, find_sshd

SIZE = "1_cpu-64_ram-1_disk"
# What each says is its port, and its status is its place among them.
SCRIPT = ("set -- $SSH_CONNECTION; echo out $4; printf 'err %s' $4 >&2; "
          "i=0; for p in {}; do [ $p = $4 ] && exit $i; i=$((i + 1)); done")


class Nodes:
    """Nodes that do not run, with a server at the port of each."""

    def __init__(self, image: str) -> None:
        made = [ask("node", "create", unique(f"n{i}"), "--image", image, "--size", SIZE, "--no-start")
                for i in range(3)]
        self.names = [node["name"] for node in made]
        self.ids = [node["id"] for node in made]
        self.ports = [node["forwards"][0]["host_port"] for node in made]
        me = subprocess.run(["id", "-un"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
        self.login = ("--no-wait", "--user", me, "--identity", str(HOME / "key"))
        self.env = host_env() | client(HOME)

    def exec(self, *words: str, **options: Any) -> Result:
        return run("node", "exec", *words, env=self.env, **options)


def test_statuses(nodes: Nodes) -> None:
    names, ports = nodes.names, nodes.ports
    script = SCRIPT.format(" ".join(map(str, ports)))
    result = nodes.exec(*names, *nodes.login, "--", script)
    ok(sorted(result.out.splitlines()) == sorted(f"{name}: out {port}" for name, port in zip(names, ports)),
       "each line has its node's name", result)
    lines = result.err.splitlines()
    ok(all(f"{name}: err {port}" in lines for name, port in zip(names, ports)), "a line without an end, too", lines)
    ok(all(f"vboxcloud: node '{name}': exit status {i}" in lines for i, name in enumerate(names)),
       "each status is told", lines)
    ok(result.status == 1 and lines[-1] == "vboxcloud: it failed in 2 of 3 nodes: "
       f"'{names[1]}' (exit status 1), '{names[2]}' (exit status 2)", "and those that failed are named", result)
    is_fine(nodes.exec(*names, names[0], *nodes.login, "--quiet", "--", "cat"), "all is well, and nothing to read", "")
    result = nodes.exec(nodes.ids[0], names[1], *nodes.login, "--", "exit 0")
    ok(result.status == 0 and f"node '{nodes.ids[0]}': exit status 0" in result.err, "by id", result)


def test_one(nodes: Nodes) -> None:
    process = start("node", "exec", nodes.names[0], *nodes.login, "--", "cat; exit 9", env=nodes.env,
                    stdin=subprocess.PIPE)
    process.stdin.write("through\n")
    result = finish(process)
    ok(result.status == 9 and result.out == "through\n",
       "of one node input, output and exit status are the command's", result)
    fails(nodes.exec(nodes.names[0], "uptime"), 2, "takes nodes, --, and a command", "without --")
    fails(nodes.exec("--", "uptime", "now"), 2, "takes nodes, --, and a command", "without a node")
    fails(nodes.exec("nobody", *nodes.login, "--", "true"), 3, "there is no node 'nobody'", "no node")


def test_missing(nodes: Nodes) -> None:
    result = nodes.exec("nobody", nodes.names[1], *nodes.login, "--", "echo here")
    ok(result.status == 1 and result.out == f"{nodes.names[1]}: here\n" and
       result.err.splitlines()[-1] == "vboxcloud: it failed in 1 of 2 nodes: 'nobody' (not reached)",
       "one that is not there does not hold the others up", result)
    result = nodes.exec(*nodes.names[:2], "--no-wait", "--user", "nobodyhere", "--", "true")
    ok(result.status == 1 and result.err.count("ssh ended with 255") == 2, "who cannot log in is told so", result)
    result = nodes.exec(nodes.names[0], "--timeout", "1", "--", "true")
    ok(result.status == 6 and "it is not running" in result.err, "a node that does not run is not waited for", result)


def test_interrupted(nodes: Nodes) -> None:
    process = start("node", "exec", *nodes.names[:2], *nodes.login, "--", "echo begun; sleep 300", env=nodes.env)
    begun = [process.stdout.readline() for _ in range(2)]
    before = time.monotonic()
    process.send_signal(signal.SIGTERM)
    result = finish(process)
    ok(all("begun" in line for line in begun) and result.status == 1 and time.monotonic() - before < 60,
       "SIGTERM ends it in all nodes", begun, result)


def test_among_hosts(nodes: Nodes) -> None:
    """ssh takes over when the hosts that were asked are left, all of them once."""
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[host here]\nurl = {os.environ['VBOXCLOUD_HOST']}\n[host gone]\nurl = http://127.0.0.1:1\n")
    env = nodes.env | {"VBOXCLOUD_HOST": "all"}
    for name in (f"here:{nodes.names[2]}", nodes.names[2]):
        for words in (("exec", name, *nodes.login, "--", "echo in; exit 7"), ("ssh", *nodes.login, name, "echo in; exit 7")):
            result = run("node", *words, env=env)
            ok((result.status, result.out) == (7, "in\n"), f"node {words[0]} of {name} on one of several hosts", result)
    path.write_text("".join(f"[host {name}]\nurl = {os.environ['VBOXCLOUD_HOST']}\n" for name in ("one", "two")))
    first, second = f"one:{nodes.names[0]}", f"two:{nodes.names[1]}"
    result = run("node", "exec", first, second, first, *nodes.login, "--", "echo in", env=env)
    ok(result.status == 0 and sorted(result.out.splitlines()) == [f"{first}: in", f"{second}: in"] and
       f"vboxcloud: node '{second}': exit status 0" in result.err.splitlines(), "in nodes on several hosts, each with its host's name", result)
    result = run("node", "exec", first, second, "--timeout", "1", "--", "true", env=env)
    ok(result.status == 1 and "vboxcloud: one: cannot reach node" in result.err and
       result.err.splitlines()[-1] == f"vboxcloud: it failed in 2 of 2 nodes: '{first}' (not reached), '{second}' (not reached)", "errors, too", result)
    path.unlink()


def main() -> None:
    program = find_sshd()
    if not program or not shutil.which("ssh"):
        skip_all("there is no ssh and sshd here")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("the host is another machine")
    image = unique("tiny")
    ask("image", "import", tiny_image(), "--name", image)
    nodes = Nodes(image)
    with ExitStack() as servers:
        for name, port in zip(nodes.names, nodes.ports):
            servers.enter_context(Sshd(program, HOME / name, port))
        test_statuses(nodes)
        test_one(nodes)
        test_missing(nodes)
        test_among_hosts(nodes)
        test_interrupted(nodes)
    is_fine(cloud("node", "destroy", *nodes.ids), "destroyed", "")
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
