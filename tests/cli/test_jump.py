#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes whose ports only their host reaches, by a real sshd that stands for that of the host.

A second sshd stands for the guest's: it listens where the port of a stopped node is forwarded to, and
what matters is the way. That a guest that answers is waited for over the host is in test_login.py.
"""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cli import HOME, config, done, fails, host_env, is_fine, ok, run, skip_all
from hosts import ask, cloud, tiny_image, unique
from sshd import Sshd, client, find_sshd

SIZE = "1_cpu-64_ram-1_disk"


def test_waiting(host: Sshd, image: str, env: dict[str, str]) -> None:
    """Of a guest that never answers the host at least is asked."""
    for what, words in (("node create --wait ssh", ("create", unique("mute"), "--image", image, "--size", SIZE,
                                                    "--wait", "ssh", "--timeout", "5")),
                        ("node wait --state ssh", ("wait", "--state", "ssh", "--timeout", "5"))):
        if words[0] == "create":
            name = words[1]
        result = run("node", *words, *([name] if words[0] == "wait" else []), env=env)
        ok(result.status == 5 and result.out == "" and "by SSH: not done within the time" in result.err,
           f"{what}: no answer comes in time", result)
        port = ask("node", "show", name)["forwards"][0]["host_port"]
        ok(host.forwarded(port), f"{what} asks by way of the host", host.log())
        (host.folder / "log").write_text("")
    is_fine(cloud("node", "destroy", name), "the node is destroyed", "")


def main() -> None:
    program = find_sshd()
    if not program or not shutil.which("ssh"):
        skip_all("there is no ssh and sshd here")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("the host is another machine")
    image, name = unique("tiny"), unique("node")
    ask("image", "import", tiny_image(), "--name", image)
    node = ask("node", "create", name, "--image", image, "--size", SIZE, "--no-start")
    port = node["forwards"][0]["host_port"]
    env = host_env() | client(HOME)
    url = env.pop("VBOXCLOUD_HOST")
    far = url.replace("127.0.0.1", "lab.localhost")
    me = subprocess.run(["id", "-un"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    words = ("node", "ssh", name, "--no-wait", "--user", me, "--identity", str(HOME / "key"), "--")

    with Sshd(program, HOME / "host") as host, Sshd(program, HOME / "guest", port):
        section = f"[default]\nhost = lab\n[host lab]\nurl = {far}\n"
        config(section)
        fails(run(*words, "true", env=env), 6, "only from the host itself, at 127.0.0.1 port "
              f"{port}; with 'ssh = USER@HOST' in", "the way is told of a host that is far")
        config(section + f"ssh = {me}@127.0.0.1:{host.port}\n")
        result = run(*words, "echo there; exit 5", env=env)
        ok(result.status == 5 and result.out == "there\n", "it is logged in to by way of its host", result)
        ok(host.forwarded(port), "which connects to the port there", host.log())
        result = run("node", "exec", name, *words[3:], "exit 4", env=env)
        ok(result.status == 4, "so does exec", result)
        (HOME / "text").write_text("text")
        result = run("node", "cp", *words[3:], str(HOME / "text"), f"{name}:{HOME}/copy", env=env)
        ok(result.status == 0 and (HOME / "copy").read_text() == "text", "and cp", result)
        text = run("node", "ssh-config", name, env=env)
        ok(text.status == 0 and f"\tProxyJump {me}@127.0.0.1:{host.port}\n" in text.out,
           "and so is the configuration", text)
        config(section.replace(far, url) + f"ssh = {me}@127.0.0.1:{host.port}\n")
        test_waiting(host, image, env)
        before = host.log().count(f"port {port}")
        result = run(*words, "exit 3", env=env)
        ok(result.status == 3 and host.log().count(f"port {port}") > before,
           "a host at a loopback address that has another is at the other", result, host.log())
        cloud("forward", "delete", name, "ssh")
        ask("forward", "add", name, f"{port}:22", "--host-ip", "all")
        config(section + "ssh = nobody@127.0.0.1:1\n")
        text = run("node", "ssh-config", name, env=env)
        ok(text.status == 0 and "ProxyJump" not in text.out and "\tHostName lab.localhost\n" in text.out,
           "what is open to others is reached as it is", text)
    for place in ("-oProxyCommand=x", "a b", "me@", "lab,other", "lab:0", "none"):
        config(section + f"ssh = {place}\n")
        fails(run("node", "list", env=env), 2, r"config.ini:5: 'ssh' in section \[host lab\] cannot be",
              f"'ssh = {place}' is refused")
    config("")
    is_fine(cloud("node", "destroy", name), "destroyed", "")
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
