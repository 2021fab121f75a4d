#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adding a host with TLS: whose certificate is shown, pinned, and refused when it is another one."""
from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
from pathlib import Path

from cli import HOME, config, done, fails, host_env, ok, run, skip_all
from fakes import PAGE, certificate, free_port, listening, read_request, reply
from terminal import typed

given = host_env()
URL = given.get("VBOXCLOUD_HOST", "")
if not URL.startswith("https:") or "VBOXCLOUD_USER" not in given:
    skip_all("VBOXCLOUD_HOST names no host with TLS that asks for a password")

FILE = HOME / ".config/vboxcloud/config.ini"
USER, PASSWORD_FILE = given["VBOXCLOUD_USER"], given["VBOXCLOUD_PASSWORD_FILE"]
CREDENTIALS = ("--user", USER, "--password-file", PASSWORD_FILE)
TRUST = "from now on, and no other? [y/N] "


def fingerprint(path: str | Path) -> str:
    """As openssl prints it."""
    der = ssl.PEM_cert_to_DER_cert(Path(path).read_text())
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())


RIGHT = fingerprint(given["VBOXCLOUD_CA_FILE"])
WRONG = ":".join(["5A"] * 32)


def listed() -> dict[str, object]:
    """The one host there is."""
    return json.loads(run("host", "list", "--output", "json").out)[0]  # type: ignore[no-any-return]


def test_words() -> None:
    config("")
    fails(run("host", "add", "lab", URL, *CREDENTIALS), 4, f"has signed.*'CN=.*{RIGHT}.*--fingerprint",
          "a certificate that no authority has signed, and nobody to ask")
    fails(run("host", "add", "lab", URL, *CREDENTIALS, "--yes"), 4, "--fingerprint",
          "--yes is no consent to it")
    fails(run("host", "add", "lab", URL, *CREDENTIALS, "--yes", "--fingerprint", WRONG), 4,
          f"'lab' was not added.*{RIGHT} instead of {WRONG}", "another fingerprint than the host's")
    ok(not FILE.exists(), "it is not added")
    result = run("host", "add", "lab", URL, *CREDENTIALS, "--fingerprint", RIGHT.replace(":", "").lower())
    ok(result.status == 0 and listed()["pinned"] is True, "it is with its own", result)
    ok(run("node", "list").status == 0, "and can be used", run("node", "list"))
    text = FILE.read_text()
    FILE.write_text(text.replace(RIGHT.replace(":", "").lower(), WRONG))
    fails(run("node", "list"), 4, f"{RIGHT} instead of {WRONG}", "not when another one is trusted")
    config("")
    result = run("host", "add", "lab", URL, *CREDENTIALS, "--ca-file", given["VBOXCLOUD_CA_FILE"])
    ok(result.status == 0 and listed()["pinned"] is False and run("node", "list").status == 0,
       "one that a CA file vouches for is not pinned", result)
    wrong = HOME / "wrong"
    wrong.write_text("wrong\n")
    wrong.chmod(0o600)
    fails(run("host", "add", "other", URL, "--user", USER, "--password-file", str(wrong), "--fingerprint",
              RIGHT), 4, "'other' was not added.*(user|password)", "a wrong password")


def test_terminal() -> None:
    config("")
    result = typed("host", "add", "lab", URL, *CREDENTIALS, answers=((TRUST, "n\n"),))
    ok(result.status == 5 and not FILE.exists() and "not trusted" in result.out, "no consent, no host", result)
    result = typed("host", "add", "lab", URL, answers=(
        (TRUST, "yes\n"), ("(empty: none): ", f"{USER}\n"), ("ask each time): ", f"{PASSWORD_FILE}\n")))
    shown = result.out
    ok(result.status == 0 and RIGHT in shown and re.search(r"subject  CN=", shown) and "issuer   CN=" in shown
       and re.search(r"valid    \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d", shown),
       "a certificate is shown, and trusted by consent", result)
    ok(listed()["fingerprint"] == RIGHT and run("host", "check").status == 0, "from then on", listed())


def test_no_credentials() -> None:
    """Whoever shows a certificate is told nothing before that is trusted."""
    heard: list[bytes] = []

    def hears(connection: socket.socket) -> None:
        heard.append(read_request(connection))
        reply(connection, PAGE)

    config("")
    other = certificate(HOME, "127.0.0.1")
    with listening(hears, other) as port:
        url = f"https://127.0.0.1:{port}"
        fails(run("host", "add", "lab", url, *CREDENTIALS), 4, fingerprint(other[0]), "a stranger")
        fails(run("host", "add", "lab", url, *CREDENTIALS, "--fingerprint", RIGHT, "--yes"), 4,
              f"{fingerprint(other[0])} instead of {RIGHT}", "who has another certificate")
        ok(heard and not any(heard), "is told nothing", heard)
    fails(run("host", "add", "lab", f"https://127.0.0.1:{free_port()}", *CREDENTIALS), 4, "was not added",
          "nobody there")
    ok(not FILE.exists(), "nothing is added")


test_words()
test_terminal()
test_no_credentials()
done()
