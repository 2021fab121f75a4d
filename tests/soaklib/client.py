# SPDX-License-Identifier: Apache-2.0
"""A client: runs one command after the other, kills some in the middle, and judges how they end."""
from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cli

from soaklib import resident
from soaklib.journal import Journal
from soaklib.model import Model, Thing
from soaklib.operations import OPERATIONS, look, snapshot_list
from soaklib.plan import REFUSED, Chooser, Plan

# A command with --timeout may take so much longer: what it began on the host is stopped and undone.
UNDO_S = 20
BOUND_S = 600  # one without ends after ten minutes at the latest
# When one failed of a trouble, or of another program's change.
BY_TROUBLE = {1: {"disk", "service", "net", "machine"}, 3: {"service"}, 4: {"service", "net", "machine"},
              5: {"disk", "service", "net"}, 6: {"service"}}
KNOWN_S = 1.0
SENTENCE = re.compile(r"vboxcloud: [^\n]*[^\n.]\n")
WARNINGS = re.compile(r"(vboxcloud: warning: [^\n]*\n)*")


@dataclass
class Ending:
    """How a command ended, and what happened meanwhile."""
    plan: Plan
    status: int
    out: str
    err: str
    began: float
    ended: float
    broken: str = ""  # "killed" or "terminated" by us
    contended: bool = False  # others used its things too
    unsure: bool = False  # whether its things are there, and as it needs them
    troubles: frozenset[str] = frozenset()

    @property
    def is_done(self) -> bool:
        """It says that it has succeeded."""
        return self.status == 0


