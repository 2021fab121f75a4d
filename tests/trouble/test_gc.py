#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Leftovers that no entry of the journal names: gc finds and removes what nobody can use any more,
and nothing that somebody may.
"""
from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path

from trouble import HOME, IMAGE, SIZE, Host, Proxy, State, between, done, ok

NOBODY = "99999999-9999-4999-8999-999999999999"


def gc(*words: str) -> list[tuple[str, str]]:
    """Kinds and ids of what it lists."""
    result = host.must("gc", *words, "--output", "json")
    return sorted((each["kind"], each["id"]) for each in json.loads(result.out))


def disks() -> dict[str, str]:
    """All disks that VirtualBox knows, and their ids."""
    said = host.manage("list", "hdds", "--long")
    ids = [line.split()[1] for line in said.splitlines() if line.startswith("UUID:")]
    paths = [line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("Location:")]
    return {str(Path(path).relative_to(host.folder)): id_ for path, id_ in zip(paths, ids)}


def everything() -> tuple[State, dict[str, str], str]:
    """All that could be removed."""
    return host.settled(), disks(), host.manage("list", "dvds")


def collects(what: str, expected: list[tuple[str, str]], before: State) -> None:
    """That these are told of, then removed with the folders that are empty then, and no more."""
    now = everything()
    told = gc("--dry-run")
    ok(told == sorted(expected), f"{what}: gc tells of it", told, expected)
    ok(everything() == now, "and changes nothing")
    removed = gc()
    ok({each for each in removed if each[0] != "folder" or each in expected} == set(told),
       "it removes what it has told of", removed)
    after = host.settled()
    ok(after == before and gc() == [], "and nothing is left", after.against(before))


def stays(what: str) -> None:
    """That gc removes nothing."""
    now = everything()
    ok(gc() == [] and everything() == now, what, host.settled().against(now[0]))


def forget(node: str) -> None:
    """VirtualBox no longer knows the machine, but its media: as when its settings were lost."""
    machine = host.soap.one("IVirtualBox_findMachine", host.soap.vbox, nameOrId=node)
    host.soap.call("IMachine_unregister", machine, cleanupMode="DetachAllReturnNone")
    for path in (host.folder / node).glob("*.vbox*"):
        path.unlink()


def records(node: str) -> list[tuple[str, str]]:
    """The metadata of a node and its port, as gc lists them."""
    ports = [key for key in host.state().extra if key.startswith("libcloud/port/") and node in key]
    return [("metadata", f"node/{node}"),
            *(("port", key.removeprefix("libcloud/port/")) for key in ports)]


def test_linked() -> None:
    before = host.settled()
    node = host.create("--linked", "--no-start", "--hostname", "h")
    disk = disks()[f"{node}/{node}.vdi"]
    seed = host.manage("list", "dvds").split()[1]
    stays("a node's linked disk and seed stay")
    forget(node)
    if between.RESTARTING:  # VirtualBox forgets it with its service
        host.restart("--quick")
        seed = node
    collects("a linked disk and a seed of a node that is gone",
             [("disk", disk), ("seed", seed), *records(node)], before)


def test_lost_seed() -> None:
    """VirtualBox has forgotten a seed, of which nothing is recorded."""
    before = host.settled()
    node = host.create("--no-start", "--hostname", "h")
    forget(node)
    host.manage("closemedium", "disk", str(host.folder / node / f"{node}.vdi"), "--delete")
    host.restart()
    ok("seed" not in host.manage("list", "dvds"), "VirtualBox has forgotten the seed")
    collects("a seed that VirtualBox does not know", [("seed", node), *records(node)], before)


def test_chain() -> None:
    before = host.settled()
    base = disks()[f"images/{IMAGE}.vdi"]
    files = [f"{NOBODY}/Snapshots/{{{uuid.uuid4()}}}.vdi" for _ in range(3)]
    for file in files:
        said = host.manage("createmedium", "disk", "--diffparent", base,
                           "--filename", str(host.folder / file))
        base = said.split()[-1]
    found = [("disk", disks()[file]) for file in files]
    collects("differencing disks of each other", found, before)


def test_lost_file() -> None:
    before = host.settled()
    node = host.create("--linked", "--no-start")
    disk = disks()[f"{node}/{node}.vdi"]
    forget(node)
    shutil.rmtree(host.folder / node)
    host.restart()
    collects("a disk whose file is gone", [("disk", disk), *records(node)], before)


def test_upload() -> None:
    (host.folder / "uploads").mkdir()
    before = host.settled()
    file = f"uploads/{NOBODY}.vdi"
    host.manage("createmedium", "disk", "--filename", str(host.folder / file), "--size", "2")
    collects("an upload", [("upload", disks()[file])], before)


def test_metadata() -> None:
    """Disks that another tool has deleted."""
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("snapshot", "create", "--volume", "v", "s")
    host.must("image", "copy", IMAGE, "copy")
    path = {kind: next(file for file in disks() if file.startswith(f"{kind}s/") and
                       IMAGE not in file) for kind in ("volume", "snapshot", "image")}
    ids = {kind: disks()[file] for kind, file in path.items()}
    clean = host.settled()
    for kind, file in path.items():
        host.manage("closemedium", "disk", str(host.folder / file), "--delete")
    stayed = host.settled()
    found = [("metadata", f"{kind}/{id_}") for kind, id_ in ids.items()]
    expected = {key: text for key, text in stayed.extra.items()
                if key.removeprefix("libcloud/") not in {name for _, name in found}}
    ok(len(expected) == len(clean.extra) - 3, "each has its record", expected)
    told = gc("--dry-run")
    ok(told == sorted(found), "records of disks that are gone: gc tells of them", told, found)
    ok(gc() == told and host.settled().extra == expected and gc() == [], "and removes them")


def test_inaccessible() -> None:
    """A disk whose file is not there now may come back."""
    before = host.settled()
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    file = next(host.folder / file for file in disks() if file.startswith("volumes/"))
    file.rename(HOME / "away")
    stays("the record of a volume whose file is away")
    (HOME / "away").rename(file)
    host.must("volume", "destroy", "v")
    ok(host.settled() == before, "it was a whole volume", host.settled().against(before))


def test_unknown() -> None:
    """Disks that VirtualBox does not know any more, as a teleport left them; and somebody's file."""
    before = host.settled()
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("image", "copy", IMAGE, "copy")
    whole = host.settled()
    paths = {file for file in disks() if file.startswith(("volumes/", "images/")) and
             IMAGE not in file}
    found = [(file.split("/")[0][:-1], disks()[file]) for file in paths]
    for file in paths:
        host.manage("closemedium", "disk", str(host.folder / file))
    stray = host.folder / "volumes/stray.vdi"
    stray.write_text("somebody's\n")
    now = everything()
    told = gc("--dry-run")
    ok(told == sorted([*found, ("file", "stray.vdi")]), "disks that are not known: gc tells of them",
       told, found)
    ok(everything() == now, "and changes nothing")
    result = host.must("gc", "--output", "json")
    removed = sorted((each["kind"], each["id"]) for each in json.loads(result.out))
    ok(removed == sorted(found) and str(stray) in result.err,
       "it opens those of which something is recorded, and names the other", result)
    stray.unlink()
    ok(host.settled() == whole and gc() == [], "they are whole", host.settled().against(whole))
    host.restart("--quick")
    ok(host.settled() == whole, "and stay known", host.settled().against(whole))
    host.must("volume", "destroy", "v")
    host.must("image", "delete", "copy")
    ok(host.settled() == before, "and go as they came", host.settled().against(before))


