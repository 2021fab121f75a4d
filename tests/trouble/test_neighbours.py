#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Destroying a machine takes nothing of those beside it: whose files lie in the same folder or below
it, whose disks it shares, or that are linked to it. Most so when nothing tells what is whose, as its
settings cannot be read, or another program was killed at it.
"""
from __future__ import annotations

import json
from pathlib import Path

from trouble import Host, Proxy, Result, done, finish, is_fine, ok

NOBODY = "99999999-9999-4999-8999-999999999999"


def put_machine(name: str, folder: Path, *disks: Path) -> Path:
    """A machine of another tool, in a folder that may have others; its settings."""
    soap, settings = host.soap, folder / f"{name}.vbox"
    platform = {"platform": "x86"} if "7.2" in soap.one("IVirtualBox_getVersion", soap.vbox) else {}
    machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile=settings, name=name,
                       **platform, osTypeId="Linux_64", flags="")
    soap.call("IMachine_addStorageController", machine, name="SATA", connectionType="SATA")
    soap.call("IMachine_saveSettings", machine)
    soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
    for port, disk in enumerate(disks):
        host.manage("storageattach", name, "--storagectl", "SATA", "--port", str(port),
                    "--type", "hdd", "--medium", str(disk))
    return settings


def put_disk(path: Path) -> Path:
    host.manage("createmedium", "disk", "--filename", str(path), "--size", "1")
    return path


def put_file(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("somebody's\n")
    return path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
            and "Logs" not in path.parts and not path.name.endswith("-prev")}


def disks() -> set[str]:
    soap = host.soap
    return {soap.one("IMedium_getLocation", each)
            for each in soap.call("IVirtualBox_getHardDisks", soap.vbox)}


def machines() -> set[str]:
    soap = host.soap
    return {soap.one("IMachine_getId", each)
            for each in soap.call("IVirtualBox_getMachines", soap.vbox)}


def id_of(name: str) -> str:
    soap = host.soap
    return soap.one("IMachine_getId", soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=name))


def journal(id_: str, **entry: str) -> None:
    """What a program that is gone was at."""
    soap = host.soap
    soap.call("IVirtualBox_setExtraData", soap.vbox, key=f"libcloud/doing/{id_}",
              value=json.dumps({"kind": "node-destroy", **entry}))


def has_ended() -> None:
    left = [key for key in host.state().extra if key.startswith("libcloud/doing/")]
    ok(not left, "and it has ended", left)


def remove(*names: str) -> None:
    for name in names:
        host.manage("unregistervm", name, "--delete")


def unregister(name: str) -> None:
    soap = host.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=name)
    soap.call("IMachine_unregister", machine, cleanupMode="Full")


def wipe(folder: Path) -> None:
    """Puts back what a test has left on purpose."""
    for disk in sorted(disks()):
        if Path(disk).is_relative_to(folder):
            host.manage("closemedium", "disk", disk)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_shared_folder() -> None:
    """Two machines in one folder, of which one is damaged."""
    folder = host.folder / "two"
    a = put_machine("a", folder, put_disk(folder / "a.vdi"))
    put_machine("b", folder, put_disk(folder / "b.vdi"))
    put_disk(folder / "b-detached.vdi")
    for name in ("b.nvram", "seed.iso", "Snapshots/b.sav"):
        put_file(folder / name)
    id_ = id_of("a")
    before = files(folder)
    a.write_text("this is no XML")
    host.restart()
    known = disks()
    result = host.cloud("node", "destroy", id_)
    ok(result.status == 0 and "a.vdi" in result.err and str(folder) in result.err,
       "a damaged machine that shares its folder: what may be its is named", result)
    ok(files(folder) == before - {"a.vbox"}, "and only its settings go", files(folder), before)
    ok(disks() == known and id_ not in machines(), "VirtualBox forgets it alone", disks(), known)
    (folder / "seed.iso").unlink()
    remove("b")
    wipe(folder)


def test_settings_above_all_others() -> None:
    """One in the machine folder itself, which has all others below it."""
    top = put_machine("top", host.folder)
    id_ = id_of("top")
    before = files(host.folder)
    top.write_text("this is no XML")
    host.restart()
    known = disks()
    result = host.cloud("node", "destroy", id_)
    ok(result.status == 0 and "images" not in result.err, "a damaged one above all others", result)
    ok(files(host.folder) == before - {"top.vbox"} and disks() == known, "takes nothing of theirs",
       before - files(host.folder), known - disks())
    ok(id_ not in machines(), "and is deleted")
    has_ended()


def test_detached_disk() -> None:
    """Another program has taken the disk out of a node: it is the node's all the same."""
    before, known = files(host.folder), disks()
    node = host.create("--no-start")
    host.vboxhost("manage", "storageattach", node, "--storagectl", "SATA", "--port", "0", "--device", "0",
                  "--medium", "none")
    is_fine(host.cloud("node", "destroy", node), "destroy a node whose disk was detached")
    ok(files(host.folder) == before and disks() == known and not (host.folder / node).exists(),
       "its disk and its folder go", files(host.folder) - before, disks() - known)


