#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Passwords, certificates, and a machine that VirtualBox itself cannot read."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path

from trouble import HOME, Host, done, fails, is_fine, ok, run


def with_password(host: Host, text: str) -> dict[str, str]:
    """The host's settings with another password."""
    path = HOME / "password"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return host.env | {"VBOXCLOUD_PASSWORD_FILE": str(path)}


def checked(host: Host) -> str:
    """What host check says."""
    return host.cloud("host", "check").out


def test_password() -> None:
    with Host("auth", "--auth") as host:
        is_fine(host.cloud("node", "list"), "the right password")
        right = open(host.env["VBOXCLOUD_PASSWORD_FILE"], encoding="utf-8").read().strip()
        for what, text in (("wrong", "wrong"), ("longer", right + "x"),
                           ("not ASCII", "p\u00e4ss\u6f22"), ("marked up", "</password>&amp;")):
            result = run("node", "list", env=with_password(host, text))
            fails(result, 4, f"'{host.env['VBOXCLOUD_USER']}'.*wrong user or password",
                  f"a password that is {what}")
            ok(text not in result.err.replace("wrong user", ""), "it is not shown", result)
        fails(run("node", "list", env=host.env | {"VBOXCLOUD_USER": "nobody"}), 4, "'nobody'",
              "a wrong user")
        fails(run("node", "list", env=host.env | {"VBOXCLOUD_HOST": host.url.replace("http:", "https:")}),
              4, "does vboxwebsrv serve TLS there", "TLS where the host has none")
        healthy = checked(host)
        ok("wrong user" not in healthy and "broken" not in healthy, "host check finds all well", healthy)
        host.vboxhost("kill-svc")
        # vboxwebsrv refuses, or crashes over it.
        fails(host.cloud("node", "list"), 4, "VBoxSVC has died|is vboxwebsrv (still )?running",
              "the right password on a host whose VBoxSVC has died: that may be the cause")
        ok("restart" in checked(host), "host check names the cure", checked(host))
        host.restart()
        is_fine(host.cloud("node", "list"), "after a restart it is accepted again")


def test_tls() -> None:
    with Host("tls", "--tls") as host, Host("tls-other", "--tls") as other:
        is_fine(host.cloud("node", "list"), "a certificate that is known")
        unknown = {name: value for name, value in host.env.items() if name != "VBOXCLOUD_CA_FILE"}
        fails(run("node", "list", env=unknown), 4, "certificate", "a certificate that nobody knows")
        wrong = host.env | {"VBOXCLOUD_CA_FILE": other.env["VBOXCLOUD_CA_FILE"]}
        fails(run("node", "list", env=wrong), 4, "certificate", "the certificate of another host")
        plain = host.env | {"VBOXCLOUD_HOST": host.url.replace("https:", "http:")}
        fails(run("node", "list", env=plain), 4, "does it want https", "no TLS where the host wants it")
        name = host.env | {"VBOXCLOUD_HOST": host.url.replace("127.0.0.1", "localhost")}
        fails(run("node", "list", env=name), 4, "certificate|localhost",
              "a name that is not in the certificate")


def fingerprint(path: str) -> str:
    """As openssl prints it."""
    said = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", path],
                          check=True, capture_output=True, text=True).stdout
    return said.strip().partition("=")[2]


def renew(host: Host) -> None:
    """Gives it the key and the certificate of another host."""
    with Host("tls-new", "--tls") as new:
        for name in ("server.pem", Path(new.env["VBOXCLOUD_CA_FILE"]).name):
            there = Path(host.env["VBOXCLOUD_CA_FILE"]).with_name(name)
            there.write_bytes(Path(new.env["VBOXCLOUD_CA_FILE"]).with_name(name).read_bytes())
    host.restart()


def test_fingerprint() -> None:
    with Host("pinned", "--tls", "--auth") as host:
        old = fingerprint(host.env["VBOXCLOUD_CA_FILE"])
        env = {name: value for name, value in host.env.items() if name != "VBOXCLOUD_CA_FILE"}
        env |= {"VBOXCLOUD_FINGERPRINT": old,
                "VBOXCLOUD_HOST": host.url.replace("127.0.0.1", "localhost")}
        is_fine(run("node", "list", env=env), "a certificate that is known by its fingerprint")
        fails(run("node", "list", env=env | {"VBOXCLOUD_FINGERPRINT": "00" * 32}), 4,
              f"different certificate.* {old} instead of 00:", "no other is accepted")
        renew(host)
        new = fingerprint(host.env["VBOXCLOUD_CA_FILE"])
        fails(run("node", "list", env=env), 4, f"{new} instead of {old}.*owner",
              "nor is it when it was replaced")
        is_fine(run("node", "list", env=env | {"VBOXCLOUD_FINGERPRINT": new}),
                "until the new one is trusted")


def test_unreadable() -> None:
    with Host("unreadable") as host:
        host.put_image()
        broken, fine = host.create("--no-start", name="broken"), host.create("--no-start", name="fine")
        (host.folder / broken / f"{broken}.vbox").write_text("this is no XML")
        host.restart()
        nodes = {each["id"]: each for each in
                 json.loads(host.must("node", "list", "--output", "json").out)}
        ok(nodes[broken]["state"] == "error" and nodes[broken]["name"] == "broken" and
           nodes[fine]["state"] == "stopped",
           "a machine that cannot be read shows in the list and breaks nothing", nodes)
        shown = json.loads(host.must("node", "show", broken, "--output", "json").out)
        ok(shown["extra"]["error"], "node show tells why", shown)
        ok(shown["cpus"] is None and shown["memory_mb"] is None, "and says of nothing that it is 0", shown)
        fails(host.cloud("node", "start", broken), 6, "cannot read", "it cannot be started")
        is_fine(host.cloud("node", "destroy", broken), "but destroyed")
        state = host.settled()
        ok(list(state.machines) == [fine] and not any(broken in path for path in state.media) and
           not any(broken in key for key in state.extra), "nothing of it is left", state)


test_password()
test_tls()
test_fingerprint()
test_unreadable()
done()
