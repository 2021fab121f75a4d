# SPDX-License-Identifier: Apache-2.0
"""The libcloud driver for VirtualBox.

    from libcloud.compute.providers import get_driver, set_driver

    set_driver("virtualbox", "libcloud_virtualbox.virtualbox_driver", "VirtualBoxNodeDriver")
    driver = get_driver("virtualbox")("192.0.2.7", 18083, "user", "password")
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from ._changes import Changes
from ._deploy import Deploy
from ._hosts import Hosts
from ._keys import Keys
from ._snapshots import Snapshots
from ._volumes import Volumes

__all__ = ["VirtualBoxNodeDriver"]


class VirtualBoxNodeDriver(Deploy, Changes, Volumes, Snapshots, Keys, Hosts):
    """A VirtualBox host, or several, as a libcloud provider, through the web service `vboxwebsrv`.

    One driver may be used by several threads at once, and by both sides of a fork. Drivers for the
    same host and user share one web session on it, which ends with the last of them. All failures
    are `errors.VirtualBoxError`, or one of its subclasses; what VirtualBox cannot do is also a
    NotImplementedError. A call that is interrupted (KeyboardInterrupt, an asynchronous exception)
    undoes what it began.
    """

    def _become_fleet(
        self,
        hosts: Optional[Sequence[Union[str, Mapping[str, Any]]]],
        fleet: Optional[str],
        words: dict[str, Any],
        host_timeout: float,
        cache: Optional[str],
    ) -> None:
        """What makes it one is a class, so that a driver for one host knows nothing of it."""
        from ._fleet import fleet_class
        from ._members import of_fleet, of_words

        members = of_words(hosts, words) if fleet is None else of_fleet(fleet, words)
        fleet_driver: Any = self
        kind: Any = type(self)
        fleet_driver.__class__ = fleet_class(kind)
        fleet_driver._begin(members, host_timeout, cache)
