#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machines as other programs make and change them: what their guests start with, and copies of that;
a first disk that is a volume; sizes that are not what was recorded; many network adapters; and the
snapshots of all.
"""
from __future__ import annotations

import json
import time
from typing import Any

from trouble import IMAGE, SIZE, Host, Proxy, Result, State, done, fails, is_fine, ok

NOTHING_OF_NVRAM = "has the disk, but not the boot entries and keys"
UNKNOWN_SECURE = "cannot read its NVRAM"
NOTHING_OF_TPM = "lacks what the guest keeps in its TPM"


def ask(*words: str) -> Any:
    """What the command says in JSON."""
    return json.loads(host.must(*words, "--output", "json").out)


def make_machine(name: str, *options: str, disk: str = "") -> str:
    """A machine of VBoxManage's with a disk of 8 MiB, or with that one; its id."""
    host.manage("createvm", "--name", name, "--register", "--ostype", "Linux_64")
    host.manage("modifyvm", name, "--memory", "64", *options)
    host.manage("storagectl", name, "--name", "SATA", "--add", "sata", "--portcount", "4")
    if not disk:
        disk = str(host.folder / name / "disk.vdi")
        host.manage("createmedium", "disk", "--filename", disk, "--size", "8")
    plug(name, 0, disk)
    return str(ask("node", "show", name)["id"])


def plug(name: str, port: int, disk: str, controller: str = "SATA", device: int = 0) -> None:
    host.manage("storageattach", name, "--storagectl", controller, "--port", str(port),
                "--device", str(device), "--type", "hdd", "--medium", disk)


def unplug(name: str, controller: str, port: int) -> None:
    host.manage("storageattach", name, "--storagectl", controller, "--port", str(port),
                "--device", "0", "--medium", "none")


def has(node: str) -> tuple[str, str, str]:
    """Firmware, chipset and TPM of a machine, from VirtualBox."""
    soap = host.soap
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=node)
    firmware = soap.one("IMachine_getFirmwareSettings", machine)
    platform = soap.one("IMachine_getPlatform", machine)
    tpm = soap.one("IMachine_getTrustedPlatformModule", machine)
    return (soap.one("IFirmwareSettings_getFirmwareType", firmware),
            soap.one("IPlatform_getChipsetType", platform),
            soap.one("ITrustedPlatformModule_getType", tpm))


def remembers(image: str) -> tuple[str, str, str]:
    shown = ask("image", "show", image)
    return shown["firmware"], shown["chipset"], shown["tpm"]


def warns(result: Result, wanted: tuple[str, ...], what: str) -> None:
    """It succeeded, and warned of these things alone."""
    lines = result.err.splitlines()
    ok(result.status == 0 and len(lines) == len(wanted) and
       all(want in line for want, line in zip(wanted, lines)), what, result)


def runs_with_efi(node: str) -> None:
    is_fine(host.cloud("node", "start", node), f"{node} starts")
    for _ in range(300):
        log = host.cloud("node", "log", node).out
        if "EFI: debug point" in log:
            break
        time.sleep(0.1)
    ok("EFI: debug point" in log, "with EFI, as its log says", log[-500:])
    is_fine(host.cloud("node", "stop", "--force", node), "it stops")


def firmware_of_machines() -> None:
    """Images and clones of an EFI machine, and nodes of these."""
    known, machine = ("efi", "ich9", "2.0"), ("EFI", "ICH9", "v2_0")
    make_machine("efi", "--firmware", "efi", "--chipset", "ich9", "--tpm-type", "2.0")
    warns(host.cloud("image", "create", "efi", "of-efi", "--output", "json"), (NOTHING_OF_TPM,),
          "an image of a machine that has never run")
    ok(remembers("of-efi") == known, "it remembers what the machine has", remembers("of-efi"))
    warns(host.cloud("image", "copy", "of-efi", "again", "--output", "json"), (), "a copy of it")
    ok(remembers("again") == known, "it does, too", remembers("again"))
    for name, words in (("from-image", ("create", "from-image", "--image", "again", "--size", SIZE)),
                        ("linked", ("create", "linked", "--image", "again", "--linked", "--size",
                                    SIZE)),
                        ("clone", ("clone", "efi", "clone")),
                        ("of-clone", ("clone", "clone", "of-clone", "--linked"))):
        warns(host.cloud("node", *words, "--no-start", "--output", "json"),
              (NOTHING_OF_TPM,) if "clone" in name else (), f"a node of that: {name}")
        ok(has(name) == machine, "it has the same", has(name))
    ok(ask("node", "show", "linked")["firmware"] == "efi", "as is shown")
    runs_with_efi("of-clone")
    warns(host.cloud("image", "create", "of-clone", "ran", "--output", "json"),
          (NOTHING_OF_NVRAM, NOTHING_OF_TPM), "an image of one that has run")
    ok(remembers(IMAGE) == (None, None, None), "of a disk that was put there nothing is known")
    ok(ask("node", "show", host.create("--no-start", name="plain"))["firmware"] == "bios",
       "its nodes have a BIOS")


