# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, as exceptions.

Each derives from libcloud's LibcloudError, and from RuntimeError, which the original driver raised
for everything; some also from what programs expect for that kind of failure (ssl.SSLError,
requests' ConnectionError, KeyError). str() of one is a sentence for people, without passwords.
"""
from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from libcloud.common.types import InvalidCredsError, LibcloudError
from libcloud.compute.types import KeyPairDoesNotExistError
from requests.exceptions import ConnectionError as RequestsConnectionError

from . import _vboxcloud
from ._hints import hinted


class VirtualBoxError(LibcloudError, RuntimeError):
    """VirtualBox, or the way to it, failed.

    `code` is the name that the C library gives the failure ("VBC_E_BUSY", "" if it was found in
    Python), `call` the VirtualBox call that failed ("" if none), `result` its result code (0 if
    none), `host` of a driver for several hosts the name of the one it concerns ("" if several, or
    with one host).
    """

    host = ""
    code = ""
    call = ""
    result = 0

    def __init__(self, value: str, driver: Any = None) -> None:
        RuntimeError.__init__(self, value)
        self.value = value
        self.driver = driver

    def reword(self, text: str) -> None:
        """Makes it say this, where programs compare with the original driver's words."""
        self.value = text
        self.args = (text,)

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        known = {k: v for k, v in self.__dict__.items() if k != "driver"}
        return type(self), (self.value,), known


class InvalidArgumentError(VirtualBoxError, ValueError):
    """A name, size or other argument cannot be used."""


class ConnectionFailedError(VirtualBoxError, RequestsConnectionError):
    """Nobody answers at the host's address, or the connection broke."""

    response = None  # of requests' class
    request = None


class HostTimeoutError(ConnectionFailedError, TimeoutError):
    """Not done within the time allowed."""


class TLSError(ConnectionFailedError, ssl.SSLError):
    """The host's certificate or its TLS settings were not accepted."""


class CredentialsError(VirtualBoxError, InvalidCredsError):
    """The host refused user or password."""

    http_code = 401


class CancelledError(VirtualBoxError):
    """The call was cancelled; what it had begun was undone."""


class ProtocolError(ConnectionFailedError):
    """What answers at the host's address is not VirtualBox's web service."""


class UnsupportedError(VirtualBoxError, NotImplementedError):
    """VirtualBox, or this release of it, cannot do that; the text says why."""


class NotFoundError(VirtualBoxError, KeyError):
    """There is no such node, image, volume, snapshot, network or size."""


class KeyNotFoundError(NotFoundError, KeyPairDoesNotExistError):
    """There is no key pair of that name."""

    def __init__(self, value: str, driver: Any = None, name: str = "") -> None:
        super().__init__(value, driver)
        self.name = name


class ExistsError(VirtualBoxError):
    """There is one of that name already."""


class BusyError(VirtualBoxError):
    """Something else is using it: a lock, an attachment."""


class StateError(VirtualBoxError):
    """Not possible in the present state (running, stopped)."""


class SpaceError(VirtualBoxError):
    """The host's disk is full, or this machine's."""


class DryRunError(VirtualBoxError):
    """Nothing is wrong with it; but the driver was made with `dry_run`, so nothing was done."""


class FetchError(VirtualBoxError):
    """An image's server cannot be reached, is not trusted, or fails."""


_BY_CODE: dict[str, type[VirtualBoxError]] = {
    "VBC_E_ARG": InvalidArgumentError,
    "VBC_E_CONNECT": ConnectionFailedError,
    "VBC_E_TLS": TLSError,
    "VBC_E_AUTH": CredentialsError,
    "VBC_E_TIMEOUT": HostTimeoutError,
    "VBC_E_CANCELLED": CancelledError,
    "VBC_E_PROTOCOL": ProtocolError,
    "VBC_E_VERSION": UnsupportedError,
    "VBC_E_NOTFOUND": NotFoundError,
    "VBC_E_EXISTS": ExistsError,
    "VBC_E_BUSY": BusyError,
    "VBC_E_STATE": StateError,
    "VBC_E_SPACE": SpaceError,
    "VBC_E_FETCH": FetchError,
    "VBC_E_DRY_RUN": DryRunError,
}


def as_exception(reported: _vboxcloud.VboxcloudError, driver: Any) -> VirtualBoxError:
    """What the C library reports as the exception of its kind."""
    text = hinted(reported.text, reported.hint)
    error = _BY_CODE.get(reported.code, VirtualBoxError)(text, driver)
    error.code, error.call, error.result = reported.code, reported.call, reported.result
    return error


@contextmanager
def translated(driver: Any) -> Iterator[None]:
    """Raises what the C library reports as the exception of its kind, for `driver`."""
    try:
        yield
    except _vboxcloud.VboxcloudError as reported:
        raise as_exception(reported, driver) from None
    except ValueError as failure:  # what cannot even be handed to the C library
        raise InvalidArgumentError(str(failure), driver) from failure
