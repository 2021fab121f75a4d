#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every verb of images, volumes, snapshots and nodes, each after a restart of the host's VirtualBox,
which has not looked at any disk since: all sizes are the true ones, as qemu-img tells them, copies
and exports are complete, and what is too small is refused. Then disks whose files are gone, for
a while or from the middle, and disks that another program has made larger.

What each command printed is shown beside its tests.
"""
from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trouble import HOME, Host, Proxy, Result, done, fails, finish, is_fine, ok

GIB = 1 << 30
SMALL, LARGE = 16 << 20, 2 * GIB  # of the images
# But for 'node ssh', which asks the host what 'node show' does.
VERBS = {f"{noun} {verb}" for noun, verbs in (
    ("image", "list show import create copy export delete"),
    ("volume", "list show create rename attach detach resize destroy"),
    ("snapshot", "list create revert delete"),
    ("node", "list show create start stop reboot pause suspend resume discard rename resize "
             "set-description tag untag protect unprotect clone teleport destroy wait seed screenshot display log"),
) for verb in verbs.split()}
SHOWN = ("name", "size_bytes", "size_gb", "used_bytes", "dynamic", "disk_gb", "state")  # in JSON
tried: set[str] = set()


def size(gib: int) -> str:
    return f"1_cpu-64_ram-{gib}_disk"


def row(*words: str) -> Result:
    """Runs a command as the first after a restart."""
    host.restart("--quick")
    tried.add(" ".join(words[:2]))
    result = host.cloud(*words)
    show(words, result)
    return result


def show(words: tuple[str, ...], result: Result) -> None:
    """In a table of what each command printed, for people."""
    if "json" in words and result.status == 0:
        objects = json.loads(result.out)
        lines = [", ".join(f"{key} {each[key]}" for key in SHOWN if key in each)
                 for each in (objects if isinstance(objects, list) else [objects])]
    else:
        lines = (result.out + result.err).splitlines() or ["(nothing)"]
    for line in (" ".join(words), *(f"    {line}" for line in lines[:12])):
        print("#", line.replace(str(host.folder), "DIR").replace(str(HOME), "HOME"))


def said(result: Result) -> Any:
    """What it said in JSON, null if it failed."""
    return json.loads(result.out) if result.status == 0 else None


def ask(*words: str) -> Any:
    """The same of a command that is the first after a restart."""
    return said(row(*words, "--output", "json"))


def path_of(disk_id: str) -> Path:
    """The file of a disk of VirtualBox."""
    soap = host.soap
    for ref in soap.call("IVirtualBox_getHardDisks", soap.vbox):
        if soap.one("IMedium_getId", ref) == disk_id:
            return Path(soap.one("IMedium_getLocation", ref))
    raise RuntimeError(f"no disk {disk_id}")


def disk_of(node: str) -> Path:
    """The file of a node's system disk."""
    return host.folder / node / f"{node}.vdi"


def virtual_size(path: Path) -> int:
    """What qemu-img says of a disk, which knows nothing of VirtualBox."""
    told = subprocess.run(["qemu-img", "info", "--output", "json", str(path)], check=True,
                          stdout=subprocess.PIPE).stdout
    return int(json.loads(told)["virtual-size"])


def is_true(shown: Any) -> bool:
    """Whether an image, volume or snapshot of a volume is shown as its file is."""
    if not shown:
        return False
    path = path_of(shown["id"])
    return (shown["size_bytes"] == virtual_size(path) and
            shown.get("used_bytes", path.stat().st_size) == path.stat().st_size)


