# SPDX-License-Identifier: Apache-2.0
"""A quiet point: nothing runs, and what is on the host is compared with what the commands told."""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cli import Result
from proxylib.client import Proxy
from trouble import Host

from soaklib.journal import Journal
from soaklib.model import Cell, Model, Thing
from soaklib.trouble_maker import CLOCK, HOUR_MS
from soaklib.truth import Truth, is_copy

FORCE = "only a forced gc removes it"


class Quiet:
    """One of them."""

    def __init__(self, host: Host, model: Model, journal: Journal):
        self.host, self.model, self.journal = host, model, journal

    def check(self) -> None:
        """All that is to be checked; from then on the model is as the host is."""
        self.tidy()
        truth = Truth(self.host)
        for text in truth.failed:
            self.journal.complain("after gc", text)
        with self.model.lock:
            found = self.adopt(truth)
            for text in self.compare(truth, found):
                self.journal.complain("lost or wrong", text)
            for text in truth.leftovers():
                self.journal.complain("left", text)
            self.take_over(found)

    def tidy(self) -> None:
        """One gc, by a clock by which those elsewhere that were killed are gone for sure. What the
        services were killed over while it was undone is left to another, with --force."""
        if self.host.cloud("host", "show").status:
            self.journal.complain("the service ended", "nobody has killed it")
            self.host.restart("--quick")
        with Proxy(self.host.url, rules=[{"do": "add", "method": CLOCK, "by": HOUR_MS,
                                          "every": True}]) as proxy:
            began = self.journal.now()
            result = self.host.cloud("gc", "--quiet", url=proxy.url, timeout=600)
            if FORCE in result.err:
                self.journal.count("quiet points that needed gc --force")
                result = self.host.cloud("gc", "--quiet", "--force", url=proxy.url, timeout=600)
            self.fine(result, "gc")
            self.journal.took("gc at a quiet point", self.journal.now() - began, "gc")
        result = self.host.cloud("gc", "--dry-run", "--output", "json", timeout=300)
        self.fine(result, "gc --dry-run")
        if result.status == 0 and json.loads(result.out):
            self.journal.complain("left", f"after gc another has to do: {result.out}")
        self.fine(self.host.cloud("host", "check", timeout=300), "host check")

    def fine(self, result: Result, what: str) -> None:
        if result.status or result.err:
            self.journal.complain("after gc", f"{what}: exit status {result.status}", result.err,
                                  result.out)

    # -- what is there ----------------------------------------------------------------------------

    def adopt(self, truth: Truth) -> dict[Thing, dict[str, Any]]:
        """What each thing is like that is there; those whose creation did not tell its id are
        known by name."""
        found = {}
        for kind, id_, like in truth.things():
            thing = self.model.by_id(id_) or self.made(kind, like)
            if not thing:
                self.journal.complain("left", f"{kind} {id_}, which nobody has made: {like}")
                continue
            thing.id = id_
            found[thing] = like
        return found

    def made(self, kind: str, like: dict[str, Any]) -> Thing | None:
        """The thing of that name that may have been made."""
        return next((thing for thing in self.model.of(kind)
                     if not thing.id and thing.name == like["name"]), None)

    def compare(self, truth: Truth, found: dict[Thing, dict[str, Any]]) -> Iterator[str]:
        """What is not as the commands told."""
        for thing in self.model.things:
            if (thing in found) not in thing.cells["there"].values:
                yield f"{'is back' if thing in found else 'is gone'}: {thing}"
            elif thing in found:
                yield from self.differences(thing, found[thing])
                disk = truth.disk_of(thing.kind, thing.id) if not thing.linked else None
                if disk and not is_copy(disk, thing.content):
                    yield f"its disk {disk.name} is not as {thing.content}: {thing}"

    def differences(self, thing: Thing, like: dict[str, Any]) -> Iterator[str]:
        """Between a thing and what it may be."""
        if like.get("state") in ("error", "unknown"):
            yield f"{like}: {thing}"
        for name in sorted({*like, *thing.cells} - {"there"}):
            if not thing.may(name, like.get(name)) and not self.went(thing, name, like.get(name)):
                yield f"{name} is {like.get(name)!r}: {thing}"

    def went(self, thing: Thing, name: str, value: Any) -> bool:
        """A volume is attached no more when its node was destroyed meanwhile."""
        if thing.kind != "volume" or name != "node" or value is not None:
            return False
        nodes = [self.model.by_id(id_) for id_ in thing.cells["node"].values if id_]
        return any(not node or node.may("there", False) for node in nodes)

    def take_over(self, found: dict[Thing, dict[str, Any]]) -> None:
        """From now on this is sure."""
        for thing in list(self.model.things):
            if thing not in found:
                self.model.forget(thing)
                continue
            thing.loose = False
            thing.cells.clear()
            thing.cells["there"] = Cell(True)
            for name, value in found[thing].items():
                thing.cells[name] = Cell(value)
