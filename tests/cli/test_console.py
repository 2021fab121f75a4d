#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The guest's console: what it writes to its serial port is read, followed, and gone with the node."""
from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from pathlib import Path

from cli import HOME, done, fails, finish, host_env, is_fine, ok, start
from hosts import ask, cloud, contents, local_files, takes_uploads, tiny_image, tiny_path, unique
from terminal import Terminal

SMALL = "1_cpu-64_ram-1_disk"
READY = "vboxcloud tiny guest ready"
LOUD = "\x1b]0;me\x07\x1b[2Jtiny gu\xeast redy"  # a title, a cleared screen, half a character


def loud_image() -> str:
    """The tiny image, whose guest sends a terminal what it would obey."""
    assert len(LOUD) == len(READY)
    path = HOME / "loud.img"
    raw = Path(tiny_path()).with_suffix(".img").read_bytes()
    path.write_bytes(raw.replace(READY.encode(), LOUD.encode("latin-1")))
    return str(path) if takes_uploads() else f"host:{path}"


class Follower:
    """`node console`, and what it has said."""

    def __init__(self, node: str) -> None:
        self.process = start("node", "console", node, env=host_env())
        self.said = ""

    def reads(self, times: int, what: str) -> bool:
        """Waits until the guest has said so often that it is ready. When it was stopped before, there
        may be the beginning of that, too."""
        end = time.monotonic() + 90
        while self.said.count(READY + "\n") < times and time.monotonic() < end:
            if select.select([self.process.stdout], [], [], 1)[0]:
                read = os.read(self.process.stdout.fileno(), 4096).decode()
                if not read:
                    break
                self.said += read.replace("\r", "")
        return ok(self.said.count(READY + "\n") == times, what, self.said)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)
        fails(finish(self.process), 5, "cancelled", "Ctrl-C ends it")


def create(*options: str, source: str | None = None) -> str:
    made = ask("node", "create", unique("console"), "--image", source or image, "--size", SMALL, *options)
    return made["id"]


def refused() -> None:
    """What cannot be had."""
    fails(cloud("node", "create", unique("x"), "--image", image, "--serial", "--serial-file", "/x"), 2,
          "'--serial' cannot be used with '--serial-file'", "two files")
    fails(cloud("node", "console", unique("none")), 3, "there is no node", "of no node")
    plain = create("--no-start")
    for words in (("node", "console", plain), ("node", "log", "--guest", plain)):
        fails(cloud(*words), 3, "port is not connected; 'vboxcloud node create --serial' makes", f"{words}")
    is_fine(cloud("node", "destroy", plain), "destroy")
    plain = create("--no-start", "--serial-file", "/var/tmp/VBox.log.1")
    fails(cloud("node", "console", plain), 3, "connected to /var/tmp/VBox.log.1, which .* not read",
          "another file")
    is_fine(cloud("node", "destroy", plain), "destroy")


def followed(node: str) -> None:
    """From before the first start, over stops and starts, to the end of the node."""
    fails(cloud("node", "log", "--guest", node), 3, "written nothing: it was never started", "no start yet")
    fails(cloud("node", "console", node, "--timeout", "1"), 5, "not done|time", "nothing comes in a second")
    first, last = Follower(node), Follower(node)
    is_fine(cloud("node", "start", node), "start")
    first.reads(1, "it is told while it comes")
    first.interrupt()
    is_fine(cloud("node", "log", "--guest", node), "all at once", READY + "\n")
    is_fine(cloud("node", "stop", "--force", node), "stop")
    is_fine(cloud("node", "log", "--guest", node), "it stays when the node is off", READY + "\n")
    for _ in range(4):  # more than VirtualBox keeps logs
        is_fine(cloud("node", "start", node), "start")
        is_fine(cloud("node", "stop", "--force", node), "stop")
    is_fine(cloud("node", "start", node), "start again")
    last.reads(2, "what follows a start is told")
    copy = ask("node", "clone", node, unique("copy"), "--no-start")["id"]
    fails(cloud("node", "log", "--guest", copy), 3, "never started", "a clone has a console of its own")
    is_fine(cloud("node", "destroy", node), "destroy")
    end = finish(last.process)
    ok(end.status == 3 and "there is no longer a node" in end.err, "which ends with the node", end)
    is_fine(cloud("node", "destroy", copy), "destroy the clone")


def shown() -> None:
    """A terminal obeys nothing that a guest sends, but for who wants that."""
    loud = ask("image", "import", loud_image(), "--name", unique("loud"), *(
        ("--format", "raw") if takes_uploads() else ()))["id"]
    node = create("--serial", source=loud)
    safe = Terminal("node", "console", node, env=host_env())
    safe.read("redy\r\n", 90)
    ok(safe.shown == r"\x1b]0;me\x07\x1b[2Jtiny gu\xeast redy" + "\r\n", "made safe", safe.shown)
    os.kill(safe.pid, signal.SIGINT)
    ok(safe.status() == 5, "Ctrl-C ends it")
    again = Terminal("node", "log", "--guest", node, env=host_env())
    ok(again.status() == 0 and again.shown == safe.shown.partition("vboxcloud:")[0], "as at once",
       again.shown)
    piped = subprocess.run([os.environ.get("VBOXCLOUD", "vboxcloud"), "node", "log", "--guest", node],
                           env=os.environ, stdout=subprocess.PIPE, check=False).stdout
    ok(piped == LOUD.encode("latin-1") + b"\r\n", "to a pipe as it is", piped)
    raw = start("node", "console", "--raw", node, "--timeout", "5", env=host_env())
    ok(finish(raw).out.encode(errors="surrogateescape").replace(b"\r", b"") ==
       LOUD.encode("latin-1") + b"\n", "and raw")
    is_fine(cloud("node", "destroy", node), "destroy")
    is_fine(cloud("image", "delete", loud), "delete the image")


before, files = contents(), local_files()
image = ask("image", "import", tiny_image(), "--name", unique("console"))["id"]
refused()
followed(create("--serial", "--no-start"))
shown()
is_fine(cloud("image", "delete", image), "delete the image")
ok(contents() == before, "nothing is left")
ok(local_files() == files, "and no file", local_files() - files)
done()
