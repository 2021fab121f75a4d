# SPDX-License-Identifier: Apache-2.0
"""What a test program's output and end mean. A crash, a wrong plan or none at all is a failure."""
from __future__ import annotations

import re
import signal
from dataclasses import dataclass, field

SKIPPED = 77  # the exit status of a program that could not run here
_RESULT = re.compile(r"(not )?ok\b *(\d*)(.*)")
_PLAN = re.compile(r"1\.\.(\d+)(?: *# *SKIP\b *(.*))?$", re.I)
_SKIP = re.compile(r"(.*?)#\s*SKIP\b\s*(.*)", re.I)


@dataclass
class Outcome:
    """How many of a program's tests ended in which way."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)     # why some were skipped
    failures: list[str] = field(default_factory=list)    # what the failed ones say
    complaints: list[str] = field(default_factory=list)  # what was wrong with the program itself
    crashes: list[str] = field(default_factory=list)     # of VirtualBox itself, on its hosts

    def complain(self, what: str) -> None:
        self.failed += 1
        self.complaints.append(what)

    def skip(self, why: str) -> None:
        self.skipped += 1
        self.reasons.append(why)


def how_it_ended(status: int) -> str:
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"ended with exit status {status}"


def judge_status(status: int, output: str) -> Outcome:
    """A program that is one test."""
    outcome = Outcome()
    if status == 0:
        outcome.passed = 1
    elif status == SKIPPED:
        outcome.skip(output.strip().rpartition("\n")[2])
    else:
        outcome.complain(how_it_ended(status))
    return outcome


def judge_tap(status: int, output: str) -> Outcome:
    """A program that prints a line for each test."""
    outcome, count, plans = Outcome(), 0, []
    for line in output.splitlines():
        plan, result = _PLAN.match(line), _RESULT.match(line)
        if plan:
            plans.append(int(plan[1]))
            if plans[-1] == 0 and plan[2] is not None:
                outcome.skip(plan[2])
        elif line.startswith("Bail out!"):
            outcome.complain(line)
        elif result:
            count += 1
            if result[2] and int(result[2]) != count:
                outcome.complain(f"test {count} has the number {result[2]}")
            add(outcome, bool(result[1]), result[3])
    check_plan(outcome, plans, count)
    if status and not outcome.failed and not (status == SKIPPED and count == 0):
        outcome.complain(how_it_ended(status))
    return outcome


def add(outcome: Outcome, bad: bool, text: str) -> None:
    skip = _SKIP.match(text)
    if bad:
        outcome.failed += 1
        outcome.failures.append(text.strip(" -"))
    elif skip:
        outcome.skip(f"{skip[1].strip(' -')}: {skip[2]}")
    else:
        outcome.passed += 1


def check_plan(outcome: Outcome, plans: list[int], count: int) -> None:
    if len(plans) != 1:
        outcome.complain("no plan" if not plans else "several plans")
    elif plans[0] != count:
        outcome.complain(f"planned {plans[0]} tests, ran {count}")
    elif not count and not outcome.skipped:
        outcome.complain("no tests")
