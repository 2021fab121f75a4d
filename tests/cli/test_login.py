#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real guests that are logged in to with what is remembered of them, by ours and by the system's ssh.

Where virtual machines are interpreted their boots take a minute, or several on a busy machine.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess

from cli import COMMAND, HOME, clean_env, config, Result, done, fails, host_env, is_fine, ok, run, skip, skip_all
from hosts import ROOT, ask, cloud, takes_uploads, unique
from sshd import Sshd, client, find_sshd

SIZE = "1_cpu-128_ram-1_disk"
BOOT_S = "1500"
NAME = unique("login")
IDS = [f"{NAME}-{i}" for i in (1, 2)]
KNOWN = HOME / ".local/state/vboxcloud/known_hosts"
MADE = HOME / "made"


def image_file() -> str:
    return subprocess.run([str(ROOT / "tests/guest/build"), "small"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()[-1]


def guest(*words: str) -> Result:
    """A command that waits for a guest."""
    return run(*words, env=host_env(), timeout=float(BOOT_S) + 60)


def system(*words: str) -> Result:
    """A program of the system's."""
    ended = subprocess.run(words, check=False, capture_output=True, text=True, timeout=300,
                           stdin=subprocess.DEVNULL, start_new_session=True)
    return Result(ended.returncode, ended.stdout, ended.stderr)


def test_ssh(id_: str) -> None:
    """The guest has hardly begun to boot."""
    result = guest("node", "ssh", IDS[0], "--timeout", BOOT_S, "--", "whoami; exit 7")
    ok(result.status == 7 and result.out == "root\n",
       "it waits, and logs in as the image's user with the key of the node's creation", result)
    ok((KNOWN / id_).read_text().startswith(id_ + " "), "the host key is kept as the node's own")


def test_over_host(id_: str) -> None:
    """The host is said to be far, and to be logged in to: another sshd stands for its own."""
    program = find_sshd()
    if not program:
        skip("a node is waited for by way of its host", "there is no sshd here")
        return
    env = host_env() | client(HOME)
    far = env.pop("VBOXCLOUD_HOST").replace("127.0.0.1", "lab.localhost")
    me = subprocess.run(["id", "-un"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    port = ask("node", "show", id_)["forwards"][0]["host_port"]
    words = ("node", "wait", "--state", "ssh", "--timeout", BOOT_S, id_)
    with Sshd(program, HOME / "host") as host:
        config(f"[default]\nhost = lab\n[host lab]\nurl = {far}\n")
        fails(run(*words, env=env), 6, "only from the host itself", "no way to a host that is far")
        config(f"[default]\nhost = lab\n[host lab]\nurl = {far}\nssh = {me}@127.0.0.1:{host.port}\n")
        result = run(*words, env=env, timeout=float(BOOT_S) + 60)
        ok(result.status == 0 and result.err == f"vboxcloud: node '{id_}' answers SSH at 127.0.0.1 port {port} of "
           f"its host, by way of {me}@127.0.0.1:{host.port}\n", "it is waited for by way of the host", result)
        ok(host.forwarded(port), "which connects to the port there", host.log())
        result = run("node", "ssh", id_, "--", "whoami", env=env, timeout=300)
        ok(result.status == 0 and result.out == "root\n", "and logged in to", result)
    config("")


def test_explained(id_: str) -> None:
    other = str(HOME / "other")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
    result = guest("node", "ssh", IDS[0], "--identity", other, "--", "true")
    last = result.err.splitlines()[-1] if result.err else ""
    ok(result.status == 255 and result.out == "" and "Permission denied" in result.err,
       "with another key, ssh fails", result)
    ok(all(text in last for text in ("as root (--user", f"with {other} (--identity", f"'vboxcloud node log {id_}'")),
       "which is explained", last)
    result = guest("node", "ssh", IDS[0], "--user", "nobody", "--quiet", "--", "true")
    ok(result.status == 255 and result.err == "", "but not with --quiet", result)
    fails(guest("node", "ssh", IDS[0], "--identity", str(HOME / "none")), 3,
          "cannot read the private key .*none: No such file", "a key that is not there")


def test_configuration(stopped: dict[str, str]) -> None:
    names = list(stopped)
    text = is_fine_text(cloud("node", "ssh-config"), "of all nodes")
    hosts = re.findall(r"^Host (.*)$", text, re.MULTILINE)
    for name, id_ in stopped.items():
        ok((id_ in hosts) == (name != "w\u00fcrfel"), f"'{name}' is no alias, but its id is", hosts)
    ok(f"w\u00fcrfel {stopped[names[0]]}" in hosts, "a name of other letters is one", hosts)
    dotted = is_fine_text(cloud("node", "ssh-config", "git.example.org"), "of one node")
    ok(dotted.startswith("Host git.example.org "), "what is named, is called so", dotted)
    for line in text.splitlines():
        ok(re.fullmatch(r"(Host \S+( \S+)?|\t[A-Za-z]+ (\S+|\"[^\"]+\")|)", line), "a line that ssh can read", line)
    fails(cloud("node", "ssh-config", IDS[0], "nobody"), 3, "there is no node 'nobody'", "of none")
    (HOME / "ssh_config").write_text(text)
    config = ("-F", str(HOME / "ssh_config"))
    result = system("ssh", *config, IDS[1], "--", "cat /state/hostname; exit 3")
    ok(result.status == 3 and result.out.strip() == IDS[1], "the system's ssh logs in with it", result)
    (HOME / "file").write_text("to scp\n")
    copied = system("scp", *config, str(HOME / "file"), f"{IDS[1]}:/tmp/by scp")
    result = guest("node", "ssh", IDS[1], "--", "cat '/tmp/by scp'")
    ok(copied.status == 0 and result.out == "to scp\n", "its scp copies with it", copied, result)
    shown = system("ssh", "-G", *config, "w\u00fcrfel")
    ok(f"hostkeyalias {stopped[names[0]]}\n" in shown.out, "and it reads names of other letters", shown)


def is_fine_text(result: Result, what: str) -> str:
    is_fine(result, f"a configuration {what}")
    return result.out


def test_cp() -> None:
    """Where guests are interpreted, each takes seconds: so few have to do."""
    folder = HOME / "copies"
    (folder / "below").mkdir(parents=True)
    for name in ("a b", "-r", "a:b", "w\u00fcrfel", "[x]", "below/deep"):
        (folder / name).write_text(name)
    for name, there in (("-r", "/tmp/x:y [w\u00fcrfel]"), ("./a:b", "-x y")):
        result = run("node", "cp", "--", name, f"{IDS[0]}:{there}", env=host_env(), cwd=folder, timeout=600)
        is_fine(result, f"'{name}' is copied to '{there}'")
        result = run("node", "cp", "--", f"{IDS[0]}:{there}".replace("[", "\\["), "-x", env=host_env(),
                     cwd=HOME, timeout=600)
        ok(result.status == 0 and (HOME / "-x").read_text() == name.removeprefix("./"), "and back", result)
    is_fine(guest("node", "cp", "-r", str(folder), f"{IDS[0]}:tree"), "with -r a folder is copied")
    is_fine(guest("node", "cp", f"{IDS[0]}:tree", str(HOME / "tree"), "--recursive"), "and back")
    ok(subprocess.run(["diff", "-r", str(folder), str(HOME / "tree")], check=False).returncode == 0,
       "with all that is in it")
    fails(cloud("node", "cp", "a", "b"), 2, "neither 'a' nor 'b' names a node", "two paths")
    fails(cloud("node", "cp", "a:b", "c:d"), 2, "must be a path on this machine", "two nodes")
    fails(cloud("node", "cp", "nobody:b", "c"), 3, "there is no node 'nobody'", "no node")


def test_exec() -> None:
    result = guest("node", "exec", *IDS, "--timeout", BOOT_S, "--",
                   "n=$(uname -n); echo out $n; echo err $n >&2; exit $((${n##*-} - 1))")
    ok(sorted(result.out.splitlines()) == [f"{name}: out {name}" for name in IDS],
       "each line has its node's name", result.out)
    ok(all(f"{name}: err {name}" in result.err.splitlines() for name in IDS), "on stderr, too", result.err)
    ok(all(f"vboxcloud: node '{name}': exit status {i}" in result.err.splitlines() for i, name in enumerate(IDS)),
       "each status is told", result.err)
    ok(result.status == 1 and result.err.splitlines()[-1] ==
       f"vboxcloud: it failed in 1 of 2 nodes: '{IDS[1]}' (exit status 1)", "and those that failed are named",
       result)
    ended = subprocess.run([COMMAND, "node", "exec", IDS[1], "--", "cat; exit 9"], input="through\n", text=True,
                           env=clean_env(host_env()), capture_output=True, check=False, timeout=600)
    ok(ended.returncode == 9 and ended.stdout == "through\n",
       "of one node the input, output and exit status are the command's", ended)
    fails(cloud("node", "exec", IDS[0], "uptime"), 2, "takes nodes, --, and a command", "without --")
    fails(cloud("node", "exec", "--", "uptime", "now"), 2, "takes nodes, --, and a command", "without a node")


def test_rebuilt(image: str, id_: str) -> None:
    """The new guest has another host key."""
    before = (KNOWN / id_).read_text()
    is_fine(cloud("node", "stop", "--force", IDS[0]), "stopped", "")
    result = guest("node", "exec", IDS[0], IDS[1], "--", "true")
    ok(result.status == 1 and f"cannot reach node '{IDS[0]}' by SSH: it is not running" in result.err and
       result.err.splitlines()[-1] == f"vboxcloud: it failed in 1 of 2 nodes: '{IDS[0]}' (not reached)",
       "a node that is stopped is not waited for, and the other does it", result)
    is_fine(cloud("node", "rebuild", IDS[0], image), "rebuilt", "")
    ok(not (KNOWN / id_).exists(), "the old guest's host key is forgotten")
    is_fine(cloud("node", "start", IDS[0]), "started", "")
    is_fine(guest("node", "exec", IDS[0], IDS[1], IDS[0], "--timeout", BOOT_S, "--", "true"),
            "the new guest is logged in to", "")
    ok((KNOWN / id_).read_text() != before, "and has a host key of its own")
    is_fine(cloud("node", "destroy", *IDS), "destroyed", "")
    ok(not (KNOWN / id_).exists(), "which is forgotten with the node")


def main() -> None:
    if not shutil.which("ssh"):
        skip_all("there is no ssh here")
    if not takes_uploads():
        skip_all("this host takes no uploads, and so no seeds")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("forwards are open to the host itself only, and it is another machine")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(MADE)], check=True)
    image = unique("guest")
    ask("image", "import", image_file(), "--name", image, "--username", "root")
    created = guest("node", "create", NAME, "--count", "2", "--image", image, "--size", SIZE,
                    "--ssh-key", f"{MADE}.pub", "--output", "json")
    ok(created.status == 0, "two nodes are created", created)
    ids = {node["name"]: node["id"] for node in ask("node", "list")}
    test_ssh(ids[IDS[0]])
    test_over_host(ids[IDS[0]])
    test_explained(ids[IDS[0]])
    test_cp()
    test_exec()
    stopped = {name: ask("node", "create", name, "--image", image, "--size", SIZE, "--no-start")["id"]
               for name in ("w\u00fcrfel", "two words", "git.example.org", "a*", "_x")}
    test_configuration(stopped)
    is_fine(cloud("node", "destroy", *stopped.values()), "destroyed", "")
    test_rebuilt(image, ids[IDS[0]])
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
