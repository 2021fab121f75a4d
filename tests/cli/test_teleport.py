#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Moving a running node between two hosts that see the same files."""
from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable

from cli import Result, done, fails, host_env, is_fine, ok, run, skip_all, wait_past_bios
from hosts import ROOT, ask, cloud, contents, local_files, tiny_image, unique

VBOXHOST = str(ROOT / "tests/vboxhost")
NAME = f"teleport-{os.getpid()}"
SIZE = "1_cpu-64_ram-1_disk"

if not local_files() and not os.path.isdir(ask("host", "show")["machine_folder"]):
    skip_all("the host's files are not seen here")


def other_env() -> dict[str, str]:
    """How the command reaches the other host."""
    lines = subprocess.run([VBOXHOST, "env", "--name", NAME], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.splitlines()
    return dict(shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export"))


def other(*args: str) -> Result:
    """Runs the command on the other host."""
    return run(*args, env=env, timeout=300)


def state(result: Result) -> str:
    return next((line.split()[1] for line in result.out.splitlines() if line.startswith("state")), "")


def manage(*words: str) -> str:
    return subprocess.run([VBOXHOST, "manage", "--name", NAME, *words], check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def keys() -> str:
    """What the other host has recorded."""
    return manage("getextradata", "global", "enumerate")


def listed(ask_it: Callable[..., Result], *words: str) -> list[dict]:
    """What a list of either host has, by id."""
    return [{key: row[key] for key in ("id", "name", "location", *(["node"] if "node" in row else []))}
            for row in json.loads(ask_it(*words, "--output", "json").out)]


def test_elsewhere(url: str, image: str) -> None:
    """A volume that would be none there; a disk that is another node's too."""
    id = ask("node", "create", unique("volume"), "--image", image, "--size", SIZE, "--no-start")["id"]
    volume = ask("volume", "create", unique("volume"), "--size", "1", "--dynamic")
    is_fine(cloud("volume", "attach", volume["id"], id), "attach a volume")
    clone = ask("node", "clone", id, unique("clone"), "--linked", "--no-start")["id"]
    for node in id, clone:
        is_fine(cloud("node", "start", node), "start")
        wait_past_bios(node, host_env())
    fails(cloud("node", "teleport", id, "--to", url), 6, f"{clone}.*is linked to it",
          "a node that another is linked to")
    fails(cloud("node", "teleport", clone, "--to", url), 6, f"belongs to node .*{id}.* too",
          "a node that is linked to another")
    is_fine(cloud("node", "destroy", clone), "destroy that")
    before = contents()
    fails(cloud("node", "teleport", id, "--to", url), 6, f"{volume['location']} would not be a volume",
          "a node whose volume would be none there")
    ok(contents() == before, "nothing was changed")
    ok(ask("node", "show", id)["state"] == "running", "it runs on")
    is_fine(cloud("node", "destroy", id), "destroy it")
    is_fine(cloud("volume", "destroy", volume["id"]), "and the volume")


def test_disks(url: str, image: str) -> None:
    """Between hosts with one machine folder: there, where the other is restarted, and back."""
    linked = ("--image", image, "--size", SIZE, "--linked", "--no-start")
    id = ask("node", "create", unique("linked"), *linked, "--hostname", "h")["id"]
    volume = ask("volume", "create", unique("volume"), "--size", "1", "--dynamic")["id"]
    is_fine(cloud("volume", "attach", volume, id), "attach a volume")
    is_fine(cloud("snapshot", "create", "--node", id, "s"), "with a snapshot")
    is_fine(cloud("node", "start", id), "start it")
    wait_past_bios(id, host_env())
    volumes, images = listed(cloud, "volume", "list"), listed(cloud, "image", "list")
    home = os.environ["VBOXCLOUD_HOST"]
    for _ in range(2):
        is_fine(cloud("node", "teleport", id, "--to", url), "teleport a linked node with a volume")
        ok(listed(other, "volume", "list") == [row for row in volumes if row["id"] == volume] and
           volume not in str(listed(cloud, "volume", "list")), "its volume is a volume there, not here",
           listed(other, "volume", "list"))
        ok(listed(cloud, "image", "list") == images, "the image is an image here",
           listed(cloud, "image", "list"))
        fails(cloud("image", "delete", image), 6, f"{id}.*teleported to another host",
              "and cannot be deleted")
        ok(listed(other, "image", "list") == [row for row in images if row["id"] == image],
           "it is shown there by its name", listed(other, "image", "list"))
        fails(other("image", "delete", image), 6, f"belongs to another host.*{id}", "nor there")
        fails(other("node", "create", "second", *linked), 6, "belongs to another host.*full copy",
              "a second node is not linked to it there")
        for which in cloud, other:
            taken = json.loads(which("gc", "--output", "json").out)
            ok(not any(id in str(row) or volume in str(row) or image in str(row) for row in taken),
               "gc takes nothing of it", taken)
        is_fine(other("node", "stop", "--force", id), "stop it there")
        subprocess.run([VBOXHOST, "restart", "--name", NAME], check=True, stdout=subprocess.DEVNULL)
        is_fine(other("node", "start", id), "it starts there after a restart of the service")
        wait_past_bios(id, env)
        is_fine(other("node", "teleport", id, "--to", home), "teleport it back")
        ok(listed(cloud, "volume", "list") == volumes and not listed(other, "volume", "list"),
           "its volume is a volume here again", listed(cloud, "volume", "list"))
        ok("Location:" not in manage("list", "hdds") and "borrowed" not in keys(),
           "the other host knows no image any more, and no disk", manage("list", "hdds"), keys())
    sibling = ask("node", "create", unique("sibling"), *linked)["id"]
    is_fine(cloud("node", "teleport", id, "--to", url), "teleport it, one of two linked nodes")
    is_fine(other("node", "destroy", id), "destroy it there")
    ok([row["id"] for row in listed(other, "volume", "list")] == [volume], "its volume stays there")
    is_fine(other("volume", "destroy", volume), "and is destroyed")
    ok("Location:" not in manage("list", "hdds") and image not in keys(),
       "they know no image any more, and no disk of another node", manage("list", "hdds"))
    taken = json.loads(other("gc", "--output", "json").out)
    ok(taken == [], "nor has gc anything to take", taken)
    fails(cloud("image", "delete", image), 6, f"{sibling}", "it is whole here, and needed")
    is_fine(cloud("node", "destroy", sibling), "destroy that")


subprocess.run([VBOXHOST, "up", "--name", NAME], check=True, stdout=subprocess.DEVNULL)
try:
    env = other_env()
    url = env["VBOXCLOUD_HOST"]
    before, files = contents(), local_files()
    image = ask("image", "import", tiny_image(), "--name", unique("teleport"))["id"]
    id = ask("node", "create", unique("teleport é"), "--image", image, "--size",
             SIZE, "--no-start")["id"]
    fails(cloud("node", "teleport", id, "--to", url), 6, "it is stopped; only running",
          "teleport a stopped node")
    is_fine(cloud("node", "start", id), "start it")
    wait_past_bios(id, host_env())
    is_fine(cloud("node", "tag", id, "k=v"), "tag it")
    node = ask("node", "show", id)
    fails(cloud("node", "teleport", id, "--to", "http://127.0.0.1:1"), 4, "", "to no host")
    fails(cloud("node", "teleport", id, "--to", url, "--address", "192.0.2.1"), 1, "192.0.2.1",
          "to an address that is not the other host's")
    ok(ask("node", "show", id) == node, "it runs on, as it was", ask("node", "show", id))
    ok(not other("node", "list", "--output", "tsv").out.count(id), "the other host has no trace of it")

    is_fine(cloud("node", "teleport", id, "--to", url), "teleport it")
    fails(cloud("node", "show", id), 3, "there is no node", "this host does not know it any more")
    shown = other("node", "show", id)
    ok(state(shown) == "running" and node["name"] in shown.out and node["created_at"] in shown.out,
       "the other host runs it, with its name and date", shown)
    is_fine(other("node", "reboot", "--force", id), "reboot it there")
    is_fine(other("node", "stop", "--force", id), "stop it there")
    is_fine(other("node", "start", id), "start it there: it does not wait for a teleport")
    wait_past_bios(id, env)
    home = os.environ["VBOXCLOUD_HOST"]
    is_fine(other("node", "teleport", id, "--to", home), "teleport it back")
    back = ask("node", "show", id)
    ok((back["state"], back["tags"], back["forwards"]) == ("running", {"k": "v"}, node["forwards"]),
       "it is as it was", back, node)
    is_fine(cloud("node", "destroy", id), "destroy it")
    test_elsewhere(url, image)
    own = json.loads(other("host", "show", "--output", "json").out)["machine_folder"]
    manage("setproperty", "machinefolder", ask("host", "show")["machine_folder"])
    test_disks(url, image)
    manage("setproperty", "machinefolder", own)
    is_fine(cloud("image", "delete", image), "delete the image")
    ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
    ok(other("node", "list", "--output", "tsv").out.count("\n") <= 1 and
       not other("gc", "--dry-run", "--output", "tsv").out, "nor on the other host",
       other("gc", "--dry-run"))
finally:
    subprocess.run([VBOXHOST, "down", "--name", NAME], check=False, stdout=subprocess.DEVNULL)
done()
