# SPDX-License-Identifier: Apache-2.0
"""Snapshots of nodes, in the words that libcloud's vSphere driver has for them."""
from __future__ import annotations

from typing import Any, Optional, Union

from libcloud.compute.base import Node

from . import _types, errors
from ._base import BaseDriver, id_of, when


class Snapshots(BaseDriver):
    """Snapshots are named by id, or by a name that only one of the node's has."""

    def ex_list_snapshots(self, node: Union[Node, str]) -> list[dict[str, Any]]:
        """List the snapshots of a node: each before its children, the newest last.

        :param node: The node, or its id.
        :return: Dicts of strings: `id`, `name`, `description`, `created` ('2026-11-22 20:00', UTC),
            `state` of the node when it was taken ('running', 'stopped'), `parent` (an id, or
            None); and `current`: whether the node builds on it now.

        :raises errors.NotFoundError: There is no such node.
        """
        return [_shown(each) for each in self._ordered(id_of(node))]

    def ex_create_snapshot(
        self,
        node: Union[Node, str],
        snapshot_name: str,
        description: str = "",
        dump_memory: bool = False,
        quiesce: bool = False,
    ) -> bool:
        """Take a snapshot of a node, stopped or running.

        :param node: The node, or its id.
        :param snapshot_name: 1 to 255 characters of Unicode; several may have the same.
        :param description: Free text.
        :param dump_memory: Not used: VirtualBox always saves the memory of a running node.
        :param quiesce: Whether the guest writes its file systems first.

        :raises NotImplementedError: With `quiesce`, which VirtualBox lacks.
        """
        if quiesce:
            raise errors.UnsupportedError("VirtualBox cannot make guests flush their disks", self)
        with self._raising():
            self._host.snapshot_create(
                node=id_of(node), name=snapshot_name, description=description
            )
        return True

    def ex_revert_to_snapshot(
        self, node: Union[Node, str], snapshot_name: Optional[str] = None
    ) -> bool:
        """Revert a stopped node to a snapshot; its changes since then are lost.

        :param node: The node, or its id.
        :param snapshot_name: Name or id; None: the one that the node builds on.

        :raises errors.NotFoundError: It has no such snapshot.
        :raises errors.StateError: The node is running.
        """
        with self._raising():
            self._host.snapshot_revert(id_of(node), snapshot_name)
        return True

    def ex_remove_snapshot(
        self,
        node: Union[Node, str],
        snapshot_name: Optional[str] = None,
        remove_children: bool = False,
    ) -> bool:
        """Delete a snapshot. The node stays as it is now.

        :param node: The node, or its id.
        :param snapshot_name: Name or id; None: the one that the node builds on.
        :param remove_children: Whether to delete those that build on it, too.

        :raises errors.NotFoundError: The node has no such snapshot.
        """
        for snapshot in self._with_children(id_of(node), snapshot_name, remove_children):
            with self._raising():
                self._host.snapshot_delete(snapshot, node=id_of(node))
        return True

    def _with_children(
        self, node: str, name: Optional[str], children: bool
    ) -> list[Optional[str]]:
        """What to delete, in order: a snapshot after those that build on it."""
        if not children:
            return [name]
        found = self._ordered(node)
        named = [each for each in found if (name is None and each["current"])
                 or name in (each["id"], each["name"])]
        if len(named) != 1:
            raise errors.NotFoundError(
                f"node {node} has {len(named)} snapshots '{name or 'current'}'", self
            )
        doomed = {named[0]["id"]}
        for each in found:
            if each["parent"] in doomed:
                doomed.add(each["id"])
        return [each["id"] for each in reversed(found) if each["id"] in doomed]

    def _ordered(self, node: str) -> list[_types.Snapshot]:
        """A node's snapshots, depth first, children by age."""
        with self._raising():
            found = self._host.snapshot_list(node=node)
        known = {each["id"] for each in found}
        ordered: list[_types.Snapshot] = []
        waiting = [each for each in found if each["parent"] not in known]
        waiting.sort(key=_age, reverse=True)
        while waiting:
            ordered.append(waiting.pop())
            children = [each for each in found if each["parent"] == ordered[-1]["id"]]
            waiting += sorted(children, key=_age, reverse=True)
        return ordered


def _age(snapshot: _types.Snapshot) -> tuple[int, str]:
    return snapshot["created_at_ms"], snapshot["id"]


def _shown(snapshot: _types.Snapshot) -> dict[str, Any]:
    created = when(snapshot["created_at_ms"])
    return {
        "id": snapshot["id"],
        "name": snapshot["name"],
        "description": snapshot["description"],
        "created": created.strftime("%Y-%m-%d %H:%M") if created else "",
        "state": "running" if snapshot["running"] else "stopped",
        "parent": snapshot["parent"] or None,
        "current": snapshot["current"],
    }
