# SPDX-License-Identifier: Apache-2.0
"""Running one test program: its environment, its time limit, and what it leaves behind."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from . import builds, hosts
from .catalogue import Test
from .tap import Outcome, judge_status, judge_tap

LOGS = builds.FOLDER / "logs"
GRACE_S = 20  # for a program that is asked to end, and takes its hosts down first
REAPER_S = 1  # in which VBoxSVC notes how the process of a virtual machine ended

_running: set[subprocess.Popen[bytes]] = set()
_ending = threading.Event()


def log_of(test: Test) -> Path:
    return LOGS / f"{test.name.replace('/', '-')}.log"


def output_of(test: Test) -> str:
    """What it said when it was last run."""
    log = log_of(test)
    return log.read_text(errors="replace") if log.exists() else ""


def environment(test: Test, host: dict[str, str]) -> dict[str, str]:
    """Ours without a user's settings, with the build, the host, and where sanitizers report."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("VBOXCLOUD_") or k in ("VBOXCLOUD_NO_INSTALL", "VBOXCLOUD_TEST_SEED")}
    build = builds.path(test.build)
    report = f"log_path='{log_of(test)}.sanitizer'"  # it may have spaces
    return env | test.env | host | {
        "PATH": f"{build}/tool:{env['PATH']}",
        "LD_LIBRARY_PATH": f"{build}/lib",
        "VBOXCLOUD_BUILD": str(build),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ASAN_OPTIONS": f"{report}:exitcode=99:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": f"{report}:exitcode=99:print_stacktrace=1:halt_on_error=1",
        "TSAN_OPTIONS": f"{report}:exitcode=99",
    }


def run(test: Test, host: dict[str, str]) -> Outcome:
    """Run it to its end, and judge it by its output, its status and its remains."""
    log, before = log_of(test), hosts.crashes() if test.host else set()
    for old in LOGS.glob(f"{log.name}*"):
        old.unlink()
    # A file, not a pipe: what a test leaves running would keep a pipe open.
    with open(log, "wb") as output:
        process = subprocess.Popen(test.command, cwd=test.folder, env=environment(test, host),
                                   stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    _running.add(process)
    if _ending.is_set():
        process.terminate()
    in_time = waited(process, test.seconds)
    if not in_time:
        end(process)
    _running.discard(process)
    judge = judge_tap if test.tap else judge_status
    outcome = judge(process.returncode, log.read_text(errors="replace"))
    if not in_time:
        outcome.complain(f"not done after {test.seconds} s")
    outcome = remains(test, process.pid, outcome)
    if outcome.failed and test.host:
        time.sleep(REAPER_S)
        outcome.crashes = [f"{name}: {trace}" for name, trace in sorted(hosts.crashes() - before)
                           if hosts.is_of(name, test.place or test.host, process.pid)]
    return outcome


def remains(test: Test, pid: int, outcome: Outcome) -> Outcome:
    """Ends and reports what the program has left behind."""
    if left := group(pid):
        os.killpg(pid, signal.SIGKILL)
        outcome.complain(f"left running: {', '.join(left)}")
    for name in hosts.left_by(pid) if test.host == "own" else []:
        outcome.complain(f"left the host '{name}' running")
    for report in sorted(LOGS.glob(f"{log_of(test).name}.sanitizer.*")):
        # A program that is killed while it looks for leaks only leaves a remark.
        if re.search("SUMMARY:|ERROR:|WARNING:|runtime error:", text := report.read_text(errors="replace")):
            outcome.complain(text)
    return outcome


def members(pid: int) -> list[str]:
    """The programs of a process group, without those that have ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            program, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        state, _, its_group = rest.split()[:3]
        if int(its_group) == pid and state != "Z":
            found.append(program.partition("(")[2])
    return found


def group(pid: int) -> list[str]:
    """The programs of a process group that do not end by themselves within a second."""
    deadline = time.monotonic() + 1
    while programs := members(pid):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return programs


def waited(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if not waited(process, GRACE_S):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_all() -> None:
    """Ask all that run to end; those who wait for them end them by force."""
    _ending.set()
    for process in list(_running):
        process.terminate()
