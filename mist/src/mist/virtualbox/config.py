# SPDX-License-Identifier: Apache-2.0
"""What mist.api's configuration takes over from this plug-in.

It is read while mist.api.config is imported, in every process of mist's: the scheduler and the
sockets server import nothing else of a plug-in. So what they need follows from here (hooks.py), and
nothing of mist.api is imported yet.
"""
from __future__ import annotations

from typing import Any

from . import hooks

__all__ = ["PROVIDERS"]

PROVIDERS: dict[str, dict[str, Any]] = {
    "virtualbox": {
        "name": "VirtualBox",
        "aliases": ["vbox"],
        "driver": "virtualbox",
        "category": "hypervisor",
        "features": {
            "compute": True,
            "console": False,
            "networks": True,
            "storage": True,
            "provision": {
                "location": True,
                "cloudinit": True,
                "custom_size": True,
                "key": {"required": False},
                "restrictions": {
                    "size-image-restriction": False,
                    "location-size-restriction": False,
                    "location-image-restriction": False,
                },
            },
        },
    },
}

hooks.install()
