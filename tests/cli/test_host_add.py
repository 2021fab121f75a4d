#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adding a host that answers, and one that does not, with words and by questions on a terminal."""
from __future__ import annotations

import json

from cli import HOME, config, done, fails, host_env, ok, run, skip_all
from fakes import free_port, listening, page
from terminal import typed

FILE = HOME / ".config/vboxcloud/config.ini"
given = host_env()
if "VBOXCLOUD_HOST" not in given:
    skip_all("VBOXCLOUD_HOST names no host")
URL = given["VBOXCLOUD_HOST"]
USER, PASSWORD_FILE = given.get("VBOXCLOUD_USER"), given.get("VBOXCLOUD_PASSWORD_FILE")
CREDENTIALS = ("--user", USER, "--password-file", str(PASSWORD_FILE)) if USER else ()
TRUST = ("--ca-file", given["VBOXCLOUD_CA_FILE"]) if "VBOXCLOUD_CA_FILE" in given else ()


def test_words() -> None:
    config("")
    result = run("host", "add", "lab", URL, *CREDENTIALS, *TRUST, "--output", "json")
    shown = json.loads(result.out or "{}")
    ok(result.status == 0 and (shown["name"], shown["url"], shown["user"], shown["default"]) ==
       ("lab", URL, USER, True), "a host that answers is added", result)
    ok("warning" not in result.err, "without a warning", result.err)
    result = run("host", "show")
    ok(result.status == 0 and URL in result.out, "and is the default", result)
    result = run("node", "list", "--host", "lab")
    ok(result.status == 0, "and a name", result)
    ok(run("host", "use", "lab").status == 0 and run("host", "list").out.count("yes") == 1, "it may be used")


def test_unusable() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    config("")
    fails(run("host", "add", "gone", nobody), 4, f"'gone' was not added.*{nobody}.*vboxwebsrv.*--yes",
          "a host that does not answer")
    with listening(page) as port:
        fails(run("host", "add", "web", f"127.0.0.1:{port}"), 4, "'web' was not added.*HTML page.*--yes",
              "something else that answers")
    ok(not FILE.exists(), "is not added")
    result = run("host", "add", "gone", nobody, "--yes")
    ok(result.status == 0 and "warning: connection" in result.err, "but with --yes, and a warning", result)


def test_terminal() -> None:
    config("")
    nobody = f"http://127.0.0.1:{free_port()}"
    result = typed("host", "add", "gone", nobody, answers=(
        ("(empty: none): ", "\n"), ("anyway? [y/N] ", "\n")))
    ok(result.status == 5 and "vboxwebsrv" in result.out and not FILE.exists(),
       "whoever is asked may leave it", result)
    password = HOME / "a password"
    password.write_text("x\n")
    password.chmod(0o600)
    result = typed("host", "add", "gone", nobody, answers=(
        ("(empty: none): ", "  me \n"), ("ask each time): ", f"{password}\n"),
        ("anyway? [y/N] ", "y\n")))
    entry = json.loads(run("host", "list", "--output", "json").out)[0]
    ok(result.status == 0 and (entry["user"], entry["password_file"]) == ("me", str(password)),
       "or add it with what was answered", result, entry)
    if not CREDENTIALS:
        result = typed("host", "add", "lab", URL, answers=(("(empty: none): ", "\n"),))
        ok(result.status == 0 and "added host 'lab'" in result.out, "a host that answers", result)


test_words()
test_unusable()
test_terminal()
done()
