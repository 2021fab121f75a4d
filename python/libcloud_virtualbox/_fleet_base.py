# SPDX-License-Identifier: Apache-2.0
"""What a driver for several hosts does with them: it asks all at the same time, or the one that has
a thing. It has a driver for each, which does what is done on one host, and whose objects become
this driver's.
"""
from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional, Union
from weakref import WeakSet

from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeImage,
    NodeLocation,
    StorageVolume,
    VolumeSnapshot,
)

from . import _config, _settings, _vboxcloud, errors
from ._base import id_of
from ._members import Member
from ._networks import VirtualBoxNetwork
from .virtualbox_driver import VirtualBoxNodeDriver

AnyLocation = Union[NodeLocation, str, None]
_GETTERS = {"node": "node_get", "image": "image_get", "volume": "volume_get", "key": "key_get"}
LISTS = {"node": "list_nodes", "image": "list_images", "volume": "list_volumes",
          "key": "list_key_pairs"}
_alive: WeakSet[FleetBase] = WeakSet()  # of this process


class FleetBase(VirtualBoxNodeDriver):
    """All hosts, and who has what."""

    _program_class: type[VirtualBoxNodeDriver] = VirtualBoxNodeDriver  # what makes another one

    def _begin(self, members: list[Member], host_timeout: float, cache: Optional[str]) -> None:
        """In place of the constructor."""
        self._members = {each.name: each for each in members}
        self._asked = [each for each in members if each.trouble is None]
        self._host_timeout = _settings.seconds(host_timeout)
        self._cache = _config.cache_folder() if cache is None else _settings.path(cache)
        self._local = threading.local()
        self.dry_run = any(each.driver.dry_run for each in members)
        self._fleet = self._open_fleet()
        _alive.add(self)

    def _open_fleet(self) -> Optional[_vboxcloud.Fleet]:
        if not self._asked:
            return None
        with self._raising():
            return _vboxcloud.Fleet(
                [(each.name, each.driver._words()) for each in self._asked],
                timeout_s=self._host_timeout,
                seen_folder=self._cache,
            )

    def disconnect(self) -> None:
        """End the connections to all hosts. The next call opens new ones."""
        ended, self._fleet = self._fleet, self._open_fleet()
        if ended is not None:
            ended.close()
        for each in self._members.values():
            each.driver.disconnect()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(getattr(self, '_members', ()))}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._program_class, self._pickled())

    def _pickled(self) -> list[tuple[Any, ...]]:
        """What a pickle has of each host; never a password."""
        return [(name, *each.driver.__reduce__()[1][1:]) for name, each in self._members.items()]

    # All of them.

    def ex_list_failures(self) -> list[dict[str, str]]:
        """Which hosts could not say what they were asked: in the last call of this thread that asked
        all hosts, as lists do. What another thread calls does not count.

        :return: For each of them `host`, its name, `code`, the C library's name of the failure (""
            if it was found in Python), and `text`, a sentence.
        """
        return [{"host": host, "code": error.code, "text": error.value}
                for host, error in self._failures().items()]

    def _failures(self) -> dict[str, errors.VirtualBoxError]:
        found: dict[str, errors.VirtualBoxError] = getattr(self._local, "failures", {})
        return found

    def _note(self, failed: list[tuple[int, _vboxcloud.VboxcloudError]]) -> None:
        """Keeps who failed; if that is everybody, the call fails."""
        found = {self._asked[number].name: errors.as_exception(error, self)
                 for number, error in failed}
        self._local.failures = {
            name: error for name, each in self._members.items()
            for error in (found.get(name, each.trouble),) if error is not None
        }
        for host, error in self._local.failures.items():
            error.host = host
        if len(self._local.failures) == len(self._members):
            raise self._everybody(list(self._local.failures.values()))

    def _everybody(self, failed: list[errors.VirtualBoxError]) -> errors.VirtualBoxError:
        """What says that all hosts failed: if in the same way, in that."""
        if len(failed) == 1:
            return _told(failed[0])
        kinds = {type(each) for each in failed}
        kind = kinds.pop() if len(kinds) == 1 else errors.ConnectionFailedError
        whole = "; ".join(f"{each.host}: {each.value}" for each in failed)
        error = kind(f"none of {len(failed)} hosts answered: {whole}", self)
        error.code = failed[0].code if not kinds else ""
        return error

    def _each(self, method: str, *words: Any) -> list[tuple[Member, Any]]:
        """What a method of the extension returns for each host that answers."""
        found: list[tuple[int, Any]] = []
        failed: list[tuple[int, _vboxcloud.VboxcloudError]] = []
        if self._fleet is not None:
            with self._raising():
                found, failed = self._fleet.each(method, *words)
        self._note(failed)
        return [(self._asked[number], value) for number, value in found]

    # One of them.

    def _member(self, location: AnyLocation) -> Member:
        """The host of a location, or of its name."""
        name = location if isinstance(location, str) else getattr(location, "id", None)
        found = self._members.get(name or "")
        if found is None:
            raise errors.NotFoundError(
                f"there is no location '{name}'; the hosts are {', '.join(self._members)}", self
            )
        return found

    def _chosen(self, location: AnyLocation, what: str) -> Member:
        """The same where one must be chosen, unless there is only one."""
        if location is None and len(self._members) > 1:
            raise errors.InvalidArgumentError(
                f"{what} is made on one of {len(self._members)} hosts: pass location, one of"
                " list_locations() or its name", self
            )
        return self._member(location or next(iter(self._members)))

    @contextmanager
    def _on(self, member: Member) -> Iterator[VirtualBoxNodeDriver]:
        """The driver of a host, whose failures are this one's."""
        try:
            if member.trouble is not None:
                raise _copied(member.trouble)
            yield member.driver
        except errors.VirtualBoxError as error:
            error.driver, error.host = self, member.name
            raise _told(error)

    def _adopted(self, member: Member, thing: Any) -> Any:
        """What the driver of a host made, as this one's."""
        if isinstance(thing, list):
            return [self._adopted(member, each) for each in thing]
        if not isinstance(thing, (Node, NodeImage, StorageVolume, VolumeSnapshot, KeyPair,
                                  VirtualBoxNetwork)):
            return thing
        thing.driver = self
        extra: dict[str, Any] = thing.extra or {}  # all of ours have one
        if isinstance(thing, (NodeImage, KeyPair)):
            extra["hosts"] = [member.name]
        else:
            extra["host"] = member.name
        if isinstance(thing, Node):
            thing.extra.setdefault("seen_at", None)
            for part in (thing.size, thing.image):
                if part is not None:
                    part.driver = self
        elif isinstance(thing, NodeImage):
            thing.extra["ids"] = {member.name: thing.id}
        elif isinstance(thing, VirtualBoxNetwork):
            thing.id = f"{member.name}:{thing.id}"
        return thing

    def _host_of(self, noun: str, thing: Any) -> Optional[Member]:
        """Where an object says that it is."""
        extra = getattr(thing, "extra", None) or {}
        host = extra.get("host")
        if noun == "image" and len(extra.get("hosts") or ()) == 1:
            host = extra["hosts"][0]
        if noun == "network" and isinstance(thing, str):
            begun = [name for name in self._members if thing.startswith(f"{name}:")]
            host = max(begun, key=len, default=None)
        return self._members.get(host) if isinstance(host, str) else None

    def _there(self, member: Member, noun: str, thing: Any) -> Any:
        """What a thing is for the driver of a host."""
        host = self._host_of(noun, thing)
        if noun == "image" and isinstance(thing, NodeImage) and thing.extra.get("ids"):
            if member.name not in thing.extra["ids"]:
                raise errors.NotFoundError(
                    f"image '{thing.name}' is on {' and '.join(thing.extra['ids'])}, not on"
                    f" {member.name}", self
                )
            return NodeImage(thing.extra["ids"][member.name], thing.name, member.driver, thing.extra)
        if host is not None and host is not member:
            raise errors.InvalidArgumentError(
                f"{noun} '{getattr(thing, 'name', thing)}' is on {host.name}, not on {member.name}",
                self
            )
        if noun == "network" and host is not None:
            return id_of(thing)[len(member.name) + 1:]
        return thing

    def _search(self, noun: str, wanted: str) -> list[tuple[Member, Any]]:
        """Which hosts have what has an id or a name, and what they say of it."""
        found: list[tuple[int, Any]] = []
        failed: list[tuple[int, _vboxcloud.VboxcloudError]] = []
        if self._fleet is not None:
            with self._raising():
                found, failed = self._fleet.each(_GETTERS[noun], wanted)
        for number, error in failed:
            if error.code == "VBC_E_ARG":
                with self._on(self._asked[number]), self._raising():
                    raise error
        self._note([each for each in failed if each[1].code != "VBC_E_NOTFOUND"])
        if not found:
            raise self._nowhere(noun, wanted)
        return [(self._asked[number], value) for number, value in found]

    def _nowhere(self, noun: str, wanted: str) -> errors.VirtualBoxError:
        away = " and ".join(self._failures())
        if away:
            return errors.ConnectionFailedError(
                f"no {noun} '{wanted}' was found on the hosts that answered, and {away} could not"
                " say; ex_list_failures() tells why", self
            )
        return errors.NotFoundError(
            f"there is no {noun} '{wanted}' on any of {len(self._members)} hosts; {LISTS[noun]}()"
            " returns those there are", self
        )

    def _find(self, noun: str, wanted: str) -> tuple[Member, Any]:
        """The one host that has it."""
        found = self._search(noun, wanted)
        if len(found) > 1:
            hosts = " and ".join(member.name for member, _ in found)
            raise errors.InvalidArgumentError(
                f"there is a {noun} '{wanted}' on {hosts}: pass the one of {LISTS[noun]}() that is"
                " meant, or its id", self
            )
        return found[0]

    def _locate(self, noun: str, thing: Any) -> Member:
        """The host of a thing; without asking if it says so."""
        known = self._host_of(noun, thing)
        if known is not None:
            return known
        if noun == "snapshot":
            thing = self.ex_get_snapshot(id_of(thing))
        elif noun == "network":
            thing = self.ex_get_network(id_of(thing))
        else:
            return self._find(noun, id_of(thing))[0]
        return self._member(thing.extra["host"])


