#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installers: a node starts from a disc, which is ejected, and gone with the node if it was uploaded."""
from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from cli import HOME, done, fails, is_fine, ok, skip
from hosts import ask, cloud, contents, local_files, takes_uploads, tiny_path, unique

SIZE = "1_cpu-64_ram-1_disk"
LOCAL = urlsplit(os.environ["VBOXCLOUD_HOST"]).hostname in ("127.0.0.1", "localhost")
READY = "vboxcloud tiny guest ready\n"


def both(form: str, number: int) -> bytes:
    """A number as ISO 9660 writes it: the one way round and the other."""
    return struct.pack("<" + form, number) + struct.pack(">" + form, number)


def make_disc(path: Path) -> Path:
    """A disc without files that starts the tiny guest, as "El Torito" says it."""
    boot = Path(tiny_path()).with_suffix(".img").read_bytes()[:512]
    root = bytes([34, 0]) + both("I", 18) + both("I", 2048) + bytes(7) + bytes([2, 0, 0]) + both("H", 1) + b"\1\0"
    volume = (b"\1CD001\1\0" + b" " * 32 + b"TINY".ljust(32) + bytes(8) + both("I", 21) + bytes(32) +
              both("H", 1) + both("H", 1) + both("H", 2048) + both("I", 10) + bytes(16) + root).ljust(2048, b"\0")
    record = (b"\0CD001\1" + b"EL TORITO SPECIFICATION".ljust(64, b"\0") + struct.pack("<I", 19)).ljust(2048, b"\0")
    check = bytearray(b"\1" + bytes(27) + bytes(2) + b"\x55\xaa")
    check[28:30] = struct.pack("<H", -sum(struct.unpack("<16H", check)) & 0xffff)
    entry = b"\x88\0" + bytes(4) + struct.pack("<HI", 1, 20)
    directory = (root + root[:32] + b"\1\1").ljust(2048, b"\0")
    path.write_bytes(bytes(16 * 2048) + volume + record + directory + (bytes(check) + entry).ljust(2048, b"\0") +
                     boot.ljust(2048, b"\0"))
    return path


def create(iso: str, *options: str) -> dict:
    return ask("node", "create", unique("iso"), "--iso", iso, "--size", SIZE, *options)


def shows(node: str) -> str | None:
    return ask("node", "show", node)["iso"]


def starts(node: str, what: str) -> None:
    """The guest on the disc says so."""
    for _ in range(90):
        if cloud("node", "log", "--guest", node).out == READY:
            break
        time.sleep(1)
    is_fine(cloud("node", "log", "--guest", node), what, READY)


def refused() -> None:
    name, text = unique("iso"), HOME / "text.iso"
    text.write_text("no disc\n" * 10000)
    new = ("node", "create", name)
    fails(cloud(*new), 2, "needs --image IMAGE or --iso PATH", "nothing to make it of")
    fails(cloud(*new, "--image", "x", "--iso", str(disc)), 2, "'--iso' cannot be used with '--image'", "both")
    fails(cloud(*new, "--linked", "--iso", str(disc)), 2, "'--linked' cannot be used", "linked to nothing")
    fails(cloud(*new, "--iso", str(disc)), 2, "needs a password: give '--display-password-file', or "
          "'--display none'", "a display that lets in everybody")
    plain = (*new, "--display", "none")
    fails(cloud(*plain, "--iso", str(text)), 2, "is not a disc image", "another file")
    fails(cloud(*plain, "--iso", str(HOME / "none.iso")), 3, "No such file", "no file")
    fails(cloud(*plain, "--iso", str(HOME)), 2, "is not a regular file", "a folder")
    fails(cloud(*plain, "--iso", "host:disc.iso"), 2, "not an absolute path", "a path of no folder")
    fails(cloud(*plain, "--iso", "host:/nowhere/disc.iso"), 3, "'host:/nowhere/disc.iso' .*cannot be opened",
          "no file of the host")
    fails(cloud(*plain, "--iso", str(disc), "--os-type", "NoSuch"), 2, "NoSuch", "an unknown system")


