# SPDX-License-Identifier: Apache-2.0
"""What changes a node that is there: its rest, name, size, tags; and its end, but for its disk."""
from __future__ import annotations

from typing import Optional, Union

from libcloud.compute.base import Node, NodeImage, NodeSize

from . import _types, _vboxcloud, errors
from ._base import id_of
from ._nodes import Nodes

_AnyNode = Union[Node, str]
_NO_DISK = "Node has no attached disk."


class Changes(Nodes):
    """Methods take a node or its id."""

    def ex_suspend_node(self, node: _AnyNode) -> bool:
        """Save a running or paused node's state on the host's disk, and cut its power.

        :param node: The node, or its id.

        :raises errors.StateError: It is stopped.
        """
        with self._raising():
            self._host.node_suspend(id_of(node))
        return True

    def ex_resume_node(self, node: _AnyNode) -> bool:
        """Continue a suspended or paused node.

        :param node: The node, or its id.

        :raises errors.StateError: It is stopped.
        """
        with self._raising():
            self._host.node_resume(id_of(node))
        return True

    def ex_pause_node(self, node: _AnyNode) -> bool:
        """Pause a running node; its memory stays where it is.

        :param node: The node, or its id.

        :raises errors.StateError: It is not running.
        """
        with self._raising():
            self._host.node_pause(id_of(node))
        return True

    def ex_unpause_node(self, node: _AnyNode) -> bool:
        """The same as :meth:`ex_resume_node`.

        :param node: The node, or its id.

        :raises errors.StateError: It is stopped.
        """
        return self.ex_resume_node(node)

    def ex_discard_saved_state(self, node: _AnyNode) -> bool:
        """Discard the saved state of a suspended node, which is then stopped.

        :param node: The node, or its id.

        :raises errors.StateError: It is running, or paused.
        """
        with self._raising():
            self._host.node_discard_state(id_of(node))
        return True

    def ex_rename_node(self, node: _AnyNode, name: str) -> bool:
        """Rename a stopped node.

        :param node: The node, or its id.
        :param name: 1 to 255 characters of Unicode; several nodes may share one.

        :raises errors.StateError: It is not stopped.
        """
        with self._reconfiguring(node):
            self._host.node_rename(id_of(node), name)
        return True

    def ex_describe_node(self, node: _AnyNode, description: str) -> bool:
        """Set a node's description, even while it is running.

        :param node: The node, or its id.
        :param description: Free text.

        :raises errors.BusyError: Another program has the machine locked.
        """
        with self._raising():
            self._host.node_describe(id_of(node), description)
        return True

    def ex_resize_node(
        self,
        node: _AnyNode,
        plan_id: Union[NodeSize, str, None] = None,
        *,
        memory: Optional[int] = None,
        cpus: Optional[int] = None,
        disk: Optional[int] = None,
        keep_disk: bool = False,
    ) -> bool:
        """Give a stopped node another size. Its disk can grow, not shrink.

        :param node: The node, or its id.
        :param plan_id: The size or its id; None: what the node has, except for what is given here.
        :param memory: MiB.
        :param cpus: CPUs.
        :param disk: GiB.
        :param keep_disk: Leave the disk as it is, whatever disk the size has.

        :raises errors.StateError: It is not stopped, or its disk would have to grow and has
            snapshots.
        :raises errors.NotFoundError: There is no size of that id.
        :raises errors.InvalidArgumentError: The host has less, or the disk is larger.
        """
        plan = plan_id
        if plan is None or keep_disk:
            with self._raising():
                now = self._host.node_get(id_of(node))
            plan = plan or f"{now['cpus']}_cpu-{now['memory_mb']}_ram-{now['disk_gb']}_disk"
            disk = now["disk_gb"] if keep_disk else disk
        size = self.ex_get_size(self._size_id(plan, cpus=cpus, ram=memory, disk=disk))
        with self._reconfiguring(node):
            self._host.node_resize(id_of(node), size.id)
        return True

    def ex_rebuild(self, node: _AnyNode, image: Union[NodeImage, str]) -> Node:
        """Give a stopped node a new disk, a full copy of an image. Its own disk is deleted with all
        that is on it; its id, name, size, networks, forwards, volumes and tags stay, and so do the
        keys and all else that its first boot was told, which the new guest is told again.

        :param node: The node, or its id.
        :param image: The image, or its id.
        :return: The node as it is then, stopped.

        :raises errors.StateError: It is not stopped, has snapshots, is linked to another disk, or is
            protected.
        :raises errors.InvalidArgumentError: The image needs a larger size, or other firmware.
        """
        with self._reconfiguring(node):
            return self._node(self._host.node_rebuild(id_of(node), id_of(image)))

    def ex_protect(self, node: _AnyNode) -> bool:
        """Protect a node: until :meth:`ex_unprotect` it cannot be destroyed, undefined or rebuilt.
        `extra['protected']` says whether it is.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            self._host.node_protect(id_of(node), True)
        return True

    def ex_unprotect(self, node: _AnyNode) -> bool:
        """End the protection of a node.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            self._host.node_protect(id_of(node), False)
        return True

    def ex_undefine_node(self, node: _AnyNode, delete_disks: bool = False) -> bool:
        """Remove a node, and keep its disk: as a detached volume of the node's name, or of its id
        if another volume has that name. The disk is copied, so there must be room for both.

        :param node: The node, stopped.
        :param delete_disks: Whether its disk is to go, too: the same as :meth:`destroy_node`.

        :raises errors.StateError: It is not stopped, or protected, or VirtualBox cannot read it.
        :raises errors.BusyError: The disk of another node is linked to its disk.
        :raises errors.SpaceError: The host's disk does not have that much room.
        """
        if delete_disks:
            return self.destroy_node(node)
        with self._raising():
            found = self._host.node_get(id_of(node))
            if found["state"] == "error":
                raise errors.StateError(
                    f"the disk of node '{found['name']}' cannot be kept: {found['error']}", self
                )
            # Of one that is protected no copy is made in vain.
            kept = "" if found["protected"] else self._keep_disk(found)
            try:
                self._host.node_destroy(found["id"])
            except BaseException:
                if kept and self._is_there(found["id"]):
                    self._host.volume_destroy(kept)
                raise
        return True

    def ex_get_metadata(self, node: _AnyNode) -> dict[str, str]:
        """The tags of a node.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            found = self._host.node_get(id_of(node))
        return {tag["key"]: tag["value"] for tag in found["tags"]}

    def ex_set_metadata(self, node: _AnyNode, metadata: dict[str, str]) -> dict[str, str]:
        """Give a node these tags, and no others.

        :param node: The node, or its id.
        :param metadata: Keys and values of 1 to 255 characters; a value may be ''.
        :return: The tags it has then.

        :raises errors.InvalidArgumentError: A key or value cannot be used.
        """
        gone = [key for key in self.ex_get_metadata(node) if key not in metadata]
        self.ex_delete_tags(node, gone)
        self.ex_create_tags(node, metadata)
        return self.ex_get_metadata(node)

    def ex_create_tags(self, node: _AnyNode, tags: dict[str, str]) -> bool:
        """Set tags of a node; its others stay.

        :param node: The node, or its id.
        :param tags: Keys and values of 1 to 255 characters; a value may be ''.

        :raises errors.InvalidArgumentError: A key or value cannot be used.
        """
        with self._raising():
            for key, value in tags.items():
                self._host.node_tag(id_of(node), key, value)
        return True

    def ex_delete_tags(self, node: _AnyNode, tags: Union[dict[str, str], list[str]]) -> bool:
        """Remove tags from a node, by their keys; missing ones are not an error.

        :param node: The node, or its id.
        :param tags: Their keys, or a dict with these.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            for key in tags:
                self._host.node_tag(id_of(node), key)
        return True

    def _keep_disk(self, node: _types.Node) -> str:
        """Copies a node's disk into a new volume, and returns the id of that; '' without a disk."""
        taken = node["name"] in [volume["name"] for volume in self._host.volume_list()]
        name = node["id"] if taken else node["name"]
        try:
            return self._copy_disk(name, node)
        except _vboxcloud.VboxcloudError as error:
            if (
                error.code != "VBC_E_STATE"
                or self._host.node_get(node["id"])["state"] != "stopped"
            ):
                raise
        return self._copy_disk(name, node)  # it was on its way there

    def _copy_disk(self, name: str, node: _types.Node) -> str:
        """The same, once. Nothing but these words says that there is no disk to be kept."""
        try:
            return self._host.volume_create(name, node=node["id"], dynamic=True)["id"]
        except _vboxcloud.VboxcloudError as error:
            if error.code == "VBC_E_STATE" and _NO_DISK in error.args[0]:
                return ""
            raise

    def _is_there(self, node_id: str) -> bool:
        """Whether there is a node of that id for certain."""
        try:
            return bool(self._host.node_get(node_id))
        except _vboxcloud.VboxcloudError:
            return False
