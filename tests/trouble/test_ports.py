#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ports of the host: no two clients get the same, those of other tools' machines are left alone,
those of other programs are noticed, and what is reserved for nobody is found and given back.
"""
from __future__ import annotations

import json
import socket
from typing import Any

from trouble import IMAGE, SIZE, Host, done, fails, finish, is_fine, ok

NOBODY = "00000000-0000-4000-8000-000000000000"
NODES = 5


def ask(*words: str) -> Any:
    """What a command says."""
    return json.loads(host.must(*words, "--output", "json").out)


def reservations() -> list[tuple[str, str]]:
    """The ports that are reserved, and for whom."""
    keys = (key.split("/") for key in host.state().extra if key.startswith("libcloud/port/"))
    return sorted((f"{protocol}/{port}", node) for _, _, protocol, port, node in keys)


def reserve(port: int, node: str) -> None:
    """Writes a reservation as a program would."""
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox,
                   key=f"libcloud/port/tcp/{port}/{node}", value="{}")


def test_programs() -> list[str]:
    """Several programs at once, each of which wants a port."""
    programs = [host.start("node", "create", f"n{i}", "--image", IMAGE, "--size", SIZE, "--no-start")
                for i in range(NODES)]
    results = [finish(program) for program in programs]
    ok(all(result.status == 0 for result in results), "several programs make nodes at once", *results)
    nodes = ask("node", "list")
    ports = {node["forwards"][0]["host_port"] for node in nodes}
    ok(len(ports) == NODES, "each node has a port of its own", ports)
    programs = [host.start("forward", "add", f"n{i}", "8080:80") for i in range(NODES)]
    statuses = sorted(finish(program).status for program in programs)
    ok(statuses in ([0] + [6] * (NODES - 1), [6] * NODES), "at most one gets the port that all want",
       statuses)
    all_forwards = ask("forward", "list")
    ports = {each["host_port"] for each in all_forwards}
    ok(len(ports) == len(all_forwards) == len(reservations()), "what is reserved is forwarded")
    for each in all_forwards:
        if each["host_port"] == 8080:
            host.must("forward", "delete", each["node"], each["name"])
    return [node["id"] for node in sorted(nodes, key=lambda node: node["name"])]


def test_foreign() -> None:
    port = ask("forward", "add", "n0", "81")["host_port"]
    host.must("forward", "delete", "n0", "tcp-81")
    host.manage("createvm", "--name", "theirs", "--register", "--ostype", "Linux_64")
    host.manage("modifyvm", "theirs", "--nic3", "nat")
    host.manage("modifyvm", "theirs", "--natpf3", f"x,tcp,,{port},,80")
    fails(host.cloud("forward", "add", "n0", f"{port}:81"), 6, "another tool",
          "a port that another tool's machine forwards")
    ok(ask("forward", "add", "n0", "81")["host_port"] != port, "is not chosen")
    is_fine(host.cloud("forward", "add", "n0", f"{port}:81", "--udp"), "its number is free for UDP")
    ok({"node", "name", "host_port"} <= set(ask("forward", "list", "theirs")[0]),
       "forwards of another tool's machines are listed")
    host.manage("unregistervm", "theirs", "--delete")


def listen(port: int = 0) -> socket.socket:
    """Has a port of the loopback address, as any program may."""
    program = socket.socket()
    program.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    program.bind(("127.0.0.1", port))
    program.listen()
    return program


def forwards(node: str) -> dict[str, int]:
    """The ports of the host that a node's forwards have."""
    return {each["name"]: each["host_port"] for each in ask("forward", "list", node)}


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_programs_ports() -> None:
    """VirtualBox says that all is well."""
    before = forwards("n2")
    with listen(before["ssh"]), listen() as other:
        taken = other.getsockname()[1]
        host.must("forward", "add", "n2", f"{taken}:80")
        started = host.cloud("node", "start", "n2")
        is_fine(started, "start a node two of whose ports other programs have")
        ok("'tcp-80'" in started.err and f"port {taken}" in started.err and
           started.err.count("warning") == 1, "it warns of the one that the user chose", started)
        after = forwards("n2")
        ok(after["tcp-80"] == taken and after["ssh"] != before["ssh"] and answers(after["ssh"]),
           "the other is another port now", before, after)
        host.must("forward", "delete", "n2", "tcp-80")
        fails(host.cloud("forward", "add", "n2", f"{taken}:80"), 6, "another program",
              "add one to the running node")
        fails(host.cloud("node", "create", "m", "--image", IMAGE, "--size", SIZE, "--forward",
                         f"{taken}:80"), 6, "another program", "create a node with one")
        ok("m" not in [node["name"] for node in ask("node", "list")], "there is none then")
        fails(host.cloud("forward", "add", "n2", "80", "--host-ip", "192.0.2.1"), 6, "192.0.2.1",
              "add one from an address that the host has not")
    ok(forwards("n2") == {"ssh": after["ssh"]} and
       [port for port, node in reservations() if node == ids[2]] == [f"tcp/{after['ssh']}"],
       "what was refused is neither forwarded nor reserved", forwards("n2"), reservations())
    host.must("node", "stop", "--force", "n2")


def test_leftovers(node: str) -> None:
    before = reservations()
    reserve(8081, NOBODY)
    reserve(8082, NOBODY)
    reserve(8083, node)
    found = {each["id"]: each["text"] for each in ask("gc", "--dry-run") if each["kind"] == "port"}
    ok(set(found) == {f"tcp/8081/{NOBODY}", f"tcp/8082/{NOBODY}", f"tcp/8083/{node}"} and
       "gone" in found[f"tcp/8081/{NOBODY}"] and "not use" in found[f"tcp/8083/{node}"],
       "gc finds what is reserved for nobody, and what is not used", found)
    ok(len(reservations()) == len(before) + 3, "and only tells of it")
    is_fine(host.cloud("forward", "add", "n1", "8081:82"), "a port of a node that is gone can be had")
    host.must("forward", "delete", "n1", "tcp-82")
    is_fine(host.cloud("gc"), "gc")
    ok(reservations() == before and ask("gc", "--dry-run") == [], "removes them, and no other",
       reservations(), before)


with Host("ports") as host:
    host.put_image()
    ids = test_programs()
    test_foreign()
    test_programs_ports()
    test_leftovers(ids[0])
    for each in ids:
        host.must("node", "destroy", each)
    ok(reservations() == [], "nodes that are destroyed give their ports back", reservations())
done()
