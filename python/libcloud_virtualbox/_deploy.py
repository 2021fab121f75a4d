# SPDX-License-Identifier: Apache-2.0
"""Getting into new nodes by SSH: nobody waits for an address that a node can never have."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Union

from libcloud.compute.base import Node, NodeImage

from . import _addresses, errors
from ._base import id_of
from ._create import Create
from ._images import Images

_WAY_OUT = (
    "make the driver with ssh_address='' (all of the host's addresses) or an address of the host,"
    " or attach the node to another network than VirtualBox's NAT"
)


class Deploy(Create, Images):
    """What libcloud does with SSH, at the ports that are forwarded to the guests'."""

    def deploy_node(
        self, deploy: Any, ssh_username: Optional[str] = None, *others: Any, **more: Any
    ) -> Node:
        """Create a node, wait for its address, and run a deployment there by SSH: libcloud's own.

        :param deploy: What is to be done there.
        :param ssh_username: Who logs in; None: as the image says, else 'root'.
        :param others: As libcloud's: `ssh_alternate_usernames`, `ssh_port`, `ssh_timeout`, ...
        :param more: The same by name, and what :meth:`create_node` takes.

        :raises errors.StateError: No such node could be reached from here; none is made.
        """
        networks = self._choices(
            more.get("ex_networks"), more.get("ex_network_type", "nat"),
            more.get("ex_network_value", ""),
        )
        wishes = self._wishes(networks, more.get("ex_port_forwards", ()))
        if _only_nat(networks) and not _addresses.leads_to_ssh(wishes, self.host):
            self._fail_unreachable("the node")
        login = ssh_username or self._login(more.get("image"))
        return super().deploy_node(deploy, login, *others, **more)

    def wait_until_running(
        self,
        nodes: Sequence[Node],
        wait_period: float = 5,
        timeout: int = 600,
        ssh_interface: str = "public_ips",
        force_ipv4: bool = True,
        ex_list_nodes_kwargs: Any = None,
    ) -> list[tuple[Node, list[str]]]:
        """Wait until nodes run and have an address: libcloud's own.

        :param nodes: The nodes.
        :param wait_period: Seconds between two looks at them.
        :param timeout: Seconds to wait at most.
        :param ssh_interface: 'public_ips' or 'private_ips': where the address is to be.
        :param force_ipv4: Whether IPv6 addresses do not count.
        :param ex_list_nodes_kwargs: Not used.

        :raises errors.StateError: One of them is behind NAT and never has an address there.
        """
        for node in nodes:
            kinds = [each["kind"] for each in node.extra.get("network_adapters") or []]
            if _only_nat(kinds) and not getattr(node, ssh_interface, True):
                self._fail_unreachable(f"node '{node.name}'")
        return super().wait_until_running(
            list(nodes), wait_period, timeout, ssh_interface, force_ipv4, ex_list_nodes_kwargs
        )

    def _login(self, image: Union[NodeImage, str, None]) -> str:
        """Who logs in to the nodes of an image, which a program may have made of its own records."""
        extra = getattr(image, "extra", {})
        if image and "username" not in extra:
            extra = self.get_image(id_of(image)).extra
        return extra.get("username") or "root"

    def _fail_unreachable(self, what: str) -> None:
        raise errors.StateError(
            f"{what} cannot be reached from here, as no port of the host at {self.host} leads to"
            f" its SSH port; {_WAY_OUT}", self,
        )

    def _connect_and_run_deployment_script(  # type: ignore[override]  # libcloud calls it by names
        self, task: Any, node: Node, ssh_hostname: str, ssh_port: int, **more: Any
    ) -> Any:
        """Libcloud's part of `deploy_node`, at the port that is forwarded to the guest's."""
        port = _addresses.port_at(node.extra, ssh_hostname, ssh_port)
        return super()._connect_and_run_deployment_script(
            task=task, node=node, ssh_hostname=ssh_hostname, ssh_port=port, **more
        )


def _only_nat(networks: Sequence[str]) -> bool:
    return bool(networks) and all(network == "nat" for network in networks)
