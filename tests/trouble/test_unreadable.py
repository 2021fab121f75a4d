#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machines whose settings VirtualBox cannot read: they are never opened. Of encrypted ones its
service ends over that, and would over each attempt to finish what ended it.
"""
from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable

from trouble import Host, Proxy, Result, done, fails, finish, is_fine, ok

ENCRYPTED = """<?xml version="1.0"?>
<VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux">
<MachineEncrypted uuid="{{{id}}}" name="n" keyId="k" keyStore="{store}">{body}</MachineEncrypted>
</VirtualBox>
"""


def encrypt(node: str) -> None:
    """Makes the node's settings those of an encrypted machine, whose password nobody has."""
    (host.folder / node / f"{node}.vbox").write_text(ENCRYPTED.format(
        id=node, store=base64.b64encode(b"x" * 64).decode(),
        body=base64.b64encode(b"y" * 256).decode()))


def lose(node: str) -> None:
    (host.folder / node / f"{node}.vbox").unlink()


def garble(node: str) -> None:
    (host.folder / node / f"{node}.vbox").write_text("this is no XML")


def processes() -> list[str]:
    return [line for line in host.vboxhost("pids").splitlines() if "Headless" not in line]


def make(how: Callable[[str], None]) -> str:
    """A node that VirtualBox cannot read, with what machines leave in their folders. No other is
    like that at the same time: for all that is known, it could need this one's disk.
    """
    node = host.create("--no-start", name=how.__name__)
    (host.folder / node / f"{node}.nvram").write_text("nvram")
    (host.folder / node / "Snapshots").mkdir()
    (host.folder / node / "Snapshots/2026-11-29T11-00-00-000000000Z.sav").write_text("state")
    how(node)
    host.restart()
    host.must("node", "list")
    served_by[:] = processes()
    return node


def traces(node: str) -> list[str]:
    """All that is left of a node; other machines may be unreadable."""
    soap = host.soap
    found = [soap.one("IMachine_getId", each)
             for each in soap.call("IVirtualBox_getMachines", soap.vbox)]
    found += [soap.one("IMedium_getLocation", each)
              for each in soap.call("IVirtualBox_getHardDisks", soap.vbox)]
    found += soap.call("IVirtualBox_getExtraDataKeys", soap.vbox)
    found += [str(path) for path in host.folder.rglob("*")]
    return [each for each in found if node in each]


def is_gone(node: str, what: str, *more: object) -> None:
    ok(not traces(node), f"{what}: nothing is left", traces(node), *more)
    ok(processes() == served_by, "and the service has survived it", processes(), served_by)


def test_destroy() -> None:
    for how in (encrypt, lose, garble):
        node = make(how)
        result = host.cloud("node", "destroy", node)
        is_fine(result, "destroy a node that cannot be read", "")
        is_gone(node, "destroyed", result)
    node = host.create("--no-start")
    lose(node)
    is_fine(host.cloud("node", "destroy", node), "destroy one whose settings have just gone", "")
    is_gone(node, "destroyed")


def test_start() -> None:
    """Of one that VirtualBox's own program has encrypted, and can still read."""
    node = host.create("--no-start")
    password = host.folder.parent / "password"
    password.write_text("geheim-12\n")
    host.manage("encryptvm", node, "setencryption", "--cipher", "AES-128", "--new-password", str(password),
                "--new-password-id", "key")
    fails(host.cloud("node", "start", node), 1, f"cannot start node '{node}': its machine is encrypted",
          "an encrypted node cannot be started, and why")
    is_fine(host.cloud("node", "destroy", node), "but destroyed")
    password.unlink()
    is_gone(node, "destroyed")


def test_notes() -> None:
    """What others put there is theirs."""
    node = make(encrypt)
    notes = host.folder / node / "notes.txt"
    notes.write_text("somebody's\n")
    result = host.cloud("node", "destroy", node)
    ok(result.status == 0 and str(notes.parent) in result.err and "notes.txt" in result.err,
       "a file of somebody else is left, and named", result)
    ok(notes.read_text() == "somebody's\n", "as it was")
    notes.unlink()
    notes.parent.rmdir()
    is_gone(node, "beside it")


