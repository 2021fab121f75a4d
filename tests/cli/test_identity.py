#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who logs in to a node, and with which key, goes where the node's disk goes.

A real sshd stands for the guests': it listens where the port of a stopped node is forwarded to.
"""
from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

from cli import HOME, config, done, host_env, is_fine, ok, run, skip_all
from hosts import ask, cloud, takes_uploads, tiny_path, unique
from sshd import Sshd, client, find_sshd

SIZE = "1_cpu-64_ram-1_disk"
STATE = HOME / ".local/state/vboxcloud"
KEY = HOME / "key"
IMAGE, NAME = unique("tiny"), unique("node")


def kept(node: dict[str, Any]) -> str:
    """The path of the key that is remembered of it."""
    path = STATE / "identity" / node["id"]
    return path.read_text() if path.exists() else ""


def logs_in(program: str, node: dict[str, Any], env: dict[str, str], what: str) -> None:
    """Without a word of who logs in, and with what."""
    with Sshd(program, HOME / f"guest-{node['name']}", node["forwards"][0]["host_port"]):
        result = run("node", "ssh", node["name"], "--no-wait", "--", "echo there", env=env)
    shutil.rmtree(HOME / f"guest-{node['name']}")
    ok(result.status == 0 and result.out == "there\n", what, result)


def test_clones(program: str, env: dict[str, str]) -> list[str]:
    made = ask("node", "create", NAME, "--image", IMAGE, "--size", SIZE, "--no-start", "--ssh-key", f"{KEY}.pub")
    ok(kept(made) == f"{KEY}\n", "the key of a node is remembered", kept(made))
    names = [NAME]
    for word, options in ((NAME, ()), (made["id"][:8], ("--linked",)), (made["id"].upper(), ())):
        clone = ask("node", "clone", word, f"{NAME}-{len(names)}", "--no-start", *options)
        names.append(clone["name"])
        ok(kept(clone) == f"{KEY}\n" and clone["username"] == made["username"] != "",
           f"of a clone of '{word}', too", kept(clone), clone)
    logs_in(program, clone, env, "it is logged in to without options")
    second = ask("node", "clone", clone["name"], f"{NAME}-{len(names)}", "--no-start")
    ok(kept(second) == f"{KEY}\n", "as is a clone of it")
    return [*names, second["name"]]


def test_rebuilt(program: str, name: str, env: dict[str, str]) -> None:
    before = ask("node", "show", name)
    is_fine(cloud("node", "rebuild", name, IMAGE), "rebuilt", "")
    after = ask("node", "show", name)
    ok(kept(after) == f"{KEY}\n" and after["username"] == before["username"] and after["id"] == before["id"],
       "a node that is rebuilt keeps its key and user", after)
    logs_in(program, after, env, "and is logged in to without options")


def test_seed(program: str, env: dict[str, str]) -> str:
    name = unique("seeded")
    node = ask("node", "create", name, "--image", IMAGE, "--size", SIZE, "--no-start")
    ok(kept(node) == "", "nothing is remembered of a node without a key")
    is_fine(cloud("node", "seed", name, "--hostname", "x"), "a seed without a key", "")
    ok(kept(node) == "", "changes nothing of that")
    is_fine(cloud("node", "seed", name, "--ssh-key", f"{KEY}.pub"), "one with a key", "")
    ok(kept(node) == f"{KEY}\n", "is remembered", kept(node))
    logs_in(program, node, env, "and logs in")
    known = STATE / "known_hosts" / node["id"]
    ok(known.exists(), "the host key is known")
    is_fine(cloud("node", "seed", name, "--hostname", "y"), "another seed", "")
    ok(not known.exists() and kept(node) == f"{KEY}\n",
       "with it the guest gets another host key; the key stays")
    other = ask("node", "create", unique("agent"), "--image", IMAGE, "--size", SIZE, "--no-start")
    known = STATE / "known_hosts" / other["id"]
    for called in (other["name"], other["id"], other["id"][:8]):
        known.write_text("x")
        is_fine(cloud("node", "seed", called, "--hostname", "z"), "a node of which no key is remembered", "")
        ok(not known.exists() and kept(other) == "", f"its host key is forgotten, called {called}")
    known.write_text("x")
    is_fine(cloud("node", "destroy", other["name"]), "destroyed", "")
    ok(not known.exists(), "with the node its host key is forgotten")
    return name


def main() -> None:
    program = find_sshd()
    if not program or not shutil.which("ssh"):
        skip_all("there is no ssh and sshd here")
    if not takes_uploads():
        skip_all("this host takes no uploads, and so no seeds")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("forwards are open to the host itself only, and it is another machine")
    env = host_env() | client(HOME)
    me = subprocess.run(["id", "-un"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    ask("image", "import", tiny_path(), "--name", IMAGE, "--username", me)
    config("")
    names = test_clones(program, env)
    test_rebuilt(program, names[1], env)
    names.append(test_seed(program, env))
    is_fine(cloud("node", "destroy", *reversed(names)), "destroyed", "")
    ok(not list((STATE / "identity").iterdir()) and not list((STATE / "known_hosts").iterdir()),
       "nothing is remembered of what is gone")
    is_fine(cloud("image", "delete", IMAGE), "the image is deleted", "")
    done()


main()