def firmware_of_options() -> None:
    """What is stated when an image is made counts; secure boot has its keys."""
    raw = host.folder.parent / "disk.raw"
    raw.write_bytes(bytes(8 << 20))
    for firmware in "bios", "efi":
        host.must("image", "import", str(raw), "--name", firmware, "--firmware", firmware)
        ok(remembers(firmware) == (firmware, None, None), f"imported for {firmware}")
    host.must("image", "create", "efi", "for-bios", "--firmware", "bios")
    ok(remembers("for-bios") == ("bios", "ich9", "2.0"), "an image of a node, for another firmware")
    host.must("image", "copy", "efi", "secure", "--firmware", "efi-secure")
    made = ask("node", "create", "secure", "--image", "secure", "--size", SIZE, "--no-start")
    ok(made["firmware"] == "efi-secure", "a node with secure boot", made)
    variables = host.manage("modifynvram", "secure", "listvars").split()
    ok({"PK", "KEK", "db", "dbx"} <= set(variables), "has the keys", variables)
    runs_with_efi("secure")
    warns(host.cloud("image", "create", "secure", "of-secure", "--output", "json"),
          (NOTHING_OF_NVRAM,), "an image of it")
    ok(remembers("of-secure")[0] == "efi-secure", "is for secure boot", remembers("of-secure"))
    host.must("node", "clone", "secure", "secure-too", "--no-start")
    ok(ask("node", "show", "secure-too")["firmware"] == "efi-secure", "so is a clone")
    made = ask("node", "create", "stated", "--image", "bios", "--size", SIZE, "--no-start",
               "--firmware", "efi")
    ok(made["firmware"] == "efi", "a node whose firmware is stated", made)
    for words in ("image", "import", str(raw)), ("node", "create", "no", "--image", "bios"):
        fails(host.cloud(*words, "--firmware", "uefi"), 2, "bios, efi", "a firmware that there is not")
    before = host.settled()
    for method in ("INvramStore_initUefiVariableStore", "IUefiVariableStore_setSecureBootEnabled",
                   "IVirtualBox_registerMachine", "IMachine_attachDevice"):
        for action in "fault", "cut":
            with Proxy(host.url, [{"do": action, "method": method}]) as proxy:
                failed = host.cloud("node", "create", "no", "--image", "secure", "--size", SIZE,
                                    "--no-start", url=proxy.url)
            host.must("gc")
            left = host.settled().against(before)
            ok(failed.status and not left, f"nothing stays after {action} of {method}", failed, left)
    with Proxy(host.url, release="6.1") as old:
        fails(host.cloud("node", "create", "no", "--image", "secure", "--size", SIZE, url=old.url),
              1, "6.1.* has no secure boot", "a host without secure boot")
        for words in (("image", "import", str(raw), "--name", "no"),
                      ("node", "create", "no", "--image", "bios", "--size", SIZE)):
            fails(host.cloud(*words, "--firmware", "efi-secure", url=old.url), 1,
                  "6.1.* has no secure boot", "nor is it given by an option there")


