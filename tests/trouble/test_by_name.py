#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes found by name, whoever gave it: through the index in the host's extra data where it knows
them, and rightly where it does not. And --verbose tells of each call that is made for it.
"""
from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from trouble import IMAGE, SIZE, Host, Proxy, done, fails, is_fine, ok

RELEASES = ("5.0", "5.1", "5.2", "6.0", "6.1", "7.0.4", "7.0", "7.1", "future")
# Of a node in another group.
MOVED = (
    "node start web", "node pause web", "node resume web", "node suspend web", "node start web",
    "snapshot create --node web s", "node stop --force web", "snapshot revert web s",
    "node discard web", "snapshot delete --node web s", "node rename web www",
    "node tag www a=b", "node resize www --size 2_cpu-128_ram-1_disk", "node set-description www x",
    "node seed www --hostname h", "forward add www 80", "forward delete www tcp-80",
    "network attach www nat", "network detach www --adapter 1", "image create www x",
    "image delete x", "volume create v --size 1 --dynamic --node www", "volume detach v",
    "volume destroy v", "node clone www c --no-start", "node destroy c",
    "node clone www c --linked --no-start", "node destroy c", "node rename www web", "gc")


def key(name: str, id_: str) -> str:
    """Under which docs/host-data.md keeps a name."""
    sum_ = hashlib.sha256(name.encode()).hexdigest()
    return (f"libcloud/name/{sum_[:8]}-{sum_[8:12]}-8{sum_[12:15]}-8{sum_[15:18]}-{sum_[18:30]}/"
            f"{id_}")


def keys() -> set[str]:
    soap = host.soap
    return {each for each in soap.call("IVirtualBox_getExtraDataKeys", soap.vbox)
            if each.startswith("libcloud/name/")}


def set_key(name: str, id_: str, value: str = "") -> None:
    host.manage("setextradata", "global", key(name, id_), *([value] if value else []))


def finds(name: str, id_: str, what: str) -> None:
    shown = host.cloud("node", "show", "--output", "json", "--", name)
    ok(shown.status == 0 and json.loads(shown.out)["id"] == id_, f"{what}: found", shown)


def shown_id(name: str, **options: str) -> str:
    shown = host.cloud("node", "show", "--output", "json", "--", name, **options)
    ok(shown.status == 0, f"show {name}", shown)
    return json.loads(shown.out or "{}").get("id", "")


def settings_of(id_: str) -> Path:
    shown = host.cloud("node", "show", "--output", "json", id_)
    return Path(json.loads(shown.out)["extra"]["settings_file"])


def finds_none(name: str, what: str) -> None:
    fails(host.cloud("node", "show", "--", name), 3, "there is no node", f"{what}: not found")


def finds_both(name: str, ids: tuple[str, ...], what: str) -> None:
    shown = host.cloud("node", "show", "--", name)
    ok(shown.status == 2 and all(id_ in shown.err for id_ in ids), f"{what}: all are told", shown)


def make_machine(name: str, file: str) -> str:
    """Another tool's; VBoxManage would not give a name twice."""
    soap = host.soap
    machine = soap.one("IVirtualBox_createMachine", soap.vbox, name=name, platform="x86",
                       settingsFile=str(host.folder / file / f"{file}.vbox"), osTypeId="Linux_64",
                       flags="")
    soap.call("IMachine_saveSettings", machine)
    soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
    return soap.one("IMachine_getId", machine)


def test_written() -> None:
    ok(keys() == {key("web", web), key("db/1", db)}, "a new node's name is in the index", keys())
    finds("web", web, "a plain name")
    finds("db/1", db, "one that VirtualBox has otherwise")
    finds_none("db_1", "VirtualBox's name for that one")
    finds_none("none", "a name that nobody has")
    is_fine(host.cloud("node", "rename", "web", "www"), "rename")
    ok(keys() == {key("www", web), key("db/1", db)}, "the index has the new name alone", keys())
    finds("www", web, "the new name")
    finds_none("web", "the old one")
    is_fine(host.cloud("node", "rename", "www", "web"), "rename back")


