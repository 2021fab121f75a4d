# SPDX-License-Identifier: Apache-2.0
"""The compute controller: a host's machines, sizes and images as mist's, and what is done to them.

mist calls methods of these names (`_list_machines__get_size` and so on) from its base class, whose
documentation tells of each.
"""
from __future__ import annotations

from typing import Any, Optional

from libcloud.common.types import InvalidCredsError
from libcloud.compute.base import Node
from libcloud.compute.types import NodeState
from libcloud_virtualbox import errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver
from mist.api import exceptions as mist
from mist.api.clouds.controllers.compute.base import dnat
from mist.api.helpers import node_to_dict

from . import actions, drivers
from .failures import told, unhidden
from .plan import PlanController

LOCATION = "virtualbox-location"  # the driver's id of the only one
_GIB = 1 << 30


def size_name(cpus: int, ram: int, disk: int) -> str:
    """For people."""
    return f"{cpus} CPU{'' if cpus == 1 else 's'}, {ram} MB, {disk} GB"


class VirtualBoxComputeController(PlanController):
    """Hooks that are called for each machine do not touch the connection: mist may run them in
    processes of their own."""

    # The connection.

    def _access(self) -> drivers.Access:
        cloud = self.cloud
        host, port = dnat(cloud.owner, cloud.host, cloud.port)
        return drivers.Access(
            host, int(port), bool(cloud.tls), cloud.username or "",
            cloud.password.value if cloud.password else "",
            cloud.ca_cert_file.value if cloud.ca_cert_file else "",
            cloud.ssh_address or None)

    def _connect(self, **kwargs: Any) -> VirtualBoxNodeDriver:
        """The cloud's driver. mist would tell nothing of a certificate that was not accepted."""
        try:
            return drivers.driver_for(self.cloud.id, self._access())
        except InvalidCredsError as error:
            raise mist.CloudUnauthorizedError(str(error)) from error
        except errors.TLSError as error:
            raise mist.CloudUnavailableError(str(error)) from error

    def check_connection(self) -> None:
        """A driver that logs on now; it needs no list of machines for that."""
        drivers.forget(self.cloud.id)
        self.connect()

    # Listings.

    def _list_machines(self) -> list[Any]:
        with unhidden():
            return list(super()._list_machines())

    def _list_sizes(self) -> list[Any]:
        with unhidden():
            return list(super()._list_sizes())

    def _list_sizes__fetch_sizes(self) -> list[Any]:
        """Without the placeholder for machines whose size is unknown."""
        return [size for size in self.connection.list_sizes() if size.id]

    def _list_sizes__get_name(self, size: Any) -> str:
        return size_name(size.extra["cpus"], size.ram, size.disk)

    def _list_images__fetch_images(self, search: Optional[str] = None) -> list[Any]:
        with told():
            return list(self.connection.list_images())

    def _list_images__get_os_type(self, image: Any) -> str:
        return image.extra.get("os_type") or str(super()._list_images__get_os_type(image))

    def _list_images__get_architecture(self, image: Any) -> list[str]:
        return [image.extra.get("architecture") or "x86"]

    def _list_images__get_min_disk_size(self, image: Any) -> Optional[int]:
        """What is stated, but not less than the image is."""
        own = -(-(image.extra.get("size") or 0) // _GIB)
        return max(own, image.extra.get("min_disk_size") or 0) or None

    def _list_images__get_min_memory_size(self, image: Any) -> Optional[int]:
        return image.extra.get("min_memory_size") or None

    def _list_images__get_origin(self, image: Any) -> str:
        return "custom"

    def _list_locations__fetch_locations(self) -> list[Any]:
        """The base class takes a host that does not answer for one without locations."""
        with told():
            return list(self.connection.list_locations())

    def location(self) -> Any:
        """The one location, as mist has stored it; None before it was listed."""
        from mist.api.clouds.models import CloudLocation

        return CloudLocation.objects(cloud=self.cloud, external_id=LOCATION).first()

    # Machines.

    def _list_machines__get_location(self, node: dict[str, Any]) -> str:
        return LOCATION

    def _list_machines__get_size(self, node: dict[str, Any]) -> Optional[str]:
        return (node.get("size") or {}).get("id") or None

    def _list_machines__get_custom_size(self, node: dict[str, Any]) -> Any:
        """Of a size that is not in the catalogue: from then on it is known by its id."""
        from mist.api.clouds.models import CloudSize

        size_id, size = self._list_machines__get_size(node), node["size"]
        if size_id is None:
            return None
        known = CloudSize.objects(cloud=self.cloud, external_id=size_id).first()
        if not known:
            known = CloudSize(
                cloud=self.cloud, external_id=size_id, ram=size["ram"], disk=size["disk"],
                cpus=size["extra"]["cpus"], extra=size["extra"],
                name=size_name(size["extra"]["cpus"], size["ram"], size["disk"]))
            known.save()
        return known

    def _list_machines__machine_actions(self, machine: Any, node: dict[str, Any]) -> None:
        super()._list_machines__machine_actions(machine, node)
        actions.allow(machine.actions, node["state"], node["extra"])

    def _list_machines__postparse_machine(self, machine: Any, node: dict[str, Any]) -> bool:
        """A machine whose system changed has changed in `extra`, too, and is saved."""
        if node["extra"].get("os_type"):
            machine.os_type = node["extra"]["os_type"]
        port = node["extra"].get("ssh_port") or 22
        changed = bool(machine.ssh_port != port)
        machine.ssh_port = port
        return changed

    def _get_libcloud_node(self, machine: Any, no_fail: bool = False) -> Node:
        assert self.cloud == machine.cloud
        try:
            with told():
                found: Node = self.connection.ex_get_node_by_uuid(machine.external_id)
                return found
        except mist.NotFoundError as error:
            if no_fail:
                return Node(machine.external_id, machine.external_id, NodeState.UNKNOWN, [], [],
                            self.connection)
            raise mist.MachineNotFoundError(str(error)) from error

    # What is done to them.

    def _start_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.start_node(node)

    def _stop_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.stop_node(node)

    def _reboot_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.reboot_node(node)

    def _power_cycle_machine(self, node: Node) -> Any:
        with told():
            return self.connection.ex_hard_reboot(node)

    def _suspend_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.ex_suspend_node(node)

    def _resume_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.ex_resume_node(node)

    def _destroy_machine(self, machine: Any, node: Node) -> Any:
        with told():
            return self.connection.destroy_node(node)

    def _undefine_machine(
        self, machine: Any, node: Node, delete_domain_image: bool = False
    ) -> Any:
        with told():
            return self.connection.ex_undefine_node(node, delete_disks=bool(delete_domain_image))

    def _rename_machine(self, machine: Any, node: Optional[Node], name: str) -> Any:
        if node is None:
            raise mist.MachineNotFoundError(machine.external_id)
        with told():
            return self.connection.ex_rename_node(node, name)

    def _resize_machine(
        self, machine: Any, node: Node, node_size: Any, kwargs: dict[str, Any]
    ) -> Any:
        """mist's sizes all have a disk; one that is smaller than the machine's has no meaning."""
        size = self.connection.ex_get_size(node_size.id)
        larger = size.disk if size.disk > (node.extra.get("disk") or 0) else None
        return self.connection.ex_resize_node(
            node, memory=size.ram, cpus=size.extra["cpus"], disk=larger)

    def _clone_machine(
        self, machine: Any, node: Node, name: Optional[str] = None, resume: bool = False
    ) -> dict[str, Any]:
        with told():
            clone = self.connection.ex_clone_node(node, new_name=name)
        self.remember(clone)
        return dict(node_to_dict(clone))

    def expose_port(self, machine: Any, port_forwards: dict[str, Any]) -> None:
        """Gives a machine the forwards that were posted, besides that to its SSH."""
        if not machine.actions.expose:
            raise mist.ForbiddenError("Only machines behind NAT have port forwards.")
        wanted = [actions.forward(each) for each in port_forwards["ports"]]
        with told():
            self.connection.ex_set_port_forwards(self._get_libcloud_node(machine), wanted)

    # Snapshots.

    def _list_machine_snapshots(self, machine: Any, node: Node) -> list[dict[str, Any]]:
        with told():
            return list(self.connection.ex_list_snapshots(node))

    def _create_machine_snapshot(
        self, machine: Any, node: Node, snapshot_name: str, description: str = "",
        dump_memory: bool = False, quiesce: bool = False
    ) -> Any:
        with told():
            return self.connection.ex_create_snapshot(
                node, snapshot_name, description, dump_memory=dump_memory, quiesce=quiesce)

    def _remove_machine_snapshot(
        self, machine: Any, node: Node, snapshot_name: Optional[str] = None
    ) -> Any:
        with told():
            return self.connection.ex_remove_snapshot(node, snapshot_name)

    def _revert_machine_to_snapshot(
        self, machine: Any, node: Node, snapshot_name: Optional[str] = None
    ) -> Any:
        with told():
            return self.connection.ex_revert_to_snapshot(node, snapshot_name)