def firmware_of_archives() -> None:
    """VirtualBox's own archives of these machines, unpacked by the host."""
    for name, known in ("of-clone", ("efi", "ich9", "2.0")), ("secure", ("efi-secure", "piix3", "none")):
        path = host.folder.parent / f"{name}.ova"
        host.manage("export", name, "--output", str(path))
        before = host.settled()
        result = host.cloud("image", "import", f"host:{path}", "--name", f"unpacked {name}")
        ok(result.status == 0 and NOTHING_OF_NVRAM in result.err, f"an archive of {name}", result)
        ok(remembers(f"unpacked {name}") == known, "is imported with what the machine has",
           remembers(f"unpacked {name}"))
        host.must("image", "delete", f"unpacked {name}")
        result = host.cloud("image", "import", str(path), "--name", f"sent {name}")
        ok(result.status == 0 and NOTHING_OF_NVRAM in result.err and
           (NOTHING_OF_TPM in result.err) == (known[2] == "2.0"), f"the same, sent from here: {name}", result)
        ok(remembers(f"sent {name}")[0] == known[0], "has its firmware", remembers(f"sent {name}"))
        host.must("image", "delete", f"sent {name}")
        ok(not host.settled().against(before), "nothing is left", host.settled().against(before))
        with Proxy(host.url, [{"do": "fault", "method": "IPlatform_getChipsetType"}]) as proxy:
            failed = host.cloud("image", "import", f"host:{path}", "--name", "no", url=proxy.url)
        left = host.settled().against(before)
        ok(failed.status and not left, "nor of one that cannot be read", failed, left)


def older_releases() -> None:
    """Where the calls are others; before 7.0 there are no TPMs, which is told."""
    for release, tpm in ("5.2", "none"), ("7.0", "2.0"):
        with Proxy(host.url, release=release) as old:
            name = f"as {release}"
            result = host.cloud("image", "create", "efi", name, url=old.url)
            ok(result.status == 0 and remembers(name) == ("efi", "ich9", tpm),
               f"an image of an EFI machine {name}", result, remembers(name))
            result = host.cloud("node", "create", name, "--image", "of-efi", "--size", SIZE,
                                "--no-start", "--output", "json", url=old.url)
            told = "expects a TPM, which VirtualBox 5.2" in result.err
            ok(json.loads(result.out)["firmware"] == "efi" and told == (tpm == "none"),
               "a node of one with a TPM", result)
            ok(has(name)[:2] == ("EFI", "ICH9"), "has its firmware and chipset", has(name))
            shown = json.loads(host.cloud("node", "show", "wide", "--output", "json", url=old.url).out)
            ok([each["slot"] for each in shown["adapters"]] == [0, 9, 35], "its many adapters", shown)
            ok(shown["size"] == "1_cpu-64_ram-1_disk", "and its size", shown)


def damaged_nvram() -> None:
    """It fails no list, and nothing is killed by looking at it; copies warn that it is unread."""
    make_machine("damaged", "--firmware", "efi")
    (host.folder / "damaged/damaged.nvram").write_bytes(bytes(range(256)) * 2112)
    ok(ask("node", "show", "damaged")["firmware"] == "efi", "a machine with a damaged NVRAM is shown")
    warns(host.cloud("image", "create", "damaged", "whole", "--output", "json"),
          (UNKNOWN_SECURE, NOTHING_OF_NVRAM), "and copied")
    node = host.create("--no-start", "--firmware", "efi-secure", name="locked")
    store = host.folder / node / f"{node}.nvram"
    whole = store.read_bytes()
    for what, content in ("missing", None), ("empty", b""), ("truncated", whole[:100000]):
        store.unlink()
        if content is not None:
            store.write_bytes(content)
        host.restart()
        wanted = (UNKNOWN_SECURE, NOTHING_OF_NVRAM)[:1 if content is None else 2]
        warns(host.cloud("image", "create", node, f"of-{what}", "--output", "json"), wanted,
              f"an image of a node with secure boot whose NVRAM is {what}")
        warns(host.cloud("node", "clone", node, what, "--no-start", "--output", "json"), wanted,
              "a clone of it")
        store.write_bytes(b"")  # for the next
    store.write_bytes(whole)
    host.restart()
    ok(ask("node", "show", node)["firmware"] == "efi-secure", "that is put back")


