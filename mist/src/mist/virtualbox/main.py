# SPDX-License-Identifier: Apache-2.0
"""The main controller: the other controllers, and what a cloud is added or changed with."""
from __future__ import annotations

from typing import Any

from mist.api.clouds.controllers.main.base import BaseMainController
from mist.api.exceptions import BadRequestError
from mist.api.helpers import check_host, sanitize_host

from .compute import VirtualBoxComputeController
from .network import VirtualBoxNetworkController
from .storage import VirtualBoxStorageController

_YES = (True, 1, "1", "true", "True", "on")


def _port(given: Any) -> int:
    try:
        port = int(given)
    except (TypeError, ValueError):
        port = 0
    if not 0 < port < 65536:
        raise BadRequestError(f"port: {given!r} is not a port")
    return port


class VirtualBoxMainController(BaseMainController):
    """Of a VirtualBox host."""

    provider = "virtualbox"
    ComputeController = VirtualBoxComputeController
    NetworkController = VirtualBoxNetworkController
    StorageController = VirtualBoxStorageController

    def _update__preparse_kwargs(self, kwargs: dict[str, Any]) -> None:
        host = kwargs.get("host", self.cloud.host)
        if host:
            kwargs["host"] = sanitize_host(host)
            check_host(kwargs["host"])
        if kwargs.get("port"):
            kwargs["port"] = _port(kwargs["port"])
        # mist does not hand on what is false or empty, which would be another choice here.
        if "tls" in kwargs:
            self.cloud.tls = kwargs.pop("tls") in _YES
        if not kwargs.get("ssh_address", True):
            self.cloud.ssh_address = kwargs.pop("ssh_address")