def record(kind: str, image: str, node: str, value: dict[str, str]) -> None:
    """Writes what a teleport would of an image and a node."""
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox,
                   key="/".join(["libcloud", kind, image, *([node] if node else [])]),
                   value=json.dumps(value))


def test_image_lent_to_another_host() -> None:
    """An image that a node of another host needed, whose disk is gone; and one that may be there."""
    node = host.create("--no-start", "--linked")
    image = disks()[f"images/{IMAGE}.vdi"]
    older = host.create("--no-start", "--linked", name="older")
    for id_ in NOBODY, node, older:
        what, file = ("disk", "merged.vdi") if id_ == older else ("settings", f"{id_}.vbox")
        record("lent", image, id_, {what: str(host.folder / id_ / file)})
    ok(gc() == [("metadata", f"lent/{image}/{NOBODY}")], "gc takes the record of what is gone")
    for id_ in node, older:
        host.must("node", "destroy", id_)
        ok(gc() == [("metadata", f"lent/{image}/{id_}")], "and of what goes later")


def test_image_of_another_host() -> None:
    """An image of another host whose node has gone from here, while another node here needs it."""
    before = host.settled()
    image = host.put_image("theirs")
    path = host.folder / "images/theirs.vdi"
    node = json.loads(host.must("node", "create", "n", "--image", "theirs", "--size", SIZE,
                                "--linked", "--no-start", "--output", "json").out)["id"]
    record("image", image, "", {"name": "theirs"})

    def theirs(id_: str) -> None:
        record("borrowed", image, id_, {"settings": str(host.folder / id_ / f"{id_}.vbox"),
                                        "path": str(path)})

    theirs(NOBODY)
    theirs(node)
    ok(gc() == [("metadata", f"borrowed/{image}/{NOBODY}")], "gc takes the record of what is gone")
    ok("images/theirs.vdi" in disks(), "and not the image that a node needs")
    result = host.cloud("image", "delete", "theirs")
    ok(result.status == 6 and "belongs to another host" in result.err, "which cannot be deleted", result)
    host.manage("setextradata", "global", f"libcloud/borrowed/{image}/{node}")
    host.must("node", "destroy", node)
    theirs(node)
    sibling = f"{NOBODY}/{NOBODY}.vdi"
    host.manage("createmedium", "disk", "--diffparent", image, "--filename",
                str(host.folder / sibling))
    (host.folder / NOBODY / f"{NOBODY}.vbox").write_text("their node's\n")
    files = host.settled().files
    taken = gc()
    ok(("metadata", f"borrowed/{image}/{node}") in taken and
       not any(each[0] in ("disk", "image") for each in taken), "and of the last that goes", taken)
    known = disks()
    ok("images/theirs.vdi" not in known and sibling not in known and
       not any(image in key for key in host.state().extra),
       "with which VirtualBox forgets the image, and the disk of another host's node", known)
    ok(host.settled().files == files, "their files stay", host.settled().files ^ files)
    shutil.rmtree(host.folder / NOBODY)
    path.unlink()
    ok(host.settled() == before, "nothing else has changed", host.settled().against(before))


