# SPDX-License-Identifier: Apache-2.0
"""The connection of a driver to its host: what all its parts share."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timezone
from typing import Any, Optional, Union
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from libcloud.compute.base import NodeDriver, NodeLocation

from . import _settings, _vboxcloud, errors

LOCATION_ID = "virtualbox-location"
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
ID_SHORTEST = 4  # characters of an id that serve for all of it
# The original driver's words, which programs compare with.
CONNECT_TEXT = "Failed to connect to the web service. See logs."
RUNNING_TEXT = "Only stopped machines can be reconfigured."

_alive: WeakValueDictionary[int, BaseDriver] = WeakValueDictionary()  # by id()


def id_of(thing: Any) -> str:
    """The id of an object, or the id itself."""
    found = thing if isinstance(thing, str) else getattr(thing, "id", None)
    if not isinstance(found, str) or not found:
        raise errors.InvalidArgumentError(f"{thing!r} has no id")
    return found


def the_one(listed: list[Any], wanted: str, noun: str, method: str, driver: BaseDriver) -> Any:
    """Of those listed by a method, the one of an id, of a name that only one has, or of the
    beginning of a UUID that no other one has, as the C library finds nodes. Ids that are not UUIDs
    are names, of which one may be the beginning of another."""
    found = [each for each in listed if each.id == wanted]
    found = found or [each for each in listed if each.name == wanted]
    if not found and len(wanted) >= ID_SHORTEST:
        begun = [each for each in listed if each.id.lower().startswith(wanted.lower())]
        found = [each for each in begun if UUID.fullmatch(each.id)]
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise errors.InvalidArgumentError(
                f"several {noun}s have an id that begins with '{wanted}': {ids}", driver
            )
    if not found:
        raise errors.NotFoundError(
            f"there is no {noun} '{wanted}'; {method}() returns those there are", driver
        )
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise errors.InvalidArgumentError(
            f"several {noun}s have the name '{wanted}': {ids}", driver
        )
    return found[0]


def when(milliseconds: int) -> Optional[datetime]:
    """A time of the C library as libcloud has them: UTC, without a time zone; None if unknown."""
    if not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).replace(tzinfo=None)


def seconds(milliseconds: int) -> Optional[int]:
    """A time of the C library for `extra`, which is plain JSON: seconds since 1970 UTC."""
    return milliseconds // 1000 or None


class BaseDriver(NodeDriver):
    """A connection that is made when it is first used. When nobody holds it any more it stays for a
    minute, for a driver with the same arguments: one made for each poll costs what one costs that is
    kept.
    """

    type = "virtualbox"
    name = "VirtualBox"
    api_name = "virtualbox"
    website = "https://www.virtualbox.org/"

    def __init__(
        self,
        host: Optional[str] = None,
        port: int = _settings.DEFAULT_PORT,
        username: str = "",
        password: str = "",
        *,
        secure: bool = False,
        verify: bool = True,
        ca_cert: Optional[str] = None,
        timeout: float = 30,
        ssh_address: Optional[str] = None,
        fingerprint: Optional[str] = None,
        dry_run: bool = False,
        hosts: Optional[Sequence[Union[str, Mapping[str, Any]]]] = None,
        fleet: Optional[str] = None,
        host_timeout: float = 5,
        cache: Optional[str] = None,
    ) -> None:
        """Connect to the `vboxwebsrv` at `host`:`port` and log on; or, with `hosts` or `fleet`, be a
        driver for all of those hosts as one, which connects when it is first used.

        :param host: Name or address of the host; also NAME:PORT or a URL, http://NAME[:PORT] or
            https://NAME[:PORT], which then replace `port` and `secure`.
        :param port: TCP port of its web service.
        :param username: The user to log on as; '' with the authentication library "null".
        :param password: The password of that user; it is kept in memory only.
        :param secure: Whether to use HTTPS.
        :param verify: Certificates are always verified: False is refused.
        :param ca_cert: Path of a PEM file that the host's certificate is verified against, and
            nothing else; None: the system's.
        :param timeout: The longest silence of the host within one call, in seconds.
        :param ssh_address: Where on the host the SSH ports of new nodes behind NAT are forwarded:
            an IPv4 address of it, '127.0.0.1' (for programs on the host only), or '', all of its
            addresses. None: '127.0.0.1' if `host` is this machine's loopback address, else ''.
        :param fingerprint: The SHA-256 of the one certificate that is accepted, in hexadecimal
            digits, with or without colons; whoever signed it, and whatever name is in it. `ca_cert`
            does not count then. None: certificates are verified as usual.
        :param dry_run: Whether nothing is to be changed. A method that would change something then
            raises what is wrong with that, or `errors.DryRunError` if nothing is.
        :param hosts: Several hosts instead of `host`: each a URL, or a dict with `host` and, where
            they are not as given for all here, the other words of this constructor; and with `name`,
            what it is called (else as its address), and `labels`, a dict.
        :param fleet: The same from the command's ~/.config/vboxcloud/config.ini: a fleet of that
            name there, 'all' hosts there, or names of hosts with commas between them.
        :param host_timeout: What each of several hosts has for all that a list asks of it, in
            seconds.
        :param cache: The folder in which lists of the nodes of several hosts note what they saw, for
            when a host does not answer; None: the command's, ~/.cache/vboxcloud; '': nothing is
            noted.

        :raises errors.InvalidArgumentError: One of these cannot be used; nothing was sent.
        :raises InvalidCredsError: The host refused user or password.
        :raises ssl.SSLError: Its certificate or TLS settings were not accepted.
        :raises errors.ConnectionFailedError: Nobody answers there, or not in `timeout` seconds.
        """
        words: dict[str, Any] = {
            "port": port, "username": username, "password": password, "secure": secure,
            "verify": verify, "ca_cert": ca_cert, "timeout": timeout, "ssh_address": ssh_address,
            "fingerprint": fingerprint, "dry_run": dry_run,
        }
        if hosts is not None or fleet is not None:
            if host is not None or None not in (hosts, fleet):
                raise errors.InvalidArgumentError("of host, hosts and fleet one is given")
            self._become_fleet(hosts, fleet, words, host_timeout, cache)
            return
        self._settle(host, **words)
        try:
            with self._raising():
                self._host.location_list()
        except errors.ConnectionFailedError as error:
            error.args = (CONNECT_TEXT,)
            raise
        _alive[id(self)] = self

    def _settle(
        self,
        host: Any,
        port: int = _settings.DEFAULT_PORT,
        username: str = "",
        password: str = "",
        secure: bool = False,
        verify: bool = True,
        ca_cert: Optional[str] = None,
        timeout: float = 30,
        ssh_address: Optional[str] = None,
        fingerprint: Optional[str] = None,
        dry_run: bool = False,
    ) -> None:
        """All of the constructor that sends nothing."""
        self._address = _settings.address(host, port, secure)
        self.username = _settings.text("username", username)
        self.timeout, self.ca_cert = _settings.seconds(timeout), _settings.path(ca_cert)
        self.key, self.secret = self.username, None  # as all of libcloud's drivers have them
        self.__password = _settings.text("password", password)
        self.ssh_address = _settings.ipv4(ssh_address)
        self.fingerprint = _settings.fingerprint(fingerprint)
        self.dry_run = bool(dry_run)
        if not verify:
            raise errors.UnsupportedError(
                "certificates are always verified; ca_cert or fingerprint names one of your own",
                self,
            )
        self._host = self._open()
        parts = urlsplit(self._host.url)
        name = parts.hostname or ""  # in lower case
        self.host = host if host.lower() == name else name
        self.port, self.secure = parts.port or _settings.DEFAULT_PORT, parts.scheme == "https"

    def _become_fleet(
        self,
        hosts: Optional[Sequence[Union[str, Mapping[str, Any]]]],
        fleet: Optional[str],
        words: dict[str, Any],
        host_timeout: float,
        cache: Optional[str],
    ) -> None:
        """From then on it is a driver for several hosts."""
        raise NotImplementedError

    def _words(self) -> dict[str, Any]:
        """What the extension is given for this host."""
        return {
            "url": self._address,
            "user": self.username,
            "password": self.__password,
            "ca_file": self.ca_cert,
            "connect_timeout_s": min(10, self.timeout),
            "call_timeout_s": self.timeout,
            "fingerprint": self.fingerprint,
            "dry_run": self.dry_run,
        }

    def _open(self) -> _vboxcloud.Host:
        with self._raising():
            return _vboxcloud.Host(**self._words())

    def _raising(self) -> AbstractContextManager[None]:
        """Calls of the C library are made within this."""
        return errors.translated(self)

    @contextmanager
    def _reconfiguring(self, node: Any) -> Iterator[None]:
        """The same for what only a stopped node allows: one that is not is told of as it was."""
        try:
            with self._raising():
                yield
        except errors.StateError as error:
            if not self._is_stopped(id_of(node)):
                error.reword(RUNNING_TEXT)
            raise

    def _is_stopped(self, node_id: str) -> bool:
        try:
            return self._host.node_get(node_id)["state"] == "stopped"
        except _vboxcloud.VboxcloudError:
            return True  # nobody knows: what was said stands

    def disconnect(self) -> None:
        """End the connection. The next call opens a new one.

        Not needed: it ends with the driver, or when the program does.
        """
        ended, self._host = self._host, self._open()
        ended.close()

    def _check_location(self, location: Union[NodeLocation, str, None]) -> None:
        name = location if isinstance(location, str) else getattr(location, "id", LOCATION_ID)
        if location is not None and name != LOCATION_ID:
            raise errors.NotFoundError(
                f"there is no location '{name}'; the host is '{LOCATION_ID}'", self
            )

    def __repr__(self) -> str:
        opened = hasattr(self, "_host")  # else its address was refused
        return f"<{type(self).__name__} {self._host.url if opened else '(not opened)'}>"

    # Nodes hold their driver: a copy of one shares it, and a pickle names it without its password.

    def __copy__(self) -> BaseDriver:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> BaseDriver:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        where = (
            self._host.url,
            self.ca_cert,
            self.timeout,
            self.ssh_address,
            self.fingerprint,
            self.dry_run,
        )
        return _again, (type(self), self.username, bool(self.__password), where)


def _again(
    kind: type[BaseDriver], username: str, has_password: bool, where: tuple[Any, ...]
) -> BaseDriver:
    """The driver of a pickle: this process's own for that host and user, or else a new one."""
    url, ca_cert, timeout, ssh_address, fingerprint, *more = where
    dry_run = bool(more and more[0])  # an older pickle has none
    for reference in _alive.valuerefs():  # a list: other threads make drivers meanwhile
        known = reference()
        if known is not None and (known._host.url, known.username, known.dry_run) == (
            url,
            username,
            dry_run,
        ):
            return known
    if has_password:
        raise errors.CredentialsError(
            f"a pickle holds no password: make a driver for {url} first"
        )
    return kind(
        url,
        username=username,
        ca_cert=ca_cert,
        timeout=timeout,
        ssh_address=ssh_address,
        fingerprint=fingerprint,
        dry_run=dry_run,
    )
