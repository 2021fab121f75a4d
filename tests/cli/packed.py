# SPDX-License-Identifier: Apache-2.0
"""Packed disk images, made for tests: archives of every flavour, compressed files, descriptions of
machines with their disks."""
from __future__ import annotations

import hashlib
import io
import random
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

Members = Sequence[tuple[str, bytes]]
MIB = 1 << 20

OVF = """<?xml version="1.0"?>
<Envelope ovf:version="1.0" xmlns="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:vmw="http://www.vmware.com/schema/ovf"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
<References><File ovf:href="{href}" ovf:id="file1"{file}/></References>
<DiskSection><Info/><Disk ovf:capacity="4194304" ovf:diskId="vmdisk1" ovf:fileRef="file1"/></DiskSection>
<VirtualSystem ovf:id="vm"><Info/><OperatingSystemSection {system}><Info/></OperatingSystemSection>
<VirtualHardwareSection><Info/>
<Item><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ResourceType>4</rasd:ResourceType>
<rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item></VirtualHardwareSection></VirtualSystem></Envelope>
"""


def ovf(href: str = "d.vmdk", system: str = 'ovf:id="96"', file: str = "") -> bytes:
    """A description of a machine: Debian of 64 bits, 2 CPUs, 512 MiB."""
    return OVF.format(href=href, system=system, file=file).encode()


def manifest(members: Members, algorithm: str = "sha256", line: str = "{name}({file})= {sum}",
             end: str = "\n") -> bytes:
    name = {"sha1": "SHA1", "sha256": "SHA256", "sha512": "SHA512"}[algorithm]
    return "".join(line.format(name=name, file=file,
                               sum=hashlib.new(algorithm, data).hexdigest()) + end
                   for file, data in members).encode()


def bsdtar(*args: str | Path) -> None:
    subprocess.run(["bsdtar", *map(str, args)], check=True)


class Maker:
    """A folder of such files, all of one disk of 4 MiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.n = 0
        self.raw = folder / "base.raw"
        noise, disk = random.Random(7), bytearray(4 * MIB)
        disk[510:512] = b"\x55\xaa"
        for at in range(0, len(disk), 65536):
            disk[at + 1024:at + 5120] = noise.randbytes(4096)
        self.raw.write_bytes(disk)
        self.disks = {"raw": bytes(disk), "img": bytes(disk)}
        for suffix, form in (("vdi", "vdi"), ("qcow2", "qcow2"), ("vhd", "vpc -o force_size=on"),
                             ("vmdk", "vmdk -o subformat=streamOptimized")):
            path = folder / f"base.{suffix}"
            subprocess.run(["qemu-img", "convert", "-q", "-f", "raw", "-O", *form.split(),
                            str(self.raw), str(path)], check=True)
            self.disks[suffix] = path.read_bytes()
        self.vmdk = self.disks["vmdk"]
        self.plain = [("x.ovf", ovf()), ("d.vmdk", self.vmdk)]

    def room(self) -> Path:
        """A folder of its own for one file and what lies beside it."""
        self.n += 1
        path = self.folder / str(self.n)
        path.mkdir()
        return path

    def write(self, name: str, data: bytes) -> Path:
        path = self.room() / name
        path.write_bytes(data)
        return path

    def files(self, members: Members) -> Path:
        """Files beside each other; the first one's path."""
        room = self.room()
        for name, data in members:
            (room / name).parent.mkdir(parents=True, exist_ok=True)
            (room / name).write_bytes(data)
        return room / members[0][0]

    def tar(self, name: str, members: Members, form: int = tarfile.GNU_FORMAT,
            mode: str = "w") -> Path:
        path = self.room() / name
        with tarfile.open(path, mode, format=form) as archive:  # type: ignore[call-overload]
            for member, data in members:
                info = tarfile.TarInfo(member)
                info.size, info.mode = len(data), 0o644
                archive.addfile(info, io.BytesIO(data))
        return path

    def odd(self, name: str, members: Sequence[tuple[str, bytes]]) -> Path:
        """A tar of members without content, each of that type: links, folders."""
        path = self.room() / name
        with tarfile.open(path, "w") as archive:
            for member, kind in members:
                info = tarfile.TarInfo(member)
                info.type = kind
                info.linkname = "" if kind in (tarfile.REGTYPE, tarfile.DIRTYPE) else "elsewhere.vdi"
                archive.addfile(info)
        return path

    def bsdtar(self, name: str, members: Members, *options: str) -> Path:
        """By libarchive's own writer."""
        path = self.room() / name
        source = self.room()
        for member, data in members:
            (source / member).parent.mkdir(parents=True, exist_ok=True)
            (source / member).write_bytes(data)
        bsdtar("-C", source, "-cf", path, *options, *(member for member, _ in members))
        return path

    def sparse(self, name: str, *options: str) -> Path:
        """A tar of the raw disk that leaves its holes out."""
        path = self.room() / name
        source = self.room()
        with (source / "disk.raw").open("wb") as out:
            disk = self.disks["raw"]
            for at in range(0, len(disk), 4096):
                if any(disk[at:at + 4096]):
                    out.seek(at)
                    out.write(disk[at:at + 4096])
            out.truncate(len(disk))
        subprocess.run(["tar", "--sparse", "-C", str(source), *options, "-cf", str(path),
                        "disk.raw"], check=True)
        return path

    def compressed(self, name: str, data: bytes, option: str) -> Path:
        """One file, by one of bsdtar's filters."""
        return self.bsdtar(name, [("in", data)], "--format=raw", option)
