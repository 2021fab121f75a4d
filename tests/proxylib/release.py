# SPDX-License-Identifier: Apache-2.0
"""A release of VirtualBox, as idl/vbox.idl describes it, and what gSOAP takes of a request there.

The IDL is compared with the descriptions of all releases by idl/check_wsdl.py. It holds what the
library uses; a call that it does not name is one that the release lacks.
"""

from __future__ import annotations

import binascii
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "idl"))

import idl

# The last of each series whose description is known. A name of a series means this one.
SERIES = {"5.0": "5.0.26", "5.1": "5.1.34", "5.2": "5.2.44", "6.0": "6.0.24", "6.1": "6.1.50",
          "7.0": "7.0.26", "7.1": "7.1.18", "7.2": "7.2.22"}
NEWEST = "7.2"
_INTEGERS = {"i16": (-1 << 15, (1 << 15) - 1), "u16": (0, (1 << 16) - 1),
             "i32": (-1 << 31, (1 << 31) - 1), "u32": (0, (1 << 32) - 1),
             "i64": (-1 << 63, (1 << 63) - 1)}


class Refused(Exception):
    """gSOAP takes no such request."""


def full_name(text: str) -> str:
    """5.2 -> 5.2.44; 5.2.30 stays."""
    name = SERIES.get(text, text)
    if not re.fullmatch(r"\d+\.\d+\.\d+", name) or name.rpartition(".")[0] not in SERIES:
        raise ValueError(f"'{text}' is none of {', '.join(SERIES)}, and no release of these")
    return name


class Release:
    """What one release has."""

    def __init__(self, description: idl.Idl, name: str):
        self.idl, self.name = description, full_name(name)
        self.number = idl.release(self.name, False, 0)

    def has(self, thing) -> bool:
        """Whether it has a method, argument, field or member."""
        return thing is not None and idl.in_ranges(thing.ranges, self.number)

    def method(self, name: str) -> idl.Method | None:
        found = self.idl.methods.get(name)
        return found if self.has(found) else None

    def of(self, items: list[idl.Item]) -> list[idl.Item]:
        """Those arguments, outputs or fields that it has."""
        return [item for item in items if self.has(item)]

    def members(self, enum: str) -> list[str]:
        return [item.name for item in self.of(self.idl.enums[enum].items)]

    def fields(self, struct: str) -> list[idl.Item]:
        return self.of(self.idl.structs[struct].items)

    def check(self, method: str, values: list[tuple[str, str]]) -> None:
        """Raises Refused unless the values are the arguments of the method, in order."""
        found, at = self.method(method), 0
        if not found:
            raise Refused(f"Method 'v:{method}' not implemented: method name or namespace not "
                          "recognized")
        for item in self._ins(found):
            count = 1
            if item.array:
                count = next((n for n, (name, _) in enumerate(values[at:]) if name != item.name),
                             len(values) - at)
            elif at == len(values) or values[at][0] != item.name:
                raise Refused("Validation constraint violation: tag name or namespace mismatch: "
                              f"no element <{item.name}> in {method} of VirtualBox {self.name}")
            for _, text in values[at:at + count]:
                self._check_value(method, item, text)
            at += count
        if at < len(values):
            raise Refused("Validation constraint violation: tag name or namespace mismatch in "
                          f"element <{values[at][0]}>: {method} of VirtualBox {self.name} has none")

    def _ins(self, method: idl.Method) -> list[idl.Item]:
        this = [] if method.name.startswith("IWebsessionManager_") else [
            idl.Item("_this", (), 0, "str")]
        return this + self.of(method.ins)

    def _check_value(self, method: str, item: idl.Item, text: str) -> None:
        if not self._is_value(item.type, text):
            raise Refused(f"Validation constraint violation: '{text[:80]}' in element "
                          f"<{item.name}> of {method} is no {item.type} in VirtualBox {self.name}")

    def _is_value(self, kind: str, text: str) -> bool:
        if kind == "bool":
            return text in ("true", "false", "1", "0")
        if kind in _INTEGERS:
            low, high = _INTEGERS[kind]
            return bool(re.fullmatch(r"-?\d+", text)) and low <= int(text) <= high
        if kind == "bytes":
            try:
                return binascii.b2a_base64(binascii.a2b_base64(text), newline=False) == text.encode()
            except binascii.Error:
                return False
        return kind not in self.idl.enums or text in self.members(kind)


def load(name: str) -> tuple[Release, Release]:
    """The release of that name, and the newest, which the host is."""
    description = idl.load(os.path.join(ROOT, "idl", "vbox.idl"))
    return Release(description, name), Release(description, NEWEST)