def uploaded() -> None:
    """It starts from its disc until there is something on its disk."""
    before = local_files()
    node = create(str(disc), "--serial", "--display", "none", "--os-type", "Debian_64")
    ok(node["image"] is None and node["os_type"] == "Debian_64" and node["disk_gb"] == 1 and
       node["iso"].endswith("/install.iso"), "a node of no image, with a disc", node)
    starts(node["id"], "it starts from the disc")
    if LOCAL:
        ok(Path(node["iso"]).read_bytes() == disc.read_bytes(), "which is what was sent")
    is_fine(cloud("node", "eject", node["id"]), "eject while it runs")
    ok(shows(node["id"]) is None, "there is none any more")
    ok(not any(path.name == "install.iso" for path in local_files()), "nor its file")
    fails(cloud("node", "eject", node["id"]), 3, "has no disc in a drive", "eject again")
    is_fine(cloud("node", "stop", "--force", node["id"]), "stop")
    is_fine(cloud("node", "destroy", node["id"]), "destroy")
    node = create(str(disc), "--display", "none", "--no-start", "--hostname", "h")
    ok(node["iso"].endswith("/install.iso"), "a seed is another disc", node)
    is_fine(cloud("node", "seed", node["id"], "--hostname", "i"), "another seed")
    ok(shows(node["id"]) == node["iso"], "takes no other disc's place")
    is_fine(cloud("snapshot", "create", "--node", node["id"], "s"), "a snapshot")
    is_fine(cloud("node", "eject", node["id"]), "eject while it is off")
    is_fine(cloud("snapshot", "revert", node["id"], "s"), "revert to the snapshot")
    ok(shows(node["id"]) == node["iso"], "which has kept the disc")
    is_fine(cloud("node", "destroy", node["id"]), "destroy")
    ok(local_files() == before, "no file is left", local_files() ^ before)


def of_host() -> None:
    """A file of the host is used, and left alone."""
    path, data = Path("/var/tmp") / f"{unique('disc')}.iso", disc.read_bytes()
    path.write_bytes(data)
    try:
        fails(cloud("node", "create", unique("iso"), "--iso", f"host:{path}", "--display", "none", "--size", SIZE,
                    "--os-type", "NoSuch"), 2, "NoSuch", "one that fails")
        node = create(f"host:{path}", "--display", "none", "--serial")
        ok(node["iso"] == str(path), "it is shown", node)
        starts(node["id"], "it starts from it")
        is_fine(cloud("node", "eject", node["id"]), "eject")
        ok(shows(node["id"]) is None and path.read_bytes() == data, "the file stays")
        is_fine(cloud("node", "destroy", node["id"]), "destroy")
        node = create(f"host:{path}", "--display", "none", "--no-start")
        is_fine(cloud("node", "destroy", node["id"]), "destroy with the disc")
        ok(path.read_bytes() == data, "the file stays")
    finally:
        path.unlink()


def displayed() -> None:
    """It is seen on a display unless none is wanted."""
    secret = HOME / "secret"
    secret.write_text("pw-4711x\n")
    secret.chmod(0o600)
    result = cloud("node", "create", unique("iso"), "--iso", str(disc), "--size", SIZE, "--no-start", "--output",
                   "json", "--display-password-file", str(secret))
    if not ok(result.status == 0, "with a password for it", result):
        return
    node = json.loads(result.out)["id"]
    now = ask("node", "display", node)
    ok(now["enabled"] and now["password"] and now["address"] == "127.0.0.1", "it has a display", now)
    is_fine(cloud("node", "destroy", node), "destroy")


def installed() -> None:
    """As after an installation: there is something on the disk, and the disc still in the drive."""
    image = ask("image", "import", tiny_path(), "--name", unique("iso"))["id"]
    node = create(str(disc), "--display", "none", "--serial", "--no-start")
    is_fine(cloud("node", "rebuild", node["id"], image), "a new disk, with something on it")
    ok(shows(node["id"]) == node["iso"], "the disc stays")
    other = Path(node["iso"])
    if LOCAL:
        other.write_bytes(other.read_bytes().replace(READY[:8].encode(), b"disc-cd!"))
    is_fine(cloud("node", "start", node["id"]), "start")
    starts(node["id"], "it starts from the disk first")
    for words in (("node", "destroy", node["id"]), ("image", "delete", image)):
        is_fine(cloud(*words), words[1])


before = contents()
disc = make_disc(HOME / "tiny.iso")
refused()
if takes_uploads():
    uploaded()
    displayed()
    installed()
else:
    fails(cloud("node", "create", unique("iso"), "--iso", str(disc), "--display", "none"), 1,
          "cannot take uploads .* 'host:/PATH'", "a release that takes no uploads")
if LOCAL:
    of_host()
else:
    skip("a disc of the host", "the host is not this machine")
ok(contents() == before, "nothing is left")
done()