def break_off(node: str) -> None:
    """A destroy that was killed when the machine was just not registered any more."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IMachine_unregister", "do": "hang-after"}])
        process = host.start("node", "destroy", node, url=proxy.url)
        proxy.waiting(30)
        process.kill()
        finish(process)


def test_killed() -> None:
    node = make(encrypt)
    break_off(node)
    is_fine(host.cloud("node", "list"), "a command after a destroy of an encrypted node was killed")
    is_gone(node, "it has finished that")


def test_foreign_entry() -> None:
    """A journal that does not say whether the settings can be read."""
    node = make(encrypt)
    settings = host.folder / node / f"{node}.vbox"
    soap = host.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node)
    soap.call("IMachine_unregister", machine, cleanupMode="Full")
    soap.call("IVirtualBox_setExtraData", soap.vbox, key=f"libcloud/doing/{node}",
              value=json.dumps({"kind": "node-destroy", "settings": str(settings)}))
    is_fine(host.cloud("node", "list"), "a command that meets it")
    is_gone(node, "it has finished that")


def interrupt(what: Callable[[subprocess.Popen[str]], object]) -> Result:
    """What a command says that had that done to it in the middle of its recovery."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IVirtualBox_openMachine", "do": "hang"}])
        process = host.start("node", "list", url=proxy.url)
        proxy.waiting(30)
        what(process)
    return finish(process)


def leftovers(*words: str) -> list[tuple[str, str]]:
    shown = json.loads(host.must("gc", *words, "--output", "json").out)
    return [(each["kind"], each["id"]) for each in shown]


def test_client_ends() -> None:
    """A recovery whose client was killed is the next one's."""
    node = host.create("--no-start")
    break_off(node)
    interrupt(lambda process: process.kill())
    result = host.cloud("node", "list")
    ok(result.status == 0 and "forced" not in result.err, "the next command recovers", result)
    is_gone(node, "to the end")


def test_service_ends() -> None:
    """One whose service ended is left to those who say so."""
    node = host.create("--no-start")
    break_off(node)
    said = interrupt(lambda _: host.vboxhost("kill-svc"))
    ok(said.status, "the command in the middle fails", said)
    host.restart()
    files = sorted((host.folder / node).iterdir())
    for words in (["node", "list"], ["volume", "create", "v", "--size", "1", "--dynamic"],
                  ["volume", "destroy", "v"], ["gc"]):
        result = host.cloud(*words)
        ok(result.status == 0 and node in result.err and "a forced gc" in result.err,
           f"{' '.join(words)} goes on, and names what it leaves alone", result)
    ok(sorted((host.folder / node).iterdir()) == files, "it is left as it was")
    check = json.loads(host.must("host", "check", "--output", "json").out)
    found = [each for each in check if each["subject"] == "leftovers"]
    ok(len(found) == 1 and node in found[0]["text"] and "gc --force" in found[0]["cure"],
       "host check shows it, and the cure", check)
    ok(leftovers("--dry-run") == [("node-destroy", node)], "gc --dry-run shows it")
    ok(leftovers("--dry-run", "--force") == [("node-destroy", node)], "also with --force")
    ok(leftovers() == [] and leftovers("--force") == [("node-destroy", node)] and
       leftovers("--dry-run") == [], "gc --force alone removes it")
    ok(host.settled() == clean, "to the end", host.settled().against(clean))


def test_long_ago() -> None:
    """A web session that is gone after minutes may have been idle: it is tried once more, not twice."""
    node = host.create("--no-start")
    break_off(node)
    interrupt(lambda process: process.kill())
    host.restart()
    key = f"libcloud/doing/{node}"
    entry = json.loads(host.soap.one("IVirtualBox_getExtraData", host.soap.vbox, key=key))
    ok(entry["undoing_tries"] == 1, "the recovery is noted", entry)
    for tries, ends in (2, False), (1, True):
        changed = entry | {"undoing_since_ms": entry["undoing_since_ms"] - 300000,
                           "undoing_tries": tries}
        host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=key, value=json.dumps(changed))
        result = host.cloud("node", "list")
        ok(result.status == 0 and ("a forced gc" in result.err) != ends,
           f"{tries} that broke off long ago", result)
    ok(host.settled() == clean, "it was recovered", host.settled().against(clean))


with Host("unreadable") as host:
    host.put_image()
    host.must("node", "destroy", host.create("--no-start"))
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("volume", "destroy", "v")
    clean = host.settled()
    served_by: list[str] = []
    test_destroy()
    test_start()
    test_notes()
    test_killed()
    test_foreign_entry()
    test_client_ends()
    test_service_ends()
    test_long_ago()
done()
