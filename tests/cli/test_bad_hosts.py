#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hosts that are none: each gives one sentence, its exit status and nothing on stdout."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from cli import COMMAND, HOME, Result, clean_env, config, done, fails, ok, run, skip
from fakes import (PAGE, certificate, closes, free_port, listening, page, read_request, reply, silent)

LIST = ("node", "list")


def test_connection() -> None:
    port = free_port()
    fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, f"127.0.0.1:{port}",
          "nothing listens")
    fails(run(*LIST, "--host", "http://no-such-host.invalid"), 4,
          "no-such-host.invalid; correct the host's name, or give its address", "a name that does not exist")
    result = run("host", "check", "--host", "no-such-host.invalid", "--output", "tsv")
    ok(result.status == 4 and "\tcorrect the host's name, or give its address" in result.out,
       "host check says so, too", result)
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
    ours, other = certificate(HOME, "127.0.0.1"), certificate(HOME, "127.0.0.2")
    with listening(page) as port:
        fails(run(*LIST, "--host", f"https://127.0.0.1:{port}"), 4, "", "TLS to a plain server")
    with listening(page, ours) as port:
        url = f"https://127.0.0.1:{port}"
        fails(run(*LIST, "--host", f"http://127.0.0.1:{port}"), 4, "", "plain HTTP to a TLS server")
        fails(run(*LIST, "--host", url), 4, "certificate.*'vboxcloud host add'",
              "a certificate nobody knows")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": str(other[0])}), 4, "certificate",
              "another one's certificate")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": "/no/such.pem"}), 4,
              "/no/such.pem", "a certificate file that is not there")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_CA_FILE": str(ours[0])}), 4, "HTML page",
              "the right certificate is accepted")
    with listening(page, other) as port:
        fails(run(*LIST, "--host", f"https://127.0.0.1:{port}",
                  env={"VBOXCLOUD_CA_FILE": str(other[0])}), 4, "", "a certificate for another host")


def fingerprint(certificate_file: Path) -> str:
    """As openssl prints it."""
    said = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in",
                           str(certificate_file)], check=True, capture_output=True, text=True).stdout
    return said.strip().partition("=")[2]


def test_fingerprint() -> None:
    """A certificate that is trusted by its fingerprint, and any other that is shown instead."""
    ours, other = certificate(HOME, "127.0.0.1"), certificate(HOME, "127.0.0.2")
    right, wrong = fingerprint(ours[0]), fingerprint(other[0])
    heard: list[bytes] = []

    def hears(connection: socket.socket) -> None:
        heard.append(read_request(connection))
        reply(connection, PAGE)

    with listening(hears, ours) as port:
        url, named = f"https://127.0.0.1:{port}", f"https://localhost:{port}"
        for what, text in (("as openssl prints it", right),
                           ("in small letters, without colons", right.replace(":", "").lower())):
            fails(run(*LIST, "--host", url, env={"VBOXCLOUD_FINGERPRINT": text}), 4, "HTML page", what)
        fails(run(*LIST, "--host", named, env={"VBOXCLOUD_FINGERPRINT": right}), 4, "HTML page",
              "whatever name is in it")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_FINGERPRINT": right,
                                             "VBOXCLOUD_CA_FILE": str(other[0])}), 4, "HTML page",
              "it counts more than a CA file")
        fails(run(*LIST, "--host", url, env={"VBOXCLOUD_FINGERPRINT": right,
                                             "VBOXCLOUD_CA_FILE": "/no/such.pem"}), 4, "HTML page",
              "even one that is not there")
        config(f"[default]\nhost = lab\n[host lab]\nurl = {named}\nfingerprint = {right}\n")
        fails(run(*LIST), 4, "HTML page", "from the configuration")
        heard.clear()
        result = run(*LIST, env={"VBOXCLOUD_FINGERPRINT": wrong})
        fails(result, 4, f"different certificate.* {right} .* {wrong}", "another is refused, both are named")
        ok("VBC_E_TLS" in run(*LIST, "--verbose", env={"VBOXCLOUD_FINGERPRINT": wrong}).err and
           not any(heard), "as an error of TLS, before anything was sent", heard)
        fails(run(*LIST, env={"VBOXCLOUD_FINGERPRINT": wrong, "VBOXCLOUD_CA_FILE": str(ours[0])},
                  ), 4, "different certificate", "also where a CA file would accept it")
        fails(run(*LIST, env={"VBOXCLOUD_FINGERPRINT": right[:-3]}), 2, "not the fingerprint.*SHA-256",
              "half a fingerprint")
        fails(run(*LIST, "--host", f"http://127.0.0.1:{port}", env={"VBOXCLOUD_FINGERPRINT": right}),
              2, "needs https", "a fingerprint without TLS")
        found = run("host", "check", env={"VBOXCLOUD_FINGERPRINT": wrong})
        ok(found.status == 4 and right in found.out and "its owner" in found.out,
           "host check tells what that may mean", found)
    with listening(page) as port:
        fails(run(*LIST, "--host", f"https://127.0.0.1:{port}", env={"VBOXCLOUD_FINGERPRINT": right}),
              4, "", "TLS to a plain server")
    config("")


