# SPDX-License-Identifier: Apache-2.0
"""The storage controller: volumes."""
from __future__ import annotations

from typing import Any

from mist.api.clouds.controllers.storage.base import BaseStorageController
from mist.api.exceptions import BadRequestError

from .failures import told, unhidden


def gib(size: Any) -> int:
    """A volume's size, of what was posted."""
    try:
        return int(size)
    except (TypeError, ValueError):
        raise BadRequestError(f"size: {size!r} is not a number of GiB") from None


class VirtualBoxStorageController(BaseStorageController):
    """They are all at the one location, and attached to one machine at most."""

    def _list_volumes(self) -> list[Any]:
        with unhidden():
            return list(super()._list_volumes())

    def create_volume(self, **kwargs: Any) -> Any:
        with unhidden():
            return super().create_volume(**kwargs)

    def _list_volumes__fetch_volumes(self) -> list[Any]:
        """mist takes a change of a key of this name, wherever it is, for one of its own."""
        volumes = list(super()._list_volumes__fetch_volumes())
        for each in volumes:
            each.extra["nodes"] = each.extra.pop("attached_to")
        return volumes

    def _create_volume__prepare_args(self, kwargs: dict[str, Any]) -> None:
        """mist hands on all that was posted."""
        known = {"size": gib(kwargs["size"]), "name": kwargs.get("name") or "",
                 "ex_dynamic": bool(kwargs.get("ex_dynamic"))}
        kwargs.clear()
        kwargs.update(known)

    def _list_volumes__postparse_volume(self, volume: Any, libcloud_volume: Any) -> None:
        from mist.api.machines.models import Machine

        volume.location = self.cloud.ctl.compute.location()
        volume.attached_to = list(Machine.objects(
            cloud=self.cloud, external_id__in=libcloud_volume.extra["nodes"]))

    def _rename_volume(self, libcloud_volume: Any, name: str) -> None:
        with told():
            self.cloud.ctl.compute.connection.ex_rename_volume(libcloud_volume, name)
