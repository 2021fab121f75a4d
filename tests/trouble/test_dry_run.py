#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--dry-run: each command that changes something says what it would do, or what is wrong, and the
host, its files and those of this machine stay exactly as they were.
"""
from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from trouble import HOME, IMAGE, SIZE, Host, Proxy, State, cli, done, fails, ok, run, wait_past_bios

# Those that change nothing of the host, whatever they are told, though some do things in a guest, and
# gc has a --dry-run of its own.
READING = {
    "forward list", "gc", "host check", "host list", "host show", "image catalog", "image list", "image show", "key list",
    "key show", "location list", "metrics", "network list", "node console", "node cp", "node exec", "node list",
    "node log", "node screenshot", "node show", "node ssh", "node ssh-config", "node wait", "size list", "snapshot list",
    "volume list", "volume show", "watch",
}
OUT, KEY, RAW = HOME / "new.raw", HOME / "new-key", HOME / "small.raw"
LARGER = "1_cpu-96_ram-2_disk"
DISC = HOME / "disc.iso"
FROM_DISC = ("--iso", str(DISC), "--display", "none", "--size", SIZE, "--no-start")
# What each would do; n is stopped, r runs, s is suspended, p is paused, each has a snapshot or none.
WOULD = [
    (("forward", "add", "n", "8080"), "forward ports '8080' to node 'n'"),
    (("forward", "add", "r", "8080"), "forward ports '8080' to node 'r'"),
    (("forward", "delete", "n", "ssh"), "delete forwards of node 'n'"),
    (("host", "add", "x", "http://127.0.0.1:1", "--yes"), "add host 'x' to the configuration"),
    (("host", "cordon", "lab"), "cordon host 'lab'"),
    (("host", "remove", "lab"), "remove host 'lab' from the configuration"),
    (("host", "use", "lab"), "make 'lab' the default"),
    (("launch", IMAGE, "--name", "x"), f"launch node 'x' from image '{IMAGE}'"),
    (("launch", IMAGE), f"launch a node from image '{IMAGE}'"),
    (("launch", "here", "--name", "x"), f"fetch image 'here' from file://{RAW}, and launch node 'x' from it"),
    (("image", "import", str(RAW), "--name", "x"), f"import an image from '{RAW}'"),
    (("image", "create", "n", "x"), "make image 'x' from node 'n'"),
    (("image", "copy", IMAGE, "x"), f"copy image '{IMAGE}' to 'x'"),
    (("image", "send", IMAGE, "--to", "lab", "--name", "x"), f"send image '{IMAGE}' to another host"),
    (("image", "update", IMAGE, "--name", "x"), f"change what is recorded about image '{IMAGE}'"),
    (("image", "export", IMAGE, "-o", str(OUT)), f"export image '{IMAGE}'"),
    (("image", "delete", "spare"), "delete image 'spare'"),
    (("key", "create", "x", "-o", str(KEY)), "create key 'x'"),
    (("key", "import", "x", str(HOME / "k.pub")), "import key 'x'"),
    (("key", "delete", "k"), "delete key 'k'"),
    (("network", "create", "x", "--kind", "natnetwork", "--cidr", "10.99.0.0/24"), "create network 'x'"),
    (("network", "delete", "lab"), "delete network 'lab'"),
    (("network", "attach", "n", "natnetwork:lab"), "attach node 'n' to network 'natnetwork:lab'"),
    (("network", "detach", "n", "--adapter", "0"), "detach an adapter of node 'n'"),
    (("snapshot", "create", "--node", "n", "x"), "create snapshot 'x'"),
    (("snapshot", "create", "--node", "r"), "create snapshot"),
    (("snapshot", "create", "--volume", "v", "x"), "create snapshot 'x'"),
    (("snapshot", "revert", "n", "before"), "revert node 'n' to a snapshot"),
    (("snapshot", "delete", "--node", "n", "before"), "delete snapshot 'before'"),
    (("snapshot", "delete", "of-v"), "delete snapshot 'of-v'"),
    (("volume", "create", "x", "--size", "1"), "create volume 'x'"),
    (("volume", "rename", "v", "x"), "rename volume 'v' to 'x'"),
    (("volume", "attach", "v", "n"), "attach volume 'v' to node 'n'"),
    (("volume", "detach", "w"), "detach volume 'w'"),
    (("volume", "resize", "v", "--size", "2"), "grow volume 'v'"),
    (("volume", "destroy", "v"), "destroy volume 'v'"),
    (("node", "create", "x", "--image", IMAGE, "--size", SIZE, "--tag", "a=b"), "create node 'x'"),
    (("node", "create", "x", "--image", IMAGE, "--size", SIZE, "--ssh-key", "k"), "create node 'x'"),
    (("node", "create", "x", "--image", IMAGE, "--size", SIZE, "--count", "3"), "create nodes 'x-1' to 'x-3'"),
    (("node", "create", "x", "--image", IMAGE, "--size", SIZE, "--count", "1"), "create node 'x-1'"),
    (("node", "create", "x", *FROM_DISC), "create node 'x'"),
    (("node", "eject", "i"), "eject the disc of node 'i'"),
    (("node", "start", "n"), "start node 'n'"),
    (("node", "stop", "r", "--force"), "stop node 'r'"),
    (("node", "reboot", "r", "--force"), "reboot node 'r'"),
    (("node", "pause", "r"), "pause node 'r'"),
    (("node", "suspend", "r"), "suspend node 'r'"),
    (("node", "resume", "s"), "resume node 's'"),
    (("node", "discard", "s"), "discard the saved state of node 's'"),
    (("node", "rename", "n", "x"), "rename node 'n' to 'x'"),
    (("node", "rebuild", "m", IMAGE), f"rebuild node 'm' from image '{IMAGE}'"),
    (("node", "resize", "m", "--size", LARGER), "resize node 'm'"),
    (("node", "resize", "m", "--memory", "96M"), "resize node 'm'"),
    (("node", "set-description", "n", "x"), "set the description of node 'n'"),
    (("node", "tag", "n", "a=b"), "tag node 'n'"),
    (("node", "untag", "n", "k"), "untag node 'n'"),
    (("node", "protect", "n"), "protect node 'n'"),
    (("node", "unprotect", "m-protected"), "unprotect node 'm-protected'"),
    (("node", "clone", "n", "x"), "clone node 'n' to 'x'"),
    (("node", "clone", "r", "x", "--linked"), "clone node 'r' to 'x'"),
    (("node", "destroy", "n"), "destroy node 'n'"),
    (("node", "rm", "r"), "destroy node 'r'"),
    (("node", "seed", "n", "--hostname", "x"), "replace the first boot of node 'n'"),
    (("node", "display", "n", "--on", "--no-password"), "change the remote display of node 'n'"),
    (("api", "IVirtualBox_setExtraData", "key=x", "value=y"), "make a call that changes something"),
]
# What is wrong is found, too, as it would be without --dry-run.
WRONG = [
    (("node", "destroy", "nobody"), 3, "there is no node"),
    (("node", "destroy", "m-protected"), 6, "is protected"),
    (("node", "rebuild", "n", IMAGE), 6, "has snapshots"),
    (("node", "rebuild", "r", IMAGE), 6, "it is running"),
    (("node", "rename", "r", "x"), 6, "it is running"),
    (("node", "resize", "m", "--cpus", "99"), 2, "CPUs"),
    (("node", "create", "x", "--image", "none"), 3, "there is no image"),
    (("node", "create", "x", "--image", IMAGE, "--ssh-key", "none"), 3, "key"),
    (("node", "pause", "n"), 6, "it is stopped"),
    (("volume", "destroy", "w"), 6, "attached"),
    (("key", "create", "x", "-o", str(RAW)), 6, "exists already"),
    (("key", "import", "k", str(HOME / "k.pub")), 6, "there is"),
    (("image", "import", str(HOME / "none.raw")), 3, "none.raw"),
    (("image", "delete", IMAGE + "x"), 3, "there is no image"),
    (("network", "attach", "n", "natnetwork:none"), 3, "none"),
    (("forward", "delete", "n", "none"), 3, "none"),
]
# Those for which nothing need be done do not speak of it.
NOTHING = [("node", "start", "r"), ("node", "stop", "n"), ("node", "unprotect", "n"), ("node", "display", "n"),
           ("node", "untag", "n", "none"), ("api", "IVirtualBox_getVersion")]


def digests() -> dict[str, str]:
    """All files of the host and of this user, with what is in them; logs of machines that run grow, and
    so do their disks."""
    found = {}
    for folder in (host.folder.parent, HOME):
        for path in folder.rglob("*"):
            name = str(path.relative_to(folder))
            if re.search(r"Logs|\.log|-prev$|^tmp/", name):
                continue
            kept = path.is_file() and path.suffix in (".xml", ".vbox", ".iso", ".pub", ".raw", ".vdi", "")
            found[f"{folder.name}/{name}"] = hashlib.sha256(path.read_bytes()).hexdigest() if kept else ""
    return found


def everything() -> tuple[State, str, str]:
    """What the host says itself; nothing is under way."""
    state = host.state()
    state.files = {path for path in state.files if "Logs" not in path and not path.endswith("-prev")}
    return state, host.manage("list", "dvds"), host.manage("list", "vms")


def stays(what: str) -> None:
    """No file has changed, with VirtualBox's own, in which all that it knows is written at once."""
    global files
    now = digests()
    ok(now == files, f"{what}: nothing is changed", sorted(now.items() ^ files.items())[:10])
    files = now


