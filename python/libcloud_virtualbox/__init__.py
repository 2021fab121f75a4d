# SPDX-License-Identifier: Apache-2.0
"""VirtualBox hosts for Apache Libcloud."""
from __future__ import annotations

__all__ = ["register"]


def register(name: str = "virtualbox") -> None:
    """Tell libcloud of the driver, so that `get_driver(name)` finds it; twice is fine."""
    from libcloud.compute.providers import DRIVERS, set_driver

    if name not in DRIVERS:
        module = "libcloud_virtualbox.virtualbox_driver"
        set_driver(name, module, "VirtualBoxNodeDriver")  # type: ignore[arg-type]  # libcloud's hint
