#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vboxcloud launch, on a real host and with a catalog that is served on the loopback: what is told, what
is made, what is made once only, and what is left when a step fails.

Interpreted machines take a minute to boot: two do so at once, and serve for all.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

from cli import HOME, Result, done, fails, finish, host_env, interrupt, ok, run, skip_all, start
from fileserver import FileServer
from hosts import ROOT, ask, cloud, contents, local_files, takes_uploads, tiny_path, unique
from terminal import Terminal

STATE = HOME / ".local/state/vboxcloud"
PRIVATE = STATE / "key/id_ed25519"
SIZE = ("--size", "1_cpu-128_ram-1_disk")
BOOT_S = 1500
READY = "vboxcloud tiny guest ready"
GUEST, TINY, BAD, CUT = (unique(name) for name in ("guest", "tiny", "bad", "cut"))


def image_file() -> Path:
    return Path(subprocess.run([str(ROOT / "tests/guest/build"), "small"], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.splitlines()[-1])


def launch(*args: str, timeout: float = BOOT_S + 60) -> Result:
    return run("launch", *args, env=host_env(), timeout=timeout)


def write_catalog(server: FileServer) -> None:
    path = HOME / ".config/vboxcloud/catalog.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = unused.getsockname()[1]
    common = "os_type = Debian_64\ninit = nocloud\n"
    path.write_text(
        f"[{GUEST}]\nurl = {server.url}/guest\nusername = root\ndefault = yes\n{common}"
        f"[{TINY}]\nurl = {server.url}/tiny\n{common}"
        f"[{BAD}]\nurl = {server.url}/tiny\nsha256 = {'0' * 64}\n{common}"
        f"[{CUT}]\nurl = http://127.0.0.1:{nobody}/x\n{common}")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def lines(result: Result) -> list[str]:
    return [line.removeprefix("vboxcloud: ") for line in result.err.splitlines()]


def fails_at_last(result: Result, status: int, pattern: str, what: str) -> None:
    """It failed after some notes: the last line says why."""
    ok(result.status == status and result.out == "" and lines(result) and
       re.search(pattern, lines(result)[-1]), what, f"want {status}, {pattern}", result)


def node_ids() -> set[str]:
    return {node["id"] for node in ask("node", "list")}


def test_refused(server: FileServer) -> None:
    """What can be known before anything is made is."""
    before = contents()
    fails(launch("gues" + GUEST[5:]), 3, f"did you mean '{GUEST}'", "a slip of the pen")
    fails(launch("no-such-thing-at-all"), 3, "neither on the host nor in the catalog", "no such image")
    fails(launch("./disk.qcow2"), 3, "image import' makes one from a file", "a file is none")
    fails_at_last(launch(TINY, "--ssh-key", "./none.pub"), 3, r"none\.pub", "a key that is not there")
    fails(launch(TINY, "--forward", "x"), 2, "'x'", "ports that are none")
    server.forget()
    fails(launch(TINY, "--tag", "=x"), 2, "tag", "a tag without a key")
    fails(launch(TINY, "--tag", "a=\1"), 2, "tag", "a tag that nobody could read")
    fails(launch(TINY, "--size", "0_cpu"), 2, "0_cpu", "a size that is none")
    fails(launch(TINY, "--name", "n" * 256), 2, "name", "a name that is too long")
    ok(not server.asked, "no image is fetched for them", server.asked)
    ok(contents() == before, "nothing is made")


def read_until(text: str, process: subprocess.Popen[str]) -> str:
    """What a command tells, up to the line with this text. No more is read, so that finish() has the rest."""
    told = ""
    while process.stderr and text not in told and (byte := os.read(process.stderr.fileno(), 1)):
        told += byte.decode()
    while process.stderr and not told.endswith("\n") and (byte := os.read(process.stderr.fileno(), 1)):
        told += byte.decode()
    return told


def test_json(result: Result) -> None:
    node = json.loads(result.out or "{}")
    ok(result.status == 0 and node.get("name") == "for json" and node["state"] == "running" and
       re.fullmatch(r"127\.0\.0\.1:\d+", node["addresses"][0]["host"] + f":{node['addresses'][0]['port']}"),
       "JSON is the node", result)
    ok("key pair" not in result.err and "fetching" not in result.err, "with the pair and the image there are",
       result)
    ok(cloud("node", "destroy", "for json").status == 0, "it is destroyed")


def test_first(server: FileServer) -> str:
    """From nothing; without an image, and without a name."""
    shutil.rmtree(STATE, ignore_errors=True)
    server.forget()
    first = start("launch", *SIZE, "--timeout", str(BOOT_S), env=host_env())
    before = read_until("its guest boots", first)
    # Another one boots meanwhile: a program is told about the node.
    second = start("launch", GUEST, "--name", "for json", "--output", "json", *SIZE, "--timeout", str(BOOT_S),
                   env=host_env())
    result, other = finish(first, BOOT_S + 60), finish(second, BOOT_S + 60)
    result.err = before + result.err
    test_json(other)
    told = lines(result)
    for words in (rf"made a key pair to log in to your nodes with: {re.escape(str(PRIVATE))}",
                    rf"fetching image '{GUEST}' from {server.url}/guest",
                    rf"creating node '([a-z]+-[a-z]+)' from image '{GUEST}'",
                    "it runs, and its guest boots", r"its SSH server answers after \d+ s",
                    "it lets root log in", "to log in:"):
        ok(sum(bool(re.fullmatch(words, line)) for line in told) == 1, f"it tells once: {words[:30]}",
           told)
    name = (re.findall("creating node '(.*?)'", result.err) or ["?"])[0]
    ok(result.status == 0 and result.out == f"vboxcloud node ssh {name}\n", "and what to type next", result)
    ok(any(asked[0] == "/guest" for asked in server.asked), "the image was fetched")
    return name


def test_key_files(name: str) -> None:
    ok([mode(path) for path in (STATE, PRIVATE.parent, PRIVATE, PRIVATE.with_suffix(".pub"))] ==
       [0o700, 0o700, 0o600, 0o600], "the pair is its owner's alone")
    public = subprocess.run(["ssh-keygen", "-y", "-f", str(PRIVATE)], check=False, text=True,
                            stdout=subprocess.PIPE).stdout.split()[:2]
    ok(public and PRIVATE.with_suffix(".pub").read_text().split()[:2] == public, "and belongs together",
       public)
    node = ask("node", "show", name)
    kept = STATE / "identity" / node["id"]
    ok(kept.read_text() == f"{PRIVATE}\n" and mode(kept) == 0o600, "it is known of the node")
    ok(node["username"] == "root" and node["state"] == "running", "and so is who logs in", node)


def test_login(name: str) -> None:
    """The line that was printed, and a command behind it."""
    result = run("node", "ssh", name, "--", "hostname", env=host_env(), timeout=300)
    ok(result.status == 0 and result.out == f"{name}\n", "one logs in with the pair", result)


def test_second(server: FileServer, first: str) -> None:
    """The image and the pair are there; the node of that name, too."""
    server.forget()
    pair = PRIVATE.read_bytes()
    fails(launch("--name", first), 6, f"there is a node '{first}' already", "its name is taken")
    # The guest of this one is not waited for: it is known to boot.
    process = start("launch", GUEST, "--name", "It's 2", *SIZE, env=host_env())
    read = read_until("its guest boots", process)
    node = ask("node", "show", "It's 2")
    ok(node["state"] == "running" and (STATE / "identity" / node["id"]).exists(), "another one runs", node)
    result = interrupt(process, 1, signal.SIGINT)
    ok(result.status == 5 and result.out == "" and "deleted node 'It's 2' again" in result.err and
       re.search(r"cancelled", lines(result)[-1]), "Ctrl-C ends it, and removes the node", result)
    ok(not server.asked and "key pair" not in read and "fetching" not in read and
       PRIVATE.read_bytes() == pair, "it fetched nothing, and made no other pair", read)
    ok("stays" not in result.err, "and tells of no image")
    ok(node["id"] not in node_ids() and not (STATE / "identity" / node["id"]).exists(), "nothing is left")
    ok(node_ids(), "but the first one")


def test_silent_guest(server: FileServer) -> None:
    """Of an image without SSH: the node goes, the image stays. JSON, and a key of one's own."""
    server.forget()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(HOME / "mine")], check=True)
    before = node_ids()
    options = ("--name", "mute", "--ssh-key", str(HOME / "mine.pub"), *SIZE)
    result = launch(TINY, "--timeout", "5", "--output", "json", *options)
    fails_at_last(result, 5, r"the guest of node 'mute' did not answer by SSH within 5 s; .*'--keep'",
                  "a guest that does not answer")
    ok("deleted node 'mute' again" in result.err and node_ids() == before, "its node is deleted", result)
    ok(f"image '{TINY}' was fetched completely and stays on the host" in result.err and
       ask("image", "show", TINY)["name"] == TINY, "its image stays", result)
    result = launch(TINY, "--timeout", "3", "--keep", *options)
    fails_at_last(result, 5, "did not answer", "the same, to keep it")
    kept = ask("node", "show", "mute")
    ok((STATE / "identity" / kept["id"]).read_text() == f"{HOME / 'mine'}\n",
       "the key of one's own is known of it")
    ok(f"node 'mute' is kept: {kept['id']}" in result.err, "it is said to stay", result)
    ok(cloud("node", "destroy", "mute").status == 0 and not (STATE / "identity" / kept["id"]).exists(),
       "its key is forgotten with it")


