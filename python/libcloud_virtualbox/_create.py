# SPDX-License-Identifier: Apache-2.0
"""Making nodes."""
from __future__ import annotations

from typing import Any, Union

from libcloud.compute.base import Node, NodeImage, NodeLocation, NodeSize

from . import errors
from ._base import id_of
from ._nodes import Nodes

# The original driver's words, which programs compare with.
SIZE_TEXT = "You need to specify an exact node size."


class Create(Nodes):
    """Nodes from images."""

    features = {"create_node": []}

    def create_node(  # type: ignore[override]  # the original's order of arguments
        self,
        name: str,
        image: Union[NodeImage, str],
        size: Union[NodeSize, str],
        auth: Any = None,
        ex_network_type: str = "nat",
        ex_network_value: str = "",
        ex_remote_display: int = -1,
        ex_settings_files: str = "",
        *,
        location: Union[NodeLocation, str, None] = None,
        ex_start: bool = True,
        ex_description: str = "",
    ) -> Node:
        """Create a node from an image and start it; return when it runs.

        libcloud's own order (name, size, image) is understood, too.

        :param name: 1 to 255 characters of Unicode; several nodes may share one.
        :param image: The image, or its id.
        :param size: The size, or its id: any '<cpus>_cpu-<MiB>_ram-<GiB>_disk' within the host.
        :param location: The host, or None.
        :param ex_start: Whether to start it.
        :param ex_description: Free text.

        :raises errors.InvalidArgumentError: Name, size or image cannot be used.
        :raises errors.NotFoundError: There is no such image.
        :raises errors.SpaceError: The host's disk has not that much room.
        """
        if isinstance(image, NodeSize) or isinstance(size, NodeImage):
            image, size = size, image  # type: ignore[assignment]
        self._check_location(location)
        if not getattr(size, "id", size):
            raise errors.InvalidArgumentError(SIZE_TEXT, self)
        with self._raising():
            made = self._host.node_create(
                name,
                image=id_of(image),
                size=id_of(size),
                description=ex_description,
                no_start=not ex_start,
            )
        return self._node(made)
