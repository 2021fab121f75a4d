# SPDX-License-Identifier: Apache-2.0
"""Volumes and their snapshots."""
from __future__ import annotations

from typing import Any, Optional, Union

from libcloud.compute.base import (
    Node,
    NodeLocation,
    StorageVolume,
    StorageVolumeState,
    VolumeSnapshot,
)

from . import _types, errors
from ._base import BaseDriver, id_of, seconds, the_one, when

_GIB = 1 << 30


class Volumes(BaseDriver):
    """Disks of a fixed size that outlive the nodes they are attached to."""

    def list_volumes(self) -> list[StorageVolume]:
        """List the volumes, by name: the hard disks in the host's volumes folder.

        :return: Volumes: `size` in GiB; in `extra` the file (`location`), the bytes it takes on the
            host (`actual_size`), whether it grows as it is written (`dynamic`), and the ids of the
            nodes it is attached to (`attached_to`). `size`, `actual_size` and `dynamic` are None
            if VirtualBox cannot read the file.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return [self._volume(volume) for volume in self._host.volume_list()]

    def ex_get_volume(self, volume_id: str) -> StorageVolume:
        """The volume of an id, or of a name that only one has.

        :param volume_id: An id or a name.

        :raises errors.NotFoundError: There is none.
        """
        with self._raising():
            return self._volume(self._host.volume_get(volume_id))

    def create_volume(
        self,
        size: int,
        name: str,
        location: Optional[NodeLocation] = None,
        snapshot: Optional[VolumeSnapshot] = None,
        *,
        ex_dynamic: bool = False,
    ) -> StorageVolume:
        """Create a detached volume.

        :param size: Size in GiB.
        :param name: 1 to 255 characters of Unicode that no other volume has.
        :param location: The host, or None.
        :param snapshot: The volume snapshot to begin with; None: an empty volume.
        :param ex_dynamic: Take up the host's space as it is written, not all at once.

        :raises errors.ExistsError: There is a volume of that name.
        :raises errors.SpaceError: The host's disk does not have that much room.
        """
        self._check_location(location)
        begin = None if snapshot is None else id_of(snapshot)
        with self._raising():
            return self._volume(
                self._host.volume_create(
                    name, size_gb=self._gib(size), snapshot=begin, dynamic=ex_dynamic
                )
            )

    def attach_volume(
        self, node: Node, volume: StorageVolume, device: Optional[str] = None
    ) -> bool:
        """Attach a volume to a node, stopped or running, at the first free slot.

        :param node: The node.
        :param volume: The volume.
        :param device: Not used: a guest names its disks itself.

        :raises errors.BusyError: It is attached to another node, or the machine is in use.
        :raises errors.StateError: There is no slot that can be used while the node is running.
        """
        with self._raising():
            self._host.volume_attach(id_of(volume), id_of(node))
        return True

    def detach_volume(self, volume: StorageVolume, ex_node: Optional[Node] = None) -> bool:
        """Detach a volume from its node, stopped or running; one that is detached is left alone.

        :param volume: The volume.
        :param ex_node: The node, or None. A volume is never attached to more than one.

        :raises errors.StateError: It is attached to another node than `ex_node`.
        """
        with self._raising():
            if ex_node is not None:
                self._check_attached(self._host.volume_get(id_of(volume)), id_of(ex_node))
            self._host.volume_detach(id_of(volume))
        return True

    def destroy_volume(self, volume: StorageVolume) -> bool:
        """Destroy a detached volume and its file; its snapshots stay.

        :param volume: The volume.

        :raises errors.BusyError: It is attached to a node.
        """
        with self._raising():
            self._host.volume_destroy(id_of(volume))
        return True

    def list_volume_snapshots(self, volume: StorageVolume) -> list[VolumeSnapshot]:
        """List the snapshots of a volume, oldest first.

        :param volume: The volume.

        :raises errors.NotFoundError: There is no such volume.
        """
        with self._raising():
            found = self._host.snapshot_list(volume=id_of(volume))
        return self._snapshots(found)

    def create_volume_snapshot(
        self, volume: StorageVolume, name: Optional[str] = None
    ) -> VolumeSnapshot:
        """Copy what a volume holds now: detached, attached, or in use by a running node.

        :param volume: The volume.
        :param name: Its name; None: the time.

        :raises errors.SpaceError: The host's disk does not have that much room.
        """
        with self._raising():
            return self._snapshot(self._host.snapshot_create(volume=id_of(volume), name=name))

    def destroy_volume_snapshot(self, snapshot: VolumeSnapshot) -> bool:
        """Destroy a snapshot of a volume and its file.

        :param snapshot: The snapshot of a volume.

        :raises errors.NotFoundError: There is no such snapshot.
        """
        with self._raising():
            self._host.snapshot_delete(id_of(snapshot))
        return True

    def ex_list_volume_snapshots(self) -> list[VolumeSnapshot]:
        """List the snapshots of all volumes, including those that are gone, oldest first.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return self._snapshots(self._host.snapshot_list())

    def ex_get_snapshot(self, snapshot_id: str) -> VolumeSnapshot:
        """The volume snapshot of an id, or of a name that only one has.

        :param snapshot_id: An id or a name.

        :raises errors.NotFoundError: There is none.
        :raises errors.InvalidArgumentError: Several have that name.
        """
        listed = self.ex_list_volume_snapshots()
        found: VolumeSnapshot = the_one(
            listed, snapshot_id, "volume snapshot", "ex_list_volume_snapshots", self
        )
        return found

    def ex_resize_volume(self, volume: StorageVolume, size: int) -> bool:
        """Grow a volume that no running node uses.

        :param volume: The volume.
        :param size: The new size in GiB, not smaller than it is.

        :raises errors.BusyError: A running node uses it.
        """
        with self._raising():
            self._host.volume_resize(id_of(volume), self._gib(size))
        return True

    def ex_rename_volume(self, volume: Union[StorageVolume, str], name: str) -> bool:
        """Rename a volume, even while it is in use.

        :param volume: The volume.
        :param name: 1 to 255 characters of Unicode that no other volume has.

        :raises errors.ExistsError: There is a volume of that name.
        """
        with self._raising():
            self._host.volume_rename(id_of(volume), name)
        return True

    def _gib(self, size: Union[int, str]) -> int:
        try:
            return int(size)
        except (TypeError, ValueError):
            raise errors.InvalidArgumentError(f"{size!r} is not a size in GiB", self) from None

    def _check_attached(self, volume: _types.Volume, node: str) -> None:
        if volume["node"] in ("", node):
            return
        node = self._host.node_get(node)["id"]  # which was said in another way
        if volume["node"] != node:
            raise errors.StateError(
                f"volume '{volume['name']}' is attached to node {volume['node']}, not {node}", self
            )

    def _volume(self, volume: _types.Volume) -> StorageVolume:
        state = StorageVolumeState.INUSE if volume["node"] else StorageVolumeState.AVAILABLE
        known = volume["size_gb"] or None
        extra = {
            "location": volume["location"],
            "actual_size": volume["used_bytes"] or None,
            "dynamic": volume["dynamic"] if known else None,
            "created_at": seconds(volume["created_at_ms"]),
            "snapshot_id": volume["snapshot"] or None,
            "attached_to": [volume["node"]] if volume["node"] else [],
            "device": volume["device"] or None,
        }
        size: Any = known  # libcloud calls it an int, and it is None where nobody knows it
        return StorageVolume(volume["id"], volume["name"], size, self, state, extra)

    def _snapshots(self, found: list[_types.Snapshot]) -> list[VolumeSnapshot]:
        ordered = sorted(found, key=lambda each: (each["created_at_ms"], each["id"]))
        return [self._snapshot(each) for each in ordered]

    def _snapshot(self, snapshot: _types.Snapshot) -> VolumeSnapshot:
        extra = {
            "volume_id": snapshot["of"],
            "volume_name": snapshot["of_name"],
            "description": snapshot["description"],
        }
        return VolumeSnapshot(
            snapshot["id"],
            self,
            -(-snapshot["size_bytes"] // _GIB) or None,
            extra,
            when(snapshot["created_at_ms"]),
            StorageVolumeState.AVAILABLE,
            snapshot["name"],
        )
