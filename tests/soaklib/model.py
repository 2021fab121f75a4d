# SPDX-License-Identifier: Apache-2.0
"""What there must be on the host, as far as the commands have told.

A command that has succeeded settles what it changed; one that failed or was killed, or that ran
beside another one on the same thing, leaves two possibilities. At a quiet point the host tells
which, and that is what holds from then on.
"""
from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Cell:
    """The values that one attribute may have."""

    def __init__(self, value: Any = None):
        self.values: set[Any] = {value}
        self.busy = 0
        self.mixed = False

    def begin(self) -> None:
        """A command that changes it has begun."""
        self.busy += 1
        self.mixed |= self.busy > 1

    def end(self, value: Any, is_done: bool) -> None:
        """It has ended."""
        if is_done and not self.mixed:
            self.values = {value}
        else:
            self.values.add(value)
        self.busy -= 1
        self.mixed &= self.busy > 0

    @property
    def sure(self) -> bool:
        """Whether there is only one possibility."""
        return len(self.values) == 1 and not self.busy


@dataclass(eq=False)
class Thing:
    """A node, an image, …; it keeps its first name as ours, whatever it is renamed to."""
    kind: str
    name: str
    owner: int | None  # the client that alone uses it
    id: str | None = None  # as long as its creation has not told: unknown
    content: Path | None = None  # what its disk begins with; else it is empty
    whole: bool = False  # the disk is no larger than that
    linked: Thing | None = None  # the disk is linked to that one's
    base: bool = False  # a disk was linked to its own, for which it has a snapshot
    loose: bool = False  # until the next quiet point nobody knows what it is like
    began: int = 0  # how many commands have used it
    users: int = 0  # of which are at work
    cells: defaultdict[str, Cell] = field(default_factory=lambda: defaultdict(Cell))

    def __post_init__(self) -> None:
        self.cells["there"] = Cell(False)
        self.cells["name"] = Cell(self.name)

    def may(self, attribute: str, value: Any) -> bool:
        """Whether it may have that value."""
        return self.loose or value in self.cells[attribute].values

    def is_surely(self, attribute: str, value: Any) -> bool:
        """Whether it has that value, and nobody is changing it."""
        cell = self.cells[attribute]
        return not self.loose and cell.sure and value in cell.values

    def some(self, prefix: str) -> list[str]:
        """The attributes of that kind, as "tag:", that it may have."""
        return [name for name, cell in self.cells.items()
                if name.startswith(prefix) and cell.values != {None}]

    def __str__(self) -> str:
        cells = {name: cell.values for name, cell in self.cells.items()}
        return (f"{self.kind} '{self.name}' {self.id} of {self.owner}"
                f"{' LOOSE' if self.loose else ''}: {cells}")


@dataclass
class Change:
    """What a command does to a thing."""
    thing: Thing
    attribute: str
    value: Any


class Model:
    """All things. Whoever looks or changes holds the lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.things: list[Thing] = []
        self.gone: set[str] = set()  # ids, which must never come back

    def of(self, kind: str) -> Iterator[Thing]:
        """All of a kind that may be there."""
        return (thing for thing in self.things if thing.kind == kind)

    def by_id(self, id_: str) -> Thing | None:
        """The thing of that id."""
        return next((thing for thing in self.things if thing.id == id_), None)

    def stopped(self) -> None:
        """What runs may have ended with a service, or by itself."""
        with self.lock:
            for node in self.of("node"):
                if node.cells["state"].values - {"stopped", "suspended"}:
                    node.cells["state"].values.add("stopped")

    def forget(self, thing: Thing) -> None:
        """It is gone for good."""
        self.things.remove(thing)
        if thing.id:
            self.gone.add(thing.id)
