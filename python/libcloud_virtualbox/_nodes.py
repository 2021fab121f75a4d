# SPDX-License-Identifier: Apache-2.0
"""Nodes as libcloud sees them: finding them, and their life from start to end."""
from __future__ import annotations

import os
from typing import Any, Callable, Optional, Union

from libcloud.compute.base import Node, NodeImage
from libcloud.compute.types import NodeState

from . import _addresses, _types, errors
from ._base import id_of, when
from ._guests import family
from ._sizes import Sizes

# How long a guest has to shut down by itself before its power is cut.
_SHUTDOWN_S = 60

_STATES = {
    "running": NodeState.RUNNING,
    "starting": NodeState.STARTING,
    "stopping": NodeState.STOPPING,
    "stopped": NodeState.STOPPED,
    "paused": NodeState.PAUSED,
    "suspended": NodeState.SUSPENDED,
    "updating": NodeState.RECONFIGURING,
    "error": NodeState.ERROR,
}


class Nodes(Sizes):
    """Virtual machines. Methods take a node or its id."""

    NODE_STATE_MAP = _STATES

    def list_nodes(self) -> list[Node]:
        """List the nodes, by name, including those of other programs.

        A machine that VirtualBox cannot read is listed in the state ERROR, with the reason in
        `extra['error']`.

        A node behind NAT has its host's address among `public_ips` if a port of it is forwarded to
        its SSH server; `extra['ssh_port']` is that port, `extra['ports']` lists all of them.

        :return: Nodes; `created_at` is UTC without a time zone, None for those of other programs;
            `extra` is plain JSON, and the same as long as the node is unchanged; the size is what
            the machine has now, 'Unknown' if that is unknown.

        :raises errors.ConnectionFailedError: The host does not answer.
        """
        with self._raising():
            return [self._node(node) for node in self._host.node_list()]

    def ex_get_node(self, node_id: str) -> Node:
        """The node of an id, or of a name that only one has.

        :param node_id: An id or a name.

        :raises errors.NotFoundError: There is none.
        """
        with self._raising():
            return self._node(self._host.node_get(node_id))

    def ex_get_node_by_uuid(self, uuid: str) -> Node:
        """The node of an id.

        :param uuid: Its id.

        :raises errors.NotFoundError: There is none.
        """
        return self.ex_get_node(uuid)

    def ex_get_node_by_name(self, name: str) -> Node:
        """The node of a name.

        :param name: Its name.

        :raises errors.NotFoundError: There is none.
        :raises errors.InvalidArgumentError: Several have that name.
        """
        return self.ex_get_node(name)

    def start_node(self, node: Node) -> bool:
        """Start a node, or wake a suspended or paused one; return when it runs.

        :param node: The node.

        :raises errors.BusyError: Another program has the machine locked.
        """
        with self._raising():
            self._host.node_start(id_of(node))
        return True

    def stop_node(self, node: Node, ex_force: Optional[bool] = None) -> bool:
        """Stop a node; return when it has stopped.

        :param node: The node.
        :param ex_force: True: cut its power. False: press its power button, and leave it running
            if the guest does not react. None: press the button, and cut the power if the guest has
            not shut down after a minute or ignores the power button.

        :raises errors.HostTimeoutError: With `ex_force` False: the guest does not react.
        """
        self._gently(self._host.node_stop, node, ex_force)
        return True

    def reboot_node(self, node: Node, ex_force: Optional[bool] = None) -> bool:
        """Reboot a running node.

        :param node: The node.
        :param ex_force: True: press its reset button. False: through the guest only. None: through
            the guest, or by the reset button if the guest does not shut down within a minute.

        :raises errors.StateError: The node is not running.
        """
        self._gently(self._host.node_reboot, node, ex_force)
        return True

    def destroy_node(self, node: Union[Node, str]) -> bool:
        """Destroy a node, running or not: its machine, disks and folder.

        Volumes and images that are attached to it stay.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node.
        """
        with self._raising():
            self._host.node_destroy(id_of(node))
        return True

    def ex_start_node(self, node: Node) -> bool:
        """The same as :meth:`start_node`.

        :param node: The node.

        :raises errors.BusyError: Another program has the machine locked.
        """
        return self.start_node(node)

    def ex_stop_node(self, node: Node) -> bool:
        """Cut a node's power.

        :param node: The node.

        :raises errors.NotFoundError: There is no such node.
        """
        return self.stop_node(node, ex_force=True)

    def ex_power_off_node(self, node: Node) -> bool:
        """Cut a node's power.

        :param node: The node.

        :raises errors.NotFoundError: There is no such node.
        """
        return self.stop_node(node, ex_force=True)

    def ex_shutdown_node(self, node: Node) -> bool:
        """Press a node's power button and wait until the guest has shut down.

        :param node: The node.

        :raises errors.HostTimeoutError: The guest does not react.
        :raises errors.StateError: It ignores the power button.
        """
        return self.stop_node(node, ex_force=False)

    def ex_hard_reboot(self, node: Node) -> bool:
        """Press a node's reset button.

        :param node: The node.

        :raises errors.StateError: The node is not running.
        """
        return self.reboot_node(node, ex_force=True)

    def ex_take_node_screenshot(
        self, node: Union[Node, str], directory: str, screen: int = 0
    ) -> str:
        """Save a picture of a running node's screen.

        :param node: The node, or its id.
        :param directory: The folder here to write it to.
        :param screen: 0, the first.
        :return: The path of the file, <id>.png.

        :raises errors.StateError: The node is not running.
        """
        if screen != 0:
            raise errors.UnsupportedError("nodes have one screen, 0", self)
        with self._raising():
            png = self._host.node_screenshot(id_of(node))
        path = os.path.join(directory, f"{id_of(node)}.png")
        with open(path, "wb") as file:
            file.write(png)
        return path

    def ex_get_node_log(self, node: Union[Node, str]) -> str:
        """The log that VirtualBox wrote of a node's last run.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node, or it was never started.
        """
        with self._raising():
            return self._host.node_log(id_of(node))

    def ex_get_console_output(
        self, node: Union[Node, str], length: Optional[int] = None
    ) -> dict[str, str]:
        """What a node's guest wrote to its first serial port since it was last started, if the node
        was created with `ex_serial`; else what VirtualBox wrote of that run.

        :param node: The node, or its id.
        :param length: The number of lines, from the end; None: all.
        :return: `output`, the text, and `source`, what it is of: 'guest' or 'log'.

        :raises errors.NotFoundError: There is no such node, or it was never started.
        """
        source = "guest"
        try:
            with self._raising():
                text = self._host.node_console(id_of(node))
        except errors.NotFoundError:
            text, source = self.ex_get_node_log(node), "log"
        lines = text.splitlines(keepends=True)
        first = 0 if length is None else max(0, len(lines) - length)
        return {"output": "".join(lines[first:]), "source": source}

    def ex_eject(self, node: Union[Node, str]) -> bool:
        """Take the disc out of a node's drive that it was installed from, whether it runs or not.
        One that was uploaded for the node is deleted; a file of the host stays.

        :param node: The node, or its id.

        :raises errors.NotFoundError: There is no such node, or it has no disc.
        """
        with self._reconfiguring(node):
            self._host.node_eject(id_of(node))
        return True

    def _gently(
        self, action: Callable[..., None], node: Union[Node, str], force: Optional[bool]
    ) -> None:
        """Stops or reboots; with `force` None by force if the guest will not."""
        if force is None:
            try:
                with self._raising():
                    return action(id_of(node), False, timeout_s=_SHUTDOWN_S)
            except (errors.HostTimeoutError, errors.StateError):
                force = True
        with self._raising():
            action(id_of(node), force)

    def _node(self, node: _types.Node) -> Node:
        image = node["image"]
        return Node(
            id=node["id"],
            name=node["name"],
            state=_STATES.get(node["state"], NodeState.UNKNOWN),
            public_ips=_addresses.public_ips(node, self.host),
            private_ips=list(node["private_ips"]),
            driver=self,
            size=self._size(node["size"]),
            image=NodeImage(image, image, self) if image else None,
            created_at=when(node["created_at_ms"]),
            extra=self._extra(node),
        )

    def _extra(self, node: _types.Node) -> dict[str, Any]:
        return {
            "vbox_state": node["machine_state"],
            "virtualbox_stat": node["machine_state"],
            "cpus": node["cpus"] or None,
            "memory": node["memory_mb"] or None,
            "disk": node["disk_gb"],
            "os_type": family(node["os_type"]),
            "os_type_id": node["os_type"],
            "size_id": node["size"] or None,
            "image_id": node["image"] or None,
            "username": node["username"] or None,
            "protected": node["protected"],
            "iso": node["iso"] or None,
            "description": node["description"],
            "settings_file": node["settings_file"],
            "host": self.host,
            "tags": {tag["key"]: tag["value"] for tag in node["tags"]},
            "error": node["error"] or None,
            **_addresses.shown(node, self.host),
        }
