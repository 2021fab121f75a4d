# SPDX-License-Identifier: Apache-2.0
"""Sizes and locations."""
from __future__ import annotations

from typing import Optional, Union

from libcloud.compute.base import NodeLocation, NodeSize

from . import _types, _vboxcloud, errors
from ._base import BaseDriver, id_of

_UNKNOWN: _types.Size = {"id": "", "name": "Unknown", "cpus": 0, "ram_mb": 0, "disk_gb": 0}


def parsed(size_id: str) -> Optional[_types.Size]:
    """What the id of a size says ("2_cpu-2048_ram-30_disk"), None if it does not have that form."""
    try:
        known = _vboxcloud.size_parse(size_id)
    except _vboxcloud.VboxcloudError:
        return None
    return {**known, "id": size_id, "name": size_id}


class Sizes(BaseDriver):
    """A size is named by what it is; the catalogue is short, any id within the host will do."""

    def list_sizes(self, location: Optional[NodeLocation] = None) -> list[NodeSize]:
        """List the catalogue of sizes, smallest first.

        The last one has the id '' and the name 'Unknown': it stands for machines whose
        resources are unknown.

        :param location: The host, or None.
        :return: Sizes: `ram` in MiB, `disk` in GiB, CPUs in `extra['cpus']` and `extra['cpu']`.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        self._check_location(location)
        with self._raising():
            return [self._size(size) for size in self._host.size_list()]

    def list_locations(self) -> list[NodeLocation]:
        """List the one location there is: the host, by the name or address that this driver was
        given, with its URL and release in `extra`.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            found = self._host.location_list()
        return [
            NodeLocation(
                each["id"], self.host, "UN", self,
                {"host": each["host"], "version": each["version"]},
            )
            for each in found
        ]

    def ex_get_size(self, size_id: str) -> NodeSize:
        """The size of an id, which need not be in the catalogue.

        :param size_id: Like '2_cpu-2048_ram-30_disk'.

        :raises errors.NotFoundError: It is not of the form '1_cpu-256_ram-30_disk'.
        """
        if size_id == _UNKNOWN["id"]:
            return self._size(_UNKNOWN)
        known = parsed(size_id)
        if known is None:
            raise errors.NotFoundError(
                f"there is no size '{size_id}': sizes are <cpus>_cpu-<MiB>_ram-<GiB>_disk", self
            )
        return self._size(known)

    def _size_id(self, size: Union[NodeSize, str], **changed: Optional[int]) -> str:
        """The id of a size, with some of its numbers (`cpus`, `ram`, `disk`) changed.

        A size object made by the program itself counts as what it holds.
        """
        known = parsed(id_of(size))
        if known is None and isinstance(size, NodeSize) and size.extra.get("cpus"):
            now = {"cpus": size.extra["cpus"], "ram": size.ram, "disk": size.disk}
        elif known is None or not any(changed.values()):
            return id_of(size)
        else:
            now = {"cpus": known["cpus"], "ram": known["ram_mb"], "disk": known["disk_gb"]}
        now.update({key: value for key, value in changed.items() if value})
        return f"{now['cpus']}_cpu-{now['ram']}_ram-{now['disk']}_disk"

    def _size(self, size: Union[_types.Size, str]) -> NodeSize:
        """A size, or that of an id; the placeholder where it says nothing."""
        known = (parsed(size) or _UNKNOWN) if isinstance(size, str) else size
        extra = {"cpu": known["cpus"], "cpus": known["cpus"]}
        return NodeSize(
            known["id"], known["name"], known["ram_mb"], known["disk_gb"], 0, 0, self, extra
        )
