# SPDX-License-Identifier: Apache-2.0
"""What happens between each two commands of a test: nothing, or, where VBOXCLOUD_TEST_BETWEEN is set,
the host's VirtualBox starts anew, or vboxwebsrv alone, which ends each web session. It is the option
of `vboxhost restart` for that; VBOXCLOUD_TEST_BETWEEN_HOST names the host that the runner has chosen,
or says `own` for tests that bring up hosts of their own. While another command goes on a host stays
as it is."""
from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import Any

VBOXHOST = Path(__file__).with_name("vboxhost")
HOW = os.environ.get("VBOXCLOUD_TEST_BETWEEN", "")
HOST = os.environ.get("VBOXCLOUD_TEST_BETWEEN_HOST", "")
RESTARTING = HOW == "--keep-running"
_processes: list[subprocess.Popen[str]] = []
_calls = 0
_lock = threading.Lock()


def restart(host: str) -> None:
    """Virtual machines that run go on."""
    command = [str(VBOXHOST), "restart", "--quick", HOW, "--name", host]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError(f"vboxhost restart {host}: {done.stderr.strip()}")


def before(own_host: str = "") -> bool:
    """Before a command on the host that the runner has chosen, or on one of the test's own. Whether
    it started anew."""
    host = own_host if HOST == "own" else HOST
    _processes[:] = [process for process in _processes if process.poll() is None]
    if not host or _processes or _calls:
        return False
    restart(host)
    return True


def goes_on(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """Notes a command that may still be at work when the next begins."""
    _processes.append(process)
    return process


class Commands:
    """An object each of whose methods is a command."""

    def __init__(self, object_: Any):
        self._object = object_

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._object, name)
        return (lambda *args, **named: _call(value, args, named)) if callable(value) else value


def _call(method: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    global _calls
    with _lock:
        before()
        _calls += 1
    try:
        return method(*args, **named)
    finally:
        with _lock:
            _calls -= 1