def test_folder() -> None:
    before = host.settled()
    (host.folder / NOBODY).mkdir()
    collects("an empty folder of a node", [("folder", NOBODY)], before)
    logs = host.folder / NOBODY / "Logs"
    logs.mkdir(parents=True)
    (logs / "VBox.log.9000").write_text("a guest's\n")
    collects("a folder with what a guest has written, as other tools leave it", [("folder", NOBODY)], before)
    logs.mkdir(parents=True)
    (logs / "VBox.log.9000").write_text("a guest's\n")
    (logs / "VBox.log").write_text("VirtualBox's\n")
    stays("a folder with another log")
    shutil.rmtree(host.folder / NOBODY)
    (host.folder / NOBODY).mkdir()
    (host.folder / NOBODY / "notes.txt").write_text("somebody's\n")
    stays("a folder that has a file")
    shutil.rmtree(host.folder / NOBODY)


def test_others() -> None:
    """What another tool owns, and what nodes own that are there."""
    before = host.settled()
    node = host.create("--no-start", "--hostname", "h")
    host.must("snapshot", "create", "--node", node, "s")
    host.manage("createvm", "--name", "theirs", "--register", "--ostype", "Linux_64")
    host.manage("createmedium", "disk", "--filename", str(host.folder / "theirs/base.vdi"),
                "--size", "2")
    host.manage("createmedium", "disk", "--filename", str(host.folder / "theirs/child.vdi"),
                "--diffparent", str(host.folder / "theirs/base.vdi"))
    host.manage("setextradata", "global", "libcloud/theirs", "1")
    (host.folder / "theirs/empty").mkdir()
    stays("what another tool owns")
    host.manage("setextradata", "global", "libcloud/theirs")
    host.manage("closemedium", "disk", str(host.folder / "theirs/child.vdi"), "--delete")
    host.manage("closemedium", "disk", str(host.folder / "theirs/base.vdi"), "--delete")
    (host.folder / "theirs/empty").rmdir()
    host.manage("unregistervm", "theirs", "--delete")
    host.must("node", "destroy", node)
    ok(host.settled() == before, "nothing else has changed", host.settled().against(before))