class Gate:
    """Lets commands begin, or not; and tells when none is at work."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.open = True
        self.over = False
        self.inside = 0

    def enter(self) -> bool:
        """Waits until a command may begin; false when there are to be no more."""
        with self.changed:
            self.changed.wait_for(lambda: self.open or self.over)
            self.inside += not self.over
            return not self.over

    def leave(self) -> None:
        """A command has ended."""
        with self.changed:
            self.inside -= 1
            self.changed.notify_all()

    def close(self, seconds: float) -> bool:
        """No more begin; waits for those at work."""
        with self.changed:
            self.open = False
            return self.changed.wait_for(lambda: not self.inside, seconds)

    def reopen(self, over: bool = False) -> None:
        """They go on, or end."""
        with self.changed:
            self.open, self.over = not over, over
            self.changed.notify_all()


class Client(threading.Thread):
    """One of many. `prefix` makes its commands run elsewhere, as on another machine."""
    killed, terminated = 0.15, 0.03  # how many of the commands

    def __init__(self, number: int, seed: int, model: Model, journal: Journal, gate: Gate,
                 env: dict[str, str], folder: Path, prefix: list[str]):
        super().__init__(daemon=True)
        self.number, self.model, self.journal, self.gate = number, model, journal, gate
        self.env, self.prefix = cli.clean_env(env), prefix
        self.rng = random.Random(f"{seed}/{number}")
        self.chooser = Chooser(model, number, self.rng, folder)

    def run(self) -> None:
        while self.gate.enter():
            try:
                self.step()
            except Exception as error:  # pylint: disable=broad-except
                self.journal.complain("the soak itself", repr(error))
                raise
            finally:
                self.gate.leave()
            time.sleep(self.rng.random() * 0.2)

    def step(self) -> None:
        """One command."""
        with self.model.lock:
            plan = self.choose()
            sure = self.begin(plan)
            before = {thing: thing.began for thing in plan.touched}
            alone = all(thing.users == 1 for thing in plan.touched)
        ending = self.carry_out(plan)
        ending.unsure = not sure
        ending.troubles = self.troubles_of(ending)
        with self.model.lock:
            ending.contended = not alone or any(thing.began != n for thing, n in before.items())
            self.judge(ending)
            self.end(ending)

    def troubles_of(self, ending: Ending) -> frozenset[str]:
        """Of one that VirtualBox makes itself it is known a moment later."""
        if not ending.is_done and not self.journal.troubled(ending.began, ending.ended):
            time.sleep(KNOWN_S)
        return frozenset(self.journal.troubled(ending.began, ending.ended))

    # -- the model --------------------------------------------------------------------------------

    def choose(self) -> Plan:
        """Some command that can be run now."""
        while True:
            make: Callable[[Chooser], Plan | None] = self.rng.choices(
                list(OPERATIONS), list(OPERATIONS.values()))[0]
            if plan := make(self.chooser):
                return plan

    def begin(self, plan: Plan) -> bool:
        """Notes that it has begun. Whether all that it needs is surely there, and it is known what
        it changes."""
        sure = all(thing.is_surely("there", True) and not thing.loose for thing in plan.uses) and \
            all(change.thing.cells[change.attribute].sure for change in plan.changes)
        if plan.makes:
            self.model.things.append(plan.makes)
        for thing in plan.touched:
            thing.began += 1
            thing.users += 1
        for change in plan.changes:
            change.thing.cells[change.attribute].begin()
        for thing in plan.loosens:
            thing.loose = True
        plan.present = self.present(plan.lists) if plan.lists else {}
        return sure

    def present(self, kind: str) -> dict[Thing, int]:
        """The things that a list has to have, and how often they had been used then."""
        return {thing: thing.began for thing in self.model.of(kind)
                if thing.id and thing.cells["there"].sure and True in thing.cells["there"].values}

    def end(self, ending: Ending) -> None:
        """What is known now."""
        plan = ending.plan
        for change in plan.changes:
            final = change.attribute == "there" and not change.value
            if final and ending.is_done:
                change.thing.cells["there"].values = {False}
            change.thing.cells[change.attribute].end(change.value, ending.is_done)
        for thing in plan.touched:
            thing.users -= 1
        if plan.makes and ending.is_done:
            plan.makes.id = identity(plan, ending.out)

    # -- running ----------------------------------------------------------------------------------

    def carry_out(self, plan: Plan) -> Ending:
        """Runs it to its end, whichever."""
        broken, after = self.fate()
        bound = plan.limit_s + UNDO_S if plan.limit_s else BOUND_S
        began = self.journal.now()
        process = subprocess.Popen(
            [*self.prefix, cli.COMMAND, "--quiet", "--output", "json", *plan.words], env=self.env,
            text=True, errors="surrogateescape", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)
        if broken:
            broken = broken if wound(process, broken, after) else ""
        try:
            out, err = process.communicate(timeout=bound)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            self.journal.complain("waits too long", f"not done after {bound} s: {plan.words}", err)
            broken = "killed"
        ended = self.journal.now()
        self.journal.took(plan.what, ended - began, " ".join(plan.words))
        self.journal.note(client=self.number, words=plan.words, began=round(began, 2),
                          status=process.returncode, broken=broken, err=err[:1000])
        return Ending(plan, process.returncode, out, err, began, ended, broken)

    def fate(self) -> tuple[str, float]:
        """Whether it is to be broken off, and after how many seconds."""
        at, after = self.rng.random(), self.rng.random() ** 2 * 1.5
        if at < self.killed:
            return "killed", after
        if at < self.killed + self.terminated and not self.prefix:  # it would be the prefix that is told
            return "terminated", after
        return "", 0

    # -- judging ----------------------------------------------------------------------------------

    def judge(self, ending: Ending) -> None:
        """Complains about what is not as it should be."""
        how = ending.broken or f"exit status {ending.status}"
        self.journal.count("commands", f"ended: {how}", f"command: {ending.plan.what}")
        if ending.broken == "killed":
            return
        wrong = [self.wrong_form(ending), self.wrong_status(ending)]
        if ending.is_done:
            wrong.append(self.wrong_result(ending))
        for kind, text in filter(None, wrong):
            self.journal.complain(kind, text, ending.plan.words, f"client {self.number}", ending.err,
                                  f"troubles: {sorted(ending.troubles)}", *ending.plan.touched)

    def wrong_form(self, ending: Ending) -> tuple[str, str] | None:
        """A failure is one sentence, and nothing else; a success says nothing but warnings."""
        if ending.broken == "terminated" and ending.status == -signal.SIGTERM:
            return None
        if ending.is_done:
            said = None if WARNINGS.fullmatch(ending.err) else "speaks although all is well"
        elif ending.out:
            said = "fails, but prints something"
        else:
            rest = WARNINGS.match(ending.err)
            said = None if SENTENCE.fullmatch(ending.err, rest.end()) else "does not say one sentence"
        if said:
            return "form", f"exit status {ending.status}: {said}: {ending.err!r}"
        return None

    def wrong_status(self, ending: Ending) -> tuple[str, str] | None:
        """Each failure has a reason."""
        status, plan = ending.status, ending.plan
        if status == 0 or BY_TROUBLE.get(status, set()) & ending.troubles:
            return None
        if ending.broken == "terminated" and status in (5, -signal.SIGTERM):
            return None
        others = ending.contended or ending.unsure or plan.may_refuse
        if status in (3, REFUSED) and others:
            return None
        return "failure without reason", f"exit status {status}: {ending.err.strip()}"

    def wrong_result(self, ending: Ending) -> tuple[str, str] | None:
        """What it shows, or has written, is right."""
        plan = ending.plan
        try:
            shown = json.loads(ending.out) if ending.out else None
        except ValueError:
            return "form", f"this is no JSON: {ending.out[:200]!r}"
        if plan.lists:
            return self.wrong_list(ending, shown)
        if plan.makes and not identity(plan, ending.out):
            return "form", f"does not show what it made: {ending.out[:200]!r}"
        if plan.file and plan.equals and plan.equals.read_bytes() != plan.file.read_bytes():
            return "wrong content", f"{plan.file} is not as {plan.equals}"
        return None

    def wrong_list(self, ending: Ending, shown: list[dict[str, str]]) -> tuple[str, str] | None:
        """A list has what is there, and nothing that is not."""
        ids = {each.get("id", each["name"]) for each in shown}
        missing = [thing for thing, began in ending.plan.present.items()
                   if thing.began == began and thing.id not in ids]
        back = ids & self.model.gone
        if missing or back:
            return "wrong list", f"missing: {[*map(str, missing)]}, gone but there: {sorted(back)}"
        return None


class Resident(Client):
    """One that only looks, and keeps one handle for it all the time."""
    process: subprocess.Popen[str]

    def keep(self, build: Path) -> Callable[[], None]:
        """From now on, until what is returned is called."""
        self.process = resident.start(build, self.env["VBOXCLOUD_HOST"])
        return self.process.kill

    def choose(self) -> Plan:
        return look(self.chooser) or snapshot_list(self.chooser)

    def carry_out(self, plan: Plan) -> Ending:
        began = self.journal.now()
        answer = resident.ask(self.process, plan.words, BOUND_S)
        ended = self.journal.now()
        if not answer:
            raise RuntimeError(f"{plan.words}: no answer after {BOUND_S} s")
        self.journal.took(f"{plan.what}, by a handle that stays", ended - began, "")
        self.journal.note(client=self.number, words=plan.words, began=round(began, 2), **answer)
        return Ending(plan, answer["status"], answer.get("out", ""), answer.get("err", ""), began,
                      ended)


def identity(plan: Plan, out: str) -> str | None:
    """The id of what a command made, or its name where it has none."""
    try:
        shown = json.loads(out)
        return shown.get("id", shown["name"])
    except (ValueError, KeyError, AttributeError):
        return plan.makes.name if plan.makes and plan.makes.kind == "key" else None


def wound(process: subprocess.Popen[str], how: str, after: float) -> bool:
    """Kills or terminates it after a time; false when it has ended by itself."""
    try:
        process.wait(after)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL if how == "killed" else signal.SIGTERM)
        return True
