# SPDX-License-Identifier: Apache-2.0
"""What the tests know of a command that changes a host."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from trouble import Host, State


def never(_before: State, _after: State) -> bool:
    """Nothing is half done."""
    return False


def nothing(_: Host) -> None:
    """Needs no preparation."""


@dataclass
class Call:
    """One of those that a command makes. How often it waits, and so the number of a call among all,
    is not always the same; the number among those of its method is, but for the waits."""
    at: int
    method: str
    nth: int  # of its method

    def rule(self, do: str) -> dict[str, object]:
        """For the proxy."""
        return {"do": do, "method": self.method, "nth": self.nth}

    @property
    def name(self) -> str:
        return f"{self.method} ({self.nth})"

    def __str__(self) -> str:
        return f"{self.at + 1} {self.name}"


@dataclass
class Operation:
    """A command on a host that has an image and no node, or what `begin` makes of that."""
    what: str
    words: tuple[str, ...]
    is_done: Callable[[State, State], bool]
    begin: Callable[[Host], None] = nothing
    is_halfway: Callable[[State, State], bool] = never  # is as good, when it broke off
    first: str | None = None  # the first call of interest: those before it, and those after the
    last: str | None = None   # last, are in another operation too
    undone: bool = True       # by the next command, when it broke off
    thorough: bool = False    # also at the calls that only read, whose loss changes nothing

    def interesting(self, order: list[str]) -> list[Call]:
        """The calls of interest, among all that the command makes."""
        first = order.index(self.first) if self.first else 0
        last = len(order) - order[::-1].index(self.last) if self.last else len(order)
        return [Call(at, order[at], order[:at + 1].count(order[at])) for at in range(first, last)]

    def changing(self, order: list[str]) -> list[Call]:
        """Of these, the calls that change something."""
        return [call for call in self.interesting(order)
                if self.thorough or not re.search("_(get|find)", call.method)]