def first_disks() -> None:
    """The first disk is the system disk, also when it lies among the volumes."""
    volume = ask("volume", "create", "system", "--size", "1", "--dynamic")
    make_machine("on-volume", disk=volume["location"])
    image = ask("image", "create", "on-volume", "of-volume")
    ok(image["size_bytes"] == 1 << 30, "an image of a machine on a volume", image)
    copy = ask("volume", "create", "copied", "--node", "on-volume", "--dynamic")
    ok(copy["size_gb"] == 1, "a volume of it", copy)
    host.must("node", "clone", "on-volume", "cloned", "--no-start")
    host.must("node", "clone", "cloned", "cloned-again", "--no-start")
    host.must("node", "clone", "on-volume", "linked-clone", "--linked", "--no-start")
    host.must("node", "destroy", "linked-clone")
    (snapshot,) = ask("snapshot", "list", "--node", "on-volume")
    host.must("snapshot", "delete", "--node", "on-volume", snapshot["id"])
    host.must("node", "resize", "on-volume", "--size", "1_cpu-64_ram-2_disk")
    ok(ask("volume", "show", "system")["size_gb"] == 2, "it grows with its machine")
    shown = ask("volume", "show", "system")
    ok((shown["device"], shown["size_gb"]) == ("SATA 0:0", 2), "it is a volume all the time", shown)
    host.must("node", "destroy", "on-volume")
    ok(ask("volume", "show", "system")["node"] is None, "and stays when its machine goes")

    fixed = ask("volume", "create", "fixed", "--size", "1")
    make_machine("on-fixed", disk=fixed["location"])
    larger = "1_cpu-64_ram-2_disk"
    fails(host.cloud("node", "resize", "on-fixed", "--size", larger), 6, "fixed size.*grow that",
          "a disk of fixed size does not grow with its machine")
    host.must("volume", "resize", "fixed", "--size", "2")
    host.must("node", "resize", "on-fixed", "--size", larger)
    ok(ask("volume", "show", "fixed")["size_gb"] == 2, "but as the volume that it is")

    make_machine("two")
    host.manage("storageattach", "two", "--storagectl", "SATA", "--port", "0", "--medium", "none")
    plug("two", 2, str(host.folder / "two/disk.vdi"))
    host.must("volume", "attach", "copied", "two")
    ok(ask("volume", "show", "copied")["device"] == "SATA 3:0", "a volume comes behind the first disk",
       ask("volume", "show", "copied"))
    ok(ask("image", "create", "two", "of-two")["size_bytes"] == 8 << 20, "which is copied")
    host.manage("storagectl", "two", "--name", "IDE", "--add", "ide")
    host.must("volume", "detach", "copied")
    other = str(host.folder / "two/other.vdi")
    host.manage("createmedium", "disk", "--filename", other, "--size", "16")
    plug("two", 1, other, "IDE")
    ok(ask("image", "create", "two", "of-ide")["size_bytes"] == 16 << 20, "IDE counts before SATA")
    unplug("two", "IDE", 1)
    unplug("two", "SATA", 2)
    host.manage("closemedium", "disk", other, "--delete")
    none = host.cloud("image", "create", "two", "no")
    ok((none.status, none.out, none.err) == (6, "", "vboxcloud: Node has no attached disk.\n"),
       "no disk is told in the original driver's words", none)
    host.manage("closemedium", "disk", str(host.folder / "two/disk.vdi"), "--delete")


def volumes_beside_disks() -> None:
    """A volume is no system disk where there is another disk, and never comes before that."""
    host.must("volume", "create", "beside", "--size", "1", "--dynamic")

    def system_stays(machine: str, place: str) -> None:
        host.must("volume", "attach", "beside", machine)
        shown = ask("volume", "show", "beside")["device"]
        ok(shown == place, f"{machine}: the volume comes behind its disk", shown)
        made = ask("image", "create", machine, f"beside-{machine}")
        ok(made["size_bytes"] == 8 << 20, "which is copied", made)
        host.must("volume", "detach", "beside")

    def make(name: str, *buses: str) -> str:
        make_machine(name)
        unplug(name, "SATA", 0)
        for bus in buses:
            host.manage("storagectl", name, "--name", bus, "--add", bus.lower())
        return str(host.folder / name / "disk.vdi")

    plug("scsi", 0, make("scsi", "SCSI"), "SCSI")
    system_stays("scsi", "SCSI 1:0")
    volume = ask("volume", "show", "beside")["location"]
    plug("scsi", 0, volume)  # as another program may do
    shown = ask("node", "show", "scsi")
    ok(shown["size"] == "1_cpu-64_ram-1_disk", "a volume before it is not its size", shown)
    made = ask("image", "create", "scsi", "scsi-again")
    ok(made["size_bytes"] == 8 << 20, "nor copied", made)
    host.must("node", "resize", "scsi", "--size", "1_cpu-64_ram-2_disk")
    ok(ask("volume", "show", "beside")["size_gb"] == 1, "nor grown")
    ok(ask("node", "show", "scsi")["disk_gb"] == 2, "as the system disk is")
    host.must("volume", "detach", "beside")
    disk = make("ide", "IDE")
    host.manage("storagectl", "ide", "--name", "SATA", "--remove")
    plug("ide", 0, disk, "IDE", device=1)
    system_stays("ide", "IDE 1:0")
    plug("last", 0, make("last", "SCSI"), "SCSI")
    host.manage("storagectl", "last", "--name", "SATA", "--remove")
    system_stays("last", "SCSI 1:0")
    plug("usb", 0, make("usb", "USB"), "USB")
    fails(host.cloud("volume", "attach", "beside", "usb"), 6, "starts from a disk on its USB",
          "a node that starts from USB would start from the volume")

    node = host.create("--no-start", name="emptied")
    host.must("volume", "attach", "beside", "emptied")
    own = str(host.folder / node / f"{node}.vdi")
    (controller, port), = ((row.split("-")[0].strip('"'), int(row.split("-")[1])) for row in
                           host.manage("showvminfo", node, "--machinereadable").splitlines()
                           if f'"{own}"' in row)
    unplug(node, controller, port)
    fails(host.cloud("node", "resize", node, "--size", "1_cpu-64_ram-5_disk"), 6,
          "own disk is detached.*volume", "no volume grows in place of a node's own disk")
    ok(ask("volume", "show", "beside")["size_gb"] == 1, "it has the size it had")
    plug(node, port, own, controller)
    host.must("node", "resize", node, "--size", "1_cpu-64_ram-2_disk")
    ok(ask("volume", "show", "beside")["size_gb"] == 1, "with its own disk that grows")


