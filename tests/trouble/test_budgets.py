#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many calls each command makes: no more than bench/budgets allows, and that is no more than
needed. A list costs the same calls for each node, whatever their number.
"""
from __future__ import annotations

import json
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

from trouble import HOME, IMAGE, SIZE, Host, Proxy, Result, done, ok, wait_past_bios
from ova import make_ova

TABLE = Path(__file__).resolve().parents[2] / "bench/budgets"
NODES = 50
NAMED = 20
# Put back by the next, where it changes something.
BY_NAME = (
    "node show m", "node tag m a=b", "node untag m a", "node rename m n", "node rename n m",
    "node set-description m x", "node seed m --hostname h",
    "node resize m --size 1_cpu-128_ram-1_disk", "node display m", "forward list m",
    "snapshot create --node m s", "snapshot list --node m", "snapshot revert m s",
    "snapshot delete --node m s", "network attach m nat", "network detach m --adapter 1",
    "volume create v --size 1 --dynamic --node m", "volume show v", "volume detach v",
    "volume attach v m", "volume detach v", "volume destroy v", "image create m x", "image show x",
    "image delete x")


def read_budgets() -> dict[str, int]:
    rows = (line.rpartition(" ") for line in TABLE.read_text().splitlines()
            if line.strip() and not line.startswith("#"))
    return {what.strip(): int(calls) for what, _, calls in rows}


budgets = read_budgets()
measured: set[str] = set()


def waits(order: list[str]) -> int:
    """Calls that only look again while the host is at work: how many follows from its speed."""
    again = order.count("IProgress_waitForCompletion") - order.count("IProgress_getResultCode")
    looks = {"IMachine_getState", "IMachine_getSessionState"}
    return (max(again, 0) + order.count("IProgress_getCompleted") +
            order.count("IProgress_getPercent") +
            sum(a in looks and b in looks for a, b in zip(order, order[1:])))


def renewals(order: list[str]) -> int:
    """Calls that only sign leases anew, after five seconds: how many follows from the speed, too."""
    clocks = [i for i, call in enumerate(order) if call == "IHost_getUTCTime"][1:]
    return sum(1 + len(list(takewhile("IVirtualBox_setExtraData".__eq__, order[i + 1:]))) for i in clocks)


def spend(what: str, *words: str, url: str = "") -> Result:
    """Runs a command and counts its calls, log-on and log-off included."""
    measured.add(what)
    proxy.reset()
    result = host.cloud(*words, url=url or proxy.url)
    order = proxy.calls()["order"]
    calls = len(order) - waits(order) - renewals(order)
    ok(result.status == 0 and calls <= budgets.get(what, 0),
       f"{what}: {calls} calls, {budgets.get(what, 0)} allowed", result, order)
    return result


def per_node() -> None:
    """Machines of other tools, without any metadata, cost as little."""
    soap = host.soap
    for i in range(NODES):
        machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="", name=f"vm{i}",
                           platform="x86", osTypeId="Linux_64", flags="")
        soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
    for what, words in (("node list, more for each", ("node", "list")),
                        ("node list --output tsv, more for each", ("node", "list", "--output", "tsv")),
                        ("node list --output json, more for each",
                         ("node", "list", "--output", "json"))):
        measured.add(what)
        proxy.reset()
        result = host.cloud(*words, url=proxy.url)
        base = budgets[what.partition(",")[0]]
        more = (proxy.calls()["total"] - base) / NODES
        # Where there are any, there are two calls more in all.
        ok(result.status == 0 and int(more) <= budgets[what], f"{what}: {more:.2f}, {budgets[what]} allowed",
           result)


def per_own_node() -> None:
    """A node with a disk and a forward, stopped and running, and of how few calls its row is made."""
    rows = {"node list": ("node", "list")}
    rows |= {f"node list --output {form}": ("node", "list", "--output", form) for form in ("tsv", "json")}
    before = {what: count(*words) for what, words in rows.items()}
    for suffix, words in (("more for each own", ("--no-start",)), ("more for each that runs", ())):
        host.must("node", "create", "n", "--image", IMAGE, "--size", SIZE, *words)
        for what, listing in rows.items():
            # Where there are any, there are some calls more in all.
            first = count(*listing)
            host.must("node", "create", "m", "--image", IMAGE, "--size", SIZE, *words)
            more = count(*listing) - first
            name = f"{what}, {suffix}"
            measured.add(name)
            ok(before[what] <= first and more <= budgets.get(name, 0),
               f"{name}: {more}, {budgets.get(name, 0)} allowed")
            host.must("node", "destroy", "m")
        host.must("node", "destroy", "n")


def count(*words: str) -> int:
    """The calls of a command that has to succeed."""
    proxy.reset()
    result = host.cloud(*words, url=proxy.url)
    order = proxy.calls()["order"]
    if result.status:
        raise RuntimeError(f"{words}: {result.err}")
    return len(order) - waits(order) - renewals(order)


def make_machines(own: bool) -> None:
    """Machines as VirtualBox has them: nodes as we make them, or such as other tools do."""
    soap = host.soap
    for name in (f"{'own' if own else 'other'}{i}" for i in range(NAMED)):
        machine = soap.one("IVirtualBox_createMachine", soap.vbox, settingsFile="", name=name,
                           platform="x86", groups="/libcloud" if own else "/", osTypeId="Linux_64",
                           flags="")
        soap.call("IVirtualBox_registerMachine", soap.vbox, machine=machine)
        if not own:
            continue
        id_, sum_ = soap.one("IMachine_getId", machine), sha256(name.encode()).hexdigest()
        sum_ = f"{sum_[:8]}-{sum_[8:12]}-8{sum_[12:15]}-8{sum_[15:18]}-{sum_[18:30]}"
        for key, value in ((f"name/{sum_}/{id_}", {}),
                           (f"node/{id_}", {"name": name, "vbox_name": name})):
            soap.call("IVirtualBox_setExtraData", soap.vbox, key=f"libcloud/{key}",
                      value=json.dumps(value))


def destroy_two() -> int:
    """By their names, in one command."""
    for name in ("one", "two"):
        host.must("node", "create", name, "--image", IMAGE, "--size", SIZE, "--no-start")
    return count("node", "destroy", "one", "two")


def create_one() -> int:
    calls = count("node", "create", "one", "--image", IMAGE, "--size", SIZE, "--no-start")
    host.must("node", "destroy", "one")
    return calls


def within(what: str, words: str, calls: float) -> None:
    measured.add(what)
    ok(calls <= budgets[what], f"{words}, {what}: {calls:.2f}, {budgets[what]} allowed")


def shown_id(noun: str, name: str) -> str:
    return json.loads(host.must(noun, "show", "--output", "json", name).out)["id"]


def by_prefix(rows: tuple[str, ...], name: str, id_: str) -> None:
    """The beginning of an id costs no more than a name."""
    for words in rows:
        named, begun = (count(*words.format(each).split()) for each in (name, id_[:8]))
        within("by the beginning of an id, more than by name", words, begun - named)


def by_name() -> None:
    """Whatever takes a node's name costs no more for each other node, and one call for each machine
    of another tool, however many it takes. Who destroys one asks all."""
    two = destroy_two()
    host.must("node", "create", "m", "--image", IMAGE, "--size", SIZE, "--no-start")
    for words in BY_NAME:
        count(*words.split())  # which leaves the node as it is found from now on
    before, create = [count(*words.split()) for words in BY_NAME], create_one()
    for what, own in (("by name, more for each node", True),
                      ("by name, more for each machine of another tool", False)):
        make_machines(own)
        after = [count(*words.split()) for words in BY_NAME]
        for words, old, new in zip(BY_NAME, before, after):
            within(what, words, (new - old) / NAMED)
        before = after
        if own:
            # Where there are several, there is a call more in all.
            within("node create, more for each node", "node create", (create_one() - create - 1) / NAMED)
    by_prefix(("node show {}", "node tag {} a=b", "node seed {} --hostname h", "node display {}", "forward list {}",
               "snapshot list --node {}"), "m", shown_id("node", "m"))
    host.must("node", "destroy", "m")
    wait = ("node", "wait", "--state", "stopped")
    one, five = (count(*wait, *(f"other{i}" for i in range(n))) for n in (1, 5))
    within("by name, more for each word", "node wait", (five - one) / 4)
    within("node destroy, more for each machine", "two", (destroy_two() - two) / (2 * NAMED))


def by_name_of_disk() -> None:
    """An image or a volume costs no more for each other disk, and one call for each of its kind."""
    host.must("image", "copy", IMAGE, "i")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    rows = ("image show i", "volume show v", "image update i --description d", "volume resize v --size 2")
    before = [count(*words.split()) for words in rows]
    for i in range(NAMED):
        host.manage("createmedium", "disk", "--filename", str(host.folder / f"disk{i}.vdi"), "--size", "1")
    after = [count(*words.split()) for words in rows]
    for words, old, new in zip(rows, before, after):
        within("by name, more for each disk", words, (new - old) / NAMED)
    by_prefix(("image show {}", "image update {} --description d"), "i", shown_id("image", "i"))
    by_prefix(("volume show {}", "volume resize {} --size 2"), "v", shown_id("volume", "v"))
    host.must("volume", "create", "w", "--size", "1", "--dynamic")
    within("by name, more for each volume", rows[1], count(*rows[1].split()) - after[1])
    for words in (("volume", "destroy", "v", "w"), ("image", "delete", "i")):
        host.must(*words)


def disks() -> None:
    """Volumes and snapshots, on a node that does not run but where it is said."""
    host.must("node", "create", "m", "--image", IMAGE, "--size", SIZE, "--no-start")
    spend("volume create", "volume", "create", "v", "--size", "1", "--dynamic")
    spend("volume create, of a node", "volume", "create", "w", "--node", "m", "--dynamic")
    spend("volume rename", "volume", "rename", "w", "x")
    host.must("volume", "destroy", "x")
    spend("volume list", "volume", "list")
    spend("volume attach", "volume", "attach", "v", "m")
    spend("volume show", "volume", "show", "v")
    spend("volume resize", "volume", "resize", "v", "--size", "2")
    spend("snapshot create, of a node", "snapshot", "create", "--node", "m", "s")
    spend("snapshot list, of a node", "snapshot", "list", "--node", "m")
    spend("snapshot revert", "snapshot", "revert", "m", "s")
    spend("snapshot delete, of a node", "snapshot", "delete", "--node", "m", "s")
    spend("snapshot create", "snapshot", "create", "--volume", "v", "t")
    host.must("node", "start", "m")
    spend("snapshot create, running", "snapshot", "create", "--volume", "v", "u")
    spend("snapshot list", "snapshot", "list")
    spend("snapshot delete", "snapshot", "delete", "t")
    spend("volume create, from a snapshot", "volume", "create", "w", "--snapshot", "u", "--dynamic")
    spend("volume detach", "volume", "detach", "v")
    spend("volume destroy", "volume", "destroy", "v")
    host.must("volume", "destroy", "w")
    host.must("snapshot", "delete", "u")
    spend("image create, running", "image", "create", "m", "x")
    host.must("node", "stop", "--force", "m")
    host.must("image", "delete", "x")
    spend("image create", "image", "create", "m", "x")
    host.must("image", "delete", "x")
    spend("node log", "node", "log", "m")
    disc = HOME / "disc.iso"
    disc.write_bytes(bytes(16 * 2048) + b"\1CD001\1".ljust(2048, b"\0") + bytes(14 * 2048))
    spend("node create --iso", "node", "create", "installed", "--iso", str(disc), "--display", "none",
          "--size", SIZE, "--no-start")
    spend("node eject", "node", "eject", "installed")
    host.must("node", "destroy", "installed")
    host.must("node", "create", "serial", "--image", IMAGE, "--size", SIZE, "--serial")
    spend("node log --guest", "node", "log", "--guest", "serial")
    host.must("node", "destroy", "serial")
    spend("node rebuild", "node", "rebuild", "m", IMAGE)
    spend("node clone", "node", "clone", "m", "c", "--no-start")
    spend("node show, by name", "node", "show", "m")
    host.must("node", "destroy", "c")
    spend("node clone --linked", "node", "clone", "m", "c", "--linked", "--no-start")
    host.must("node", "destroy", "c")
    host.must("node", "destroy", "m")


def networks() -> None:
    """Networks, adapters and forwards of a node that does not run, and its display."""
    host.must("node", "create", "m", "--image", IMAGE, "--size", SIZE, "--no-start")
    spend("forward add", "forward", "add", "m", "80")
    spend("forward list", "forward", "list", "m")
    spend("forward delete", "forward", "delete", "m", "tcp-80")
    secret = HOME / "display-password"
    secret.write_text("4711\n")
    display = ("node", "display", "m")
    spend("node display --on", *display, "--on", "--password-file", str(secret))
    spend("node display", *display)
    spend("node display --off", *display, "--off")
    host.must("node", "start", "m")
    wait_past_bios("m", host.env)
    spend("node display --on, running", *display, "--on", "--password-file", str(secret))
    spend("node display, running", *display)
    spend("node display --off, running", *display, "--off")
    host.must("node", "stop", "--force", "m")
    spend("network create", "network", "create", "lab", "--cidr", "10.77.0.0/24")
    spend("network attach", "network", "attach", "m", "natnetwork:lab")
    spend("network detach", "network", "detach", "m", "--adapter", "1")
    spend("network delete", "network", "delete", "lab")
    host.must("node", "destroy", "m")


upload = HOME / "small.raw"
upload.write_bytes(bytes(range(1, 256)) * 4096 + bytes(4096))  # less than a MiB and no zeros

with Host("budgets") as host, Proxy(host.url) as proxy:
    host.put_image()
    there = host.folder.parent / "there.hdd"
    there.write_bytes(bytes(2 << 20))
    for words in ("host show", "host check", "location list", "size list", "node list",
                  "node list --output json", "node list --output tsv", "image list", "key list", "gc"):
        spend(words, *words.split())
    for words in ("host cordon", "host uncordon"):
        spend(words, *words.split(), proxy.url)
    spend("node create --no-start", "node", "create", "n", "--image", IMAGE, "--size", SIZE,
          "--no-start")
    for words in ("node show", "node start", "node reboot --force", "node stop --force",
                  "node destroy"):
        spend(words, *words.split(), host.state().machines.popitem()[0])
    spend("node create, linked", "node", "create", "n", "--image", IMAGE, "--size", SIZE, "--linked",
          "--no-start")
    host.must("node", "destroy", host.state().machines.popitem()[0])
    spend("node create", "node", "create", "n", "--image", IMAGE, "--size", SIZE)
    spend("launch", "launch", IMAGE, "--name", "l", "--size", SIZE,
          url=proxy.url.replace("127.0.0.1", "far.localhost"))  # whose guests nobody waits for
    host.must("node", "destroy", "l")
    host.must("metrics")  # which are collected from here on
    for words in ("metrics", "metrics --detailed"):
        spend(words, *words.split())
    spend("node destroy, running", "node", "destroy", host.state().machines.popitem()[0])
    spend("node create, with a seed", "node", "create", "n", "--image", IMAGE, "--size", SIZE,
          "--no-start", "--hostname", "h")
    seeded = host.state().machines.popitem()[0]
    spend("node seed", "node", "seed", seeded)
    spend("node destroy, with a seed", "node", "destroy", seeded)
    (HOME / "password").write_text("correct horse\n")
    host.must("image", "copy", IMAGE, "d", "--init", "dmi")
    spend("node create, with DMI strings", "node", "create", "n", "--image", "d", "--size", SIZE,
          "--no-start", "--password-file", str(HOME / "password"))
    spend("node seed, with DMI strings", "node", "seed", "n")
    host.must("node", "destroy", "n")
    host.must("image", "delete", "d")
    spend("image import", "image", "import", str(upload), "--name", "i")
    spend("image show", "image", "show", "i")
    spend("image copy", "image", "copy", "i", "k")
    spend("image update", "image", "update", "k", "--name", "m", "--username", "debian")
    host.must("image", "delete", "m")
    spend("image export", "image", "export", "i", "-o", str(HOME / "exported.raw"))
    spend("image delete", "image", "delete", "i")
    spend("image import, of the host", "image", "import", f"host:{there}", "--name", "j")
    archive = there.with_suffix(".ova")
    make_ova(archive, upload)
    spend("image import, of an archive", "image", "import", f"host:{archive}", "--name", "l")
    host.must("image", "delete", "l")
    disks()
    networks()
    per_own_node()
    per_node()
    by_name()
    by_name_of_disk()
ok(measured == set(budgets), "bench/budgets names what is measured", measured ^ set(budgets))
done()
