#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that are no disk images, and images that VirtualBox cannot read: each is named and refused
before anything is sent, which a host that is not there proves. What is a disk all the same is
imported, on a real host.
"""
from __future__ import annotations

import lzma
import resource
import struct
import subprocess
import tempfile
from pathlib import Path

from cli import done, fails, is_fine, ok, run
from hosts import ask, cloud, contents, local_files, takes_uploads, unique

MIB = 1 << 20
NOBODY = {"VBOXCLOUD_HOST": "http://127.0.0.1:9"}
CONVERT = ".*; convert it first, for example with 'qemu-img convert"

# Files of a few bytes, and what they are told to be, whatever their name says.
TEXTS = {
    "page.img": ("<!DOCTYPE html>\n<html><title>404</title></html>\n", "is an HTML page, not a disk"),
    "error.raw": ("<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "is an XML document"),
    "answer.img": ('{"error": "unauthorized"}\n', "is a JSON document"),
    "SHA256SUMS.raw": ("0" * 64 + "  debian.qcow2\n", "is a list of checksums"),
    "pointer.qcow2": ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "'git lfs pull'"),
    "machine.vbox": ("<?xml version='1.0'?><VirtualBox version='1.19'/>", "settings of a VirtualBox"),
    "notes.vdi": ("remember the milk\n", "is a text, not a disk image"),
    "short.img": ("\1" * 100, "is too small for a disk"),
}
# What a file begins with that goes on for a MiB.
STARTS = {
    "paper.img": (b"%PDF-1.7\n", "is a PDF document"),
    "program.img": (b"\x7fELF\2\1\1", "is a program or a memory dump"),
    "picture.img": (b"\x89PNG\r\n\x1a\n", "is a picture"),
    "secret.img": (b"LUKS\xba\xbe\0\1", "is encrypted with LUKS.*cryptsetup open"),
    "evidence.E01": (b"EVF\x09\x0d\x0a\xff\0", "ewfexport"),
    "esxi.vmdk": (b"COWD\1\0\0\0", "in the format VMDK of ESXi" + CONVERT),
    "unknown": (b"\1\2\3\4", "in no known format.*--format raw"),
    "unknown.qcow2": (b"\1\2\3\4", "is damaged, or not what its name says"),
    **{f"unknown.img.{suffix}": (b"\1\2\3\4", "is damaged, or not what its name says.*--format raw")
       for suffix in ("gz", "xz", "zst", "zstd", "bz2", "lzma", "lz4", "7z", "zip", "tar")},
}


def refused(file: Path | str, pattern: str, *words: str) -> None:
    fails(run("image", "import", str(file), "--name", "x", *words, env=NOBODY), 2,
          f"'{file}' .*{pattern}", f"{Path(file).name} {' '.join(words)}: {pattern}"[:100])


def refused_there(file: Path, pattern: str, *words: str) -> None:
    """By VirtualBox, or by what is read of it there."""
    fails(cloud("image", "import", f"host:{file}", "--name", unique("bad"), *words), 2,
          f"'host:{file}' .*{pattern}", f"host:{file.name} {' '.join(words)}: {pattern}"[:100])


def qemu(*words: object) -> None:
    subprocess.run(["qemu-img", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def made(name: str, *options: str, form: str = "qcow2") -> Path:
    """The disk in another format."""
    qemu("convert", "-f", "raw", "-O", form, *options, raw, folder / name)
    return folder / name


def patched(name: str, file: Path, *changes: tuple[int, bytes]) -> Path:
    data = bytearray(file.read_bytes())
    for at, new in changes:
        data[at:at + len(new)] = new
    (folder / name).write_bytes(data)
    return folder / name


def test_files() -> None:
    for name, (text, pattern) in TEXTS.items():
        (folder / name).write_text(text)
        refused(folder / name, pattern)
    for name, (start, pattern) in STARTS.items():
        (folder / name).write_bytes(start.ljust(MIB, b"\3"))
        refused(folder / name, pattern)
    (folder / "cd.img").write_bytes((bytes(32769) + b"CD001\1").ljust(MIB, b"\0"))
    patched("hybrid.img", folder / "cd.img", (510, b"\x55\xaa"))
    for name in "cd.img", "hybrid.img":
        refused(folder / name, "is a CD image.*--format raw")
    fails(run("image", "import", str(folder / "page.img"), "--format", "nonsense", env=NOBODY), 2,
          "raw.*qcow2", "a format that there is not")
    subprocess.run(["bsdtar", "--format", "iso9660", "-cf", str(folder / "real.iso"), "-C", str(folder),
                    "page.img"], check=True)
    refused(folder / "real.iso", "is a CD image")


def encrypted() -> Path:
    (folder / "PASSPHRASE_FILE").write_text("open sesame")
    return made("secret.qcow2", "--object", f"secret,id=key,file={folder}/PASSPHRASE_FILE", "-o",
                "encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10")


def decrypted(secret: Path) -> Path:
    """By the way out, as it is told."""
    told = run("image", "import", str(secret), "--name", "x", env=NOBODY).err
    command = told[told.index("'qemu-img ") + 1:told.rindex("'")]
    command = command.replace("PASSPHRASE_FILE", f"{folder}/PASSPHRASE_FILE").replace("OLD", str(secret))
    subprocess.run(command.replace("NEW", f"{folder}/decrypted.qcow2").split(), check=True)
    return folder / "decrypted.qcow2"


def test_qcow2_there(snapshot: Path, secret: Path) -> None:
    """What VirtualBox has against one, in the words that are said of a file of this machine."""
    for file, pattern in (
            (snapshot, r"contains snapshots, [^:]*'qemu-img snapshot -d SNAPSHOT FILE'$"),
            (folder / "empty.qcow2", r"is an empty disk, [^:]*'qemu-img convert -O vdi OLD NEW'$"),
            (made("zstd.qcow2", "-o", "compression_type=zstd"), "is compressed in a way [^:]*$"),
            (patched("open.qcow2", made("was.qcow2"), (79, b"\1")), "was not closed properly; [^:]*$"),
            (secret, "is encrypted; decrypt it first, with [^:]*$")):
        refused_there(file, pattern)


def test_qcow2() -> None:
    plain = made("plain.qcow2")
    qemu("create", "-f", "qcow2", folder / "empty.qcow2", "10G")
    refused(folder / "empty.qcow2", "is an empty disk.*'qemu-img convert -O vdi OLD NEW'")
    qemu("create", "-f", "qcow2", "-o", "compat=0.10", folder / "empty2.qcow2", "10M")
    refused(folder / "empty2.qcow2", "is an empty disk")
    snapshot = made("snapshot.qcow2")
    qemu("snapshot", "-c", "s", snapshot)
    refused(snapshot, "contains snapshots.*'qemu-img snapshot -d")
    refused(made("one.qcow", form="qcow"), "is in version 1 of the qcow format" + CONVERT)
    (folder / "header.qcow2").write_bytes(b"QFI\xfb")
    refused(folder / "header.qcow2", "is damaged: it is cut short")
    refused(patched("four.qcow2", plain, (4, struct.pack(">I", 4))), "unknown version.*" + CONVERT)
    for name, change in (("no-size.qcow2", (24, bytes(8))), ("no-table.qcow2", (36, bytes(4)))):
        refused(patched(name, plain, change), "is damaged: its header is invalid")
    table = struct.unpack(">Q", plain.read_bytes()[40:48])[0]
    first = struct.unpack(">Q", plain.read_bytes()[table:table + 8])[0]
    refused(patched("between.qcow2", plain, (table, struct.pack(">Q", first + 512))), "is damaged: one of its tables")
    often = patched("often.qcow2", plain, (36, struct.pack(">IQ", 1 << 22, 16 * MIB)))
    with often.open("r+b") as out:  # would be 256 GiB to read
        out.seek(16 * MIB)
        out.write(struct.pack(">Q", first) * (1 << 22))
    fails(run("image", "import", str(often), "--name", "x", env=NOBODY), 4, "127.0.0.1:9",
          "a table named millions of times is read once")
    odd = patched("odd.qcow2", plain, (24, struct.pack(">Q", 4 * MIB - 100)))
    refused(odd, "not a whole number of sectors, which VirtualBox cannot read" + CONVERT)
    qemu("create", "-f", "qcow2", "-F", "qcow2", "-b", plain, folder / "top.qcow2")
    refused(folder / "top.qcow2", f"the changes since '{plain}', and needs that file" + CONVERT)
    refused(made("data.qcow2", "-o", f"data_file={folder}/data.bin"), "needs other files")
    secret = encrypted()
    refused(secret, "is encrypted; decrypt it first")
    test_qcow2_there(snapshot, secret)
    imported(decrypted(secret))
    qemu("snapshot", "-d", "s", snapshot)
    imported(snapshot)  # the ways out
    qemu("convert", "-O", "qcow2", folder / "top.qcow2", folder / "whole.qcow2")
    imported(folder / "whole.qcow2")
    qemu("convert", "-O", "vdi", folder / "empty.qcow2", folder / "empty.vdi")
    name = unique("empty")
    is_fine(cloud("image", "import", f"host:{folder}/empty.vdi", "--name", name), "an empty vdi")
    is_fine(cloud("image", "delete", name), "deleted")


def test_what_vendors_write() -> None:
    vmdk, vdi = made("plain.vmdk", form="vmdk"), made("plain.vdi", form="vdi")
    refused(patched("two.vmdk", vmdk, (4, b"\2")), "unknown version of the format VMDK" + CONVERT)
    refused(patched("sent.vmdk", vmdk, (73, b"\r\n\r\n")), "its line endings were changed")
    text = vmdk.read_bytes()[512:10752].rstrip(b"\0")
    locked = text + b'encryption.keySafe = "vmware:key/list/()"\n'
    refused(patched("locked.vmdk", vmdk, (512, locked)), "is encrypted; decrypt the machine")
    streamed = text.replace(b"monolithicSparse", b"streamOptimized")
    refused(patched("stream.vmdk", vmdk, (512, streamed)), "is not the stream")
    for name, change in (("type.vdi", (76, b"\x09")), ("size.vdi", (368, b"\1\0\x41")),
                         ("blocks.vdi", (384, b"\1\0\0\0")), ("uuid.vdi", (392, bytes(16)))):
        refused(patched(name, vdi, change), "is damaged: its header is invalid")
    wraps = struct.pack("<4I", 0xfffffffe, 0xfffffffe, 0x80000001, 0x80000001)
    refused(patched("wraps.vdi", vdi, (376, wraps)), "is cut short")
    refused(patched("far.vmdk", vmdk, (28, struct.pack("<Q", (1 << 55) + 1))), "is cut short")
    for form, known_as in ("vhdx", "VHDX"), ("qed", "QED"), ("parallels", "Parallels"):
        refused(made(f"x.{form}", form=form), f"is in the format {known_as}" + CONVERT)
        refused(folder / f"x.{form}", f"is in the format {known_as}", "--format", "raw")
    refused(vmdk, "is not in the format qcow2, but vmdk", "--format", "qcow2")
    refused(vmdk, "is not in the format raw, but vmdk", "--format", "raw")
    refused(folder / "zeros", "is not in the format vdi: it has no such header", "--format", "vdi")


def descriptor(name: str, extent: str, kind: str = "vmfs") -> Path:
    (folder / name).write_text("# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n"
                               f'createType="{kind}"\n\n{extent}\n\nddb.adapterType = "lsilogic"\n')
    return folder / name


def test_esxi() -> None:
    (folder / "vmfs-flat.vmdk").write_bytes(raw.read_bytes())
    refused(folder / "vmfs-flat.vmdk", f"only the content of a disk.*'{folder}/vmfs.vmdk' that describes.*"
            "is not beside it.*--format raw")
    vmfs = descriptor("vmfs.vmdk", 'RW 8192 VMFS "vmfs-flat.vmdk"')
    refused(folder / "vmfs-flat.vmdk", f"only the content of a disk; import the small text file '{vmfs}'")
    (folder / "vmfs-f001.vmdk").write_bytes(raw.read_bytes())
    refused(folder / "vmfs-f001.vmdk", f"import the small text file '{vmfs}'")
    imported(vmfs)
    imported(folder / "vmfs-flat.vmdk", "--format", "raw")
    for extent, pattern in (('RW 8192 VMFSSPARSE "x-delta.vmdk"', "a snapshot of ESXi" + CONVERT),
                            ('RW 8192 SESPARSE "x-sesparse.vmdk"', "a snapshot of ESXi" + CONVERT),
                            ('RW 8192 VMFSRDM "x-rdm.vmdk"', "vmkfstools -i"),
                            ('RW 8192 NONSENSE "x"', "parts of an unknown kind")):
        refused(descriptor("part.vmdk", extent), pattern)
    device = descriptor("device.vmdk", 'RW 8192 FLAT "/dev/sda" 0', "fullDevice")
    refused(device, "stands for a device of the machine it was made on")


def sparse(name: str, sectors: int, grain: int, tables: int) -> Path:
    """An extent whose directory says the same table over and over."""
    header = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, sectors, grain, 0, 0, 512, 0, 1, 8)
    directory = struct.pack("<I", 1) * tables
    (folder / name).write_bytes(header.ljust(512, b"\0") + directory.ljust(16384, b"\0"))
    return descriptor("parts.vmdk", f'RW {sectors} SPARSE "{name}"', "twoGbMaxExtentSparse")


def test_parts() -> None:
    """No memory, files or time for the asking."""
    for grain in 0, 1, 4, 24, 4096:
        refused(sparse("s001.vmdk", 8192, grain, 1), "'s001.vmdk' beside it, which is damaged, or of an unknown kind")
    refused(sparse("s002.vmdk", 1 << 24, 8, 4096), "'s002.vmdk' beside it, which is damaged: it names tables")
    refused(descriptor("large.vmdk", "\n".join([f"RW {1 << 32} ZERO"] * 2)), "more than 2 TiB")
    many = descriptor("many.vmdk", "\n".join(['RW 1 FLAT "disk" 0'] * 300))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, limits[1]))
    refused(many, "'disk' beside it, which cannot be opened: Too many open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    refused(descriptor("gone.vmdk", 'RW 1 FLAT "gone" 0'), "'gone' beside it, which is not there")
    (folder / "place").mkdir()
    refused(descriptor("place.vmdk", 'RW 1 FLAT "place" 0'), "'place' beside it, which is not a regular file")
    (folder / "passwd").symlink_to("/etc/passwd")
    refused(descriptor("away.vmdk", 'RW 1 FLAT "passwd" 0'),
            "'passwd' beside it, which is a link to a file in another folder; put that file itself there")
    (folder / "there").symlink_to("disk")
    fails(run("image", "import", str(descriptor("near.vmdk", 'RW 8192 FLAT "there" 0')), "--name", "x",
              env=NOBODY), 4, "127.0.0.1:9", "a link that stays in the folder")


def imported(file: Path | str, *words: str) -> None:
    """With all that the disk holds."""
    if not uploads and not str(file).startswith("host:"):
        return
    image = ask("image", "import", str(file), "--name", unique("good"), *words)
    if not image:
        return
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(raw), image["location"]],
                          check=False, stdout=subprocess.PIPE)
    ok(same.returncode == 0 and image["size_bytes"] == 4 * MIB, "and all of it", same.stdout, image)
    is_fine(cloud("image", "delete", image["id"]), "deleted")


def test_raw() -> None:
    """By its name, by a sign of a disk, or because it is said so."""
    data = raw.read_bytes()
    for name in "disk.img", "disk.RAW", "disk.dd":
        (folder / name).write_bytes(bytes(512) + data[512:])
    imported(raw)
    (folder / "zeros").write_bytes(bytes(512) + data[512:])
    refused(folder / "zeros", "in no known format")
    raw.write_bytes(bytes(512) + data[512:])
    for name in "disk.img", "disk.RAW", "disk.dd":
        imported(folder / name)
    imported(folder / "zeros", "--format", "raw")
    imported(made("stated.qcow2"), "--format", "qcow2")
    raw.write_bytes(data)


def zstd(data: bytes) -> bytes:
    """In blocks of bytes as they are."""
    size = 1 << 17
    blocks = [data[at:at + size] for at in range(0, len(data), size)]
    last = len(blocks) - 1
    return b"\x28\xb5\x2f\xfd\0\x50" + b"".join(
        struct.pack("<I", len(block) << 3 | (i == last))[:3] + block for i, block in enumerate(blocks))


def test_packed() -> None:
    """In ways that are told by more than a few bytes; what cannot be unpacked is no raw disk."""
    data = raw.read_bytes()
    skipped = b"\x50\x2a\x4d\x18" + struct.pack("<I", 4) + b"\1\2\3\4"
    files = {"skip.img.zst": skipped + zstd(data), "disk.img.zstd": zstd(data)}
    for name, options in (("props", {"lc": 0, "lp": 0, "pb": 0}), ("dict6", {"dict_size": 6 * MIB})):
        files[f"{name}.img.lzma"] = lzma.compress(data, lzma.FORMAT_ALONE, filters=[
            {"id": lzma.FILTER_LZMA1, **options}])
    for name, packed in files.items():
        (folder / name).write_bytes(packed)
        imported(folder / name)
    (folder / "small.img.lzma").write_bytes(lzma.compress(data, lzma.FORMAT_ALONE, filters=[
        {"id": lzma.FILTER_LZMA1, "dict_size": 6144}]))
    if uploads:
        fails(cloud("image", "import", str(folder / "small.img.lzma"), "--name", unique("bad")), 2,
              "is damaged, or packed in an unknown way.*unpack it first", "a dictionary unknown to libarchive")


def test_file_systems() -> None:
    for name, command in (("ext4", "/sbin/mkfs.ext4 -q"), ("swap", "/sbin/mkswap -q")):
        (folder / name).write_bytes(bytes(4 * MIB))
        subprocess.run([*command.split(), str(folder / name)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        fails(run("image", "import", str(folder / name), "--name", "x", env=NOBODY), 4, "127.0.0.1:9",
              f"{name}: a disk, which would be sent")


def test_files_on_the_host() -> None:
    """On the host, VirtualBox tells a raw disk by its name alone."""
    (folder / "cd.hdd").write_bytes((bytes(32769) + b"CD001\1").ljust(MIB, b"\0"))
    (folder / "page.hdd").write_text("<html>".ljust(4096))
    (folder / "disk.hdd").write_bytes(raw.read_bytes())
    vdi = made("there.vdi", form="vdi")
    if uploads:
        refused_there(folder / "cd.hdd", "is a CD image")
        refused_there(folder / "page.hdd", "is an HTML page")
    imported(f"host:{folder}/disk.hdd")
    imported(f"host:{folder}/disk.hdd", "--format", "raw")
    imported(f"host:{vdi}", "--format", "vdi")
    refused_there(vdi, "is not in the format qcow2, but VDI", "--format", "qcow2")
    refused_there(folder / "disk.hdd", "is not in the format vmdk", "--format", "vmdk")
    refused(f"host:{folder}/x.ova", "omit the format", "--format", "vdi")
    refused_there(folder / "disk.img", "name that ends in '.hdd'")
    (folder / "half.hdd").write_bytes(bytes(100))
    refused_there(folder / "half.hdd", "must have whole sectors")
    (folder / "cd.iso").write_bytes((folder / "cd.hdd").read_bytes())
    refused_there(folder / "cd.iso", "is a CD image")
    for name in "x.7z", "x.vdi.xz", "x.img.GZ", "x.zip.001", "x.box":
        (folder / name).write_bytes(b"anything" * 1024)
        refused_there(folder / name, "is packed, [^:]*; unpack it there first$")
    (folder / "x.ovf").write_text("<Envelope/>")
    refused_there(folder / "x.ovf", "describes a machine; import the disk that it names$")
    (folder / "x.qcow2").write_bytes(b"nonsense" * 100)
    result = cloud("image", "import", f"host:{folder}/x.qcow2", "--name", unique("bad"))
    ok(result.status == 2 and "convert it there" in result.err and ".hdd" not in result.err,
       "no advice that does not help", result)


before, files = contents(), local_files()
with tempfile.TemporaryDirectory() as temporary:
    folder = Path(temporary)
    folder.chmod(0o755)
    raw, uploads = folder / "disk", takes_uploads()
    raw.write_bytes((bytes(510) + b"\x55\xaa").ljust(MIB, b"\7") + bytes(MIB) + b"data" * (MIB // 2))
    test_files()
    test_raw()
    test_packed()
    test_qcow2()
    test_what_vendors_write()
    test_esxi()
    test_parts()
    test_file_systems()
    test_files_on_the_host()
ok(contents() == before and local_files() == files, "nothing is left", local_files() ^ files)
done()
