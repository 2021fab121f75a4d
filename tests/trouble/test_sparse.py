#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sparse raw disks: of each only what is in it is read, sent and kept on the host, and no zeros are
copied there; and the image is the file.
"""
from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
from pathlib import Path

from trouble import HOME, Host, Proxy, done, ok

MIB = 1 << 20
FILE = HOME / "sparse.raw"
WRITE = "IMediumIO_write"
COPIES = ("IMedium_cloneToBase", "IMedium_resizeAndCloneTo")


def make_file(size: int, places: list[int], tail: int) -> None:
    """Noise of a MiB at each of these, and so many bytes at the end; all else are holes."""
    noise = random.Random(13)
    with FILE.open("wb") as file:
        file.truncate(size)
        for place in places:
            file.seek(place)
            file.write(noise.randbytes(MIB))
        file.seek(510)
        file.write(b"\x55\xaa")
        file.seek(size - tail)
        file.write(noise.randbytes(tail))


def import_measured(file: Path) -> tuple[dict[str, object], int, list[str]]:
    """The image, how many bytes the command read, and its calls."""
    proxy.reset()
    process = host.start("image", "import", str(file), "--name", "i", "--output", "json",
                         url=proxy.url)
    out, err = process.stdout.read(), process.stderr.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    counts = dict(line.split(": ") for line in
                  Path(f"/proc/{process.pid}/io").read_text().splitlines())
    process.wait()
    ok(process.returncode == 0, f"{file.name} is imported", err)
    return json.loads(out or "{}"), int(counts["rchar"]), proxy.calls()["order"]


def check_content(image: dict[str, object]) -> None:
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", FILE,
                           str(image["location"])], capture_output=True, check=False)
    ok(same.returncode == 0, "the image is the file", same.stdout)
    with FILE.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    ok(image["sha256"] == sha256, "its checksum is that of the whole file", image)


def test_sparse() -> None:
    """Pieces on whole MiBs, and one that lies across two."""
    size, places = 2048 * MIB, [0, 3 * MIB, 700 * MIB + 4096, 1800 * MIB]
    make_file(size, places, 512)
    image, read, order = import_measured(FILE)
    ok(order.count(WRITE) == 6, "each MiB that has something in it is sent, and no other",
       order.count(WRITE))
    ok(read < 20 * MIB, "no more of the file is read", read)
    ok(image["used_bytes"] < 20 * MIB, "nor kept on the host", image)
    ok(not set(order) & set(COPIES), "nothing is copied on the host", order)
    ok(image["size_bytes"] == size, "its size is the file's", image)
    check_content(image)
    host.must("node", "create", "n", "--image", "i", "--size", "1_cpu-64_ram-2_disk", "--linked",
              "--no-start")
    host.must("node", "destroy", "n")
    host.must("image", "delete", "i")


def test_odd() -> None:
    """What ends within a sector, and what is smaller than a disk can be."""
    for size in 10 * MIB + 100, 300_000:
        make_file(size, [], 100)
        image, _, _ = import_measured(FILE)
        whole = max((size + 511) // 512 * 512, MIB)
        ok(image["size_bytes"] == whole, "whole sectors", image)
        check_content(image)
        host.must("image", "export", "i", "-o", str(HOME / "back.raw"))
        ok((HOME / "back.raw").read_bytes() == FILE.read_bytes().ljust(whole, b"\0"),
           "and comes back as it was")
        host.must("image", "delete", "i")


def test_empty() -> None:
    """Nothing but a hole."""
    FILE.write_bytes(b"")
    os.truncate(FILE, 64 * MIB)
    image, read, order = import_measured(FILE)
    ok(WRITE not in order and read < 4 * MIB, "of a hole nothing is sent or read", read)
    check_content(image)
    host.must("image", "delete", "i")


with Host("sparse") as host, Proxy(host.url) as proxy:
    clean = host.state()
    test_sparse()
    test_odd()
    test_empty()
    left = set(host.settled().against(clean)) - {"+ images", "+ uploads"}
    ok(not left, "nothing is left", left)
done()