def changing() -> set[str]:
    """All commands that have --dry-run among what all have that change something."""
    lines = [line.split("\t") for line in run("__commands").out.splitlines()]
    every = {line[0] for line in lines if line[0]}
    found = {line[0] for line in lines if line[1:] == ["--dry-run", "change"]}
    ok(every - found == READING, "each other command only reads", every - found ^ READING)
    return found


def prepare() -> None:
    cli.config(f"[host lab]\nurl = {host.url}\n")
    RAW.write_bytes(b"\0" * (1 << 20))
    (HOME / ".config/vboxcloud/catalog.ini").write_text(f"[here]\nurl = file://{RAW}\n")
    DISC.write_bytes(bytes(16 * 2048) + b"\1CD001\1".ljust(2048, b"\0") + bytes(14 * 2048))
    host.put_image()
    host.put_image("spare")
    host.must("key", "create", "k", "-o", str(HOME / "k"))
    (HOME / "k.pub").write_text(host.must("key", "show", "k", "--output", "tsv").out.split("public_key\t")[1]
                                .splitlines()[0] + "\n")
    for name in ("n", "m", "m-protected"):
        host.create("--no-start", name=name)
    host.create(name="r")
    host.create(name="s")
    host.must("node", "create", "i", *FROM_DISC)
    host.must("node", "protect", "m-protected")
    host.must("node", "tag", "n", "k=v")
    host.must("snapshot", "create", "--node", "n", "before")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    host.must("volume", "create", "w", "--size", "1", "--dynamic")
    host.must("volume", "attach", "w", "n")
    host.must("snapshot", "create", "--volume", "v", "of-v")
    host.must("network", "create", "lab", "--kind", "natnetwork", "--cidr", "10.98.0.0/24")
    wait_past_bios("s", host.env)
    host.must("node", "suspend", "s")


