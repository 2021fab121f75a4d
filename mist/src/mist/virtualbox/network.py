# SPDX-License-Identifier: Apache-2.0
"""The network controller: networks of the host, and the NAT that each machine has for itself."""
from __future__ import annotations

import ipaddress
from typing import Any, Optional

from mist.api.clouds.controllers.network.base import BaseNetworkController
from mist.api.exceptions import BadRequestError

from .failures import told

NAT = "nat"


class VirtualBoxNetworkController(BaseNetworkController):
    """They have no subnets; the driver's names of fields are mist's with `ex_` before."""

    def _list_networks__fetch_networks(self) -> list[Any]:
        with told():
            return list(self.cloud.ctl.compute.connection.ex_list_networks())

    def _list_networks__cidr_range(self, network: Any, libcloud_network: Any) -> Optional[str]:
        """Only what mist can store: its check stops at IPv6."""
        try:
            ipaddress.IPv4Network(libcloud_network.cidr or "", strict=False)
        except ValueError:
            return None
        return str(libcloud_network.cidr)

    def _list_networks__postparse_network(
        self, network: Any, libcloud_network: Any, r_groups: Any = ()
    ) -> None:
        network.kind = libcloud_network.extra["type"]
        network.dhcp = bool(libcloud_network.extra.get("dhcp"))

    def _list_subnets__fetch_subnets(self, network: Any) -> list[Any]:
        return []

    def _create_network__prepare_args(self, kwargs: dict[str, Any]) -> None:
        kwargs.pop("location", None)  # there is one
        for ours, theirs in (("kind", "ex_type"), ("dhcp", "ex_dhcp")):
            if ours in kwargs:
                kwargs[theirs] = kwargs.pop(ours)

    def _delete_network(self, network: Any, libcloud_network: Any) -> None:
        if libcloud_network.id == NAT:
            raise BadRequestError("NAT is a part of each machine, and cannot be deleted")
        with told():
            self.cloud.ctl.compute.connection.ex_delete_network(libcloud_network)

    def _rename_network(self, libcloud_network: Any, name: str) -> None:
        with told():
            self.cloud.ctl.compute.connection.ex_rename_network(libcloud_network, name)
