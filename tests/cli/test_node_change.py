#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What can be changed about a node: whether it stands still, its name, size, description, tags."""
from __future__ import annotations

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, tiny_image, unique

SMALL, LARGER = "1_cpu-64_ram-1_disk", "2_cpu-96_ram-2_disk"
NAMES = ("näme with spaces", "漢字 🙂", "../../etc/x", "a/b\\c", "<&>\"'", ".hidden", "n" * 255,
         "6fa459ea-ee8a-4ca4-894e-db77e160355e")


def node() -> dict:
    return ask("node", "show", id)


def state_is(state: str, machine_state: str) -> None:
    now = node()
    ok((now["state"], now["extra"]["machine_state"]) == (state, machine_state),
       f"it is {state}, {machine_state}", now)


def stand_still() -> None:
    """Pause, suspend, resume: each again, and where it makes no sense."""
    fails(cloud("node", "pause", id), 6, "cannot be paused: it is stopped", "pause a stopped one")
    fails(cloud("node", "suspend", id), 6, "cannot be suspended: it is stopped",
          "suspend a stopped one")
    fails(cloud("node", "resume", id), 6, "cannot be resumed: it is stopped", "resume a stopped one")
    is_fine(cloud("node", "start", id), "start")
    for _ in range(2):
        is_fine(cloud("node", "pause", id), "pause")
        state_is("paused", "Paused")
    is_fine(cloud("node", "resume", id), "resume what is paused")
    state_is("running", "Running")
    for _ in range(2):
        is_fine(cloud("node", "suspend", id), "suspend")
        state_is("suspended", "Saved")
    fails(cloud("node", "rename", id, "x"), 6, "it is suspended; only stopped nodes can",
          "rename a suspended one")
    is_fine(cloud("node", "resume", id), "resume what is suspended")
    is_fine(cloud("node", "resume", id), "resume what runs")
    state_is("running", "Running")
    fails(cloud("node", "discard", id), 6, "it is running", "discard the state of a running one")
    is_fine(cloud("node", "pause", id), "pause")
    is_fine(cloud("node", "suspend", id), "suspend what is paused")
    is_fine(cloud("node", "discard", id), "discard")
    state_is("stopped", "PoweredOff")
    is_fine(cloud("node", "discard", id), "discard what is stopped")


def os_type() -> None:
    """A node has its image's, or the one it is created with."""
    made = ask("node", "create", unique("typed"), "--image", image, "--size", SMALL,
               "--os-type", "FreeBSD_64", "--no-start")
    ok(made["os_type"] == "FreeBSD_64", "a node with a system of its own", made)
    is_fine(cloud("node", "destroy", made["id"]), "it is destroyed")
    fails(cloud("node", "create", unique("no"), "--image", image, "--size", SMALL,
                "--os-type", "Linux_65"), 2, "Linux_65", "one of a system that there is not")


def rename() -> None:
    files = local_files()
    for name in NAMES:
        is_fine(cloud("node", "rename", id, "--", name), f"rename to {name[:20]}")
        ok(node()["name"] == name, "it has that name", node())
    now = local_files()
    ok({file.parent for file in now} == {file.parent for file in files}, "no file was moved away",
       now ^ files)
    for name, why in (("", "empty"), ("a\nb", "U\\+000A"), ("n" * 256, "255")):
        fails(cloud("node", "rename", id, "--", name), 2, why, f"rename to {name[:10]!r}")
    ok(node()["name"] == NAMES[-1], "it keeps its name", node())
    fails(cloud("node", "rename", unique("none"), "x"), 3, "there is no node", "rename no node")
    is_fine(cloud("node", "rename", id, "plain"), "rename")