def test_would() -> None:
    seen = set()
    for words, what in WOULD:
        result = host.cloud(*words, "--dry-run")
        ok((result.status, result.out, result.err.splitlines()[-1:]) == (0, "", [f"vboxcloud: would {what}"]),
           f"{' '.join(words)[:60]}: would {what[:50]}", result)
        stays(" ".join(words)[:60])
        seen |= {" ".join(words[:2]), words[0]}
    seen |= {"node destroy", "node teleport", "host uncordon"}  # as rm; see test_teleport(), test_uncordon()
    missing = changing() - seen
    ok(not missing, "each command that changes something has a row here", missing)


def test_wrong() -> None:
    for words, status, why in WRONG:
        fails(host.cloud(*words, "--dry-run"), status, why, f"{' '.join(words)[:60]} is wrong")
    stays("what is wrong")
    for words in NOTHING:
        result = host.cloud(*words, "--dry-run")
        ok(result.status == 0 and "would" not in result.err, f"{' '.join(words)}: nothing is to be done",
           result)
    stays("what need not be done")
    result = host.cloud("node", "destroy", "n", "nobody", "r", "--dry-run")
    ok(result.status == 3 and result.err.count("would destroy") == 2, "of several nodes each is told", result)
    fails(host.cloud("node", "list", "--dry-run"), 2, "has no option '--dry-run'", "of what changes nothing")
    result = host.cloud("node", "destroy", "n", "--dry-run", "--quiet")
    ok((result.status, result.err) == (0, ""), "quietly", result)


