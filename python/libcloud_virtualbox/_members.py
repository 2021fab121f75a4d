# SPDX-License-Identifier: Apache-2.0
"""The hosts of a fleet: from the words of a program, or from the command's configuration."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from . import _config, errors
from .virtualbox_driver import VirtualBoxNodeDriver

HostWords = Union[str, Mapping[str, Any]]
_WORDS = ("host", "port", "username", "password", "secure", "verify", "ca_cert", "timeout",
          "ssh_address", "fingerprint", "dry_run")


@dataclass
class Member:
    """One of them. `driver` is one for it alone, which nobody has seen; `trouble` is why it cannot
    even be asked."""

    name: str
    driver: VirtualBoxNodeDriver
    labels: dict[str, str] = field(default_factory=dict)
    trouble: Optional[errors.VirtualBoxError] = None


def _alone(words: dict[str, Any]) -> VirtualBoxNodeDriver:
    """A driver that has not logged on."""
    driver = VirtualBoxNodeDriver.__new__(VirtualBoxNodeDriver)
    driver._settle(**words)
    return driver


def _labels(given: Any) -> dict[str, str]:
    try:
        if isinstance(given, str):
            return _config.labels(given) if given else {}
        text = ",".join(f"{key}={value}" if value else str(key) for key, value in given.items())
        return _config.labels(text) if text else {}
    except (AttributeError, ValueError) as error:
        raise errors.InvalidArgumentError(
            f"labels are a dict or 'rack=a,ssd', not {given!r}: {error}") from None


def _one(given: HostWords, common: dict[str, Any]) -> Member:
    words: dict[str, Any] = {"host": given} if isinstance(given, str) else dict(given)
    name, labels = words.pop("name", None), _labels(words.pop("labels", {}))
    unknown = [word for word in words if word not in _WORDS]
    if unknown or "host" not in words:
        raise errors.InvalidArgumentError(
            f"a host is a URL, or a dict with host, name, labels, and {', '.join(_WORDS[1:])};"
            f" not with {unknown[0]!r}" if unknown else "a host of a fleet needs host, its URL")
    if name is not None and (not isinstance(name, str) or not name or not name.isprintable()):
        raise errors.InvalidArgumentError(f"the name of a host is text, not {name!r}")
    return Member(name or "", _alone({**common, **words}), labels)


def _named(members: list[Member]) -> list[Member]:
    """Each by the name of its host, where it was given none, and where that is several by that and
    the port."""
    hosts = [each.driver.host for each in members if not each.name]
    for each in members:
        if not each.name:
            alone = hosts.count(each.driver.host) == 1
            each.name = each.driver.host if alone else f"{each.driver.host}:{each.driver.port}"
    names = [each.name for each in members]
    for name in names:
        if names.count(name) > 1:
            raise errors.InvalidArgumentError(f"two hosts of the fleet are called '{name}'")
    return members


def of_words(hosts: Optional[Sequence[HostWords]], common: dict[str, Any]) -> list[Member]:
    """Of what a program has given; what they have in common counts for those that do not say."""
    if isinstance(hosts, (str, Mapping)):
        raise errors.InvalidArgumentError("hosts is a list, of URLs or dicts")
    if not hosts:
        raise errors.InvalidArgumentError("hosts is empty: a fleet has at least one host")
    return _named([_one(each, common) for each in hosts])


def _configured(config: _config.Config, name: str, common: dict[str, Any]) -> Member:
    values, trouble = config.hosts[name].values, None
    own = {"host": config.url(name), "ca_cert": config.file(name, "ca_file"),
           "fingerprint": values.get("fingerprint"), "username": values.get("user")}
    words = {**common, **{word: value for word, value in own.items() if value is not None}}
    path = config.file(name, "password_file")
    try:
        if "ssh" in values:
            raise errors.UnsupportedError(
                f"host '{name}' is reached by SSH ({config.path}), which this driver cannot do")
        if path is not None:
            words["password"] = _config.password_in(path)
    except errors.VirtualBoxError as error:
        trouble = error
    return Member(name, _alone(words), config.labels(name), trouble)


def of_fleet(word: str, common: dict[str, Any]) -> list[Member]:
    """Of the command's configuration."""
    if not isinstance(word, str) or not word:
        raise errors.InvalidArgumentError(f"fleet is the name of a fleet, not {word!r}")
    config = _config.Config()
    return [_configured(config, name, common) for name in config.names(word)]
