# SPDX-License-Identifier: Apache-2.0
"""What a driver is made with. What cannot be used is refused here, in words that name it."""
from __future__ import annotations

import os
from ipaddress import IPv4Address
from operator import index
from typing import Any, Optional
from urllib.parse import urlsplit

from . import errors

DEFAULT_PORT = 18083
_TIMEOUT_MAX = 4_000_000  # of the C library


def _port(port: Any) -> int:
    number = DEFAULT_PORT if port is None else 0
    if isinstance(port, str) and port.isascii() and port.isdigit():
        number = int(port[:6])
    elif hasattr(port, "__index__") and not isinstance(port, bool):
        number = index(port)
    if 0 < number < 65536:
        return number
    raise errors.InvalidArgumentError(f"port is a number from 1 to 65535, not {port!r}")


def _named(host: Any) -> str:
    if not isinstance(host, str) or not host.strip():
        raise errors.InvalidArgumentError(
            f"host is the name or the address of a VirtualBox host, or its URL, not {host!r}"
        )
    if not host.isprintable():  # it is not shown: it may hold a password
        raise errors.InvalidArgumentError("host holds characters that no address has")
    return host


def address(host: Any, port: Any, secure: bool) -> str:
    """Of these one address, as the C library takes it and judges it. `host` may be one already."""
    name, number = _named(host), _port(port)
    if "://" in name:
        if secure and not name.lower().startswith("https:"):
            raise errors.InvalidArgumentError("secure=True contradicts a URL that is not https://")
        whole = name
    else:
        name = f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name
        whole = f"{'https' if secure else 'http'}://{name}"
    try:
        parts = urlsplit(whole)
        named = parts.port
    except ValueError:
        return whole
    if named is None and parts.netloc:
        return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{number}").geturl()
    if named is not None and number not in (named, DEFAULT_PORT):
        raise errors.InvalidArgumentError(f"port={number} contradicts port {named} of the host")
    return whole


def text(name: str, value: Any) -> str:
    """A user or a password, which is not shown. None is none, as in libcloud."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise errors.InvalidArgumentError(f"{name} is a str, not {type(value).__name__}")
    if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
        raise errors.InvalidArgumentError(f"{name} holds characters that are not text")
    return value


def seconds(timeout: Any) -> float:
    number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not number or not 0 < timeout <= _TIMEOUT_MAX:
        raise errors.InvalidArgumentError(
            f"timeout is a number of seconds up to {_TIMEOUT_MAX}, not {timeout!r}"
        )
    return float(timeout)


def path(ca_cert: Any) -> Optional[str]:
    if ca_cert is None or ca_cert == "":
        return None
    try:
        found = os.fsdecode(ca_cert)
    except TypeError:
        found = ""
    if not found or "\0" in found:
        raise errors.InvalidArgumentError(f"ca_cert is the path of a file, not {ca_cert!r}")
    return found


def fingerprint(value: Any) -> Optional[str]:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise errors.InvalidArgumentError(
            f"fingerprint is a str of hexadecimal digits, not {value!r}"
        )
    return text("fingerprint", value)


def ipv4(ssh_address: Any) -> Optional[str]:
    """The same, if it can be one: VirtualBox takes anything, and then nobody gets in."""
    try:
        if ssh_address is None:
            return None
        if ssh_address == "":
            return ""
        if isinstance(ssh_address, str):
            return str(IPv4Address(ssh_address))
    except ValueError:
        pass
    raise errors.InvalidArgumentError(
        f"ssh_address is an IPv4 address of the host, or '' for all, not {ssh_address!r}"
    )