def test_ids() -> None:
    """What is named by its whole id is found as what is named otherwise."""
    def id_of(noun: str, name: str) -> str:
        return json.loads(host.must(noun, "show", name, "--output", "json").out)["id"]

    nobody = "11111111-2222-3333-4444-555555555555"
    for noun, verb, name in (("volume", "destroy", "v"), ("image", "delete", "spare"), ("node", "destroy", "n")):
        id_ = id_of(noun, name)
        for word in (id_, id_.upper(), id_[:8]):
            result = host.cloud(noun, verb, word, "--dry-run")
            ok((result.status, result.err) == (0, f"vboxcloud: would {verb} {noun} '{word}'\n"),
               f"{noun} {verb} {word}", result)
        fails(host.cloud(noun, verb, nobody, "--dry-run"), 3, f"there is no {noun}", f"{noun} {verb}, of none")
    fails(host.cloud("volume", "destroy", id_of("volume", "w"), "--dry-run"), 6, "attached", "a volume that is attached")
    fails(host.cloud("snapshot", "delete", nobody, "--dry-run"), 3, "there is no", "snapshot delete, of none")
    stays("what is named by its id")


def test_teleport() -> None:
    with Host("dry-run-to") as other:
        result = host.cloud("node", "teleport", "r", "--to", other.url, "--dry-run")
        ok(result.status == 0 and "would move node 'r'" in result.err or result.status in (1, 6),
           "a teleport", result)
        stays("teleport")


def test_uncordon() -> None:
    """Of a host that is cordoned."""
    global files
    host.must("host", "cordon", "lab")
    files = digests()
    result = host.cloud("host", "uncordon", "lab", "--dry-run")
    ok((result.status, result.err) == (0, "vboxcloud: would uncordon host 'lab'\n"), "uncordon", result)
    stays("uncordon")
    host.must("host", "uncordon", "lab")


def test_leftover() -> None:
    """What another program has left is not cleaned up."""
    with Proxy(host.url) as proxy:
        rule = {"method": "IVirtualBox_registerMachine", "do": "hang"}
        process = host.start_at(proxy, rule, "node", "create", "lost", "--image", IMAGE, "--size", SIZE)
        process.kill()
        cli.finish(process)
    before_ = everything()
    for words in (("node", "destroy", "n"), ("node", "tag", "n", "a=b"), ("node", "start", "n")):
        result = host.cloud(*words, "--dry-run")
        ok(result.status == 0 and "would" in result.err, f"{' '.join(words)} beside what was left", result)
    ok(everything() == before_ and any(key.startswith("libcloud/doing/") for key in before_[0].extra),
       "which stays", everything()[0].against(before_[0]))
    host.must("gc")


with Host("dry-run") as host:
    prepare()
    before, files = everything(), digests()
    ok(any(path.endswith("/VirtualBox.xml") for path in files), "VirtualBox's own file is looked at")
    test_would()
    test_wrong()
    test_ids()
    test_teleport()
    now = everything()
    ok(now == before, "nothing is changed, as the host says", now[0].against(before[0]))
    test_uncordon()
    test_leftover()
done()