def resize() -> None:
    is_fine(cloud("node", "resize", id, "--size", LARGER), "resize")
    now = node()
    ok((now["size"], now["cpus"], now["memory_mb"], now["disk_gb"]) == (LARGER, 2, 96, 2),
       "it has another size", now)
    fails(cloud("node", "resize", id, "--size", SMALL), 2, "disks can only grow", "a smaller disk")
    ok(node() == now, "nothing has changed", node())
    is_fine(cloud("node", "resize", id, "--size", SMALL.replace("1_disk", "2_disk")),
            "less memory and CPUs")
    fails(cloud("node", "resize", id, "--size", "large"), 2, "large", "no size")
    fails(cloud("node", "resize", id, "--size", "4096_cpu-64_ram-2_disk"), 2, "4096",
          "more than the host has")
    is_fine(cloud("node", "resize", id, "--memory", "128M"), "more memory")
    ok(node()["size"] == "1_cpu-128_ram-2_disk", "the rest of its size stays", node())
    is_fine(cloud("node", "resize", id, "--cpus", "2", "--memory", "64"), "CPUs and memory")
    ok(node()["size"] == "2_cpu-64_ram-2_disk", "its disk stays", node())
    is_fine(cloud("node", "resize", id, "--disk", "3G", "--cpus", "1"), "a larger disk")
    ok(node()["size"] == "1_cpu-64_ram-3_disk", "its memory stays", node())
    fails(cloud("node", "resize", id, "--disk", "2"), 2, "disks can only grow", "a smaller disk alone")
    fails(cloud("node", "resize", id), 2, "needs --size SIZE, or one of --cpus", "to nothing")
    fails(cloud("node", "resize", id, "--size", SMALL, "--cpus", "1"), 2,
          "'--cpus' cannot be used with '--size'", "a size, and a part of one")
    ok(node()["size"] == "1_cpu-64_ram-3_disk", "nothing has changed", node())


def choose() -> None:
    """Nodes and clones by parts of a size, and with tags."""
    named = ask("node", "create", unique("parts"), "--image", image, "--memory", "64", "--disk", "2G",
                "--no-start", "--tag", "role=web", "--tag", "a=b=c", "--tag", "bare", "--tag", "role=db")
    ok((named["size"], named["tags"]) ==
       ("1_cpu-64_ram-2_disk", {"role": "db", "a": "b=c", "bare": ""}), "size and tags", named)
    ok(ask("node", "show", named["id"])["tags"] == named["tags"], "the tags are there", named)
    copy = ask("node", "clone", named["id"], unique("copy"), "--cpus", "2", "--no-start")
    ok((copy["size"], copy["tags"]) == ("2_cpu-64_ram-2_disk", named["tags"]),
       "a clone by a part of a size", copy)
    is_fine(cloud("node", "destroy", named["id"], copy["id"]), "destroy both")
    default = ask("node", "create", unique("default"), "--image", image, "--no-start")
    ok(default["size"] == "1_cpu-1024_ram-10_disk" and default["tags"] == {}, "by default", default)
    is_fine(cloud("node", "destroy", default["id"]), "destroy it")
    demanding = ask("image", "import", tiny_image(), "--name", unique("needs"), "--min-memory", "1100",
                    "--min-cpus", "2")["id"]
    more = ask("node", "create", unique("more"), "--image", demanding, "--disk", "1", "--no-start")
    ok(more["size"] == "2_cpu-1100_ram-1_disk", "what the image needs", more)
    is_fine(cloud("node", "destroy", more["id"]), "destroy it")
    is_fine(cloud("image", "delete", demanding), "delete its image")
    before = contents()
    for options, why in ((("--memory", "2"), "4 to"), (("--cpus", "4096"), "64 CPUs"),
                         (("--tag", "=x"), "tag"), (("--tag", "a" * 256), "tag"),
                         (("--size", SMALL, "--disk", "1"), "'--disk' cannot be used with '--size'"),
                         (("--disk", "1500M"), "whole GiB"), (("--memory", "1.5G"), "like 512M")):
        fails(cloud("node", "create", "x", "--image", image, *options), 2, why,
              f"create with {options[-2]} {options[-1][:10]}")
    ok(contents() == before, "nothing was made")


