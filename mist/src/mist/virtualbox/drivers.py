# SPDX-License-Identifier: Apache-2.0
"""One driver for each cloud and process.

mist makes a driver for each thing it does, and forgets it; each would log on, and ask the host
again what this one knows. Drivers may be used by several threads at once, and by both sides of a
fork.
"""
from __future__ import annotations

import os
import time
import weakref
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from libcloud_virtualbox.errors import TLSError
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

UNUSED_S = 3600  # after so long a driver is dropped: its cloud may be gone


class Access(NamedTuple):
    """What a driver is made with."""

    host: str
    port: int
    tls: bool
    username: str
    password: str
    ca_cert: str
    ssh_address: Optional[str]


@dataclass
class _Kept:
    access: Access
    driver: VirtualBoxNodeDriver
    used: float = field(default_factory=time.monotonic)


_kept: dict[str, _Kept] = {}  # by the id of the cloud


def _ca_file(text: str) -> int:
    """A file with certificates that no folder has, so that nobody has to delete it; children of a
    fork have it, too."""
    if "-----BEGIN" not in text:
        raise TLSError("ca_cert_file has no certificate in PEM form")
    number = os.memfd_create("ca-certificates")
    with open(number, "w", encoding="utf-8", closefd=False) as file:
        file.write(text)
    return number


def _new(access: Access) -> VirtualBoxNodeDriver:
    """A driver that has logged on."""
    number: Optional[int] = _ca_file(access.ca_cert) if access.ca_cert else None
    path = None if number is None else f"/proc/self/fd/{number}"
    try:
        driver = VirtualBoxNodeDriver(
            access.host, access.port, access.username, access.password, secure=access.tls,
            ca_cert=path, ssh_address=access.ssh_address)
    except BaseException:
        if number is not None:
            os.close(number)
        raise
    if number is not None:
        weakref.finalize(driver, os.close, number)
    return driver


def driver_for(cloud_id: str, access: Access) -> VirtualBoxNodeDriver:
    """The driver of a cloud, a new one if it is accessed in another way than before."""
    kept = _kept.get(cloud_id)
    if kept is None or kept.access != access:
        kept = _kept[cloud_id] = _Kept(access, _new(access))
    kept.used = time.monotonic()
    for other, each in list(_kept.items()):
        if kept.used - each.used > UNUSED_S:
            _kept.pop(other, None)
    return kept.driver


def forget(cloud_id: str) -> None:
    """The next driver of that cloud logs on again."""
    _kept.pop(cloud_id, None)
