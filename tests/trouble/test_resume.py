#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Large uploads that break off: a lost connection is waited for, and what a killed program has sent
is where the next import of the same file begins, but no other.
"""
from __future__ import annotations

import gzip
import hashlib
import json
import random
import subprocess
from pathlib import Path

from trouble import HOME, Host, Proxy, State, done, ok

from fileserver import FAULTS, FileServer, Handler

MIB = 1 << 20
SIZE = 80  # MiB; after 64 of them it is noted what has arrived
FILE = HOME / "large.raw"
PACKED = HOME / "packed.raw.gz"
WRITE = "IMediumIO_write"


def make_file(seed: int) -> str:
    """Noise, which no two chunks of have in common; its checksum."""
    data = random.Random(seed).randbytes(SIZE * MIB)
    FILE.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def pack() -> None:
    """The same in a compressed file."""
    with gzip.open(PACKED, "wb", 1) as packed:
        packed.write(FILE.read_bytes())


def kill_after(writes: int, file: Path | str = FILE) -> State:
    """An import that is killed at one of its writes; what it leaves."""
    proxy.reset()
    proxy.rules([{"do": "hang", "method": WRITE, "nth": writes}])
    process = host.start("image", "import", str(file), "--name", "i", url=proxy.url)
    proxy.waiting()
    process.kill()
    process.communicate()
    proxy.rules([])
    return host.state()


def uploads(state: State) -> list[str]:
    return [path for path in state.files if path.startswith("uploads/")]


def check_image(what: str, sha256: str, least: int, most: int, file: Path | str = FILE) -> None:
    """An import that has to send so many MiB; what it makes is the file."""
    proxy.reset()
    result = host.cloud("image", "import", str(file), "--name", "i", "--output", "json",
                        url=proxy.url)
    writes = proxy.calls()["order"].count(WRITE)
    ok(result.status == 0 and least <= writes <= most, f"{what}: {writes} MiB are sent", result)
    if result.status:
        return
    image = json.loads(result.out)
    ok(image["sha256"] == sha256, "it is the file's checksum", image)
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(FILE),
                           image["location"]], capture_output=True, check=False)
    ok(same.returncode == 0, "and the file's content", same.stdout)
    host.must("image", "delete", "i")
    state = host.state()
    ok(not uploads(state) and not any(key.startswith("libcloud/") for key in state.extra),
       "nothing is left", state)


def test_killed_late() -> None:
    sha256 = make_file(1)
    state = kill_after(72)
    ok(len(uploads(state)) == 1, "what was sent is there", state.files)
    host.must("node", "list")
    ok(len(uploads(host.state())) == 1, "and stays when other commands clean up")
    check_image("the same import again", sha256, SIZE - 72, SIZE - 64)


def test_killed_packed() -> None:
    """What was unpacked goes on, also when the file lies there unpacked meanwhile."""
    sha256 = make_file(7)
    pack()
    kill_after(72, PACKED)
    check_image("a packed file again", sha256, SIZE - 72, SIZE - 64, PACKED)
    kill_after(72, PACKED)
    check_image("the same, unpacked", sha256, SIZE - 72, SIZE - 64)


def breaks_off(handler: Handler, data: bytes, _: int) -> None:
    """A server that gives no more than the first 68 MiB, and the end, at which is looked first."""
    first = (handler.asked_part(len(data)) or (0, 0))[0]
    handler.give(data, most=None if first >= len(data) - 1024 else max(0, 68 * MIB - first))


def test_url() -> None:
    """What comes from a server goes on too, whichever end broke off."""
    sha256 = make_file(8)
    server = FileServer({"large.raw": FILE.read_bytes()})
    FAULTS["breaks-off"] = breaks_off
    url = f"{server.url}/large.raw"
    kill_after(72, url)
    check_image("what is at a URL again", sha256, SIZE - 72, SIZE - 64, url)
    proxy.reset()
    result = host.cloud("image", "import", f"{server.url}/breaks-off/large.raw", "--name", "i",
                        url=proxy.url)
    ok(result.status == 1 and "resumes where it broke off" in result.err,
       "a server that breaks off", result)
    check_image("the rest of it", sha256, SIZE - 68, SIZE - 64, url)
    server.close()


def test_killed_twice() -> None:
    sha256 = make_file(2)
    kill_after(72)
    kill_after(4)
    check_image("an import that is killed twice", sha256, SIZE - 72, SIZE - 64)


def test_other_content() -> None:
    make_file(3)
    kill_after(72)
    sha256 = make_file(4)
    proxy.reset()
    result = host.cloud("image", "import", str(FILE), "--name", "i", url=proxy.url)
    ok(result.status == 0 and proxy.calls()["order"].count(WRITE) == SIZE,
       "a file that has changed is sent whole", result)
    ok(sha256 in host.cloud("image", "show", "i").out, "with its own checksum")
    leftovers = json.loads(host.cloud("gc", "--dry-run", "--output", "json").out)
    ok([each["kind"] for each in leftovers] == ["image"], "gc sees what is left", leftovers)
    host.must("gc")
    ok(not uploads(host.state()), "and removes it")
    host.must("image", "delete", "i")


def test_killed_early() -> None:
    sha256 = make_file(5)
    kill_after(40)
    host.must("node", "list")
    ok(not uploads(host.state()), "less than a step is removed by the next command")
    check_image("the import", sha256, SIZE, SIZE)


def test_lost_connection() -> None:
    sha256 = make_file(6)
    proxy.reset()
    proxy.rules([{"do": "close", "method": WRITE, "nth": 10},
                 {"do": "cut", "method": WRITE, "nth": 20}])
    result = host.cloud("image", "import", str(FILE), "--name", "i", "--output", "json",
                        url=proxy.url)
    ok(result.status == 0 and sha256 in result.out, "a connection that breaks is made anew", result)
    host.must("image", "delete", "i")


with Host("resume") as host, Proxy(host.url) as proxy:
    test_killed_late()
    test_killed_packed()
    test_url()
    test_killed_twice()
    test_other_content()
    test_killed_early()
    test_lost_connection()
done()
