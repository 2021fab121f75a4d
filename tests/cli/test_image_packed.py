#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disk images from here in archives, compressed, and as descriptions of machines with their disks:
each is imported as it is, or refused with the reason, and then nothing is left on the host."""
from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from cli import HOME, done, fails, host_env, interrupt, is_fine, ok, run, start
from hosts import ask, cloud, contents, local_files, takes_uploads, unique
from packed import MIB, Maker, Members, manifest, ovf

MACHINE = ("Debian_64", 2, 512)
NOTHING = ("Linux_64", None, None)
WINDOW = b"\x28\xb5\x2f\xfd\0\xa8\x21\0\0data"  # of zstd, 2 GiB


def imported(file: Path, what: str, machine: tuple[str, int | None, int | None] = MACHINE) -> None:
    """It becomes an image with the disk's content."""
    image = ask("image", "import", str(file), "--name", unique("packed"))
    if not image:
        return
    ok((image["os_type"], image["min_cpus"], image["min_memory_mb"]) == machine and
       image["size_bytes"] == 4 * MIB, f"{what}: its machine and size", image)
    same = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "vdi", str(make.raw),
                           image["location"]], check=False, stdout=subprocess.PIPE)
    ok(same.returncode == 0, f"{what}: all of its disk", same.stdout)
    is_fine(cloud("image", "delete", image["id"]), f"{what}: is deleted")


def refused(file: Path, pattern: str, what: str, status: int = 2) -> None:
    fails(cloud("image", "import", str(file), "--name", unique("bad")), status, pattern, what)


