# SPDX-License-Identifier: Apache-2.0
"""Images: the hard disks in the host's images folder."""
from __future__ import annotations

from typing import Optional, Union

from libcloud.compute.base import Node, NodeImage, NodeLocation

from . import _types, errors
from ._base import BaseDriver, id_of, seconds
from ._guests import family

# The original driver's words, which programs compare with.
NO_DISK_TEXT = "Node has no attached disk."


class Images(BaseDriver):
    """What nodes are made from."""

    def list_images(self, location: Optional[NodeLocation] = None) -> list[NodeImage]:
        """List the images, by name.

        :param location: The host, or None.
        :return: Images; in `extra` the file (`location`), the bytes that a guest sees (`size`) and
            that it takes on the host (`actual_size`; both None when VirtualBox cannot read it),
            what a node made from it needs at least (`min_cpus`, `min_memory_size` in MiB,
            `min_disk_size` in GiB; None: nothing stated), the guest (`os_type`: 'linux', 'windows',
            'unix' or ''; `os_type_id`: VirtualBox's), and what its machines are given: `firmware`
            ('bios', 'efi', 'efi-secure'), `chipset` ('piix3', 'ich9'), `tpm` ('none', '1.2',
            '2.0'), and who logs in to them (`username`); None: unknown.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        self._check_location(location)
        with self._raising():
            return [self._image(image) for image in self._host.image_list()]

    def get_image(self, image_id: str) -> NodeImage:
        """The image of an id, or of a name that only one has.

        :param image_id: An id or a name.

        :raises errors.NotFoundError: There is none; this is a KeyError, too.
        """
        with self._raising():
            return self._image(self._host.image_get(image_id))

    def create_image(  # type: ignore[override]  # whose hint says a list, against its docstring
        self,
        node: Node,
        name: str,
        description: Optional[str] = None,
        *,
        ex_firmware: Optional[str] = None,
        ex_username: Optional[str] = None,
    ) -> NodeImage:
        """Make an image of a node's system disk, its first one: a full copy.

        The node may run; what its guest has not written to the disk yet is missing then. The image
        remembers the node's firmware, chipset and TPM, but not what these keep outside of the disk.

        :param node: The node.
        :param name: A name that no other image has.
        :param description: Free text; None: ''.
        :param ex_firmware: What its nodes start with: 'bios', 'efi' or 'efi-secure' (secure boot);
            None: as the node.
        :param ex_username: Who logs in to its nodes; None: as the node.

        :raises errors.StateError: The node has no disk.
        :raises errors.ExistsError: There is an image of that name.
        """
        try:
            with self._raising():
                return self._image(
                    self._host.image_create(
                        id_of(node), name, description=description, firmware=ex_firmware,
                        username=ex_username,
                    )
                )
        except errors.StateError as error:
            if NO_DISK_TEXT in error.value:
                error.reword(NO_DISK_TEXT)
            raise

    def copy_image(
        self,
        source_region: str,
        node_image: NodeImage,
        name: str,
        description: Optional[str] = None,
    ) -> NodeImage:
        """Copy an image under another name.

        :param source_region: The id of the host, 'virtualbox-location': there is no other.
        :param node_image: The image.
        :param name: A name that no other image has.
        :param description: None: that of the image.

        :raises errors.ExistsError: There is an image of that name.
        """
        self._check_location(source_region)
        with self._raising():
            return self._image(
                self._host.image_copy(id_of(node_image), name, description=description)
            )

    def delete_image(self, node_image: NodeImage) -> bool:
        """Delete an image and its file; nodes made from it stay.

        :param node_image: The image.

        :raises errors.BusyError: A node uses it itself, or it is being copied.
        """
        with self._raising():
            self._host.image_delete(id_of(node_image))
        return True

    def ex_import_image(
        self,
        path: str,
        name: Optional[str] = None,
        *,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_size: int = 0,
        min_disk_size: int = 0,
        init: Optional[str] = None,
        disk_format: Optional[str] = None,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
        sha256: Optional[str] = None,
        checksum_url: Optional[str] = None,
        max_size: int = 0,
        location: Union[NodeLocation, str, None] = None,
    ) -> NodeImage:
        """Make an image of a disk: vdi, vmdk, vhd, qcow2 or raw, or a machine's in an ova or ovf.

        :param path: A file here, which is uploaded through the web service, and may be compressed or
            in an archive; a URL of http, https or file; 'host:/path' is one on the host. Proxies of
            the environment (`https_proxy`, ...) count for URLs.
        :param name: Its name; None: the file's, without folder and suffixes.
        :param os_type: VirtualBox's id of the guest's system; None: 'Linux_64'.
        :param description: Free text; None: ''.
        :param min_cpus: CPUs that nodes made from it need; 0: nothing stated.
        :param min_memory_size: Memory that they need, in MiB.
        :param min_disk_size: Disk that they need, in GiB.
        :param init: How its guest takes a first boot: 'nocloud', 'dmi', 'none'; None: unknown.
        :param disk_format: The file's format: 'raw', 'qcow2', 'vdi', 'vmdk' or 'vhd'; None: told by
            its content. 'raw' takes also what does not look like a disk.
        :param firmware: What its nodes start with: 'bios', 'efi' or 'efi-secure' (secure boot);
            None: as the archive says, or as VirtualBox makes machines.
        :param username: Who logs in to its nodes, like 'debian'; None: unknown.
        :param sha256: The file's SHA-256 in hexadecimal; with another one there is no image.
        :param checksum_url: The URL of a list that has its checksum.
        :param max_size: The most that is fetched, in GiB; 0: 64.
        :param location: The host, or None.

        :raises errors.ExistsError: There is an image of that name.
        :raises errors.InvalidArgumentError: The file is not a disk image, in another format, or has
            another checksum.
        :raises errors.NotFoundError: There is no such file.
        :raises errors.FetchError: The server of the URL cannot be reached, is not trusted, or fails.
        """
        self._check_location(location)
        with self._raising():
            return self._image(
                self._host.image_import(
                    path,
                    name=name,
                    os_type=os_type,
                    description=description,
                    min_cpus=min_cpus,
                    min_memory_mb=min_memory_size,
                    min_disk_gb=min_disk_size,
                    init=init,
                    format=disk_format,
                    firmware=firmware,
                    username=username,
                    sha256=sha256,
                    checksum_url=checksum_url,
                    max_gb=max_size,
                )
            )

    def ex_update_image(
        self,
        image: Union[NodeImage, str],
        name: Optional[str] = None,
        *,
        os_type: Optional[str] = None,
        description: Optional[str] = None,
        min_cpus: int = 0,
        min_memory_size: int = 0,
        min_disk_size: int = 0,
        init: Optional[str] = None,
        firmware: Optional[str] = None,
        username: Optional[str] = None,
    ) -> NodeImage:
        """Change what is recorded of an image; its disk stays, and so do its nodes.

        :param image: The image, or its id.
        :param name: A name that no other image has.

        The others are as of :meth:`ex_import_image`; None and 0: as it is.

        :param os_type: VirtualBox's id of the guest's system.
        :param description: Free text.
        :param min_cpus: CPUs that nodes made from it need.
        :param min_memory_size: Memory that they need, in MiB.
        :param min_disk_size: Disk that they need, in GiB.
        :param init: How its guest takes a first boot: 'nocloud', 'dmi', 'none'.
        :param firmware: What its nodes start with.
        :param username: Who logs in to its nodes.
        :return: The image as it is then.

        :raises errors.ExistsError: There is an image of that name.
        :raises errors.InvalidArgumentError: One of these cannot be used.
        """
        with self._raising():
            return self._image(
                self._host.image_update(
                    id_of(image),
                    name=name,
                    os_type=os_type,
                    description=description,
                    min_cpus=min_cpus,
                    min_memory_mb=min_memory_size,
                    min_disk_gb=min_disk_size,
                    init=init,
                    firmware=firmware,
                    username=username,
                )
            )

    def ex_export_image(self, image: Union[NodeImage, str], path: str) -> str:
        """Write an image to a file here: a raw disk, sparse where there are zeros.

        :param image: The image, or its id.
        :param path: The file, which is there when it is whole, or not at all.
        :return: Its SHA-256 in hexadecimal.

        :raises errors.SpaceError: There is not that much room here.
        :raises errors.VirtualBoxError: VirtualBox cannot read it.
        :raises errors.UnsupportedError: The host is older than VirtualBox 6.0.
        """
        with self._raising():
            return self._host.image_export(id_of(image), path)

    def _image(self, image: _types.Image) -> NodeImage:
        extra = {
            "location": image["location"],
            "format": image["format"],
            "size": image["size_bytes"] or None,
            "actual_size": image["used_bytes"] or None,
            "created_at": seconds(image["created_at_ms"]),
            "os_type": family(image["os_type"]),
            "os_type_id": image["os_type"],
            "architecture": "x86",
            "description": image["description"],
            "init": image["init"],
            "origin": image["origin"],
            "min_cpus": image["min_cpus"] or None,
            "min_memory_size": image["min_memory_mb"] or None,
            "min_disk_size": image["min_disk_gb"] or None,
            "firmware": image["firmware"] or None,
            "chipset": image["chipset"] or None,
            "tpm": image["tpm"] or None,
            "username": image["username"] or None,
        }
        return NodeImage(image["id"], image["name"], self, extra)