def is_copy(path: Path, original: Path) -> bool:
    """Whether a disk begins with what another has, and is zeros from there on."""
    compared = subprocess.run(["qemu-img", "compare", str(original), str(path)], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return compared.returncode == 0 and virtual_size(path) >= virtual_size(original)


def is_gib(path: Path, gib: int) -> bool:
    """A copy of the large image of that size."""
    return virtual_size(path) == gib * GIB and is_copy(path, large)


def make_files() -> None:
    """The images' files: random bytes at the beginning and at the very end of the large one."""
    numbers = random.Random(9)
    small.write_bytes(numbers.randbytes(SMALL))
    with (HOME / "large.raw").open("wb") as file:
        file.write(numbers.randbytes(1 << 20))
        file.seek(LARGE - (1 << 20))
        file.write(numbers.randbytes(1 << 20))
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", file.name, str(large)], check=True)


def prepare() -> None:
    """What the rows find."""
    make_files()
    host.must("image", "import", str(small), "--name", "small")
    host.must("image", "import", str(large), "--name", "large")
    nodes["n"] = host.create("--image", "large", "--size", size(2), "--no-start", name="n")
    nodes["linked"] = host.create("--image", "small", "--linked", "--no-start", name="linked")
    host.must("image", "create", "linked", "made")
    host.must("volume", "create", "fixed", "--node", "linked")
    host.must("volume", "create", "thin", "--node", "n", "--dynamic")
    host.must("snapshot", "create", "--volume", "thin", "before")
    make_foreign()


def make_foreign() -> None:
    """A machine of VBoxManage, with a copy of the large image as its disk."""
    disk = host.folder / "foreign" / "disk.vdi"
    host.manage("createvm", "--name", "foreign", "--register", "--ostype", "Linux_64")
    host.manage("storagectl", "foreign", "--name", "C", "--add", "sata")
    host.manage("clonemedium", "disk", str(large), str(disk), "--format", "VDI")
    host.manage("closemedium", "disk", str(large))
    host.manage("storageattach", "foreign", "--storagectl", "C", "--port", "0", "--device", "0",
                "--type", "hdd", "--medium", str(disk))


def test_images() -> None:
    shown = ask("image", "list")
    ok(len(shown) == 3 and all(map(is_true, shown)), "images have their sizes", shown)
    ok([image["size_bytes"] for image in shown] == [LARGE, SMALL, SMALL], "the true ones", shown)
    ok(is_true(ask("image", "show", "large")), "and so has one")
    for name in ("small", "made"):
        file = HOME / f"{name}.out"
        result = row("image", "export", name, "-o", str(file))
        digest = hashlib.sha256(small.read_bytes()).hexdigest()
        ok(result.status == 0 and digest in result.out and
           file.read_bytes() == small.read_bytes(), f"export {name}: byte for byte", result)
    made = ask("image", "import", str(small), "--name", "again")
    ok(is_true(made) and is_copy(path_of(made["id"]), small), "import a file from here", made)
    known = path_of(said(host.cloud("image", "show", "large", "--output", "json"))["id"])
    made = ask("image", "import", f"host:{known}", "--name", "twin")
    ok(is_true(made) and is_gib(path_of(made["id"]), 2), "import a disk that VirtualBox knows", made)
    made = ask("image", "copy", "large", "copy")
    ok(is_true(made) and is_gib(path_of(made["id"]), 2), "copy an image", made)
    made = ask("image", "create", "n", "of-n")
    ok(is_true(made) and is_gib(path_of(made["id"]), 2), "make an image of a node", made)
    made = ask("image", "create", "linked", "of-linked")
    ok(is_true(made) and is_copy(path_of(made["id"]), small), "of one that is linked", made)
    is_fine(row("image", "delete", "again", "twin", "copy", "of-n", "of-linked"), "delete images")


def test_volumes() -> None:
    shown = ask("volume", "list")
    ok(all(map(is_true, shown)) and [(each["size_gb"], each["dynamic"]) for each in shown] ==
       [(1, False), (2, True)], "volumes have their sizes, and are fixed or not", shown)
    ok(is_true(ask("volume", "show", "fixed")), "and so has one")
    made = ask("volume", "create", "new", "--size", "1")
    ok(is_true(made) and made["size_gb"] == 1, "create an empty one", made)
    fails(row("volume", "create", "cut", "--node", "n", "--size", "1"), 2, "at least 2 GiB",
          "a copy of a node's disk is not cut off")
    fails(row("volume", "create", "cut", "--snapshot", "before", "--size", "1"), 2, "at least 2 GiB",
          "nor is one of a snapshot")
    for name, words in (("of-n", ("--node", "n")), ("of-foreign", ("--node", "foreign")),
                        ("of-snapshot", ("--snapshot", "before"))):
        made = ask("volume", "create", name, *words, "--dynamic")
        ok(is_true(made) and is_gib(path_of(made["id"]), 2), f"as large as it is: {words[1]}", made)
    made = ask("volume", "create", "larger", "--node", "n", "--size", "3", "--dynamic")
    ok(is_true(made) and is_gib(path_of(made["id"]), 3), "larger than it is", made)
    is_fine(row("volume", "rename", "new", "renamed"), "rename", "")
    fails(row("volume", "resize", "thin", "--size", "1"), 2, "has 2 GiB", "a volume is not cut off")
    for name, gib, dynamic, was in (("fixed", 2, False, small), ("of-n", 3, True, large)):
        is_fine(row("volume", "resize", name, "--size", str(gib)), f"grow the volume {name}", "")
        made = ask("volume", "show", name)
        ok(is_true(made) and (made["size_gb"], made["dynamic"]) == (gib, dynamic) and
           is_copy(path_of(made["id"]), was), f"{name} has grown, and is what it was", made)
    is_fine(row("volume", "attach", "thin", "n"), "attach", "")
    ok(ask("volume", "show", "thin")["node"] == nodes["n"], "it is attached")
    is_fine(row("volume", "detach", "thin"), "detach", "")
    is_fine(row("volume", "destroy", "renamed", "of-n", "of-foreign", "of-snapshot", "larger"),
            "destroy volumes")


def test_snapshots() -> None:
    shown = ask("snapshot", "list")
    ok(len(shown) == 1 and is_true(shown[0]), "snapshots of volumes have their size", shown)
    ok(is_true(ask("snapshot", "list", "--volume", "thin")[0]), "those of one volume, too")
    host.must("volume", "attach", "thin", "n")
    for name in ("fixed", "thin"):  # detached, attached
        made = ask("snapshot", "create", "--volume", name, f"of-{name}")
        ok(is_true(made), f"take one of the volume {name}", made)
    is_fine(row("snapshot", "create", "--node", "n", "m"), "take one of a node")
    ok([each["name"] for each in ask("snapshot", "list", "--node", "n")] == ["m"], "it is listed")
    made = ask("snapshot", "create", "--volume", "thin", "above")
    ok(is_true(made) and is_gib(path_of(made["id"]), 2), "of a volume that a snapshot holds", made)
    is_fine(row("snapshot", "revert", "n", "m"), "revert", "")
    is_fine(row("snapshot", "delete", "--node", "n", "m"), "delete one of a node")
    is_fine(row("snapshot", "delete", "of-fixed", "of-thin", "above"), "delete those of volumes")
    host.must("volume", "detach", "thin")


def test_new_nodes() -> None:
    create = ("node", "create", "new", "--no-start", "--image")
    fails(row(*create, "large", "--size", size(1)), 2, "needs a disk of 2 GiB",
          "the disk of a new node is not cut off")
    for gib in (2, 3):
        made = ask(*create, "large", "--size", size(gib))
        ok(made and is_gib(disk_of(made["id"]), gib), f"a node of {gib} GiB", made)
        host.must("node", "destroy", "new")
    fails(row(*create, "large", "--size", size(3), "--linked"), 2, "has 2 GiB, like that one",
          "a linked one is as large as its image")
    made = ask(*create, "large", "--size", size(2), "--linked")
    ok(made and is_linked("new", 2), "a linked one", made)
    is_fine(row("node", "destroy", "new"), "destroy it")
    ok(is_true(ask("image", "show", "large")), "its image has stayed")


def is_linked(node: str, gib: int) -> bool:
    """What a linked node has in front of it is all of the large image: as an image of its own."""
    made = json.loads(host.must("image", "create", node, "flat", "--output", "json").out)
    good = is_true(made) and is_gib(path_of(made["id"]), gib)
    host.must("image", "delete", "flat")
    return good


def test_clones() -> None:
    for of in ("n", "foreign"):
        clone = ("node", "clone", of, "clone", "--no-start")
        fails(row(*clone, "--size", size(1)), 2, "needs a disk of 2 GiB",
              f"the disk of a clone of {of} is not cut off")
        for words, gib in (((), 2), (("--size", size(3)), 3)):
            made = ask(*clone, *words)
            ok(made and is_gib(disk_of(made["id"]), gib), f"a clone of {of} of {gib} GiB", made)
            host.must("node", "destroy", "clone")
        made = ask(*clone, "--linked")
        ok(made and is_linked("clone", 2), f"a linked clone of {of}", made)
        is_fine(row("node", "destroy", "clone"), "destroy it")


def test_changes() -> None:
    fails(row("node", "resize", "n", "--size", size(1)), 2, "has 2 GiB",
          "the disk of a node is not cut off")
    made = ask("node", "clone", "n", "m", "--no-start")
    nodes["m"] = made["id"]
    is_fine(row("node", "resize", "m", "--size", size(3)), "grow a node", "")
    ok(is_gib(disk_of(nodes["m"]), 3), "with its disk")
    ok({each["name"] for each in ask("node", "list")} == {"n", "m", "linked", "foreign"}, "nodes")
    ok(ask("node", "show", "m")["disk_gb"] == 3, "one of them")
    for words in (("rename", "m", "o"), ("set-description", "o", "text"), ("tag", "o", "a=b"),
                  ("untag", "o", "a"), ("protect", "o"), ("unprotect", "o"), ("seed", "o", "--hostname", "h"),
                  ("wait", "o", "--state", "stopped")):
        is_fine(row("node", *words), f"node {words[0]}")
    shown = ask("node", "display", "o")
    ok(shown is not None, "node display", shown)


def test_power() -> None:
    """A restart ends what runs: it is stopped then, and what was suspended is so still."""
    is_fine(row("node", "start", "linked"), "start a linked node")
    is_fine(host.cloud("volume", "attach", "thin", "linked"), "with a volume", "")
    ok(ask("node", "show", "linked")["state"] == "stopped", "it is stopped after a restart")
    is_fine(row("node", "stop", "linked"), "stop it")
    is_fine(row("node", "log", "linked"), "its log")
    for words in (("reboot", "linked"), ("pause", "linked"), ("suspend", "linked"),
                  ("screenshot", "linked", "-o", str(HOME / "p.png")),
                  ("teleport", "linked", "--to", "http://127.0.0.1:9")):
        fails(row("node", *words), 6, "", f"node {words[0]} needs another state")
    for verb in ("resume", "discard"):
        host.must("node", "start", "linked")
        host.must("node", "suspend", "linked")
        ok(ask("node", "show", "linked")["state"] == "suspended", "suspended")
        is_fine(row("node", verb, "linked"), f"node {verb}")
    is_fine(row("node", "destroy", "linked"), "destroy a node with a volume")
    ok(is_true(ask("volume", "show", "thin")), "the volume has stayed")
    ok(is_true(ask("image", "show", "small")), "and so has the image")


@contextmanager
def gone(*paths: Path) -> Iterator[None]:
    """These files cannot be found meanwhile."""
    for path in paths:
        path.rename(f"{path}.gone")
    try:
        yield
    finally:
        for path in paths:
            Path(f"{path}.gone").rename(path)


def check_unknown() -> None:
    """What is not known is shown as that: '-', null, nothing."""
    for noun in ("image", "volume", "snapshot"):
        shown = said(host.cloud(noun, "list", "--output", "json"))
        ok(shown and all(each["size_bytes"] is None and each.get("used_bytes") is None and
                         each.get("size_gb") is None and each.get("dynamic") is None
                         for each in shown), f"{noun} list says null", shown)
        for form, pattern in (("table", r" -( |$)"), ("tsv", r"\t\t|\t$")):
            lines = host.cloud(noun, "list", "--output", form).out.splitlines()[form == "table":]
            ok(lines and all(re.search(pattern, line) and not re.search(r"[ \t]0([ \t]|$)", line)
                             for line in lines), f"{noun} list, as {form}", lines)


def with_files(noun: str) -> list[dict[str, Any]]:
    """What is listed but for the snapshots of nodes, which are no disks."""
    shown = said(host.cloud(noun, "list", "--output", "json"))
    return [each for each in shown if each.get("kind") != "node"]


def test_gone() -> None:
    """A file that is gone: before VirtualBox has looked for it, or since."""
    host.must("snapshot", "create", "--node", "n", "s")
    files = [path_of(each["id"]) for noun in ("image", "volume", "snapshot")
             for each in with_files(noun)]
    with gone(*files, disk_of(nodes["n"]), host.folder / "foreign" / "disk.vdi"):
        check_unknown()
        host.restart("--quick")
        check_unknown()
        before = host.state()
        create = ("node", "create", "x", "--no-start", "--image", "large", "--size", size(2))
        for words in (("image", "export", "large", "-o", str(HOME / "none.raw")),
                      ("image", "copy", "large", "x"), ("image", "create", "n", "x"),
                      ("image", "create", "foreign", "x"),
                      ("image", "import", f"host:{files[0]}", "--name", "x"),
                      create, (*create, "--linked"),
                      ("node", "clone", "n", "x"), ("node", "clone", "n", "x", "--linked"),
                      ("node", "clone", "foreign", "x", "--size", size(3)),
                      ("node", "resize", "foreign", "--size", size(3)),
                      ("volume", "create", "x", "--node", "n"),
                      ("volume", "create", "x", "--node", "foreign", "--size", "3"),
                      ("volume", "create", "x", "--snapshot", "before", "--size", "3"),
                      ("volume", "resize", "fixed", "--size", "4"),
                      ("snapshot", "create", "--volume", "thin", "x")):
            result = host.cloud(*words)
            show(words, result)
            fails(result, 1, "cannot read the disk of .*put its file back.*VERR_FILE_NOT_FOUND",
                  f"refused: {' '.join(words)[:60]}")
        changes = host.state().against(before)
        ok(not changes and not list(HOME.glob("none.raw*")), "nothing is left of them", changes)
    for noun in ("image", "volume", "snapshot"):
        shown = with_files(noun)
        ok(shown and all(map(is_true, shown)), f"{noun} list, now that the files are back", shown)
    host.must("snapshot", "delete", "--node", "n", "s")


def test_grown_by_others() -> None:
    """VirtualBox itself goes on to tell the size of before."""
    for path in (path_of(said(host.cloud("image", "show", "large", "--output", "json"))["id"]),
                 disk_of(nodes["m"])):
        host.manage("modifymedium", "disk", str(path), "--resize", str(4 * 1024))
    shown = said(host.cloud("image", "show", "large", "--output", "json"))
    ok(is_true(shown) and shown["size_bytes"] == 4 * GIB, "an image that VBoxManage has grown", shown)
    fails(host.cloud("node", "create", "x", "--image", "large", "--size", size(3)), 2,
          "needs a disk of 4 GiB", "is not cut off")
    fails(host.cloud("node", "clone", "o", "x", "--size", size(3)), 2, "needs a disk of 4 GiB",
          "and neither is the disk of a node")
    fails(host.cloud("volume", "create", "x", "--node", "o", "--size", "3"), 2, "at least 4 GiB",
          "nor for a volume")


def test_nothing_is_exported() -> None:
    """A disk of no bytes is none, whoever says so."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"do": "substitute", "method": "IMedium_getLogicalSize", "nth": nth,
                      "pattern": r"<returnval>\d+<", "with": "<returnval>0<"} for nth in (2,)])
        result = host.cloud("image", "export", "small", "-o", str(HOME / "none.raw"), url=proxy.url)
        fails(result, 6, "is unknown", "an export of nothing fails")
        ok(proxy.calls()["fired"] == [1] and not list(HOME.glob("none.raw*")), "and leaves nothing")


def test_load() -> None:
    """The first figures of the CPUs are those of a time that has passed."""
    host.restart("--quick")
    result = host.cloud("metrics")
    shares = [float(share) for share in re.findall(r'^vboxcloud_host_cpu_ratio\{.*\} (\S+)$', result.out, re.M)]
    ok(result.status == 0 and len(shares) == 3 and 0.9 < sum(shares) < 1.1, "the shares of the CPUs' time add up to 1", result)


def killed(mode: str, method: str, *words: str) -> None:
    """A command killed at this call; then a restart, the next command, and one more restart."""
    with Proxy(host.url) as proxy:
        proxy.rules([{"do": mode, "method": method}])
        process = host.start(*words, url=proxy.url)
        proxy.waiting(60)
        process.kill()
        finish(process)
    host.restart("--quick")
    is_fine(host.cloud("volume", "list"), f"{' '.join(words[:2])} ({mode}): the next command")
    host.restart("--quick")


def test_killed_before() -> None:
    """A fixed volume's growth that was cut short goes on after the restart, when its disk has no
    state yet that its id could be changed in, or has it in its file only."""
    for gib, mode in (3, "hang"), (4, "hang-after"):
        killed(mode, "IMedium_setIds", "volume", "resize", "fixed", "--size", str(gib))
        shown = said(host.cloud("volume", "show", "fixed", "--output", "json"))
        ok(is_true(shown) and shown["size_gb"] == gib and is_copy(path_of(shown["id"]), small),
           "the volume has grown", shown)


def test_killed_while_attaching() -> None:
    """A disk that is attached moves to the machine's settings, which were not saved any more."""
    host.must("volume", "create", "lone", "--size", "1", "--dynamic")
    killed("hang-after", "IMachine_attachDevice", "volume", "attach", "lone", "o")
    shown = said(host.cloud("volume", "show", "lone", "--output", "json"))
    ok(is_true(shown) and not shown["node"], "the volume is there, attached to nothing", shown)
    killed("hang-after", "IMachine_attachDevice", "node", "create", "x", "--image", "small",
           "--size", size(1), "--linked", "--no-start")
    shown = said(host.cloud("image", "show", "small", "--output", "json"))
    ok(is_true(shown), "the image is there", shown)


small, large = HOME / "small.raw", HOME / "large.qcow2"
nodes: dict[str, str] = {}
with Host("restarted") as host:
    prepare()
    test_images()
    test_volumes()
    test_snapshots()
    test_new_nodes()
    test_clones()
    test_changes()
    test_power()
    test_gone()
    test_grown_by_others()
    test_nothing_is_exported()
    test_load()
    test_killed_before()
    test_killed_while_attaching()
ok(tried == VERBS, "all verbs were tried", tried ^ VERBS)
done()