def zipped(name: str, members: Members, method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = make.room() / name
    with zipfile.ZipFile(path, "w", method) as archive:
        for member, data in members:
            archive.writestr(member, data)
    return path


def version_one() -> bytes:
    path = make.room() / "d.qcow"
    subprocess.run(["qemu-img", "convert", "-O", "qcow", str(make.raw), str(path)], check=True)
    return path.read_bytes()


def half(path: Path) -> Path:
    """What is left of a download that broke off."""
    data = path.read_bytes()
    return make.write(path.name, data[:len(data) // 2])


def flipped(path: Path, at: int | None = None) -> Path:
    """With a bit changed, in the middle or at a place."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 4
    return make.write(path.name, bytes(data))


def huge(form: int) -> Path:
    """An archive with a member of 9 GiB before what is of use, most of it holes."""
    path = make.room() / "huge.ova"
    filler = tarfile.TarInfo("filler.bin")
    filler.size = 9 << 30
    rest = io.BytesIO()
    with tarfile.open(fileobj=rest, mode="w", format=form) as archive:
        for name, data in make.plain:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with path.open("wb") as out:
        out.write(filler.tobuf(form))
        out.seek(filler.size, io.SEEK_CUR)
        out.write(rest.getvalue())
    return path


def test_tar() -> None:
    plain, vmdk = make.plain, make.vmdk
    long = "a-name-as-appliance-builders-like-to-give-" * 3 + "disk1.vmdk"
    odd = [("x.ovf", ovf("R&amp;D%20caf%C3%A9.vmdk")), ("R&D café.vmdk", vmdk)]
    quoted = ovf().replace(b'"', b"'")
    utf16 = ovf().decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")
    for what, file in (
            ("the folder named", make.tar("x.ova", [("./" + n, d) for n, d in plain])),
            ("in a folder", make.tar("x.ova", [("m/n/" + n, d) for n, d in plain])),
            ("pax headers", make.bsdtar("x.ova", plain, "--format=pax")),
            ("pax names", make.tar("x.ova", [("x.ovf", ovf(long)), (long, vmdk)],
                                   tarfile.PAX_FORMAT)),
            ("GNU names", make.tar("x.ova", [("x.ovf", ovf(long)), (long, vmdk)])),
            ("an old tar", make.bsdtar("x.ova", plain, "--format=v7tar")),
            ("the disk first", make.tar("x.ova", plain[::-1])),
            ("macOS's files", make.tar("x.ova", [("._x.ovf", b"\0\5\x16\7"), *plain,
                                                 ("._d.vmdk", b"\0\5\x16\7")])),
            ("capitals", make.tar("X.OVA", [("X.OVF", ovf("DISK.VMDK")), ("DISK.VMDK", vmdk)])),
            ("odd characters", make.tar("x.ova", odd)),
            ("UTF-16", make.tar("x.ova", [("x.ovf", utf16), plain[1]])),
            ("a BOM", make.tar("x.ova", [("x.ovf", b"\xef\xbb\xbf" + ovf()), plain[1]])),
            ("single quotes", make.tar("x.ova", [("x.ovf", quoted), plain[1]])),
            ("a long description", make.tar("x.ova", [
                ("x.ovf", ovf().replace(b"<Info/>", b"<Info>" + b"x" * (5 * MIB) + b"</Info>", 1)),
                plain[1]])),
            ("a packed disk", make.tar("x.ova", [("x.ovf", ovf("d.gz", file=' ovf:compression="gzip"')),
                                                 ("d.gz", gzip.compress(vmdk))])),
            ("base-256 sizes", huge(tarfile.GNU_FORMAT)), ("pax sizes", huge(tarfile.PAX_FORMAT))):
        imported(file, f"tar: {what}")
    imported(make.tar("x.ova", [("x.ovf", ovf(system='ovf:id="1" vmw:osType="ubuntu64Guest"')),
                                plain[1]]), "VMware's system", ("Ubuntu_64", 2, 512))


def test_manifest() -> None:
    for what, mf in (
            ("SHA1", manifest(make.plain, "sha1", "{name} ({file}) = {sum}")),
            ("SHA256", manifest(make.plain)), ("SHA512", manifest(make.plain, "sha512")),
            ("OpenSSL's", manifest(make.plain, line="SHA2-256({file})= {sum}", end="\r\n"))):
        imported(make.tar("x.ova", [*make.plain, ("x.mf", mf)]), f"manifest: {what}")
    forms = (lambda bad: make.tar("x.ova", bad), lambda bad: make.tar("x.box", bad, mode="w:gz"),
             make.files)
    for algorithm, form in zip(("sha1", "sha256", "sha512"), forms):
        for i, name in enumerate(("x.ovf", "d.vmdk")):
            wrong = [(file, data + b"x" * (i == j)) for j, (file, data) in enumerate(make.plain)]
            sums = [hashlib.new(algorithm, each[i][1]).hexdigest() for each in (make.plain, wrong)]
            pattern = f"{algorithm.upper()} of '{name}'.* is {sums[0]}.* says {sums[1]}"
            file = form([*make.plain, ("x.mf", manifest(wrong, algorithm))])
            refused(file, pattern, f"{file.name}: {algorithm} of {name}")
    test_manifest_passed_by()


def test_manifest_passed_by() -> None:
    """However the manifest is written and named, a wrong sum in it is not passed by."""
    plain, img = make.plain, make.disks["img"]
    encoded = [("x.ovf", ovf("R%26D%20d.img")), ("R&D d.img", img)]
    capitals = [("x.ovf", ovf("D.IMG")), ("d.img", img)]
    bad = b"SHA256(d.vmdk)= " + b"0" * 64 + b"\n"
    right, text = manifest(plain), manifest(plain[:1])
    damaged, unclear = "damaged: the SHA", "does not clearly state the checksum of 'd.vmdk'"
    for what, members, name, mf, pattern in (
            ("another case", capitals, "x.mf", manifest(capitals[:1]) + b"SHA256(D.IMG)= " + b"0" * 64, damaged),
            ("an encoded name", encoded, "x.mf",
             manifest(encoded[:1]) + b"SHA256(R%26D%20d.img)= " + b"0" * 64, damaged),
            ("a BOM", plain, "x.mf", b"\xef\xbb\xbf" + bad + text, damaged),
            ("UTF-16", plain, "x.mf", (text + bad).decode().encode("utf-16"), damaged),
            ("CR line ends", plain, "x.mf", (text + bad).replace(b"\n", b"\r"), damaged),
            ("another name", plain, "manifest.mf", text + bad, damaged),
            ("two algorithms", plain, "x.mf", right + b"SHA1(d.vmdk)= " + b"0" * 40, damaged),
            ("two sums", plain, "x.mf", right + bad, unclear),
            ("63 digits", plain, "x.mf", text + bad.replace(b"00\n", b"0\n"), unclear),
            ("no such algorithm", plain, "x.mf", text + b"SHA999(d.vmdk)= 00",
             "only the SHA999 of 'd.vmdk', but only SHA1, SHA256, SHA384 and SHA512 can be checked"),
            ("MD5", plain, "x.mf", text + b"MD5(d.vmdk)= " + b"0" * 32, "only the MD5 of 'd.vmdk'"),
            ("no disk", plain, "x.mf", text, "lacks the checksum of 'd.vmdk'; if that file is known"),
            ("no description", plain, "x.mf", manifest(plain[1:]), "lacks the checksum of 'x.ovf'"),
            ("nothing", plain, "x.mf", b"\n", "lacks the checksum of 'x.ovf'"),
            ("no manifest", plain, "x.mf", b"<html>no</html>\n", "lacks the checksum of 'x.ovf'"),
            ("a lost file", plain, "x.mf", right + manifest([("a (1).iso", b"")]),
             "names 'a .1..iso', which is not (in|beside) it .*import the disk itself$")):
        refused(make.tar("x.ova", [*members, (name, mf)]), pattern, f"manifest: {what}")
        if name == "x.mf":
            refused(make.files([*members[:1], (members[1][0].replace("d.img", "D.IMG")
                                               if members is capitals else members[1][0],
                                               members[1][1]), (name, mf)]),
                    pattern, f"manifest beside it: {what}")
    for what, members in (
            ("an encoded name", [*encoded, ("x.mf", manifest([encoded[0], ("R%26D%20d.img", img)]))]),
            ("more files", [*plain, ("a (1).iso", b"x"), ("x.mf", right + manifest([("a%20(1).iso", b"x")]))]),
            ("a folder", [(f"vm/{file}", data) for file, data in (*plain, ("x.mf", right))]),
            ("MD5 beside SHA256", [*plain, ("x.mf", right + b"MD5(d.vmdk)= 00\n")]),
            ("a Java archive's", [*plain, ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n")])):
        imported(make.tar("x.ova", members), f"manifest that is right: {what}")
        if members[0][0] == "x.ovf":
            imported(make.files(members), f"manifest beside it that is right: {what}")


def test_compressed() -> None:
    disks = make.disks
    pieces = b"".join(map(gzip.compress, (disks["img"][:MIB], disks["img"][MIB:])))
    for file in (make.write("d.vdi.xz", lzma.compress(disks["vdi"])),
                 make.compressed("d.qcow2.zst", disks["qcow2"], "--zstd"),
                 make.write("d.img.gz", gzip.compress(disks["img"])),
                 make.write("pieces.img.gz", pieces),
                 make.write("d.raw.bz2", bz2.compress(disks["raw"])),
                 make.write("d.vmdk.lzma", lzma.compress(disks["vmdk"], lzma.FORMAT_ALONE)),
                 make.compressed("d.vhd.lz4", disks["vhd"], "--lz4"),
                 make.write("twice.vdi.gz.xz", lzma.compress(gzip.compress(disks["vdi"])))):
        imported(file, file.name, NOTHING)
        refused(half(file), "damaged|cut short|not what its name", f"half of {file.name}")


def test_parts() -> None:
    """All parts of a compressed file are checked; what else is damaged, unit tests show."""
    disk, rest = make.disks["raw"], "continues after its end"
    for suffix, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
        first, second = pack(disk[:MIB]), pack(disk[MIB:])
        both = make.write(f"d.img.{suffix}", first + second)
        imported(both, f"two parts of {suffix}", NOTHING)
        for at, what, pattern in ((len(first) - 3, "the end of the first", "damaged"),
                                  (len(first), "the start of the second", rest),
                                  (len(first) + 20, "the second", "damaged"), (-3, "its end", "damaged")):
            refused(flipped(both, at), pattern, f"{suffix}: a bit of {what}")
        refused(make.write(both.name, first + second + b"rest"), rest, f"{suffix}: something behind it")
    imported(make.write("d.img.gz", gzip.compress(disk) + bytes(1024)), "zeros behind it", NOTHING)
    box = make.tar("x.tar.gz", [("disk.raw", disk)], mode="w:gz")
    refused(flipped(box, -6), "damaged", "the sum of a tar.gz")


def test_archives() -> None:
    disks, vdi = make.disks, [("read me.txt", b"hello"), ("d/", b""), ("d/d.vdi", make.disks["vdi"])]
    files = [each for each in vdi if each[1]]
    inner = make.tar("x.ova", make.plain).read_bytes()
    for what, file in (
            ("zip", zipped("x.zip", vdi)), ("stored zip", zipped("x.zip", vdi, zipfile.ZIP_STORED)),
            ("7z", make.bsdtar("x.7z", files, "--format=7zip")),
            ("tar.gz", make.tar("x.tar.gz", [("disk.raw", disks["raw"])], mode="w:gz")),
            ("what ends with its header", make.tar("x.tgz", [("d.vhd", disks["vhd"]), ("z.txt", b"z")],
                                                   mode="w:gz")),
            ("an old tar with holes", make.sparse("x.tar", "--format=oldgnu")),
            ("a tar.gz with holes", make.sparse("x.tar.gz", "--format=posix", "--gzip")),
            ("tar.xz", make.tar("x.tar.xz", files, mode="w:xz")),
            ("tar.bz2", make.tar("x.tbz", files, mode="w:bz2")),
            ("tar.zst", make.bsdtar("x.tar.zst", files, "--zstd")),
            ("one file of any name", zipped("x.zip", [("disk", disks["qcow2"])])),
            ("compressed again", make.tar("x.tar", [("d.qcow2.gz", gzip.compress(disks["qcow2"]))]))):
        imported(file, what, NOTHING)
        if what != "stored zip":
            refused(half(file), "damaged|cut short", f"half of {what}")
    for what, file in (
            ("Vagrant's box", make.tar("x.box", [("./metadata.json", b"{}"), *make.plain],
                                       mode="w:gz")),
            ("zip of a machine", zipped("x.zip", make.plain)),
            ("7z of a machine", make.bsdtar("x.7z", make.plain, "--format=7zip")),
            ("an OVA in a zip", zipped("x.zip", [("x.ova", inner)])),
            ("an OVA, compressed", make.write("x.ova.xz", lzma.compress(inner)))):
        imported(file, what)
    for file in (zipped("x.zip", vdi), make.bsdtar("x.7z", files, "--format=7zip"),
                 make.write("d.vdi.xz", lzma.compress(disks["vdi"])),
                 make.write("d.vdi.bz2", bz2.compress(disks["vdi"])),
                 make.write("d.vdi.gz", gzip.compress(disks["vdi"])),
                 make.compressed("d.vdi.lz4", disks["vdi"], "--lz4")):
        refused(flipped(file), "damaged", f"a bit of {file.name}")


def test_disks_beside_descriptions() -> None:
    spaced = [("my box.ovf", ovf("my%20disk.vmdk")), ("my disk.vmdk", make.vmdk)]
    for what, members in (
            ("its disk", make.plain), ("odd names", spaced),
            ("a sub-folder", [("x.ovf", ovf("disks/d.vmdk")), ("disks/d.vmdk", make.vmdk)]),
            ("a packed disk", [("x.ovf", ovf("d.vmdk.gz")), ("d.vmdk.gz", gzip.compress(make.vmdk))]),
            ("a manifest", [*make.plain, ("x.mf", manifest(make.plain))])):
        imported(make.files(members), f"beside a description: {what}")
    refused(make.files([("x.ovf", ovf("../d.vmdk"))]), "which is in another place", "not outside")
    refused(make.files([("x.ovf", ovf("/etc/passwd"))]), "which is in another place", "nor anywhere")
    refused(make.files([("x.ovf", ovf("http://example.org/d.vmdk"))]), "in another place", "nor afar")
    refused(make.files([("x.ovf", ovf())]), "'d.vmdk' beside it, which is not there", "without a disk")
    near, away = (make.files([("x.ovf", ovf()), ("y", make.vmdk)]) for _ in range(2))
    (near.parent / "d.vmdk").symlink_to("y")
    (away.parent / "d.vmdk").symlink_to(near.parent / "y")
    imported(near, "beside a description: a link")
    refused(away, "'d.vmdk' beside it, which is a link to a file in another folder", "a link that leaves it")


def test_refused() -> None:
    disks, vdi = make.disks, make.disks["vdi"]
    two = [("a.vdi", vdi), ("b.qcow2", disks["qcow2"])]
    text = b'# Disk DescriptorFile\nparentCID=ffffffff\nRW 8192 FLAT "d-flat.vmdk" 0\n'
    parts = [("d.vmdk", text), ("d-flat.vmdk", disks["raw"])]
    deep = disks["vdi"]
    for _ in range(6):
        deep = zipped("x.zip", [("x.zip", deep)]).read_bytes()
    for what, file, pattern in (
            ("two disks", zipped("x.zip", two), "2 disk images .'a.vdi', 'b.qcow2'.; unpack it"),
            ("no disk", zipped("x.zip", [("a.txt", b"a"), ("b.txt", b"b")]),
             "holds no disk image, but 'a.txt', 'b.txt'"),
            ("nothing", zipped("x.zip", []), "an empty archive"),
            ("two machines", make.tar("x.ova", [*make.plain, ("y.ovf", ovf())]), "holds 2 machines"),
            ("no such disk", make.tar("x.ova", [("x.ovf", ovf("e.vmdk")), make.plain[1]]),
             "'e.vmdk' that it names is not in it"),
            ("pieces", make.tar("x.ova", [("x.ovf", ovf(file=' ovf:chunkSize="1024"'))]), "split into pieces"),
            ("bad XML", make.tar("x.ova", [("x.ovf", ovf()[:-9]), make.plain[1]]), "well-formed"),
            ("a DTD", make.files([("x.ovf", b"<!DOCTYPE x>" + ovf())]), "DOCTYPE"),
            ("a very long description", make.files([("x.ovf", ovf() + b" " * (33 * MIB))]),
             "larger than 32 MiB"),
            ("the same in a tar", make.tar("x.ova", [("x.ovf", ovf() + b" " * (65 * MIB))]),
             "'x.ovf' in '.*' is too large: .* exceeds 64 MiB"),
            ("the same in two", make.tar("x.tgz", [("x.mf", b" " * (40 * MIB)),
                                                   ("y.mf", b" " * (40 * MIB))], mode="w:gz"),
             "'y.mf' in '.*' is too large: .* exceeds 64 MiB"),
            ("a web page", make.write("shop.img", b"<html><title>My Envelope shop</title>"), "HTML page"),
            ("a link", make.odd("x.tar", [("d.vdi", tarfile.SYMTYPE)]), "'d.vdi' .a link or a device., which"),
            ("links", make.odd("x.tar", [(f"{i}.vdi", tarfile.LNKTYPE) for i in range(5)]),
             "'2.vdi' .a link or a device. and 2 more, which are not read; unpack"),
            ("a link and others", make.odd("x.tar", [("a", tarfile.REGTYPE), ("b", tarfile.REGTYPE),
                                                     ("d.vdi", tarfile.SYMTYPE)]),
             "no disk image, but 'a', 'b', and 'd.vdi' .a link or a device., which is not"),
            ("a path outside", make.odd("x.tar", [("../d.vdi", tarfile.REGTYPE), ("d", tarfile.DIRTYPE)]),
             "'../d.vdi' .its name points outside the archive., which is not"),
            ("a folder", make.odd("x.tar", [("d", tarfile.DIRTYPE)]), "contains only folders"),
            ("parts", zipped("x.zip", parts), "'d.vmdk' in '.*' names other files.*unpack the archive"),
            ("parts alone", zipped("x.zip", parts[1:]), "parts of a disk"),
            ("a password", make.bsdtar("x.zip", [("d.vdi", vdi)], "--format=zip", "--passphrase=x",
                                       "--options=zip:encryption=traditional"), "is encrypted"),
            ("too deep", make.write("x.zip", deep), "too many layers"),
            ("a qcow2 that is to be converted", make.write("d.qcow2.xz", lzma.compress(version_one())),
             "version 1 of the qcow format, [^;]*; unpack it first, then convert it, for example with"),
            ("a large window", make.write("d.img.zst", WINDOW), "so large a window.*'zstd -d -M2048MB'"),
            ("a first part", half(make.bsdtar("d.7z.001", [("d.vdi", vdi)], "--format=7zip")), "join all of them"),
            ("a later part", make.write("d.img.gz.002", b"\1\2\3" * 999), "join all of them"),
            ("what the name belies", make.write("d.qcow2.gz", gzip.compress(disks["raw"])),
             "not what its name"),
            ("a format in it", zipped("x.zip", [("d.vhdx", b"vhdxfile" + bytes(9999))]),
             "'d.vhdx' in '.*x.zip' is in the format VHDX"),
            ("of nothing", make.write("x.img.gz", gzip.compress(b"")), "is empty"),
            ("cut short", half(make.tar("x.ova", make.plain)), "damaged")):
        refused(file, pattern, what)


def test_patience() -> None:
    """64 GiB of zeros in a few MiB: they are looked through before anything is sent."""
    long = make.write("long.img.xz", lzma.compress(bytes(64 * MIB)) * 1024)
    words = ("image", "import", str(long), "--name", unique("long"))
    fails(cloud(*words, "--timeout", "2"), 5, "not done within the time", "it may take too long")
    fails(interrupt(start(*words, env=host_env()), 2), 5, "cancelled", "or be cancelled")


def test_names() -> None:
    """Without a name it is called as the file."""
    for file, name in ((make.write("deb-12.5.qcow2.gz", gzip.compress(make.disks["qcow2"])), "deb-12.5"),
                       (zipped("box 1.zip", [("d.vdi", make.disks["vdi"])]), "box 1")):
        image = ask("image", "import", str(file))
        target = HOME / f"{name}.raw"
        ok(image["name"] == name and image["origin"] == file.name, f"is called {name}", image)
        is_fine(cloud("image", "export", name, "-o", str(target)), "and exported")
        ok(target.read_bytes() == make.raw.read_bytes(), "as it was")
        is_fine(cloud("image", "delete", name), "and deleted")
    odd = zipped("x.zip", [("café.vdi", make.disks["vdi"]), ("läs mig.txt", b"hej")])
    name = unique("odd")
    is_fine(run("image", "import", str(odd), "--name", name, env=host_env() | {"LC_ALL": "C"}),
            "names in an archive are read in any locale")
    is_fine(cloud("image", "delete", name), "and that is deleted")


before, left = contents(), local_files()
with tempfile.TemporaryDirectory() as name_:
    Path(name_).chmod(0o755)
    make = Maker(Path(name_))
    if takes_uploads():
        for test in (test_tar, test_manifest, test_compressed, test_parts, test_archives,
                     test_disks_beside_descriptions, test_refused, test_patience, test_names):
            test()
    else:
        refused(make.write("d.vdi.xz", lzma.compress(make.disks["vdi"])), "cannot take uploads",
                "nothing is read for a host that takes no uploads", 6)
ok(contents() == before and local_files() == left, "nothing is left", local_files() ^ left)
done()
