# SPDX-License-Identifier: Apache-2.0
"""Port forwards: ports of the host through which nodes behind NAT are reached."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

from libcloud.compute.base import Node

from . import _types, errors
from ._addresses import SSH_PORT, ssh_address
from ._base import BaseDriver, id_of

_Port = Union[int, str]


def shown(forward: _types.Forward) -> dict[str, Any]:
    """A forward as a dict, in the words of :meth:`Forwards.ex_create_port_forward`."""
    return {
        "name": forward["name"],
        "protocol": forward["protocol"].upper(),
        "port": forward["host_port"],
        "target_port": forward["guest_port"],
        "host_ip": forward["host_ip"],
        "guest_ip": forward["guest_ip"],
        "adapter": forward["adapter"],
    }


def _does(listed: dict[str, Any], forward: dict[str, Any]) -> bool:
    """Whether a listed forward is the one that is wanted."""
    if forward["host_port"] not in (0, listed["port"]):  # 0: any port of the host will do
        return False
    return (listed["target_port"], listed["protocol"].lower(), listed["host_ip"],
            listed["guest_ip"]) == (forward["guest_port"], forward["protocol"],
                                    forward["host_ip"], forward["guest_ip"])


def _is_ssh(listed: dict[str, Any]) -> bool:
    return (listed["protocol"], listed["target_port"]) == ("TCP", SSH_PORT)


def _wants_ssh(forward: dict[str, Any]) -> bool:
    return (forward["protocol"], forward["guest_port"]) == ("tcp", SSH_PORT)


class Forwards(BaseDriver):
    """A forward has a name that no other of the same node has."""

    def ex_list_port_forwards(self, node: Union[Node, str]) -> list[dict[str, Any]]:
        """List the forwards of a node.

        :param node: The node, or its id.
        :return: Dicts: `name`, `protocol` ('TCP', 'UDP'), `port` and `host_ip` on the host ('': all
            of its addresses), `target_port` and `guest_ip` in the guest ('': its own), `adapter`
            (the network adapter's number, from 0).

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            return [shown(each) for each in self._host.forward_list(id_of(node))]

    def ex_create_port_forward(
        self,
        node: Union[Node, str],
        port: _Port,
        target_port: _Port,
        protocol: str = "TCP",
        host_ip: str = "",
        guest_ip: str = "",
    ) -> dict[str, Any]:
        """Forward a port of the host to a node, stopped or running.

        :param node: The node, or its id.
        :param port: The host's, as a number, '8080' or '192.0.2.7:8080'; 0: a free one is chosen.
        :param target_port: The guest's.
        :param protocol: 'TCP' or 'UDP'.
        :param host_ip: The address of the host to listen on; '': all.
        :param guest_ip: The address of the guest; '': the one that VirtualBox gave it.
        :return: The forward, as listed.

        :raises errors.ExistsError: Another node has that port of the host.
        :raises errors.StateError: The node is not behind NAT.
        """
        return self._add(node, self._forward(port, target_port, protocol, host_ip, guest_ip))

    def ex_set_port_forwards(
        self, node: Union[Node, str], forwards: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Give a node these forwards, and no others except to its SSH port.

        Those it already has stay unchanged; if one cannot be made, the others have been.

        :param node: The node, stopped or running.
        :param forwards: Dicts with `port`, `target_port`, and if needed `protocol`, `host_ip` and
            `guest_ip`, as for :meth:`ex_create_port_forward`.
        :return: The forwards that it has then, as listed.

        :raises errors.ExistsError: Another node has one of those ports of the host.
        :raises errors.StateError: The node is not behind NAT.
        """
        wanted = [self._forward(**forward) for forward in forwards]
        had = self.ex_list_port_forwards(node)
        for each in had:
            if not any(_does(each, forward) for forward in wanted) and not _is_ssh(each):
                self.ex_delete_port_forward(node, each["name"])
        for forward in wanted:
            if not any(_does(each, forward) for each in had):
                self._add(node, forward)
        return self.ex_list_port_forwards(node)

    def ex_delete_port_forward(self, node: Union[Node, str], name: str) -> bool:
        """Remove a forward of a node, stopped or running.

        :param node: The node, or its id.
        :param name: Its name, as listed.

        :raises errors.NotFoundError: It has none of that name.
        """
        with self._raising():
            self._host.forward_delete(id_of(node), name)
        return True

    def _forward(
        self,
        port: _Port,
        target_port: _Port,
        protocol: str = "TCP",
        host_ip: str = "",
        guest_ip: str = "",
    ) -> dict[str, Any]:
        """A forward in the C library's words."""
        host_ip, host_port = self._endpoint(port, host_ip)
        guest_ip, guest_port = self._endpoint(target_port, guest_ip)
        return {"host_port": host_port, "guest_port": guest_port, "protocol": protocol.lower(),
                "host_ip": host_ip, "guest_ip": guest_ip}

    def _wishes(
        self, networks: Sequence[str], forwards: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """All forwards of a new node on these networks, in the C library's words."""
        slots = [slot for slot, network in enumerate(networks) if network == "nat"]
        wanted = [{**self._forward(**each), "adapter": slots[0] if slots else 0}
                  for each in forwards]
        if slots and not any(map(_wants_ssh, wanted)):
            address = ssh_address(self.ssh_address, self.host)
            wanted.append({"name": "ssh", "host_ip": address, "guest_port": SSH_PORT,
                           "protocol": "tcp", "adapter": slots[0]})
        return wanted

    def _add(self, node: Union[Node, str], forward: dict[str, Any]) -> dict[str, Any]:
        with self._raising():
            return shown(self._host.forward_add(id_of(node), **forward))

    def _endpoint(self, port: _Port, address: str) -> tuple[str, int]:
        """Address and number of a port that may be given as '192.0.2.7:80'."""
        before, _, number = str(port).rpartition(":")
        if not number.isdecimal():
            raise errors.InvalidArgumentError(f"{port!r} is not a port", self)
        return before or address, int(number)
