# SPDX-License-Identifier: Apache-2.0
"""A command before it is run: its words, and what the model is to learn of its end."""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from soaklib.model import Change, Model, Thing

REFUSED = 6  # the exit status of a conflict
TIMEOUT_S = 60


@dataclass
class Plan:
    """Ready to be run."""
    what: str
    words: list[str]
    uses: list[Thing] = field(default_factory=list)  # things that must be there
    changes: list[Change] = field(default_factory=list)
    makes: Thing | None = None
    loosens: list[Thing] = field(default_factory=list)  # nobody knows what these are like after it
    may_refuse: bool = False  # what the model knows of the things makes a conflict right
    limit_s: int | None = None  # its --timeout
    lists: str = ""  # the kind of things that it shows all of
    file: Path | None = None  # that it writes
    equals: Path | None = None  # what is in that file then
    present: dict[Thing, int] = field(default_factory=dict)  # what a list has to show

    @property
    def touched(self) -> set[Thing]:
        """All things that it has to do with."""
        made = {self.makes} if self.makes else set()
        return {*self.uses, *made, *(change.thing for change in self.changes), *self.loosens}


class Chooser:
    """Of what a client makes its plans. The model is locked meanwhile."""
    SHARED, SHARED_NEW = 0.25, 0.2  # how often it uses what all use, and makes it
    MOST = 50  # of a kind

    def __init__(self, model: Model, client: int, rng: random.Random, folder: Path):
        self.model, self.client, self.rng, self.folder = model, client, rng, folder
        self.count = 0

    def name(self, kind: str) -> str:
        """A name that nothing ever had."""
        self.count += 1
        return f"{kind} {self.client}-{self.count}{self.rng.choice(['', '', ' é', ' <&>'])}"

    def new(self, kind: str, **facts: object) -> Thing:
        """A thing that is to be made."""
        owner = None if self.rng.random() < self.SHARED_NEW else self.client
        return Thing(kind, self.name(kind), owner, **facts)  # type: ignore[arg-type]

    def of(self, kind: str, owner: int | None) -> list[Thing]:
        """Those of a kind that belong to a client, or to all, and are known."""
        return [thing for thing in self.model.of(kind)
                if thing.owner == owner and thing.id and thing.may("there", True)]

    def a(self, kind: str) -> Thing | None:
        """Some thing of a kind, if there is one."""
        shared = self.rng.random() < self.SHARED
        found = self.of(kind, None if shared else self.client) or self.of(kind, None)
        return self.rng.choice(found) if found else None

    def has_room(self, kind: str, most: int) -> bool:
        """Whether another one may be made."""
        there = [thing for thing in self.model.of(kind)
                 if thing.may("there", True) and (thing.id or thing.users)]
        return len([each for each in there if each.owner == self.client]) < most and \
            len(there) < self.MOST
