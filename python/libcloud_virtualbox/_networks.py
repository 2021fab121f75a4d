# SPDX-License-Identifier: Apache-2.0
"""Networks of the host, and the adapters of nodes."""
from __future__ import annotations

from typing import Any, Optional, Union

from libcloud.compute.base import Node, NodeLocation

from . import _types, errors
from ._base import BaseDriver, id_of, the_one

# The original driver's words, and the C library's.
KINDS = {
    "nat": "nat",
    "nat_network": "natnetwork",
    "bridged": "bridged",
    "internal": "internal",
    "host_only": "hostonly",
    "host_only_network": "hostonlynet",
}
_WORDS = {kind: word for word, kind in KINDS.items()}
_NAT = "nat"


def word_of(kind: str) -> str:
    """The driver's word for a kind of network."""
    return _WORDS.get(kind, kind)


class VirtualBoxNetwork:
    """A network of the host.

    `id` is its kind and name, like 'host_only:vboxnet0'; `cidr` its IPv4 range or None; `extra`
    has `type` (a word of `KINDS`), `cidr`, `dhcp` and `up`.
    """

    def __init__(
        self, id: str, name: str, cidr: Optional[str], driver: Networks, extra: dict[str, Any]
    ) -> None:
        self.id, self.name, self.cidr = id, name, cidr
        self.driver, self.extra = driver, extra

    def destroy(self) -> bool:
        """Delete the network."""
        return self.driver.ex_delete_network(self)

    def __repr__(self) -> str:
        return f"<VirtualBoxNetwork id={self.id} cidr={self.cidr} driver={self.driver.name}>"


AnyNetwork = Union[VirtualBoxNetwork, str]


class Networks(BaseDriver):
    """A network is given as an object, an id, or a kind, which means the first of that kind."""

    def ex_list_networks(self) -> list[VirtualBoxNetwork]:
        """List what nodes can be attached to: VirtualBox's NAT, then the networks of the host, by
        kind and name.

        The NAT, 'nat', is of each node alone; it has no name and no range that others could use.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            found = self._host.network_list()
        return [self._nat(), *(self._network(each) for each in found)]

    def ex_get_network(self, network_id: str) -> VirtualBoxNetwork:
        """The network of an id, or of a name that only one has.

        :param network_id: An id, like 'host_only:vboxnet0', or a name.

        :raises errors.NotFoundError: There is none.
        :raises errors.InvalidArgumentError: Several have that name.
        """
        listed = self.ex_list_networks()
        found: VirtualBoxNetwork = the_one(listed, network_id, "network", "ex_list_networks", self)
        return found

    def ex_create_network(
        self,
        name: str,
        cidr: Optional[str] = None,
        location: Optional[NodeLocation] = None,
        ex_type: str = "nat_network",
        ex_dhcp: bool = True,
    ) -> VirtualBoxNetwork:
        """Create a network.

        :param name: Its name; not used for 'host_only', which VirtualBox names itself.
        :param cidr: Its IPv4 range, like '10.9.0.0/24'; None: VirtualBox's own choice.
        :param location: The host, or None.
        :param ex_type: 'nat_network', 'host_only' or 'host_only_network' (VirtualBox 7.0 and later).
        :param ex_dhcp: Whether VirtualBox assigns addresses in a NAT network.

        :raises errors.ExistsError: There is one of that name.
        :raises errors.UnsupportedError: The host has no such networks.
        """
        self._check_location(location)
        chosen = None if ex_type == "host_only" else name
        with self._raising():
            return self._network(
                self._host.network_create(
                    self._kind(ex_type), name=chosen, cidr=cidr, no_dhcp=not ex_dhcp
                )
            )

    def ex_delete_network(self, network: AnyNetwork) -> bool:
        """Delete a network that no node uses.

        :param network: The network, or its id.

        :raises errors.BusyError: A node uses it.
        :raises errors.InvalidArgumentError: It is the host's own, not VirtualBox's.
        """
        word, _, name = id_of(network).partition(":")
        if word == _NAT:
            raise errors.InvalidArgumentError(
                "VirtualBox's NAT is part of each node and cannot be deleted;"
                " ex_detach_network() takes a node off it", self,
            )
        with self._raising():
            self._host.network_delete(name or id_of(network))
        return True

    def ex_rename_network(self, network: AnyNetwork, name: str) -> bool:
        """Not possible.

        :param network: The network.
        :param name: Not used.

        :raises NotImplementedError: Always.
        """
        raise errors.UnsupportedError(
            "VirtualBox's networks keep their names: nodes are attached to them by name", self
        )

    def ex_attach_network(self, node: Union[Node, str], network: AnyNetwork) -> int:
        """Attach the first free adapter of a stopped node to a network.

        :param node: The node, or its id.
        :param network: The network, its id, or a kind.
        :return: The number of the adapter, from 0.

        :raises errors.StateError: The node is not stopped, or has no free adapter.
        """
        with self._reconfiguring(node):
            return self._host.network_attach(id_of(node), self._choice(network))

    def ex_connect_network(self, node: Union[Node, str], network_name: str) -> bool:
        """Attach the first free adapter of a stopped node to a network: as
        :meth:`ex_attach_network`, in the words of libcloud's vSphere driver.

        :param node: The node, or its id.
        :param network_name: The network's name, or its id.

        :raises errors.StateError: The node is not stopped, or has no free adapter.
        :raises errors.NotFoundError: There is no such network.
        """
        self.ex_attach_network(node, self.ex_get_network(network_name))
        return True

    def ex_detach_network(self, node: Union[Node, str], adapter: int) -> bool:
        """Switch an adapter of a stopped node off; its forwards go with it.

        :param node: The node, or its id.
        :param adapter: The adapter's number, from 0.

        :raises errors.StateError: The node is not stopped.
        """
        with self._reconfiguring(node):
            self._host.network_detach(id_of(node), adapter)
        return True

    def _kind(self, word: str) -> str:
        if word not in KINDS:
            # The original driver's words, which programs compare with.
            raise errors.InvalidArgumentError(f"Unknown ex_network_type value: {word}", self)
        return KINDS[word]

    def _choice(self, network: AnyNetwork) -> str:
        """A network in the C library's words: 'bridged:eth0'."""
        word, colon, name = id_of(network).partition(":")
        return f"{self._kind(word)}{colon}{name}"

    def _nat(self) -> VirtualBoxNetwork:
        extra = {"type": _NAT, "cidr": None, "dhcp": True, "up": True}
        return VirtualBoxNetwork(_NAT, "NAT", None, self, extra)

    def _network(self, network: _types.Network) -> VirtualBoxNetwork:
        word = word_of(network["kind"])
        cidr = network["cidr"] or None
        extra = {"type": word, "cidr": cidr, "dhcp": network["dhcp"], "up": network["up"]}
        return VirtualBoxNetwork(
            f"{word}:{network['name']}", network["name"], cidr, self, extra
        )
