#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Moving a running node between two hosts that see the same files."""
from __future__ import annotations

import os
import shlex
import subprocess

from cli import Result, done, fails, host_env, is_fine, ok, run, skip_all, wait_past_bios
from hosts import ROOT, ask, cloud, contents, local_files, tiny_image, unique

VBOXHOST = str(ROOT / "tests/vboxhost")
NAME = f"teleport-{os.getpid()}"

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


subprocess.run([VBOXHOST, "up", "--name", NAME], check=True, stdout=subprocess.DEVNULL)
try:
    env = other_env()
    url = env["VBOXCLOUD_HOST"]
    before, files = contents(), local_files()
    image = ask("image", "import", tiny_image(), "--name", unique("teleport"))["id"]
    id = ask("node", "create", unique("teleport é"), "--image", image, "--size",
             "1_cpu-64_ram-1_disk", "--no-start")["id"]
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
    is_fine(cloud("image", "delete", image), "delete the image")
    ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
    ok(other("node", "list", "--output", "tsv").out.count("\n") <= 1 and
       not other("gc", "--dry-run", "--output", "tsv").out, "nor on the other host",
       other("gc", "--dry-run"))
finally:
    subprocess.run([VBOXHOST, "down", "--name", NAME], check=False, stdout=subprocess.DEVNULL)
done()