def test_upload_that_ends() -> None:
    """An image whose upload ends between a look at the disks and one at the journal stays."""
    with Proxy(host.url) as importing, Proxy(host.url) as collecting:
        work = host.start_at(importing, {"method": "IMedium_moveTo", "do": "delay", "ms": 2000},
                             "image", "import", str(upload), "--name", "ending")
        collector = host.start_at(collecting, {"method": "IVirtualBox_getDVDImages", "do": "delay", "ms": 6000},
                                  "gc")
        ok(work.wait() == 0 and collector.poll() is None, "an upload ends while gc looks", *work.communicate())
        ok(collector.wait() == 0, "gc ends", *collector.communicate())
    host.must("image", "delete", "ending")


def test_while_others_work() -> None:
    """While others make nodes and images, and two collect at once."""
    before = host.settled()
    for n in range(8):
        works = [host.start("node", "create", f"n{n}", "--image", IMAGE, "--size", SIZE, "--no-start",
                            "--hostname", "h", *(["--linked"] if n % 2 else [])),
                 host.start("image", "import", str(upload), "--name", f"i{n}")]
        while any(work.poll() is None for work in works):
            both = [host.start("gc"), host.start("gc")]
            ok(all(one.wait() == 0 for one in both), "two collect at once",
               *(one.communicate() for one in both))
        ok(all(work.returncode == 0 for work in works), "what is made meanwhile is made",
           *(work.communicate() for work in works))
    ok(gc() == [], "nothing of it is a leftover")
    for n in range(8):
        host.must("node", "destroy", f"n{n}")
        host.must("image", "delete", f"i{n}")
    ok(host.settled() == before, "and all of it was whole", host.settled().against(before))


def leave() -> None:
    """One leftover of each kind that takes no node."""
    (host.folder / NOBODY).mkdir()
    host.manage("createmedium", "disk", "--filename", str(host.folder / f"uploads/{NOBODY}.vdi"),
                "--size", "2")
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=f"libcloud/volume/{NOBODY}",
                   value='{"name": "gone"}')


def test_faults() -> None:
    """Each of its calls fails in turn; the next gc removes the rest."""
    before = host.settled()
    with Proxy(host.url) as proxy:
        leave()
        ok(host.cloud("gc", url=proxy.url).status == 0, "gc of several kinds")
        methods = proxy.calls()["order"]
        for do in ("fault", "cut"):
            wrong = []
            for at, method in enumerate(methods):
                leave()
                proxy.reset()
                proxy.rules([{"do": do, "method": method, "nth": methods[:at].count(method) + 1}])
                result = host.cloud("gc", url=proxy.url)
                if result.status not in (0, 1, 4) or result.err.count("\n") != bool(result.status):
                    wrong.append(f"{method}: {result}")
                gc()
                wrong += [f"{method}: {each}" for each in host.settled().against(before)]
            ok(len(methods) > 20 and not wrong, f"{do} at each of its calls", *wrong)


upload = HOME / "small.raw"
upload.write_bytes(bytes(range(1, 256)) * 4096)

with Host("gc") as host:
    host.put_image()
    host.must("node", "create", "first", "--image", IMAGE, "--size", SIZE, "--no-start")
    host.must("node", "destroy", "first")
    test_linked()
    test_lost_seed()
    test_chain()
    test_lost_file()
    test_upload()
    test_metadata()
    test_inaccessible()
    test_unknown()
    test_image_lent_to_another_host()
    test_image_of_another_host()
    test_folder()
    test_faults()
    test_others()
    test_upload_that_ends()
    test_while_others_work()
done()