def strange_answers() -> None:
    """A number of adapters that no machine has, machines that go meanwhile, a disk without content."""
    with Proxy(host.url) as proxy:
        def list_with(rule: dict[str, Any], what: str) -> None:
            method = "IPlatformProperties_getMaxNetworkAdapters"
            proxy.rules([{"method": method, **rule}])
            result = host.cloud("node", "list", "--output", "json", url=proxy.url)
            wide = [each for each in json.loads(result.out or "[]") if each["name"] == "wide"]
            slots = [each["slot"] for each in wide[0]["adapters"]] if wide else None
            ok(result.status == 0 and slots == [0, 9, 35], what, result.err, slots)

        list_with({"do": "substitute", "every": True, "pattern": ">36<",
                   "with": ">4000000000<"},
                  "more adapters than there are")
        list_with({"do": "stale"}, "a machine that goes when it is asked")
        proxy.rules([{"do": "substitute", "every": True, "method": "IMedium_getLogicalSize",
                      "pattern": f">{8 << 20}<", "with": ">0<"}])
        fails(host.cloud("image", "create", "damaged", "no", url=proxy.url), 1,
              "has a size of 0", "a disk without content")


def sizes() -> None:
    """A size is what the machine has, in each form of output."""
    def are(node: str, size: str, disk_gb: int | None, what: str) -> None:
        rows = host.must("node", "list", "--wide").out.splitlines()
        ok(any(f" {size} " in row for row in rows if row.startswith(f"{node} ")), f"{what}: table", rows)
        for form in ask("node", "show", node), next(each for each in ask("node", "list")
                                                    if each["name"] == node):
            ok((form["size"], form["disk_gb"]) == (size, disk_gb), f"{what}: JSON", form)

    host.create("--no-start", name="own")
    are("own", SIZE, 1, "as created")
    host.manage("modifyvm", "own", "--memory", "128", "--cpus", "2")
    are("own", "2_cpu-128_ram-1_disk", 1, "changed by another program")
    host.must("node", "resize", "own", "--size", "1_cpu-96_ram-2_disk")
    are("own", "1_cpu-96_ram-2_disk", 2, "resized")
    make_machine("theirs")
    are("theirs", "1_cpu-64_ram-1_disk", 1, "another program's")
    host.must("node", "tag", "theirs", "a=b")
    host.manage("modifymedium", str(host.folder / "theirs/disk.vdi"), "--resize", "5000")
    host.manage("showmediuminfo", str(host.folder / "theirs/disk.vdi"))  # VirtualBox looks at it
    are("theirs", "1_cpu-64_ram-5_disk", 5, "after its disk has grown")
    host.manage("createvm", "--name", "bare", "--register", "--ostype", "Linux_64")
    host.manage("modifyvm", "bare", "--memory", "64")
    are("bare", "1_cpu-64_ram-0_disk", None, "without a disk")
    host.restart()  # VirtualBox has looked at no disk yet
    are("own", "1_cpu-96_ram-2_disk", 2, "after a restart")
    theirs = ask("node", "show", "theirs")
    ok((theirs["size"], theirs["disk_gb"]) in ((None, None), ("1_cpu-64_ram-5_disk", 5)),
       "of another program's it is right or unknown, not 0", theirs)
    host.manage("list", "hdds")


