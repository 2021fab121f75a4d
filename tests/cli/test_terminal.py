#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens on a terminal: the password is asked for and not shown, Ctrl-C, completion."""
from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from cli import COMMAND, clean_env, done, fails, interrupt, ok, run, skip, start
from fakes import PAGE, listening, read_request, reply, silent
from terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]


def test_password() -> None:
    logons: list[str] = []

    def answer(connection):  # type: ignore[no-untyped-def]
        logons.append(read_request(connection).decode())
        reply(connection, PAGE)

    with listening(answer) as port:
        env = {"VBOXCLOUD_HOST": f"http://127.0.0.1:{port}", "VBOXCLOUD_USER": "me"}
        terminal = Terminal("node", "list", env=env)
        terminal.read("Password of me for http://127.0.0.1")
        ok(terminal.shown.startswith("Password of me for ") and not terminal.echoes(),
           "the password is asked for without echo", terminal.shown)
        os.write(terminal.fd, b"geheim\n")
        ok(terminal.status() == 4 and "geheim" not in terminal.shown, "and not shown",
           terminal.shown)
        ok(any("<password>geheim</password>" in logon.replace("vbox:", "") for logon in logons),
           "but sent", logons)
        terminal = Terminal("node", "list", env=env)
        terminal.read("Password")
        os.write(terminal.fd, b"\n")
        ok(terminal.status() == 2 and "is empty" in terminal.shown, "an empty one is refused",
           terminal.shown)
        terminal = Terminal("node", "list", env=env)
        terminal.read("Password")
        os.write(terminal.fd, b"geh\x03")
        terminal.read("\n")
        ok(terminal.echoes(), "Ctrl-C gives the echo back")
        ok(terminal.status() == -2 and len(logons) == 1, "and ends the command", terminal.shown)


def test_signals() -> None:
    with listening(silent) as port:
        env = {"VBOXCLOUD_HOST": f"http://127.0.0.1:{port}"}
        ok(interrupt(start("node", "list", env=env), 0.5).status == -2, "Ctrl-C ends a list")
        fails(interrupt(start("node", "start", "x", env=env), 0.5), 5, "", "and cancels a start")
        fails(interrupt(start("node", "stop", "x", "y", env=env), 0.5, 15), 5, "",
              "as SIGTERM does, without trying other nodes")


def test_bash() -> None:
    def offered(*words: str) -> list[str]:
        script = ('source "$1/completions/vboxcloud.bash"; shift; COMP_WORDS=("$@"); '
                  'COMP_CWORD=$(($# - 1)); compopt() { echo "compopt $*"; }; _vboxcloud; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return subprocess.run(["bash", "-c", script, "bash", str(ROOT), COMMAND, *words],
                              env=clean_env(), text=True, capture_output=True,
                              check=True).stdout.split()

    ok(offered("node", "sh") == ["show"], "bash completes verbs")
    ok(offered("--output", "=", "j") == ["json"], "and values after =")
    ok(offered("--output", "=") == ["table", "json", "tsv"], "and all of them")
    ok(offered("image", "import", "") == ["compopt", "-o", "default"], "and files")
    ok(offered("node", "list", "--columns", "name,st") == ["name,state"], "and lists of keys")
    ok(offered("node", "list", "--filter", "stat") == ["compopt", "-o", "nospace", "state="], "and keys of filters")


def test_narrow() -> None:
    """What a check found is wrapped, and has the cure behind it."""
    terminal = Terminal("host", "check", "--host", "no-such-host.invalid", env={}, columns=60)
    status = terminal.status()
    lines = terminal.shown.replace("\r", "").splitlines()
    ok(status == 4 and len(lines) > 3 and all(len(line) <= 60 for line in lines) and
       "; correct the host's name, or give its address" in " ".join(line.strip() for line in lines),
       "host check fits a terminal", terminal.shown)


def test_fish() -> None:
    if not shutil.which("fish"):
        skip("fish completes", "fish is not installed")
        return

    def offered(line: str) -> list[str]:
        script = f"source {ROOT}/completions/vboxcloud.fish; complete -C {shlex.quote(line)}"
        ended = subprocess.run(["fish", "--no-config", "-c", script], text=True, capture_output=True, check=False,
                               env=clean_env() | {"PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}"})
        return [each.partition("\t")[0] for each in ended.stdout.splitlines()]

    ok(offered("vboxcloud node sh") == ["show"], "fish completes verbs", offered("vboxcloud node sh"))
    found = offered("vboxcloud node list --sort name,-st")
    ok(found == ["name,-state"], "and lists of keys", found)
    found = offered("vboxcloud node list --filter stat")
    ok(found == ["state="], "and keys of filters", found)


def test_scripts() -> None:
    for shell, script in (("zsh", "_vboxcloud"), ("fish", "vboxcloud.fish")):
        if shutil.which(shell):
            checked = subprocess.run([shell, "-n", str(ROOT / "completions" / script)], check=False)
            ok(checked.returncode == 0, f"completion for {shell} can be read")
        else:
            skip(f"completion for {shell}", f"{shell} is not installed")


test_password()
test_signals()
test_bash()
test_narrow()
test_fish()
test_scripts()
ok(run("__complete").status == 0, "completion of nothing")
done()