def test_renamed_elsewhere() -> None:
    host.manage("modifyvm", web, "--name", "other")
    finds("other", web, "a name that another tool gave")
    finds_none("web", "the one before")
    is_fine(host.cloud("node", "list"), "list")
    ok(key("other", web) in keys(), "a list writes down what it has seen", keys())
    host.manage("modifyvm", db, "--name", "other")
    fails(host.cloud("node", "destroy", "other"), 2, db, "destroy asks all for their names")
    is_fine(host.cloud("node", "list"), "list")
    finds_both("other", (web, db), "two that another tool has called the same")
    host.manage("modifyvm", db, "--name", "apart")
    finds("other", web, "and only one now")
    is_fine(host.cloud("node", "rename", web, "web"), "rename")
    is_fine(host.cloud("node", "rename", db, "db/1"), "rename")
    ok(keys() == {key("web", web), key("db/1", db)}, "which takes away all other keys", keys())


def test_machines() -> None:
    one = make_machine("web", "f1")
    finds_both("web", (web, one), "a machine of another tool that is called as a node")
    fails(host.cloud("node", "destroy", "web"), 2, one, "which is not destroyed then")
    host.manage("modifyvm", one, "--name", "vm")
    finds("vm", one, "a machine of another tool")
    two = make_machine("vm", "f2")
    finds_both("vm", (one, two), "two such machines")
    finds("web", web, "the node")
    is_fine(host.cloud("node", "tag", two, "a=b"), "tag a machine")
    ok(key("vm", two) in keys(), "the index has it from then on", keys())
    finds_both("vm", (one, two), "still two")
    is_fine(host.cloud("node", "destroy", one, two), "they go")


def test_group() -> None:
    """Who puts machines into our group makes us ask more, not know less."""
    one = make_machine("web", "f3")
    host.manage("modifyvm", one, "--groups", "/libcloud")
    finds_both("web", (web, one), "a machine of another tool in the group")
    host.manage("modifyvm", web, "--groups", "/mine")
    fails(host.cloud("node", "destroy", "web"), 2, one, "destroy does not rely on the group")
    host.manage("modifyvm", one, "--groups", "/")
    finds_both("web", (web, one), "a node that is in another group")
    host.manage("modifyvm", web, "--groups", "/libcloud")
    is_fine(host.cloud("node", "destroy", one), "it goes")


def test_older() -> None:
    """Nodes that the index does not have, and keys that say what is not so."""
    set_key("db/1", db)
    finds("db/1", db, "a node that an older version made")
    is_fine(host.cloud("node", "tag", "db/1", "a=b"), "change it")
    ok(key("db/1", db) in keys(), "the index has it from then on", keys())
    set_key("web", web)
    is_fine(host.cloud("node", "list"), "list")
    ok(key("web", web) in keys(), "a list does that, too", keys())
    nobody = "00000000-0000-4000-8000-000000000000"
    set_key("web", nobody, "{}")
    set_key("web", db, "{}")
    finds("web", web, "a name of which the index says too much")
    is_fine(host.cloud("gc"), "gc")
    ok(key("web", nobody) not in keys(), "gc takes away the key of what is not there", keys())


def test_unreadable() -> None:
    """A machine that VirtualBox cannot read has no name, and keeps nobody from finding others."""
    one = make_machine("lost", "f4")
    (host.folder / "f4" / "f4.vbox").unlink()
    host.restart()
    finds("web", web, "a node beside a machine that cannot be read")
    finds_none("lost", "that machine")
    is_fine(host.cloud("node", "destroy", one), "it goes")