def _copied(error: errors.VirtualBoxError) -> errors.VirtualBoxError:
    """One of its own for each that raises it."""
    again = type(error)(error.value, error.driver)
    again.code, again.host = error.code, error.host
    return again


def _told(error: errors.VirtualBoxError) -> errors.VirtualBoxError:
    """What concerns a host as a whole names it."""
    whole = isinstance(error, (errors.ConnectionFailedError, errors.CredentialsError))
    if whole and error.host and not error.value.startswith(f"{error.host}: "):
        error.reword(f"{error.host}: {error.value}")
    return error


def _again(kind: type[VirtualBoxNodeDriver], wanted: list[tuple[Any, ...]]) -> VirtualBoxNodeDriver:
    """The driver of a pickle: this process's own for those hosts and users, or else a new one."""
    for known in list(_alive):
        if known._pickled() == wanted:
            return known
    words = []
    for name, username, has_password, where in wanted:
        if has_password:
            raise errors.CredentialsError(
                f"a pickle holds no password: make a driver for {name} and the others first"
            )
        url, ca_cert, timeout, ssh_address, fingerprint, dry_run = where
        words.append({"name": name, "host": url, "username": username, "ca_cert": ca_cert,
                      "timeout": timeout, "ssh_address": ssh_address, "fingerprint": fingerprint,
                      "dry_run": dry_run})
    return kind(hosts=words)
