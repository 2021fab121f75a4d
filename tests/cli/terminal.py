# SPDX-License-Identifier: Apache-2.0
"""Running the command on a terminal of its own."""
from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import termios
import time

from cli import COMMAND, Result, clean_env


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(self, *args: str, env: dict[str, str], columns: int = 0) -> None:
        self.shown = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if columns:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
            os.execvpe(COMMAND, [COMMAND, *args], clean_env(env))

    def read(self, until: str | None = None, timeout: float = 20) -> None:
        """Reads what is shown until it holds a text, or to the end."""
        end = time.monotonic() + timeout
        while until is None or until not in self.shown:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                return
            try:
                self.shown += self.decoder.decode(os.read(self.fd, 4096))
            except OSError:  # the other side has gone
                return

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def status(self) -> int:
        self.read()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def typed(*words: str, answers: tuple[tuple[str, str], ...], env: dict[str, str] | None = None) -> Result:
    """The command on a terminal, where each question is answered when it is shown; one that is not
    shown is a failed test's to find. What was shown is `out`."""
    terminal, shown = Terminal(*words, env=env or {}), ""
    for question, answer in answers:
        terminal.read(question)
        before, found, terminal.shown = terminal.shown.partition(question)
        shown += before + found
        if not found:
            break
        os.write(terminal.fd, answer.encode())
    status = terminal.status()
    return Result(status, shown + terminal.shown, "")