def test_guest_is_heard() -> None:
    """A terminal is told what the guest writes to its console, and in the end all are what was last."""
    words = ("launch", TINY, "--name", "heard", "--timeout", "45", "--ssh-key", str(HOME / "mine.pub"), *SIZE)
    terminal = Terminal(*words, env=host_env(), columns=60)
    terminal.read(READY, 60)
    shown = terminal.shown
    terminal.read(timeout=BOOT_S)
    status = terminal.status()
    ok(re.search(rf"\r\x1b\[Kthe guest boots, \d+ s: {READY}", shown),
       "on a terminal it is shown as it comes", shown[-300:])
    drawn = [line for line in re.split(r"[\r\n]", terminal.shown) if "boots, " in line]
    ok(drawn and all(len(line.removeprefix("\x1b[K")) <= 59 for line in drawn), "on one line", drawn[-1:])
    ok(status == 5 and f"the last line from its guest: {READY}\r\n" in terminal.shown, "and told in the end",
       terminal.shown[-600:])


def test_other_failures() -> None:
    before = contents()
    fails_at_last(launch(BAD, "--name", "x"), 2, "SHA256", "another file than it should be")
    fails_at_last(launch(CUT, "--name", "x"), 1, r"cannot .*127\.0\.0\.1", "no network")
    fails_at_last(launch(TINY, "--name", "x", "--size", "999_cpu-128_ram-1_disk"), 2, "999",
                  "a size that is none")
    public = PRIVATE.with_suffix(".pub")
    public.rename(HOME / "away")
    fails(launch(TINY), 2, "put it back", "half a key pair")
    (HOME / "away").rename(public)
    ok(contents() == before, "nothing is made")


