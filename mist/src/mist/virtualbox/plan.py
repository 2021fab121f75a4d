# SPDX-License-Identifier: Apache-2.0
"""The compute controller's part that makes machines: from a plan of mist's."""
from __future__ import annotations

import datetime
import logging
from typing import Any, Optional

from libcloud.compute.base import Node, NodeAuthSSHKey, NodeImage
from mist.api import exceptions as mist
from mist.api.clouds.controllers.compute.base import BaseComputeController
from mist.api.helpers import node_to_dict

from . import actions
from .storage import gib

log = logging.getLogger(__name__)

DISK_GB = 10  # of a custom size without one, unless the image needs more
_PASSED_ON = ("description", "port_forwards")  # of what a request has in `extra`


def _ids(networks: Any) -> list[str]:
    """What was posted of networks: ids or names, alone, in dicts, in a list, in a dict of such."""
    if isinstance(networks, dict):
        networks = networks.get("networks") or networks.get("network") or []
    if isinstance(networks, (str, dict)):
        networks = [networks]
    return [each if isinstance(each, str) else each.get("id") or each.get("name") or ""
            for each in networks or []]


class PlanController(BaseComputeController):
    """A plan names documents of mist's by their ids."""

    def _generate_plan__parse_custom_size(self, auth_context: Any, size_dict: Any) -> list[Any]:
        sizes = list(super()._generate_plan__parse_custom_size(auth_context, size_dict))
        if size_dict.get("disk"):
            sizes[0]["disk"] = gib(size_dict["disk"])
        return sizes

    def _generate_plan__parse_networks(
        self, auth_context: Any, networks_dict: Any, location: Any
    ) -> Optional[list[dict[str, str]]]:
        return [self._network(each) for each in _ids(networks_dict)] or None

    def _network(self, wanted: str) -> dict[str, str]:
        """A network by mist's id, the driver's id, or its name."""
        from mist.api.networks.models import Network

        for key in ("id", "external_id", "name"):
            found = Network.objects(cloud=self.cloud, missing_since=None, **{key: wanted}).first()
            if found:
                return {"id": found.id, "name": found.name, "external_id": found.external_id}
        raise mist.NetworkNotFoundError(wanted)

    def _generate_plan__parse_custom_volume(self, volume_dict: dict[str, Any]) -> dict[str, Any]:
        if not volume_dict.get("name"):
            raise mist.BadRequestError("a new volume needs a name")
        return {"size": gib(volume_dict.get("size")), "name": volume_dict["name"]}

    def _generate_plan__parse_disks(
        self, auth_context: Any, disks_dict: Any
    ) -> Optional[dict[str, int]]:
        size = (disks_dict or {}).get("disk_size")
        return {"disk_size": gib(size)} if size else None

    def _generate_plan__parse_extra(self, extra: dict[str, Any], plan: dict[str, Any]) -> None:
        plan.update({key: extra[key] for key in _PASSED_ON if extra.get(key)})

    # The driver's arguments.

    def _create_machine__compute_kwargs(self, plan: dict[str, Any]) -> dict[str, Any]:
        kwargs: dict[str, Any] = super()._create_machine__compute_kwargs(plan)
        if isinstance(kwargs["size"], dict):
            kwargs["size"] = self._size_id(kwargs["size"], kwargs["image"])
        key = kwargs.pop("auth", None)
        if key:
            kwargs["auth"] = NodeAuthSSHKey(key.public)
        wanted = {
            "ex_userdata": plan.get("cloudinit"),
            "ex_networks": [each["external_id"] for each in plan.get("networks") or []],
            "ex_disk_size": (plan.get("disks") or {}).get("disk_size"),
            "ex_description": plan.get("description"),
            "ex_port_forwards": [actions.forward(each) for each in plan.get("port_forwards") or []],
            "volumes": plan.get("volumes"),
        }
        return {**kwargs, **{name: value for name, value in wanted.items() if value}}

    def _size_id(self, size: dict[str, Any], image: NodeImage) -> str:
        disk = size.get("disk") or max(
            DISK_GB, self._list_images__get_min_disk_size(image) or 0)
        return f"{size['cpus']}_cpu-{size['ram']}_ram-{disk}_disk"

    # The machine.

    def _create_machine__create_node(self, kwargs: dict[str, Any]) -> Node:
        """One that was to have volumes has them before it starts, or is not there."""
        volumes = kwargs.pop("volumes", [])
        node: Node = self.connection.create_node(**kwargs, ex_start=not volumes)
        if not volumes:
            return node
        made: list[Any] = []
        try:
            for volume in volumes:
                self.connection.attach_volume(node, self._volume(volume, made))
            self.connection.start_node(node)
        except BaseException:
            self.connection.destroy_node(node)
            for each in made:
                self.connection.destroy_volume(each)
            raise
        again: Node = self.connection.ex_get_node_by_uuid(node.id)
        again.extra = {**node.extra, **again.extra}  # a password is told once
        return again

    def _volume(self, volume: dict[str, Any], made: list[Any]) -> Any:
        """The driver's object of a plan's volume; a new one is added to `made`."""
        from mist.api.volumes.models import Volume

        if not volume.get("id"):
            made.append(self.connection.create_volume(volume["size"], volume["name"]))
            return made[-1]
        stored = Volume.objects(cloud=self.cloud, id=volume["id"]).first()
        if not stored:
            raise mist.VolumeNotFoundError(volume["id"])
        return self.cloud.ctl.storage.get_libcloud_volume(stored)

    def _create_machine__post_machine_creation_steps(
        self, node: Node, kwargs: dict[str, Any], plan: dict[str, Any]
    ) -> None:
        self.remember(node)

    def remember(self, node: Node) -> None:
        """Stores a new machine now: what mist does next waits for that, else until the next poll."""
        from mist.api.clouds.models import CloudLocation, CloudSize
        from mist.api.images.models import CloudImage

        known = [{each.external_id: each for each in kind.objects(cloud=self.cloud)}
                 for kind in (CloudLocation, CloudSize, CloudImage)]
        shown = node_to_dict(node)
        shown["extra"].pop("password", None)
        try:
            machine, is_new = self._update_machine_from_node(
                shown, *known, datetime.datetime.utcnow())
            if is_new:
                self.cloud.owner.mapper.update([machine], asynchronous=False)
        except Exception as error:  # the next poll does it
            log.warning("Machine %s is not stored yet: %r", node.id, error)
