#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What VirtualBox tells of machines in the description that lists are made of, against what it answers
when it is asked for each: every kind of adapter, disks on all controllers, states, snapshots, names and
descriptions in any text, machines of other tools, also in the place of nodes, and such as it cannot
describe or read.
"""
from __future__ import annotations

from pathlib import Path

from lister import ALL, Listed, Lister
from trouble import IMAGE, SIZE, Host, Proxy, done, ok

TEXTS = ("plain", "<b>&amp; x\n\ty'\" \u00e9\u6f22\U0001f600 ", "a > b", " \t\n ", "x\r\ny", "&lt;", "]]>")
KINDS = ("Null", "NAT", "Bridged", "Internal", "HostOnly", "Generic", "NATNetwork", "HostOnlyNetwork")
OURS = {"Null": "none", "NAT": "nat", "Bridged": "bridged", "Internal": "internal", "HostOnly": "hostonly",
        "Generic": "generic", "NATNetwork": "natnetwork", "HostOnlyNetwork": "hostonlynet"}
NAMES = {"Bridged": "BridgedInterface", "Internal": "InternalNetwork", "HostOnly": "HostOnlyInterface",
         "NATNetwork": "NATNetwork"}
BUSES = ("IDE", "SATA", "SCSI", "SAS", "USB", "PCIe", "VirtioSCSI")


def make(host: Host, name: str, description: str = "", os_type: str = "Debian_64", cpus: int = 1,
         chipset: str = "", adapters: dict[int, str] | None = None) -> str:
    """A machine; its id."""
    soap = host.soap
    machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="", name=name, platform="x86",
                       osTypeId=os_type, flags="")
    if description:
        soap.call("IMachine_setDescription", machine, description=description)
    soap.call("IMachine_setCPUCount", machine, CPUCount=cpus)
    if chipset:
        platform = soap.one("IMachine_getPlatform", machine)
        soap.call("IPlatform_setChipsetType", platform, chipsetType=chipset)
    for slot, kind in (adapters or {}).items():
        adapter = soap.one("IMachine_getNetworkAdapter", machine, slot=slot)
        soap.call("INetworkAdapter_setEnabled", adapter, enabled="true" if kind else "false")
        if kind:
            soap.call("INetworkAdapter_setAttachmentType", adapter, attachmentType=kind)
    soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
    return soap.one("IMachine_getId", machine)


def add_disk(host: Host, name: str, bus: str) -> bool:
    """A disk of 3 MiB on a controller of its own; whether this release can have that."""
    path = host.folder / f"{name}-{bus}.vdi"
    try:
        host.manage("storagectl", name, "--name", bus, "--add", bus.lower())
    except RuntimeError:
        return False
    host.manage("createmedium", "disk", "--filename", str(path), "--size", "3")
    host.manage("storageattach", name, "--storagectl", bus, "--port", "0", "--device", "0", "--type", "hdd",
                "--medium", str(path))
    return True


def adapters_asked(host: Host, machine: str, slots: int) -> str:
    soap, found = host.soap, ""
    for slot in range(slots):
        adapter = soap.one("IMachine_getNetworkAdapter", machine, slot=slot)
        if soap.one("INetworkAdapter_getEnabled", adapter) != "true":
            continue
        kind = soap.one("INetworkAdapter_getAttachmentType", adapter)
        mac = soap.one("INetworkAdapter_getMACAddress", adapter).lower()
        network = soap.one(f"INetworkAdapter_get{NAMES[kind]}", adapter) if kind in NAMES else ""
        colons = ":".join(mac[i:i + 2] for i in range(0, 12, 2))
        found += f"{slot},{OURS[kind]},{network},{colons};"
    return found


def disk_asked(host: Host, id_: str) -> bool:
    """Whether it has a hard disk."""
    shown = host.manage("showvminfo", id_, "--machinereadable")
    return ".vdi" in shown


def compare(host: Host, nodes: dict[str, Listed], id_: str, what: str, slots: int = 8) -> None:
    """One node of a list with what is asked of its machine."""
    soap, node = host.soap, nodes[id_]
    machine = soap.one("IVirtualBox_findMachine", soap.vbox, nameOrId=id_)
    want = {"name": soap.one("IMachine_getName", machine), "state": soap.one("IMachine_getState", machine),
            "os_type": soap.one("IMachine_getOSTypeId", machine),
            "description": soap.one("IMachine_getDescription", machine),
            "settings_file": soap.one("IMachine_getSettingsFilePath", machine),
            "adapters": adapters_asked(host, machine, slots),
            "hardware": f"{soap.one('IMachine_getCPUCount', machine)}_cpu-"
                        f"{soap.one('IMachine_getMemorySize', machine)}_ram"}
    have = {key: getattr(node, key) for key in want if key != "hardware"}
    have["hardware"] = node.size.rpartition("-")[0]
    ok(have == want and (not node.size.endswith("-0_disk")) == disk_asked(host, id_), what, have, want,
       node.size)


def make_all(host: Host) -> dict[str, tuple[str, int]]:
    """Machines of all sorts: what each is, and how many slots for adapters it has."""
    made = {}
    for i, text in enumerate(TEXTS):
        made[make(host, f"text{i}", text, cpus=i + 1)] = (f"the description {text!r}", 8)
        name = text.strip() or "blank"
        made[make(host, name, os_type="Windows10_64")] = (f"the name {name!r}", 8)
    for kind in KINDS:
        made[make(host, kind, adapters={0: "", 2: kind})] = (f"an adapter on {kind}", 8)
    made[make(host, "all", adapters=dict(enumerate(KINDS)))] = ("one of each kind", 8)
    made[make(host, "none", adapters={0: ""})] = ("no adapter", 8)
    made[make(host, "ich9", chipset="ICH9", adapters={0: "NAT", 20: "Internal", 35: "NAT"})] = (
        "36 slots", 36)
    for bus in BUSES:
        id_ = make(host, f"on-{bus}")
        what = "a disk" if add_disk(host, f"on-{bus}", bus) else "nothing"
        made[id_] = (f"{what} on {bus}", 8)
    return made


def add_states(host: Host, made: dict[str, tuple[str, int]]) -> None:
    """Nodes of ours in all states that last, and one with snapshots."""
    for name, words in (("running", ()), ("paused", ("pause",)), ("saved", ("suspend",))):
        made[host.create(name=name)] = (f"a node that is {name}", 8)
        for word in words:
            host.must("node", word, name)
    id_ = host.create("--no-start", name="snapped")
    host.must("snapshot", "create", "--node", id_, "s")
    made[id_] = ("a node with a snapshot", 8)


def test_made(host: Host) -> None:
    """What is shown of a node when it is made is what VirtualBox tells of it then."""
    for words in (("--no-start", "--tag", "a=b", "--description", TEXTS[1]),
                  ("--linked", "--network", "nat", "--network", "none", "--forward", "80")):
        made = host.must("node", "create", "made", "--image", IMAGE, "--size", SIZE, *words,
                         "--output", "json").out
        shown = host.must("node", "show", "made", "--output", "json").out
        ok(made == shown, f"a node made with {' '.join(words)!r}", made, shown)
        host.must("node", "destroy", "made")


def test_refused(host: Host, made: dict[str, tuple[str, int]]) -> None:
    """Machines that VirtualBox does not describe are asked about instead."""
    with Proxy(host.url) as proxy:
        refuse = {"do": "fault", "result": "0x80bb0009", "text": "no", "every": True}
        with Lister(host) as lister:
            want = lister.list()
        for method in ("IMachine_exportTo", "IVirtualSystemDescription_getDescription",
                       "IVirtualBox_createAppliance"):
            proxy.rules([{"method": method, **refuse}])
            with Lister(host, proxy.url) as lister:
                have = lister.list()
            # The proxy's address is another, and so are the addresses of forwards.
            ok(have == want, f"without {method} the list is the same",
               [pair for pair in zip(have.values(), want.values()) if pair[0] != pair[1]][:1])
            proxy.reset()
    ok(len(want) == len(made), "all are listed", len(want), len(made))


def make_at(host: Host, settings: Path, name: str, flags: str = "") -> str:
    """A machine of another tool with this settings file; its id."""
    soap = host.soap
    machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile=str(settings), name=name,
                       platform="x86", osTypeId="Linux_64", flags=flags)
    soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
    return soap.one("IMachine_getId", machine)


def test_files(host: Host) -> None:
    """The id of a node is in its settings' path, and is no other machine's that has such a path."""
    beside, renamed, left, gone = (host.create("--no-start", name=name)
                                   for name in ("beside", "renamed", "left", "gone"))
    host.manage("modifyvm", renamed, "--name", "other")
    for id_ in (left, gone):
        host.manage("unregistervm", id_)
    made = {beside: "a node with another machine in its folder", renamed: "one that another tool renamed",
            make_at(host, host.folder / beside / "guest.vbox", "guest"): "that other machine",
            make_at(host, host.folder / left / "left.vbox", "left"): "a machine in the folder of a node",
            make_at(host, host.folder / gone / f"{gone}.vbox", "new", "forceOverwrite=1"):
            "one in the place of a node"}
    with Lister(host) as lister:
        nodes = lister.list()
    ok(not {left, gone} & nodes.keys(), "nodes that are gone are not listed", nodes.keys())
    for id_, what in made.items():
        compare(host, nodes, id_, what)
    for id_ in made:
        host.manage("unregistervm", id_)
    with Lister(host) as lister:
        ok(not made.keys() & lister.list().keys(), "nor are those that went after")


def test_unreadable(host: Host, made: dict[str, tuple[str, int]]) -> None:
    """A machine whose file is gone after a restart, and a disk that is."""
    lost = next(id_ for id_, (what, _) in made.items() if what == "no adapter")
    without = next(id_ for id_, (what, _) in made.items() if what == "a disk on SATA")
    with Lister(host) as lister:
        nodes = lister.list()
    path = nodes[lost].settings_file
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write("no settings")
    host.restart()
    (host.folder / "on-SATA-SATA.vdi").rename(host.folder / "away.vdi")
    with Lister(host) as lister:
        nodes = lister.list()
        ok(nodes[lost].state == "Inaccessible" and nodes[lost].error, "a machine that cannot be read",
           nodes[lost])
        ok(nodes[without].size == "", "a disk that is gone", nodes[without])
        (host.folder / "away.vdi").rename(host.folder / "on-SATA-SATA.vdi")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        nodes = lister.list()
        ok(nodes[lost].state == "PoweredOff" and not nodes[lost].error, "that can be read again", nodes[lost])
        ok(nodes[without].size.endswith("-1_disk"), "and the disk is there again", nodes[without])


with Host("told") as the_host:
    the_host.put_image()
    test_made(the_host)
    the_made = make_all(the_host)
    add_states(the_host, the_made)
    with Lister(the_host) as the_lister:
        the_nodes = the_lister.list(ALL)
        for the_id, (the_what, the_slots) in the_made.items():
            compare(the_host, the_nodes, the_id, the_what, the_slots)
        ok(the_lister.list(ALL) == the_nodes, "the next list is the same")
    test_refused(the_host, the_made)
    test_files(the_host)
    test_unreadable(the_host, the_made)
done()
