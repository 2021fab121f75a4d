# SPDX-License-Identifier: Apache-2.0
"""OVA archives, made for tests: machines with disks of a few MiB."""
from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

SYSTEM = """<VirtualSystem ovf:id="{id}"><Info>a machine</Info><OperatingSystemSection ovf:id="96">
<Info>its system</Info><Description>Debian_64</Description></OperatingSystemSection>
<VirtualHardwareSection><Info>its hardware</Info>
<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType>
<rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
<Item><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID>
<rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>768</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID>
<rasd:ResourceSubType>PIIX4</rasd:ResourceSubType><rasd:ResourceType>5</rasd:ResourceType></Item>
<Item><rasd:AutomaticAllocation>true</rasd:AutomaticAllocation><rasd:Connection>none there</rasd:Connection>
<rasd:InstanceID>4</rasd:InstanceID><rasd:ResourceSubType>E1000</rasd:ResourceSubType>
<rasd:ResourceType>10</rasd:ResourceType></Item>{drives}
</VirtualHardwareSection></VirtualSystem>"""
DRIVE = """<Item><rasd:AddressOnParent>{n}</rasd:AddressOnParent><rasd:HostResource>/disk/d{n}</rasd:HostResource>
<rasd:InstanceID>{instance}</rasd:InstanceID><rasd:Parent>3</rasd:Parent>
<rasd:ResourceType>17</rasd:ResourceType></Item>"""
ENVELOPE = """<?xml version="1.0"?><Envelope ovf:version="1.0" xml:lang="en-US"
xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
<References>{files}</References><DiskSection><Info>disks</Info>{disks}</DiskSection>{systems}</Envelope>"""
FORMAT = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"


def make_ova(path: Path, raw: Path, disks: int = 1, systems: int = 1) -> None:
    """An archive of machines, which all have these copies of the raw disk."""
    vmdk = path.with_suffix(".vmdk")
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized",
                    str(raw), str(vmdk)], check=True)
    files = "".join(f'<File ovf:href="disk{n}.vmdk" ovf:id="f{n}"/>' for n in range(disks))
    listed = "".join(f'<Disk ovf:capacity="{raw.stat().st_size}" ovf:diskId="d{n}" '
                     f'ovf:fileRef="f{n}" ovf:format="{FORMAT}"/>' for n in range(disks))
    drives = "".join(DRIVE.format(n=n, instance=10 + n) for n in range(disks))
    machines = "".join(SYSTEM.format(id=f"m{n}", drives=drives) for n in range(systems))
    if systems > 1:
        machines = ('<VirtualSystemCollection ovf:id="all"><Info>machines</Info>' + machines +
                    "</VirtualSystemCollection>")
    ovf = path.with_suffix(".ovf")
    ovf.write_text(ENVELOPE.format(files=files, disks=listed, systems=machines))
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.add(ovf, ovf.name)
        for n in range(disks):
            tar.add(vmdk, f"disk{n}.vmdk")
    ovf.unlink()
    vmdk.unlink()