def test_clone() -> None:
    is_fine(host.cloud("node", "clone", "db/1", "web", "--no-start"), "clone to a name that is taken")
    clone = next(each.rpartition("/")[2] for each in keys() if each.startswith(key("web", ""))
                 and not each.endswith((web, db)))
    finds_both("web", (web, clone), "two nodes")
    is_fine(host.cloud("node", "destroy", clone), "destroy one")
    finds("web", web, "the other")


def test_moved() -> None:
    """A node that its user moves out of the group has its folder where it was, and goes on."""
    folder = settings_of(web).parent
    for group in ("/mine/others", "/"):
        host.manage("modifyvm", web, "--groups", group)
        finds("web", web, f"a node in {group}")
        now = settings_of(web)
        ok(now.parent == folder and now.is_file(), "its settings stay in its folder", now)
        for words in MOVED:
            is_fine(host.cloud(*words.split()), f"{group}: {words}")
    left = {"libcloud", "mine"} & {each.name for each in host.folder.iterdir()}
    ok(not left, "no folder is called after a group", left)
    host.manage("modifyvm", web, "--groups", "/libcloud")


def test_disks() -> None:
    """What is recorded is found first; who deletes is told of what another tool has put there."""
    host.must("image", "copy", IMAGE, "i")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    for noun, name, verb in (("image", "i", "delete"), ("volume", "v", "destroy")):
        show = (noun, "show", name, "--output", "json")
        own = json.loads(host.cloud(*show).out)["id"]
        path = host.folder / f"{noun}s" / f"{name}.vdi"
        said = host.manage("createmedium", "disk", "--filename", str(path), "--size", "1")
        other = said.split()[-1]
        ok(json.loads(host.cloud(*show).out)["id"] == own, f"{noun}: the one that is recorded")
        both = host.cloud(noun, verb, name)
        ok(both.status == 2 and own in both.err and other in both.err, f"{noun}: {verb} tells of both", both)
        is_fine(host.cloud(noun, verb, own), f"{verb} by id")
        ok(json.loads(host.cloud(*show).out)["id"] == other, f"{noun}: then the other", both)
        host.manage("closemedium", "disk", other, "--delete")
        ok(host.cloud(*show).status == 3, f"{noun}: then none")


def test_releases() -> None:
    """The group and the index are the same with each release."""
    for release in RELEASES:
        with Proxy(host.url, release=release) as old:
            made = host.cloud("node", "create", "old", "--image", IMAGE, "--size", SIZE, "--no-start",
                              url=old.url)
            ok(made.status == 0 and '"/libcloud"' in host.manage("list", "groups"), f"{release}: create", made)
            is_fine(host.cloud("node", "rename", "old", "older", url=old.url), f"{release}: rename")
            finds("older", shown_id("older", url=old.url), f"{release}: by name")
            host.manage("modifyvm", "older", "--groups", "/")
            shown_id("older", url=old.url)
            is_fine(host.cloud("node", "destroy", "older", url=old.url), f"{release}: destroy")
    ok(not (host.folder / "libcloud").exists(), "nothing is left of the group")


def test_verbose() -> None:
    proxy.reset()
    shown = host.cloud("node", "list", "--verbose", url=proxy.url)
    told = re.findall(r"\b(I[A-Z]\w+_\w+) [0-9.]+ ms", shown.err)
    ok(shown.status == 0 and sorted(told) == sorted(proxy.calls()["order"]),
       "--verbose tells of each call, in batches too", shown, proxy.calls()["order"])


with Host("by-name") as host, Proxy(host.url) as proxy:
    host.put_image()
    web, db = host.create("--no-start", name="web"), host.create("--no-start", name="db/1")
    test_written()
    test_renamed_elsewhere()
    test_machines()
    test_group()
    test_older()
    test_unreadable()
    test_clone()
    test_moved()
    test_disks()
    test_releases()
    test_verbose()
    is_fine(host.cloud("node", "destroy", web, db), "the nodes go")
    ok(not keys(), "and their names", keys())
done()
