# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command share: running it in a clean environment, and TAP.

The command is $VBOXCLOUD, else `vboxcloud` in PATH.
"""
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parents[1]))

import between

COMMAND = os.environ.get("VBOXCLOUD", "vboxcloud")
_count = _failed = 0
_folder = tempfile.TemporaryDirectory(prefix="vboxcloud-test-")
HOME = Path(_folder.name)


@dataclass
class Result:
    """How a command ended."""
    status: int
    out: str
    err: str


def clean_env(env: dict[str, str] | None = None) -> dict[str, str]:
    """This environment without a user's settings, plus `env`."""
    base = {k: v for k, v in os.environ.items()
            if not k.startswith(("VBOXCLOUD", "XDG_", "http", "HTTP"))}
    return base | {"HOME": str(HOME)} | (env or {})


def host_env() -> dict[str, str]:
    """The settings of the host that the runner has chosen."""
    return {k: v for k, v in os.environ.items() if k.startswith("VBOXCLOUD_")}


def start(*args: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """Starts the command, without a terminal it could ask."""
    between.before()
    return between.goes_on(subprocess.Popen(
        [COMMAND, *args], env=clean_env(env), text=True, errors="surrogateescape",
        start_new_session=True,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options))


def finish(process: subprocess.Popen[str], timeout: float = 120) -> Result:
    """Waits for its end; one that does not end is killed, and has the status -9."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    return Result(process.returncode, out or "", err or "")


def run(*args: str, env: dict[str, str] | None = None, timeout: float = 120,
        **options: Any) -> Result:
    """Runs the command to its end."""
    return finish(start(*args, env=env, **options), timeout)


def wait_past_bios(node: str, env: dict[str, str]) -> None:
    """While the BIOS seeks disks and shows its logo, VirtualBox's process may crash at a teleport,
    where it interprets, or when VNC is switched on or off."""
    for _ in range(300):
        log = run("node", "log", node, env=env).out
        if "BIOS: Boot" in log or "Teleporter: Waiting" in log:
            return
        time.sleep(0.1)
    raise RuntimeError(f"node {node} did not get past its BIOS in 30 s")


def interrupt(process: subprocess.Popen[str], after: float, number: int = signal.SIGINT) -> Result:
    """Sends it a signal after some seconds and waits for its end."""
    time.sleep(after)
    process.send_signal(number)
    return finish(process)


def ok(good: object, what: str, *details: object) -> bool:
    """One line of TAP; the details are shown when it failed."""
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {what}".replace("\n", "\\n"), flush=True)
    for detail in details if not good else ():
        print(f"#   {detail!r}", flush=True)
    return bool(good)


def skip(what: str, why: str) -> None:
    """A test that cannot run here."""
    global _count
    _count += 1
    print(f"ok {_count} - {what} # SKIP {why}", flush=True)


def is_fine(result: Result, what: str, out: str | None = None) -> bool:
    """It succeeded, and printed `out` if that is given."""
    return ok(result.status == 0 and (out is None or result.out == out), what, result)


def fails(result: Result, status: int, pattern: str, what: str) -> bool:
    """It failed as documented: its status, nothing on stdout, one sentence on stderr."""
    line = r"vboxcloud: [^\n]*[^\n.]\n"
    return ok(result.status == status and result.out == "" and re.fullmatch(line, result.err)
              and re.search(pattern, result.err), what, f"want {status}, {pattern}", result)


def config(text: str) -> None:
    """Writes the configuration file; an empty text removes it."""
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if text:
        path.write_text(text)


def done() -> None:
    """Prints the plan and ends the test."""
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)


def skip_all(why: str) -> None:
    """Ends a test that cannot run here."""
    print(f"1..0 # SKIP {why}")
    sys.exit(77)
