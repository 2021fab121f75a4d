#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The beginning of an id stands for it where only one begins so and no name is that; whoever made
what has the id, and also for those who destroy.
"""
from __future__ import annotations

import json
import uuid

from trouble import IMAGE, SIZE, Host, done, fails, is_fine, ok


def shown(noun: str, word: str) -> str:
    """The id of what is shown."""
    result = host.cloud(noun, "show", "--output", "json", "--", word)
    ok(result.status == 0, f"{noun} show {word}", result)
    return json.loads(result.out or "{}").get("id", "")


def other(begins: str, name: str) -> str:
    """A machine of another tool, with an id that begins so."""
    id_ = begins + str(uuid.uuid4())[len(begins):]
    host.manage("createvm", "--name", name, "--uuid", id_, "--register")
    return id_


def differs(id_: str) -> str:
    """Four characters with which it does not begin, and that are no letters of a number."""
    return "abcd" if not id_.startswith("abcd") else "dcba"


def disk(begins: str, folder: str, name: str) -> str:
    """A disk that another tool has put among ours, with an id that begins so."""
    path = host.folder / folder / f"{name}.vdi"
    path.parent.mkdir(exist_ok=True)
    old = host.manage("createmedium", "disk", "--filename", str(path), "--size", "8").split()[-1]
    host.manage("closemedium", "disk", old)
    id_ = begins + str(uuid.uuid4())[len(begins):]
    host.manage("internalcommands", "sethduuid", str(path), id_)
    soap = host.soap
    soap.call("IVirtualBox_openMedium", soap.vbox, location=str(path), deviceType="HardDisk",
              accessMode="ReadWrite", forceNewUuid="false")
    return id_


def test_nodes() -> None:
    id_ = host.create("--no-start", name="web")
    for n in (4, 8, 9, 13, 20, 35):
        ok(shown("node", id_[:n]) == id_, f"the first {n} characters")
    ok(shown("node", id_[:8].upper()) == id_, "in capitals")
    for word in (id_[:3], differs(id_), id_[:8] + "f01d", id_[:7] + "-", "{" + id_[:8]):
        fails(host.cloud("node", "show", word), 3, f"there is no node '{word}'", f"not '{word}'")
    theirs = other(differs(id_), "theirs")
    ok(shown("node", theirs[:4]) == theirs, "of another tool")
    ok(shown("node", id_[:4]) == id_, "ours beside it")
    same = other(id_[:5], "same")
    told = rf"begins with '{id_[:5]}'; use more of it: {id_} 'web', {same} 'same'; "
    for words in (("show",), ("start",), ("destroy",)):
        fails(host.cloud("node", *words, id_[:5]), 2, told.rstrip("; "), f"node {words[0]}, of two that begin so")
    ok([shown("node", each) for each in (id_[:9], same[:9])] == [id_, same], "more of it tells them apart")
    named = host.create("--no-start", name=id_[:8])
    ok(shown("node", id_[:8]) == named and shown("node", id_[:9]) == id_, "a name comes first")
    is_fine(host.cloud("node", "rename", named[:8], "free"), "rename")
    ok(shown("node", id_[:8]) == id_, "no longer called so")
    for words in (("tag", id_[:8], "a=b"), ("start", id_[:8]), ("stop", "--force", id_[:8]),
                  ("destroy", named[:8], theirs[:8])):
        is_fine(host.cloud("node", *words), f"node {words[0]}")
    left = json.loads(host.must("node", "list", "--output", "json").out)
    ok({node["id"]: node["tags"] for node in left} == {id_: {"a": "b"}, same: {}}, "these are destroyed", left)
    fails(host.cloud("node", "show", named[:8]), 3, "there is no node", "one that is gone")
    for each in (id_, same):
        host.must("node", "destroy", each)


def test_disks() -> None:
    ok(shown("image", image[:8]) == image, "an image that another tool has put there")
    host.must("image", "copy", image[:8], "copy")
    copy = shown("image", "copy")
    ok(shown("image", copy[:4]) == copy and shown("image", image[:4]) == image, "and one of ours")
    clash = disk(copy[:6], "images", "clash")
    # One that is recorded is taken for the only one, as by its name; who loses it knows more.
    fails(host.cloud("image", "delete", copy[:6]), 2,
          rf"more than one image has an id that begins with '{copy[:6]}'; use more of it: ", "of two that begin so")
    ok(shown("image", clash[:9]) == clash and shown("image", "clash") == clash, "more of it tells them apart")
    is_fine(host.cloud("image", "delete", copy[:9]), "an image is deleted")
    ok(shown("image", copy[:6]) == clash, "then there is one")
    host.must("image", "delete", clash)
    fails(host.cloud("image", "show", clash[:8]), 3, "there is no image", "then none")
    node = host.create("--no-start", name="web")
    host.must("volume", "create", "v", "--size", "1", "--dynamic")
    v = shown("volume", "v")
    ok(shown("volume", v[:5]) == v, "a volume")
    for words in (("volume", "attach", v[:8], node[:8]), ("volume", "detach", v[:8]),
                  ("snapshot", "create", "--volume", v[:8], "s"), ("snapshot", "create", "--node", node[:8], "t")):
        is_fine(host.cloud(*words), " ".join(words[:2]))
    s, t = (json.loads(host.must("snapshot", "list", "--output", "json").out)[i]["id"] for i in (0, 1))
    fails(host.cloud("volume", "show", s[:8]), 3, "there is no volume", "a snapshot is no volume")
    fails(host.cloud("snapshot", "delete", "--node", node[:8], differs(t)), 3, "has no snapshot", "no such snapshot")
    for words in (("snapshot", "revert", node[:8], t[:8]), ("snapshot", "delete", "--node", node[:8], t[:8]),
                  ("snapshot", "delete", s[:8]), ("volume", "destroy", v[:8]), ("node", "destroy", node[:8])):
        is_fine(host.cloud(*words), " ".join(words[:2]))


with Host("prefix") as host:
    image = host.put_image()
    test_nodes()
    test_disks()
    ok(not json.loads(host.must("node", "list", "--output", "json").out), "nothing is left")
done()
