#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images from an OVA that lies on the host: one disk, none, several, damaged."""
from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from cli import done, fails, is_fine, ok
from hosts import ask, cloud, contents, local_files, unique
from ova import make_ova

MIB = 1 << 20


def make(name: str, disks: int = 1, systems: int = 1) -> str:
    """An archive, as the command takes it."""
    make_ova(folder / f"{name}.ova", raw, disks, systems)
    return f"host:{folder}/{name}.ova"


def refused(file: str, status: int, pattern: str, what: str) -> None:
    fails(cloud("image", "import", file, "--name", unique("bad")), status, pattern, what)


before, files = contents(), local_files()
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    folder.chmod(0o755)
    raw = folder / "raw"
    raw.write_bytes((bytes(range(256)) * 4096 + bytes(MIB)) * 4)
    machine = make(unique("machine"))
    image = ask("image", "import", machine)
    ok(image["name"] in machine and image["origin"] == machine and image["format"] == "VDI",
       "an image from an archive", image)
    ok((image["os_type"], image["min_cpus"], image["min_memory_mb"], image["size_bytes"]) ==
       ("Debian_64", 2, 768, 8 * MIB), "with what that says of its machine", image)
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(raw),
                           image["location"]], check=False, stdout=subprocess.PIPE)
    ok(same.returncode == 0, "and all of its disk", same.stdout)
    ok([each["id"] for each in ask("node", "list")] == before[0], "no machine is left of it")
    capital = folder / "MACHINE.OVA"
    capital.write_bytes(Path(machine.removeprefix("host:")).read_bytes())
    other = ask("image", "import", f"host:{capital}")
    ok(other["os_type"] == "Debian_64" and other["size_bytes"] == 8 * MIB, "in capitals", other)
    is_fine(cloud("image", "delete", other["id"]), "delete it")
    other = ask("image", "import", machine, "--name", unique("other"), "--os-type", "Linux_64",
                "--min-cpus", "1", "--min-memory", "64")
    ok((other["os_type"], other["min_cpus"], other["min_memory_mb"]) == ("Linux_64", 1, 64),
       "options count more", other)
    for each in image, other:
        is_fine(cloud("image", "delete", each["id"]), "delete it")

    refused(make("two", disks=2), 2, "holds 2 disks.*unpack it there", "two disks")
    refused(make("none", disks=0), 2, "holds a machine without a disk", "no disk")
    refused(make("many", systems=2), 2, "holds 2 machines.*unpack it there", "two machines")
    (folder / "noise.ova").write_bytes(bytes(range(1, 256)) * 100)
    refused(f"host:{folder}/noise.ova", 2, "cannot be read by VirtualBox", "no archive at all")
    refused(f"host:{folder}/nowhere.ova", 3, "is not there", "none there")
    whole = Path(make("half").removeprefix("host:")).read_bytes()
    (folder / "half.ova").write_bytes(whole[:whole.index(b"KDMV") + 2000])
    refused(f"host:{folder}/half.ova", 2, "by VirtualBox", "one that is cut short")
ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
done()
