#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hosts that are none: each gives one sentence, its exit status and nothing on stdout."""
from __future__ import annotations

import shutil
import time

from cli import HOME, done, fails, ok, run, skip
from fakes import (certificate, closes, free_port, listening, page, read_request, reply, silent)

LIST = ("node", "list")


def test_connection() -> None:
    port = free_port()
    fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, f"127.0.0.1:{port}",
          "nothing listens")
    fails(run(*LIST, "--host", "http://no-such-host.invalid"), 4, "no-such-host.invalid",
          "a name that does not exist")
    with listening(closes) as port:
        fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, f"127.0.0.1:{port}",
              "something that hangs up")
    with listening(silent) as port:
        began = time.monotonic()
        fails(run("node", "start", "x", "--timeout", "2", "--host", f"http://127.0.0.1:{port}"), 5,
              "", "something that is silent")
        ok(time.monotonic() - began < 8, "is given up in time", time.monotonic() - began)


def test_protocol() -> None:
    with listening(page) as port:
        fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, "HTML page", "a web server")
    replies = {
        "an empty reply": (b"", 200),
        "a page not found": (b"<html>404</html>", 404),
        "plain text": (b"SSH-2.0-OpenSSH", 200),
        "XML that is no SOAP": (b"<?xml version='1.0'?><a/>", 200),
        "JSON": (b'{"error": 1}', 500),
        "half of a reply": (b"<?xml version='1.0'?><SOAP-ENV:Envelope", 200),
    }
    for what, (body, status) in replies.items():
        def answer(connection, body=body, status=status):  # type: ignore[no-untyped-def]
            read_request(connection)
            reply(connection, body, "text/xml", status)
        with listening(answer) as port:
            fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, "", what)


def test_tls() -> None:
    if not shutil.which("openssl"):
        skip("TLS", "openssl makes the certificates and is not installed")
        return
    ours, other = certificate(HOME, "127.0.0.1"), certificate(HOME, "127.0.0.2")
    with listening(page) as port:
        fails(run(*LIST, "--host", f"https://127.0.0.1:{port}"), 4, "", "TLS to a plain server")
    with listening(page, ours) as port:
        url = f"https://127.0.0.1:{port}"
        fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, "", "plain HTTP to a TLS server")
        fails(run(*LIST, "--host", url), 4, "certificate", "a certificate nobody knows")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": str(other[0])}), 4, "certificate",
              "another one's certificate")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": "/no/such.pem"}), 4,
              "/no/such.pem", "a certificate file that is not there")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": str(ours[0])}), 4, "HTML page",
              "the right certificate is accepted")
    with listening(page, other) as port:
        fails(run(*LIST, "--host", f"https://127.0.0.1:{port}",
                  env={"VBOXCLOUD_CA_FILE": str(other[0])}), 4, "", "a certificate for another host")


def test_check() -> None:
    port = free_port()
    result = run("host", "check", "--output", "json", "--host", f"http://127.0.0.1:{port}")
    ok(result.status == 4 and '"level": "error"' in result.out, "host check tells and exits 4",
       result)


test_connection()
test_protocol()
test_tls()
test_check()
done()
