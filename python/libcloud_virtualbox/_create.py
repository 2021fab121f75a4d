# SPDX-License-Identifier: Apache-2.0
"""Making nodes."""
from __future__ import annotations

import secrets
import warnings
from collections.abc import Sequence
from typing import Any, Optional, Union

from libcloud.compute.base import (
    Node,
    NodeAuthPassword,
    NodeAuthSSHKey,
    NodeImage,
    NodeLocation,
    NodeSize,
)

from . import errors
from ._base import id_of
from ._displays import Displays
from ._forwards import Forwards
from ._networks import AnyNetwork, Networks
from ._nodes import Nodes

# The original driver's words, which programs compare with.
SIZE_TEXT = "You need to specify an exact node size."

_Auth = Union[NodeAuthPassword, NodeAuthSSHKey, None]


class Create(Nodes, Networks, Forwards, Displays):
    """Nodes from images."""

    features = {"create_node": ["ssh_key", "password"]}

    def create_node(  # type: ignore[override]  # the original's order of arguments
        self,
        name: str,
        image: Union[NodeImage, str, None],
        size: Union[NodeSize, str],
        auth: _Auth = None,
        ex_network_type: str = "nat",
        ex_network_value: str = "",
        ex_remote_display: Optional[int] = None,
        ex_settings_files: str = "",
        *,
        location: Union[NodeLocation, str, None] = None,
        ex_userdata: Union[str, bytes, None] = None,
        ex_networks: Optional[Sequence[AnyNetwork]] = None,
        ex_disk_size: Optional[int] = None,
        ex_os_type: Optional[str] = None,
        ex_firmware: Optional[str] = None,
        ex_port_forwards: Sequence[dict[str, Any]] = (),
        ex_hostname: Optional[str] = None,
        ex_linked_clone: bool = False,
        ex_start: bool = True,
        ex_description: str = "",
        ex_tags: Optional[dict[str, str]] = None,
        ex_serial: bool = False,
        ex_iso: Optional[str] = None,
    ) -> Node:
        """Create a node from an image and start it; return when it runs.

        libcloud's own order (name, size, image) is accepted, too.

        :param name: 1 to 255 characters of Unicode; several nodes may share one.
        :param image: The image, or its id; None with `ex_iso`.
        :param size: The size, or its id: any '<cpus>_cpu-<MiB>_ram-<GiB>_disk' within the host.
        :param auth: The SSH key or password that lets in the image's user, if the image reads a
            NoCloud seed, as cloud-init does, or (a password alone) DMI strings. None: a password
            is generated and returned in `extra['password']`, if host and image can pass it on and
            there is no `ex_userdata`.
        :param ex_network_type: What its network adapter is attached to: 'nat', 'nat_network',
            'bridged', 'internal', 'host_only' or 'host_only_network'.
        :param ex_network_value: The name of that network; '': the first of its kind.
        :param ex_remote_display: The host's port for a remote display; 0: a free one, -1: none;
            None: none, but with `ex_iso` a free one. The result's `extra` describes it in `vrde_...`, once also its generated `vrde_password`.
        :param ex_settings_files: Not used: a node's files are in a folder named after its id.
        :param location: The host, or None.
        :param ex_userdata: User data for cloud-init, in any of its forms, passed on unchanged; bytes
            if compressed with gzip.
        :param ex_networks: Networks of several adapters, instead of `ex_network_type`.
        :param ex_disk_size: Its disk in GiB; None: that of the size.
        :param ex_os_type: VirtualBox's id of the guest's system, 'Debian_64'; None: the image's.
        :param ex_firmware: What it starts with: 'bios', 'efi' or 'efi-secure' (secure boot); None:
            as the image says.
        :param ex_port_forwards: Of adapters on NAT, as :meth:`ex_create_port_forward` takes them:
            dicts with `port`, `target_port`, and the others if needed. Without one to the guest's
            SSH port, a free port of the host is forwarded there, at the driver's `ssh_address`.
        :param ex_hostname: The guest's host name; None: made from `name`.
        :param ex_linked_clone: Whether its disk holds only what differs from the image, which then
            cannot be deleted; such a node is made at once, whatever the image's size.
        :param ex_start: Whether to start it.
        :param ex_description: Free text.
        :param ex_tags: Its tags, as :meth:`ex_create_tags` takes them.
        :param ex_serial: Whether what the guest writes to its first serial port is kept for
            :meth:`ex_get_console_output`, in a file that is deleted with the node.
        :param ex_iso: The disc of an installer that it starts from as long as its disk is empty: a
            file here, which is uploaded, or 'host:/PATH', a file of the host; see :meth:`ex_eject`.

        :raises errors.InvalidArgumentError: Name, size, image, key or tags cannot be used.
        :raises errors.NotFoundError: There is no such image.
        :raises errors.SpaceError: The host's disk does not have that much room.
        """
        self._check_location(location)
        if ex_settings_files:
            warnings.warn("ex_settings_files is not used", stacklevel=2)
        networks = self._choices(ex_networks, ex_network_type, ex_network_value)
        wanted = {
            **self._model(image, size, ex_disk_size),
            "networks": networks, "forwards": self._wishes(networks, ex_port_forwards),
            "description": ex_description, "no_start": not ex_start, "tags": ex_tags or {},
            "linked": ex_linked_clone, "user_data": ex_userdata, "hostname": ex_hostname,
            "os_type": ex_os_type, "firmware": ex_firmware, "serial": ex_serial,
            "iso": ex_iso,
        }
        if ex_remote_display is None:
            ex_remote_display = -1 if ex_iso is None else 0
        if ex_remote_display == -1:
            return self._create_with_auth(name, auth, wanted)
        return self._create_with_display(name, auth, wanted, ex_remote_display)

    def ex_clone_node(
        self,
        node: Union[Node, str],
        new_name: Optional[str] = None,
        *,
        snapshot: Optional[str] = None,
        linked: bool = False,
        start: bool = False,
    ) -> Node:
        """Make a new node that is like another, stopped or running, with a full copy of its disk.

        :param node: The node, or its id.
        :param new_name: Its name; None: that of the node with '-clone' after it.
        :param snapshot: A snapshot of the node, by id or name, whose disk is copied; None: the disk
                         as it is now.
        :param linked: Whether its disk holds only what differs from the snapshot, which then
                       cannot be deleted, nor can the node; without one, one is taken, and stays.
        :param start: Whether to start it.

        :raises errors.StateError: The node is suspended (and no snapshot given), or just starting
                                   or stopping.
        """
        with self._raising():
            name = new_name or self._host.node_get(id_of(node))["name"] + "-clone"
            return self._node(self._host.node_clone(id_of(node), name, no_start=not start,
                                                    snapshot=snapshot, linked=linked))

    def ex_set_user_data(
        self,
        node: Union[Node, str],
        user_data: Union[str, bytes, None] = None,
        auth: _Auth = None,
        hostname: Optional[str] = None,
    ) -> bool:
        """Tell a stopped node's guest what to do at its next boot, as if that were its first.

        :param node: The node, or its id.
        :param user_data: For cloud-init, in any of its forms; bytes if compressed with gzip.
        :param auth: The SSH key or password that lets in the image's user.
        :param hostname: The guest's host name; None: made from the node's name.

        A node that learned its password from DMI strings may be running; without `auth` these no
        longer hold one.

        :raises errors.StateError: The node is not stopped.
        :raises errors.UnsupportedError: The host is older than VirtualBox 6.0.
        """
        with self._reconfiguring(node):
            self._host.first_boot_replace(
                id_of(node), user_data=user_data, hostname=hostname, **self._credentials(auth)
            )
        return True

    def ex_set_password(self, node: Union[Node, str], password: str) -> bool:
        """Have a stopped node's guest set the password of its image's user at its next boot, which
        it takes for its first: its host name is made from the node's name anew, too. Keys and
        all else that its users have stay.

        :param node: The node, or its id.
        :param password: The password; the host keeps its hash only.

        :raises errors.StateError: The node is not stopped.
        :raises errors.InvalidArgumentError: Its image reads no first boot.
        :raises errors.UnsupportedError: The host is older than VirtualBox 6.0.
        """
        return self.ex_set_user_data(node, auth=NodeAuthPassword(password))

    def _model(self, image: Any, size: Any, disk: Optional[int]) -> dict[str, Optional[str]]:
        """Image and size, in either order, with another disk if one is given."""
        if isinstance(image, NodeSize) or isinstance(size, NodeImage):
            image, size = size, image
        if not getattr(size, "id", size):
            raise errors.InvalidArgumentError(SIZE_TEXT, self)
        return {"image": None if image is None else id_of(image), "size": self._size_id(size, disk=disk)}

    def _choices(self, networks: Optional[Sequence[AnyNetwork]], word: str, name: str) -> list[str]:
        """What the adapters are attached to; VirtualBox's NAT has no name."""
        named = f"{word}:{name}" if name and word != "nat" else word
        return [self._choice(network) for network in networks or [named]]

    def _credentials(self, auth: _Auth) -> dict[str, Any]:
        """What the library is told of an authentication."""
        if auth is None:
            return {}
        if isinstance(auth, NodeAuthSSHKey):
            return {"ssh_keys": [auth.pubkey]}
        if isinstance(auth, NodeAuthPassword):
            return {"password": auth.password}
        raise errors.InvalidArgumentError(
            f"auth must be a NodeAuthSSHKey or a NodeAuthPassword, not a {type(auth).__name__}",
            self,
        )

    def _create_with_auth(self, name: str, auth: _Auth, wanted: dict[str, Any]) -> Node:
        """Creates a node; without any authentication, with a generated password if host and image
        can pass it to the guest."""
        if auth is not None or wanted["user_data"] is not None or wanted["iso"] is not None:
            return self._create(name, {**wanted, **self._credentials(auth)})
        password = secrets.token_urlsafe(16)
        try:
            node = self._create(name, {**wanted, "password": password})
        except (errors.UnsupportedError, errors.InvalidArgumentError):
            return self._create(name, wanted)  # or else it says again what is wrong
        node.extra["password"] = password
        return node

    def _create_with_display(
        self, name: str, auth: _Auth, wanted: dict[str, Any], port: int
    ) -> Node:
        """The same with a remote display and its generated password, which RDP does not take."""
        password = secrets.token_urlsafe(6)
        wanted = {**wanted, "display": True, "display_port": port}
        try:
            node = self._create_with_auth(name, auth, {**wanted, "display_password": password})
        except errors.InvalidArgumentError:
            node = self._create_with_auth(name, auth, {**wanted, "display_no_password": True})
        node.extra.update(self._told_of_display(node, password))
        return node

    def _create(self, name: str, wanted: dict[str, Any]) -> Node:
        with self._raising():
            return self._node(self._host.node_create(name, **wanted))