def test_volume() -> None:
    """An attached volume is not the machine's, although it lies below its folder."""
    host.must("volume", "create", "keepme", "--size", "1", "--dynamic")
    other = put_disk(host.folder / "elsewhere/other.vdi")
    put_machine("top", host.folder, put_disk(host.folder / "top.vdi"), other)
    host.must("volume", "attach", "keepme", "top")
    result = host.cloud("node", "destroy", "top")
    ok(result.status == 0, "destroy a machine above its volume", result)
    ok(list((host.folder / "volumes").iterdir()) and other.exists() and str(other) in disks(),
       "leaves the volume, and a disk in a folder of its own", disks())
    ok(not (host.folder / "top.vdi").exists() and not (host.folder / "top.vbox").exists(),
       "not what lies beside its settings", sorted(host.folder.iterdir()))
    host.must("volume", "destroy", "keepme")
    wipe(other.parent)


def test_settings_among_volumes() -> None:
    """Settings where the library keeps its volumes."""
    host.must("volume", "create", "keepme", "--size", "1", "--dynamic")
    settings = put_machine("shelf", host.folder / "volumes")
    host.must("volume", "attach", "keepme", "shelf")
    result = host.cloud("node", "destroy", "shelf")
    ok(result.status == 0 and not settings.exists(), "destroy a machine beside its volume", result)
    host.must("volume", "destroy", "keepme")


def test_readable_undo() -> None:
    """A destroy that was killed takes the disks that the settings tell of."""
    folder = host.folder / "three"
    put_machine("p", folder, put_disk(folder / "p.vdi"))
    put_machine("q", folder, put_disk(folder / "q.vdi"))
    put_disk(folder / "q-detached.vdi")
    for name in ("q.nvram", "Snapshots/q.sav", "seed.iso"):
        put_file(folder / name)
    id_ = id_of("p")
    before = files(folder)
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IMachine_unregister", "do": "hang-after"}])
        process = host.start("node", "destroy", id_, url=proxy.url)
        proxy.waiting(30)
        process.kill()
        finish(process)
    is_fine(host.cloud("node", "list"), "a command after a destroy beside another was killed")
    ok(files(folder) == before - {"p.vbox", "p.vdi"}, "only the machine's own files go",
       before - files(folder))
    has_ended()
    (folder / "seed.iso").unlink()
    remove("q")
    wipe(folder)


def test_nowhere() -> None:
    """An entry that does not say where, or says it badly."""
    before, known = files(host.folder), disks()
    for entry in ({}, {"readable": "yes"}, {"settings": "n.vbox", "readable": "yes"},
                  {"settings": "/x.vbox"}):
        journal(NOBODY, **entry)
        result = host.cloud("node", "list")
        ok(result.status == 0 and files(host.folder) == before and disks() == known,
           f"an entry with {entry} removes nothing", result, known - disks())
        if not entry.get("settings", "").startswith("/"):  # nobody knows what it was about
            host.must("gc", "--force")
            ok(files(host.folder) == before and disks() == known, "nor does gc --force")
        has_ended()


def damage(node: str) -> None:
    (host.folder / node / f"{node}.vbox").write_text("this is no XML")
    host.restart()


def stays(node: str, disk: Path, data: bytes, result: Result) -> None:
    ok(result.status == 0 and disk.name in result.err and node not in machines(),
       "destroyed, naming the disk that is left", result)
    ok(disk.exists() and disk.read_bytes() == data, "which is as it was")


