#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that are made to take time or memory: each is done or refused within seconds, or, where as
much has to be read as there is, ended by Ctrl-C and --timeout at once.
"""
from __future__ import annotations

import gzip
import hashlib
import lzma
import resource
import struct
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from cli import done, fails, host_env, interrupt, is_fine, ok, run, start
from hosts import ask, cloud, contents, takes_uploads, unique

NOBODY = {"VBOXCLOUD_HOST": "http://127.0.0.1:9"}
MIB = 1 << 20
MANY = 50_000
CPU_S = 20  # of a build with sanitizers; what is not linear took minutes without them

SECTIONS = '<References><File ovf:id="f" ovf:href="d.img"/>{files}</References><DiskSection>' \
           '<Disk ovf:fileRef="f"/>{disks}</DiskSection>{rest}<VirtualSystem>{items}</VirtualSystem>'
ITEM = "<Item><ResourceType>3</ResourceType><VirtualQuantity>2</VirtualQuantity></Item>"
NVRAM = "<Item><ResourceType>32768</ResourceType><HostResource>ovf:/file/none</HostResource></Item>"
FILE = '<File ovf:id="g" ovf:href="n"/>'
DESCRIPTOR = '# Disk DescriptorFile\nparentCID=ffffffff\ncreateType="twoGbMaxExtentSparse"\n'


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def quick(file: Path, what: str, env: dict[str, str], status: int, pattern: str) -> None:
    """It is refused, or what comes after it was taken fails as this says."""
    before = cpu()
    fails(run("image", "import", str(file), "--name", unique("hostile"), env=env, timeout=300), status,
          pattern, what)
    ok(cpu() - before < CPU_S, f"{what}: soon", cpu() - before)


def opened(file: Path, what: str, pattern: str, status: int = 2) -> None:
    """By what is looked at before a host is asked."""
    quick(file, what, NOBODY, status, pattern)


def looked_through(file: Path, what: str, pattern: str) -> None:
    """By what is looked at after that."""
    quick(file, what, host_env(), 2, pattern)


def taken(file: Path, what: str) -> None:
    before = cpu()
    image = ask("image", "import", str(file), "--name", unique("hostile"))
    ok(cpu() - before < CPU_S, f"{what}: soon", cpu() - before)
    if image:
        is_fine(cloud("image", "delete", image["id"]), f"{what}: taken")


def ends(file: Path, what: str, env: dict[str, str]) -> None:
    """When it is told to, within two seconds, although there is work for long."""
    words = ("image", "import", str(file), "--name", unique("hostile"))
    process = start(*words, env=env)
    time.sleep(2)
    began = time.monotonic()
    fails(interrupt(process, 0), 5, "cancelled", f"{what}: is cancelled")
    ok(time.monotonic() - began < 2, f"{what}: at once", time.monotonic() - began)
    fails(run(*words, "--timeout", "1", env=env), 5, "not done within the time", f"{what}: in time")


def write(name: str, *pieces: bytes) -> Path:
    (folder / name).write_bytes(b"".join(pieces))
    return folder / name


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(data)
    return info.tobuf() + data + bytes(-len(data) % 512)


def named(name: str) -> bytes:
    """A file of a name of any length, which stands in a header before it."""
    record = f"path={name}\n"
    length = len(record) + 8
    return member("x", f"{length:07} {record}".encode(), b"x") + member("y.img")


def described(name: str, files: str = "", disks: str = "", rest: str = "", items: str = ITEM,
              manifest: Iterable[bytes] = ()) -> Path:
    sections = SECTIONS.format(files=files, disks=disks, rest=rest, items=items)
    text = f'<Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">{sections}</Envelope>'
    own = f"SHA1(x.ovf)= {hashlib.sha1(text.encode()).hexdigest()}\n".encode()
    more = [member("x.mf", own + b"".join(manifest))] if manifest else []
    return write(name, member("x.ovf", text.encode()), *more, member("d.img", disk), bytes(1024))


def test_descriptions() -> None:
    for what, file in (
            ("items", described("items.ova", items=ITEM * MANY)),
            ("references to NVRAM", described("nvram.ova", files=FILE * MANY, items=NVRAM * MANY)),
            ("configurations", described("configurations.ova", items=ITEM.replace(
                "<Item>", '<Item ovf:configuration="c">') * MANY, rest='<Configuration ovf:id="c"/>' * MANY)),
            ("files", described("files.ova", files=FILE * MANY)),
            ("nested sections", described("nested.ova", items="<S>" * 200 + ITEM * MANY + "</S>" * 200)),
            ("nested items", described("in-items.ova", items=("<Item>" * 200 + "<a/>" * 2000 +
                                                              "</Item>" * 200) * 20)),
            ("attributes", described("attributes.ova", items="<Item " + " ".join(
                f'a{n}="1"' for n in range(MANY)) + "/>")),
            ("references to characters", described("characters.ova", items="<OSType>" + "&amp;a" * MIB +
                                                   "</OSType>" + ITEM))):
        taken(file, what)
    for what, pattern, file in (
            ("disks", f"holds {MANY + 1} disks", described("d.ova", disks='<Disk ovf:fileRef="z"/>' * MANY)),
            ("machines", f"holds {MANY + 1} machines", described("m.ova", rest="<VirtualSystem/>" * MANY)),
            ("sums of one file", "does not clearly state",
             described("s.ova", manifest=[b"SHA1(x.ovf)= 00\n" * MANY])),
            ("files that are not there", "names 'f0', which is not in it",
             described("f.ova", manifest=(b"SHA256(f%d)= 00\n" % n for n in range(MANY)))),
            ("files that are there", "does not clearly state",
             described("t.ova", manifest=[b"SHA256(d.img)= 00\n" * MANY])),
            ("line ends", "lacks the checksum of 'd.img'", described("e.ova", manifest=[b"\n" * 8 * MIB]))):
        looked_through(file, what, pattern)


def test_archives() -> None:
    for what, pattern, data in (
            ("folders", "holds too many files", member("f/", kind=tarfile.DIRTYPE) * 110_000),
            ("files", "holds too many files", member("f") * 11_000),
            ("long names", "holds too many files, or ones with too long names",
             named("f" * 900_000 + ".img") * 11),
            ("a name of odd characters", r"'\?+", named("\1" * 900_000) + bytes(1024)),
            ("headers of nothing", "holds too many files|damaged", member("x", b"12 comment=\n", b"x") *
             220_000),
            ("headers of long names", "holds too many files|damaged",
             member("././@LongLink", b"x\0", b"L") * 220_000)):
        looked_through(write("a.tar", data), f"a tar of {what}", pattern)
    for what, pattern, data in (
            ("gzip files", "is a text", gzip.compress(b"x") * 200_000),
            ("gzip files of nothing", "damaged|empty", gzip.compress(b"") * 200_000),
            ("a gzip file without an end to its header", "begins with more than 4 MiB of empty data",
             b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 16 * MIB),
            ("xz files of nothing", "damaged|empty", lzma.compress(b"") * 100_000),
            ("frames of zstd that are skipped", "begins with more than 4 MiB of empty data",
             (b"\x50\x2a\x4d\x18" + bytes(4)) * MIB)):
        looked_through(write("a.packed", data), what, pattern)


def qcow2(name: str, cluster_bits: int, tables: int) -> Path:
    """Tables of nothing, which lie in holes: a small file of any size."""
    size, at = tables << 2 * cluster_bits - 3, 64 * MIB
    with (folder / name).open("wb") as out:
        out.write(struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, cluster_bits, size, 0, tables, MIB,
                              0, 0, 0, 0))
        out.seek(MIB)
        out.write(b"".join(struct.pack(">Q", at + (n << cluster_bits)) for n in range(tables)))
        out.truncate(at + (tables << cluster_bits))
    return folder / name


def part(name: str, per_table: int, places: Iterable[int], count: int = 1, sectors: int = 1 << 32) -> Path:
    """A VMDK, in as many parts that are one file with such tables."""
    with (folder / name).open("wb") as out:
        out.write(struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, 1 << 32, 8, 0, 0, per_table, 0, 1, 8)
                  .ljust(512, b"\0"))
        out.write(b"".join(struct.pack("<I", place) for place in places))
        out.truncate(1 << 36)
    return write(f"{name}.vmdk", DESCRIPTOR.encode(), f'RW {sectors} SPARSE "{name}"\n'.encode() * count)


def test_tables() -> None:
    opened(write("ends.vmdk", DESCRIPTOR.encode(), b"\n" * MIB), "line ends", "it names no file")
    opened(write("zeros.vmdk", DESCRIPTOR.encode(), b"RW 1 ZERO\n" * 25_000), "parts of zeros",
           "127.0.0.1:9", 4)
    opened(part("one", 1, []), "tables of one entry", "is damaged, or of an unknown kind")
    opened(part("large", MIB, [1], 500, 1), "tables larger than what they are for", "127.0.0.1:9", 4)
    opened(qcow2("huge.qcow2", 21, 5), "a disk of more than VirtualBox has", "more than 2 TiB")
    ends(qcow2("tables.qcow2", 9, 1 << 22), "a qcow2 of millions of tables", NOBODY)
    ends(part("holes", 512, range(16384, 16384 + (4 << 20), 4)), "a VMDK of millions of tables", NOBODY)


def zstd(name: str) -> bytes:
    """A file in one frame; more may follow."""
    subprocess.run(["bsdtar", "--format=raw", "--zstd", "-cf", str(folder / "frame"), "-C", str(folder),
                    name], check=True)
    return (folder / "frame").read_bytes()


def test_bombs() -> None:
    with (folder / "zeros").open("wb") as out:
        out.truncate(256 * MIB)
    huge = tarfile.TarInfo("huge")
    huge.size = 1 << 40
    write("head", huge.tobuf(tarfile.GNU_FORMAT))
    zeros = zstd("zeros") * 4096
    ends(write("zeros.img.zst", zeros), "a TiB of zeros", host_env())
    ends(write("zeros.tar.zst", zstd("head"), zeros), "a tar of them", host_env())


def test_large_file_before_the_disk() -> None:
    """A large file before the disk, which libarchive itself takes for the end of a 7z."""
    with (folder / "zeros").open("wb") as out:
        out.truncate(1100 * MIB)
    write("disk.img", disk)
    subprocess.run(["bsdtar", "--no-read-sparse", "--format=7zip", "--options=7zip:compression=deflate,"
                    "7zip:compression-level=1", "-cf", str(folder / "a.7z"), "-C", str(folder), "zeros",
                    "disk.img"], check=True)
    taken(folder / "a.7z", "a disk behind a large file")


folder_of = tempfile.TemporaryDirectory(prefix="vboxcloud-hostile-")
folder = Path(folder_of.name)
disk = bytes(510) + b"\x55\xaa" + bytes(MIB - 512)
test_tables()
if takes_uploads():
    before = contents()
    test_descriptions()
    test_archives()
    test_bombs()
    test_large_file_before_the_disk()
    ok(contents() == before, "nothing is left of them", before, contents())
done()