SYSTEM = Path("/etc/ssl/certs")


def with_system_folder(folder: Path, *words: str, **env: str) -> Result:
    """Runs the command where the system's folder of certificates is that one."""
    as_root = () if os.getuid() == 0 else ("--map-root-user",)
    process = subprocess.run(
        ["unshare", "--mount", *as_root, "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"',
         str(folder), str(SYSTEM), COMMAND, *words],
        env=clean_env(env), capture_output=True, text=True, check=False)
    return Result(process.returncode, process.stdout, process.stderr)


def test_system_certificates() -> None:
    """They do not count where a CA file is given."""
    ours, other = certificate(HOME, "127.0.0.1"), certificate(HOME, "127.0.0.2")
    folder = HOME / "system"
    folder.mkdir()
    shutil.copy(ours[0], folder / "ours.pem")
    shutil.copy(other[0], folder / "ca-certificates.crt")
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    with listening(page, ours) as port:
        words = (*LIST, "--host", f"https://127.0.0.1:{port}")
        known = with_system_folder(folder, *words)
        if "HTML page" not in known.err:
            skip("a CA file instead of the system's certificates",
                 f"here the system's are not in {SYSTEM}, or not to be replaced: {known.err.strip()}")
            return
        fails(known, 4, "HTML page", "the system's certificates are accepted without a CA file")
        fails(with_system_folder(folder, *words, VBOXCLOUD_CA_FILE=str(other[0])), 4, "certificate",
              "but not beside one")


def test_check() -> None:
    port = free_port()
    result = run("host", "check", "--output", "json", "--host", f"http://127.0.0.1:{port}")
    ok(result.status == 4 and '"level": "error"' in result.out and result.err == "",
       "host check tells and exits 4", result)


def test_beginning() -> None:
    """Without any configuration, where no VirtualBox runs."""
    config("")
    with socket.socket() as probe:
        if not probe.connect_ex(("127.0.0.1", 18083)):
            skip("how to begin", "something listens at port 18083 of this machine")
            return
    result = run("host", "check")
    lines = result.err.splitlines()
    ok(result.status == 4 and len(lines) == 3 and "no host is configured" in lines[0] and
       "vboxwebsrv -H 127.0.0.1" in lines[1] and "vboxcloud host add NAME URL" in lines[2],
       "host check tells how to begin", result)
    ok(run("host", "check", "--quiet").err == "", "unless notes are not wanted")
    for what, text, env in (("a variable", "", {"VBOXCLOUD_HOST": f"127.0.0.1:{free_port()}"}),
                            ("a host", f"[host lab]\nurl = 127.0.0.1:{free_port()}\n", {}),
                            ("a default", f"[default]\nhost = 127.0.0.1:{free_port()}\n", {})):
        config(text)
        result = run("host", "check", env=env)
        ok(result.status == 4 and result.err == "", f"{what} is a beginning", result)
    config("")


test_connection()
test_protocol()
if shutil.which("openssl"):
    test_tls()
    test_fingerprint()
    test_system_certificates()
else:
    skip("TLS", "openssl makes the certificates and is not installed")
test_check()
test_beginning()
done()