def test_linked() -> None:
    """The settings that cannot be read tell of the disk of the node and of its clone."""
    node = host.create("--no-start", name="a")
    made = host.must("node", "clone", "a", "b", "--linked", "--no-start", "--output", "tsv")
    clone = dict(line.split("\t", 1) for line in made.out.splitlines())["id"]
    disk = host.folder / node / f"{node}.vdi"
    data = disk.read_bytes()
    damage(node)
    stays(node, disk, data, host.cloud("node", "destroy", node))
    left = [path for path in (host.folder / node).rglob("*.vdi") if path != disk]
    ok(left, "with the one above it", left)
    host.must("node", "destroy", clone)
    wipe(host.folder / node)
    if (host.folder / clone).exists():
        wipe(host.folder / clone)


def test_others_unreadable() -> None:
    """While another machine cannot be read, nobody knows what that needs."""
    first, second = host.create("--no-start", name="c"), host.create("--no-start", name="d")
    disk = host.folder / first / f"{first}.vdi"
    data = disk.read_bytes()
    (host.folder / second / f"{second}.vbox").unlink()
    damage(first)
    stays(first, disk, data, host.cloud("node", "destroy", first))
    is_fine(host.cloud("node", "destroy", second), "the last that cannot be read", "")
    ok(not (host.folder / second).exists(), "leaves nothing")
    wipe(host.folder / first)


def test_renamed() -> None:
    """VirtualBox calls the settings after the machine; the folder stays the node's."""
    node = host.create("--no-start", name="e")
    host.must("node", "rename", "e", "f")
    (settings,) = (host.folder / node).glob("*.vbox")
    settings.write_text("this is no XML")
    host.restart()
    is_fine(host.cloud("node", "destroy", node), "destroy a renamed node that cannot be read", "")
    ok(not (host.folder / node).exists(), "leaves nothing", settings)


def test_shared_disk() -> None:
    """A disk in a node's folder that another machine has, too."""
    node = host.create("--no-start")
    disk = put_disk(host.folder / node / "both.vdi")
    put_machine("g", host.folder / "g", disk)
    host.manage("storageattach", node, "--storagectl", "SATA", "--port", "3", "--type", "hdd",
                "--medium", str(disk))
    result = host.cloud("node", "destroy", node)
    ok(result.status == 0 and str(disk) in result.err and id_of("g") in result.err,
       "destroy a node whose disk another machine has, too, names that", result)
    ok(disk.exists() and not (host.folder / node / f"{node}.vdi").exists(), "and leaves it alone")
    has_ended()
    remove("g")
    wipe(host.folder / node)


def test_settings_that_end_the_service() -> None:
    """Settings over which the service ended are not opened again, not by gc --force either."""
    node = host.create("--no-start")
    settings = host.folder / node / f"{node}.vbox"
    unregister(node)
    journal(node, settings=str(settings), readable="yes")
    with Proxy(host.url) as proxy:
        proxy.rules([{"method": "IVirtualBox_openMachine", "do": "hang"}])
        process = host.start("node", "list", url=proxy.url)
        proxy.waiting(30)
        host.vboxhost("kill-svc")
    finish(process)
    host.restart()
    with Proxy(host.url) as proxy:
        host.cloud("gc", "--force", url=proxy.url)
        opened = proxy.calls()["order"].count("IVirtualBox_openMachine")
    ok(opened == 0, "gc --force does not open the settings again", opened)
    ok(not (host.folder / node).exists(), "and removes the node", sorted(host.folder.iterdir()))
    has_ended()


with Host("neighbours") as host:
    host.put_image()
    host.must("node", "list")
    clean = host.settled()
    for test in (test_shared_folder, test_settings_above_all_others, test_detached_disk, test_volume,
                 test_settings_among_volumes, test_readable_undo, test_nowhere, test_linked,
                 test_others_unreadable, test_renamed, test_shared_disk,
                 test_settings_that_end_the_service):
        test()
        after = host.settled()
        ok({path for path in after.media if path.startswith("images")} and
           not after.machines, f"{test.__name__} has left nothing", after.against(clean))
done()