def many_adapters() -> None:
    """ICH9 has 36 network adapters; the forwards of all are those of the host."""
    make_machine("wide", "--chipset", "ich9")
    host.manage("modifyvm", "wide", "--nic10", "nat", "--natpf10", "web,tcp,127.0.0.1,30123,,80",
                "--nic36", "intnet", "--intnet36", "lab")
    shown = ask("node", "show", "wide")
    ok([each["slot"] for each in shown["adapters"]] == [0, 9, 35], "they are shown", shown["adapters"])
    ok([(each["adapter"], each["host_port"]) for each in ask("forward", "list", "wide")] == [(9, 30123)],
       "so is what they forward")
    host.create("--no-start", name="narrow")
    fails(host.cloud("forward", "add", "narrow", "30123:80"), 6, "30123", "that port is taken")
    host.must("node", "clone", "wide", "as-wide", "--no-start")
    clone = ask("node", "show", "as-wide")
    ok([each["slot"] for each in clone["adapters"]] == [0, 9, 35], "a clone has as many", clone)
    ok([each["adapter"] for each in clone["forwards"] if each["guest_port"] == 80] == [9],
       "and forwards from there", clone)
    host.must("network", "attach", "wide", "nat", "--adapter", "20")
    host.must("forward", "add", "wide", "8080", "--adapter", "20")
    host.must("network", "detach", "wide", "--adapter", "20")
    ok([each["slot"] for each in ask("node", "show", "wide")["adapters"]] == [0, 9, 35],
       "attached and detached")
    fails(host.cloud("network", "attach", "narrow", "nat", "--adapter", "8"), 2, "are numbered from 0 to 7",
          "other chipsets have eight")
    fails(host.cloud("network", "attach", "narrow", "nat", "--adapter", "36"), 2, "36",
          "none has more than 36")


def all_snapshots() -> None:
    """A list without words is one of all of them, of volumes and of nodes."""
    (kept,) = ask("snapshot", "list", "--node", "clone")
    ok(ask("snapshot", "list") == [kept], "no node's marker is shown", ask("snapshot", "list"))
    host.must("snapshot", "create", "--node", "own", "first")
    host.must("snapshot", "create", "--node", "own", "second")
    host.must("snapshot", "create", "--node", "theirs", "only")
    host.must("volume", "create", "data", "--size", "1", "--dynamic")
    host.must("snapshot", "create", "--volume", "data", "monday")
    found = [(each["kind"], each["of_name"], each["name"]) for each in ask("snapshot", "list")]
    ok(found == [("volume", "data", "monday"), ("node", "clone", kept["name"]),
                 ("node", "own", "first"), ("node", "own", "second"), ("node", "theirs", "only")],
       "all, by kind and node", found)


def clean_up(before: State) -> None:
    """Nothing stays of all these machines: no NVRAM, no folder."""
    nodes = {each["name"]: each["id"] for each in ask("node", "list")}
    linked = [nodes.pop(name) for name in ("linked", "of-clone")]
    host.must("node", "destroy", *linked, *nodes.values())
    host.must("volume", "destroy", *(each["id"] for each in ask("volume", "list")))
    host.must("snapshot", "delete", *(each["id"] for each in ask("snapshot", "list")))
    host.must("image", "delete", *(each["id"] for each in ask("image", "list")
                                   if each["name"] != IMAGE))
    left = set(host.settled().against(before)) - {"+ volumes", "+ snapshots", "+ uploads"}
    ok(not left, "nothing is left of any", left)


with Host("machines") as host:
    host.put_image()
    at_first = host.settled()
    for part in (firmware_of_machines, firmware_of_options, firmware_of_archives, damaged_nvram,
                 first_disks, volumes_beside_disks, sizes, many_adapters, strange_answers,
                 older_releases, all_snapshots):
        try:
            part()
        except (RuntimeError, KeyError, ValueError) as error:
            ok(False, part.__name__, error)
    clean_up(at_first)
done()
