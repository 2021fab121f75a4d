# SPDX-License-Identifier: Apache-2.0
"""The hosts and fleets of the command's configuration, ~/.config/vboxcloud/config.ini. The command
reads it in the same way, and refuses the same."""
from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Optional

from . import errors

ALL = "all"  # the fleet of all configured hosts
_OVERCOMMIT = ("cpu_overcommit", "memory_overcommit")
_HOST_KEYS = ("url", "user", "password_file", "ca_file", "fingerprint", "ssh", "labels", *_OVERCOMMIT)
_FLEET_KEYS = ("hosts", "place", *_OVERCOMMIT)
_LABEL = re.compile(r"[A-Za-z0-9._-]+(?:=[A-Za-z0-9._-]+)?")
_PASSWORD_MAX = 1024


@dataclass
class Section:
    """[host NAME] or [fleet NAME]."""

    line: int
    values: dict[str, str] = field(default_factory=dict)


def _folder(variable: str, usual: str) -> Path:
    given = os.environ.get(variable, "")
    if given.startswith("/"):  # a relative one would mean another folder from day to day
        return Path(given)
    home = os.environ.get("HOME", "")
    return (Path(home) if home.startswith("/") else Path("~").expanduser()) / usual


def config_path() -> Path:
    """Where the configuration is."""
    return _folder("XDG_CONFIG_HOME", ".config") / "vboxcloud/config.ini"


def cache_folder() -> str:
    """Where the command notes what it saw of hosts."""
    return str(_folder("XDG_CACHE_HOME", ".cache") / "vboxcloud")


def labels(text: str) -> dict[str, str]:
    """'rack=a,ssd' as a dict; a ValueError says what is wrong."""
    found: dict[str, str] = {}
    for label in (each.strip(" \t") for each in text.split(",")):
        if not _LABEL.fullmatch(label):
            raise ValueError(f"cannot have {label!r}: a label is KEY or KEY=VALUE, made of letters,"
                             " digits, dots, - and _")
        key, _, value = label.partition("=")
        if key in found:
            raise ValueError(f"has {key!r} twice")
        found[key] = value
    return found


class Config:
    """What the file has."""

    def __init__(self, path: Optional[Path] = None) -> None:
        self.path = path or config_path()
        self.hosts: dict[str, Section] = {}
        self.fleets: dict[str, Section] = {}
        self._line = 0
        self._section: Optional[Section] = None
        self._keys: tuple[str, ...] = ()
        for self._line, text in enumerate(re.split(r"\r\n|\n|\r", self._text()), 1):
            self._take(text.strip(" \t"))

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise errors.InvalidArgumentError(f"cannot read {self.path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise errors.InvalidArgumentError(
                f"cannot use {self.path}: it is not text in UTF-8") from None

    def _refuse(self, text: str, line: int = 0) -> NoReturn:
        raise errors.InvalidArgumentError(f"{self.path}:{line or self._line}: {text}")

    def _take(self, line: str) -> None:
        if not line or line[0] in "#;":
            return
        if line[0] == "[":
            self._take_section(line)
            return
        found = re.fullmatch(r"([^=:]*?)\s*[=:](.*)", line, re.S)
        if not found or self._section is None:
            self._refuse("this is neither a section nor 'key = value'")
        value = re.split(r"\s;", " " + found[2], maxsplit=1)[0].strip()
        self._take_value(found[1], value)

    def _take_section(self, line: str) -> None:
        found = re.fullmatch(r"\[([^]]*)\]\s*(?:[#;].*)?", line, re.S)
        if not found:
            self._refuse("this is not a section")
        kind, _, name = found[1].replace("\t", " ").partition(" ")
        name = name.strip(" \t\"'")
        kept, self._keys = {
            "host": (self.hosts, _HOST_KEYS), "fleet": (self.fleets, _FLEET_KEYS),
        }.get(kind, ({}, ("host",)))
        if bool(name) != (kind != "default") or kind not in ("host", "fleet", "default"):
            self._refuse(f"section [{found[1]}] has no meaning: there are [default], [host NAME]"
                         " and [fleet NAME]")
        self._section = kept.setdefault(name, Section(self._line))

    def _take_value(self, key: str, value: str) -> None:
        assert self._section is not None
        if key not in self._keys and self._keys is _HOST_KEYS:
            self._refuse(f"'{key}' has no meaning in a host's section")
        if key in self._section.values:
            self._refuse(f"'{key}' is given twice")
        if value[:1] in ("'", '"'):
            if len(value) < 2 or value[-1] != value[0]:
                self._refuse(f"the quotes of '{key}' do not match")
            value = value[1:-1]
        if value:
            self._section.values[key] = value

    def names(self, word: str) -> list[str]:
        """The hosts of a fleet, of 'all', or of names with commas between them."""
        if word in self.fleets:
            listed = re.split(r"[ \t,]+", self.fleets[word].values.get("hosts", "").strip(" \t,"))
        elif word == ALL:
            listed = list(self.hosts)
        else:
            listed = re.split(r"[ \t,]+", word.strip(" \t,"))
        listed = [each for each in listed if each]
        if not listed:
            raise errors.InvalidArgumentError(
                f"'{word}' has no hosts: {self.path} needs [host NAME] sections with a url")
        for name in listed:
            if name not in self.hosts:
                known = ", ".join([*self.fleets, *self.hosts, ALL])
                raise errors.InvalidArgumentError(
                    f"there is no fleet or host '{name}' in {self.path}; there are {known}")
            if listed.count(name) > 1:
                raise errors.InvalidArgumentError(f"'{word}' names the host '{name}' twice")
        return listed

    def file(self, name: str, key: str) -> Optional[str]:
        """The path in a key of a host: "~/x" is in the home directory, "x" beside the file."""
        value = self.hosts[name].values.get(key)
        return None if value is None else str(self.path.parent / Path(value).expanduser())

    def labels(self, name: str) -> dict[str, str]:
        """Of a host."""
        section = self.hosts[name]
        try:
            return labels(section.values["labels"]) if "labels" in section.values else {}
        except ValueError as error:
            self._refuse(f"'labels' of host '{name}' {error}", section.line)

    def url(self, name: str) -> str:
        """Of a host."""
        section = self.hosts[name]
        if "url" not in section.values:
            self._refuse(f"section [host {name}] has no url: add one, like url = NAME:18083",
                         section.line)
        return section.values["url"]


def password_in(path: str) -> str:
    """The password that a file holds."""
    what = f"the password file {path}"
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_PASSWORD_MAX + 1)
    except OSError as error:
        raise errors.InvalidArgumentError(f"cannot read {what}: {error.strerror}") from None
    if stat.S_ISREG(mode) and mode & 0o022:
        raise errors.InvalidArgumentError(f"others can change {what}: chmod 600 it first")
    if len(text) > _PASSWORD_MAX:
        raise errors.InvalidArgumentError(
            f"{what} is too large: it must hold the password alone")
    try:
        found = re.sub(r"\r?\n\Z", "", text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise errors.InvalidArgumentError(f"{what} is not text in UTF-8") from None
    if not found or not found.isprintable():
        raise errors.InvalidArgumentError(f"{what} must hold the password, in one line")
    return found