def test_told() -> None:
    offered = run("__complete", "launch", GUEST[:6], env=host_env()).out
    ok(f"{GUEST}\t" in offered, "images are completed", offered)
    listed = json.loads(cloud("image", "catalog", "--output", "json").out)
    ok({each["name"] for each in listed if each["default"]} == {GUEST, "debian-13"}, "the default is told",
       listed)


def main() -> None:
    if not takes_uploads():
        skip_all("this host takes no uploads, and so no seeds")
    if "127.0.0.1" not in os.environ["VBOXCLOUD_HOST"]:
        skip_all("forwards are open to the host itself only, and it is another machine")
    before, files = contents(), local_files()
    server = FileServer({"guest": image_file().read_bytes(), "tiny": Path(tiny_path()).read_bytes()})
    write_catalog(server)
    test_refused(server)
    test_silent_guest(server)
    test_guest_is_heard()
    test_other_failures()
    name = test_first(server)
    test_key_files(name)
    if shutil.which("ssh"):
        test_login(name)
    test_second(server, name)
    test_told()
    for words in (("node", "destroy", name), ("image", "delete", GUEST), ("image", "delete", TINY)):
        ok(cloud(*words).status == 0, f"{words[0]} {words[1]}")
    ok(not list((STATE / "identity").iterdir()), "no key is remembered any more")
    ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
    server.close()
    done()


main()