def protect() -> None:
    """What is protected is neither destroyed nor rebuilt; its clone may be."""
    ok(node()["protected"] is False, "it is not protected")
    is_fine(cloud("node", "tag", id, "mine=1"), "a tag")
    for _ in range(2):
        is_fine(cloud("node", "protect", id), "protect")
        ok(node()["protected"] is True, "it is protected", node())
    listed = ask("node", "list", "--columns", "id,protected")
    ok({"id": id, "protected": True} in listed, "as the list says", listed)
    before, files = contents(), local_files()
    for verb, *words in (("destroy",), ("rm", "--timeout", "60"), ("rebuild", image)):
        fails(cloud("node", verb, id, *words), 6, "is protected; 'vboxcloud node unprotect' ends that",
              f"{verb} a protected one")
    ok(contents() == before and local_files() == files, "all is there")
    is_fine(cloud("node", "rename", id, "still"), "rename it")
    is_fine(cloud("node", "untag", id, "mine"), "change its tags")
    ok(node()["protected"] and node()["name"] == "still", "it is protected still", node())
    copy = ask("node", "clone", id, unique("copy"), "--no-start")
    ok(copy["protected"] is False, "a clone is not", copy)
    is_fine(cloud("node", "destroy", copy["id"]), "destroy that")
    for _ in range(2):
        is_fine(cloud("node", "unprotect", id), "unprotect")
        ok(node()["protected"] is False, "it is not protected", node())
    fails(cloud("node", "protect", unique("none")), 3, "there is no node", "protect no node")
    is_fine(cloud("node", "rename", id, "plain"), "rename it back")


def rebuild() -> None:
    """Another disk, of an image that was changed before."""
    name = unique("other")
    other = ask("image", "import", tiny_image(), "--name", unique("x"), "--username", "root")["id"]
    shown = ask("image", "update", other, "--name", name, "--username", "debian")
    ok((shown["id"], shown["name"], shown["username"]) == (other, name, "debian"),
       "the image has another name and user", shown)
    fails(cloud("image", "update", other, "--username", "-x"), 2, "logs in", "an image of no user")
    was = node()
    is_fine(cloud("node", "rebuild", id, name), "rebuild")
    ok(node() == {**was, "image": other, "username": "debian"}, "it is of that image, else the same",
       node())
    fails(cloud("node", "rebuild", id, unique("none")), 3, "there is no image", "of no image")
    is_fine(cloud("node", "rebuild", id, image), "rebuild it of the first image")
    is_fine(cloud("image", "delete", other), "delete the other")


def tag() -> None:
    is_fine(cloud("node", "tag", id, "role=web", "empty", "städte=漢字=x"), "tag")
    tags = {"role": "web", "empty": "", "städte": "漢字=x"}
    ok(node()["tags"] == tags, "it has the tags", node())
    is_fine(cloud("node", "tag", id, "role=db"), "another value")
    is_fine(cloud("node", "untag", id, "empty", "nothing"), "untag")
    ok(node()["tags"] == {"role": "db", "städte": "漢字=x"}, "it has others", node())
    listed = next(n for n in ask("node", "list") if n["id"] == id)
    ok(listed["tags"] == node()["tags"], "lists show them", listed)
    fails(cloud("node", "tag", id, "=x"), 2, "1 to 255", "a tag without a key")
    is_fine(cloud("node", "set-description", id, "zwei\nZeilen, 漢字"), "set its description")
    ok(node()["extra"]["description"] == "zwei\nZeilen, 漢字", "it has the description", node())
    is_fine(cloud("node", "describe", id), "remove it, by the command's old name")
    ok(node()["extra"]["description"] == "", "it has none", node())


def while_it_runs() -> None:
    is_fine(cloud("node", "start", id), "start")
    fails(cloud("node", "rename", id, "x"), 6, "it is running; only stopped nodes can",
          "rename a running one")
    fails(cloud("node", "resize", id, "--size", LARGER), 6, "only stopped nodes can",
          "resize a running one")
    fails(cloud("node", "rebuild", id, image), 6, "only stopped nodes can", "rebuild a running one")
    is_fine(cloud("node", "tag", id, "now=running"), "tag a running one")
    is_fine(cloud("node", "set-description", id, "runs"), "describe a running one")
    ok((node()["tags"]["now"], node()["extra"]["description"]) == ("running", "runs"),
       "both are there", node())


before = contents()
image = ask("image", "import", tiny_image(), "--name", unique("change"))["id"]
id = ask("node", "create", unique("change"), "--image", image, "--size", SMALL, "--no-start")["id"]
stand_still()
os_type()
rename()
resize()
choose()
protect()
rebuild()
tag()
while_it_runs()
is_fine(cloud("node", "destroy", id), "destroy")
is_fine(cloud("image", "delete", image), "delete the image")
ok(contents() == before, "nothing is left")
done()
