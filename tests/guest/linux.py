# SPDX-License-Identifier: Apache-2.0
"""Parts of a small Linux made from Debian's packages: the unpacked kernel, the initial file system.

Everything that the guest would do slowly where it is interpreted is done here: the kernel is
unpacked, and modules carry only what is needed to run them.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vboxhostlib.debian import Failure, run

DRIVERS = """e1000 virtio_net virtio_pci pcnet32 ahci ata_piix virtio_blk virtio_scsi mptspi
    sd_mod sr_mod isofs vfat nls_cp437 nls_ascii nls_utf8 evdev button""".split()
SWITCH_DRIVERS = "ahci sd_mod crc32c_generic ext4 sr_mod isofs e1000 evdev button".split()
PROGRAMS = ["usr/sbin/dropbear", "usr/bin/dropbearkey", "usr/lib/sftp-server"]
UNUSED_SECTIONS = [".BTF", "__mcount_loc", ".orc_unwind", ".orc_unwind_ip", ".return_sites", ".retpoline_sites"]


@dataclass
class Kernel:
    """What a boot loader needs: the memory image, where it goes, its entry and its header."""
    image: bytes
    address: int
    entry: int
    header: bytes
    end: int


def kernel(packed: bytes) -> Kernel:
    """The kernel inside a bzImage, as it lies in memory (Documentation/x86/boot.rst)."""
    if packed[0x202:0x206] != b"HdrS":
        raise Failure("not a Linux kernel")
    setup_sectors = packed[0x1f1] or 4
    offset, length = struct.unpack_from("<II", packed, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    address, size = struct.unpack_from("<QI", packed, 0x258)
    elf = unpack(packed[start:start + length])
    entry, table, rows = *struct.unpack_from("<QQ", elf, 24), struct.unpack_from("<H", elf, 56)[0]
    image = bytearray()
    for row in range(rows):
        kind, _, at, _, physical, in_file, _, _ = struct.unpack_from("<IIQQQQQQ", elf, table + row * 56)
        if kind == 1:
            place = physical - address
            image.extend(bytes(max(0, place + in_file - len(image))))
            image[place:place + in_file] = elf[at:at + in_file]
    header = packed[0x1f1:0x202 + packed[0x201]]
    return Kernel(bytes(image), address, entry & 0xffffffff, header, address + size)


def unpack(payload: bytes) -> bytes:
    if not payload.startswith(b"\xfd7zXZ\0"):
        raise Failure("the kernel is packed in a way unknown to this script")
    return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)


# -- the initial file system ----------------------------------------------------------------------

class Archive:
    """A cpio archive in the kernel's format, which needs no privilege to make."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.known: set[str] = set()

    def add(self, name: str, mode: int, content: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        if name in self.known:
            return
        parent = os.path.dirname(name)
        if parent:
            self.add(parent, stat.S_IFDIR | 0o755)
        self.known.add(name)
        encoded = name.encode() + b"\0"
        fields = (len(self.known), mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(encoded), 0)
        self.data += b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
        self.pad()
        self.data += content
        self.pad()

    def pad(self) -> None:
        self.data += bytes(-len(self.data) % 4)

    def file(self, name: str, content: bytes, mode: int = 0o755) -> None:
        self.add(name, stat.S_IFREG | mode, content)

    def link(self, name: str, target: str) -> None:
        self.add(name, stat.S_IFLNK | 0o777, target.encode())

    def finish(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return bytes(self.data)


def initial_files(debian: Path, own: Path) -> bytes:
    """busybox, an SSH and SFTP server, the drivers and the files under OWN, as one archive."""
    archive = shell_files(debian, own)
    archive.file("etc/passwd", b"root:*:0:0:root:/root:/bin/sh\n", 0o644)
    archive.file("etc/group", b"root:x:0:\n", 0o644)
    archive.file("etc/shells", b"/bin/sh\n", 0o644)
    for program in PROGRAMS:
        archive.file(program, (debian / program).read_bytes())
    for name, library in libraries(debian, PROGRAMS):
        archive.file(name, library.read_bytes())
    add_modules(archive, debian, DRIVERS)
    return archive.finish()


def switching_files(debian: Path, own: Path) -> bytes:
    """busybox, drivers and the files under OWN: enough to mount another root file system."""
    archive = shell_files(debian, own)
    add_modules(archive, debian, SWITCH_DRIVERS)
    return archive.finish()


def shell_files(debian: Path, own: Path) -> Archive:
    archive = Archive()
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    for directory in ("proc", "sys", "run", "tmp", "root", "state"):
        archive.add(directory, stat.S_IFDIR | 0o755)
    for path in sorted(own.rglob("*")):
        if path.is_file():
            archive.file(str(path.relative_to(own)), path.read_bytes())
    archive.file("bin/busybox", (debian / "bin/busybox").read_bytes())
    archive.link("bin/sh", "busybox")
    return archive


def libraries(debian: Path, programs: list[str]) -> list[tuple[str, Path]]:
    """(path in the guest, file) of what PROGRAMS are linked with, the loader included."""
    loader = debian / "lib64/ld-linux-x86-64.so.2"
    places = ":".join(str(debian / place) for place in ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"))
    found = {"lib64/ld-linux-x86-64.so.2": loader.resolve()}
    for program in programs:
        listing = run([str(loader), "--library-path", places, "--list", str(debian / program)])
        for name, path in re.findall(r"(\S+) => (\S+)", listing):
            if path.startswith(str(debian)):
                found[f"lib/x86_64-linux-gnu/{name}"] = Path(path)
    return sorted(found.items())


def add_modules(archive: Archive, debian: Path, drivers: list[str]) -> None:
    """The drivers and what they need, with the two tables from which modprobe works."""
    tree = next((debian / "lib/modules").iterdir())
    files = {path.stem.replace("-", "_"): path for path in tree.rglob("*.ko")}
    folder = f"lib/modules/{tree.name}"
    needs: dict[str, list[str]] = {}
    aliases = []
    wanted = list(drivers)
    while wanted:
        name = wanted.pop().replace("-", "_")
        if name in needs:
            continue
        content = files[name].read_bytes()
        needs[name] = [need for need in fields(content, "depends")[0].split(",") if need]
        aliases += [f"alias {alias} {name}" for alias in fields(content, "alias")]
        wanted += needs[name]
        archive.file(f"{folder}/{name}.ko", stripped(files[name]), 0o644)
    rows = [f"{name}.ko:" + "".join(f" {need}.ko" for need in closure(name, needs)) for name in sorted(needs)]
    archive.file(f"{folder}/modules.dep", "\n".join([*rows, ""]).encode(), 0o644)
    archive.file(f"{folder}/modules.alias", "\n".join([*aliases, ""]).encode(), 0o644)


def closure(name: str, needs: dict[str, list[str]]) -> list[str]:
    """All that module NAME needs, what is needed last first."""
    found: list[str] = []
    for need in needs[name]:
        need = need.replace("-", "_")
        found = [need] + closure(need, needs) + found
    return list(dict.fromkeys(reversed(found)))[::-1]


def fields(module: bytes, name: str) -> list[str]:
    """The values of NAME in a module's information section."""
    return [value.decode() for value in re.findall(rb"\0" + name.encode() + rb"=([^\0]*)", module)]


def stripped(module: Path) -> bytes:
    """MODULE without what costs the kernel seconds when it loads it and the guest has no use for.

    That is the signature, and the tables for tracing, debugging and unwinding the stack.
    """
    with tempfile.NamedTemporaryFile() as output:
        remove = [f"--remove-section={name}" for name in UNUSED_SECTIONS]
        run(["objcopy", "--strip-debug", *remove, str(module), output.name])
        return Path(output.name).read_bytes()
