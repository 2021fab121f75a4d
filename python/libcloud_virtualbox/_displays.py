# SPDX-License-Identifier: Apache-2.0
"""Remote displays: the screen of a node, served by VirtualBox on a port of its host."""
from __future__ import annotations

from typing import Any, Optional, Union

from libcloud.compute.base import Node

from . import _types, errors
from ._base import BaseDriver, id_of

_ANY = "0.0.0.0"


def _shown(display: _types.Display) -> dict[str, Any]:
    """A display as a dict, in the words of :meth:`Displays.ex_get_remote_display`."""
    return {
        "vrde_enabled": display["enabled"],
        "vrde_host": display["address"] or None,
        "vrde_port": display["port"] or None,
        "vrde_ext_pack": display["ext_pack"] or None,
        "kind": display["kind"],
        "listening": display["listening"],
        "has_password": display["has_password"],
    }


class Displays(BaseDriver):
    """Nodes have no remote display unless they are given one."""

    def ex_get_remote_display(self, node: Union[Node, str]) -> dict[str, Any]:
        """Where a node's screen can be seen.

        It is not in the node's `extra`, as it takes several calls to the host.

        :param node: The node, or its id.
        :return: `vrde_enabled`; `vrde_host` (the host's address, '0.0.0.0': all) and `vrde_port`,
            None when it is not enabled; `vrde_ext_pack`, the host's extension pack that serves it,
            and `kind`, what that speaks ('vnc', 'rdp', 'none': there is no pack); `listening`,
            whether VirtualBox listens there now; `has_password`.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            return _shown(self._host.display_get(id_of(node)))

    def ex_enable_remote_display(
        self,
        node: Union[Node, str],
        port: int = 0,
        address: str = "127.0.0.1",
        password: Optional[str] = None,
    ) -> dict[str, Any]:
        """Make a node's screen available, or change where. If the node is running, its guest stands
        still for a moment.

        :param node: The node, or its id.
        :param port: The host's port to listen on; 0: a free one.
        :param address: The host's address to listen on; '': all. VirtualBox's VNC may also listen
            on port 5900 of all of the host's IPv6 addresses, whatever address is given.
        :param password: 1 to 8 printable ASCII characters; None: the one it has, '': none, which
            with VNC lets in nobody or everybody, depending on the host's build. VirtualBox keeps it
            readable in its settings. RDP takes none.
        :return: As :meth:`ex_get_remote_display`.

        :raises errors.InvalidArgumentError: There is no password, and '' was not given.
        :raises errors.ExistsError: The port is taken.
        :raises errors.StateError: The host has no extension pack for remote displays.
        """
        with self._raising():
            return _shown(self._host.display_enable(
                id_of(node), port=port, address=address, password=password or None,
                no_password=password == "",
            ))

    def ex_disable_remote_display(self, node: Union[Node, str]) -> bool:
        """Make a node's screen unavailable, and forget its password.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            self._host.display_disable(id_of(node))
        return True

    def ex_open_console(self, node: Union[Node, str]) -> str:
        """Where the screen of a running node can be seen, as a URL.

        A browser needs a bridge to it, like `websockify 6080 127.0.0.1:PORT` there, and noVNC.

        :param node: The node, or its id.
        :return: 'vnc://127.0.0.1:20001': the port is the host's; or 'rdp://...'.

        :raises errors.StateError: The node is not running, or its remote display is not enabled.
        """
        with self._raising():
            display = self._host.display_get(id_of(node))
        if not display["enabled"]:
            raise errors.StateError(
                "the node has no remote display; ex_enable_remote_display() gives it one", self
            )
        if not display["listening"]:
            raise errors.StateError(
                f"nothing listens at port {display['port']} of {display['address']}: start_node()"
                " starts the node, ex_enable_remote_display() moves a display whose port is taken",
                self,
            )
        if not display["address"]:
            raise errors.StateError("its remote display does not listen at an IP address", self)
        host = self.host if display["address"] == _ANY else display["address"]
        return f"{display['kind']}://{host}:{display['port']}"

    def _told_of_display(self, node: Node, password: Optional[str]) -> dict[str, Any]:
        """More `extra` of a node that was made with a display."""
        display = self.ex_get_remote_display(node)
        shown = {key: value for key, value in display.items() if key.startswith("vrde_")}
        return {**shown, "vrde_password": password if display["has_password"] else None}
