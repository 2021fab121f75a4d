#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys on a real host: made, imported, shown, forgotten; checked with ssh-keygen."""
from __future__ import annotations

import os
import shutil
import stat
import subprocess

from cli import HOME, done, fails, is_fine, ok, skip
from hosts import ask, cloud, unique

RSA = ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDJ6oRLo3gkGiAzqoWtnfgyFqMYGNbxMbZ2vBFoQkcKQ8Fv3ZbBHw"
       "aw0gLWq0AxhhPcxTgwSbUBRLcyJdGtnGSG3nXNMa5Gv6rbqUmpGvGxQyGAvKbFTG4b0hbUbVFkPzJmhmZqHRxSPFTb"
       "PQdSGhJfNtaXn3nv0hTYkdr5aLP3Lw==")


def written(name: str, text: str | bytes) -> str:
    path = HOME / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def keygen(*args: str) -> str:
    return subprocess.run(["ssh-keygen", *args], check=True, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE).stdout


def test_create(name: str) -> None:
    path = HOME / "new key"
    key = ask("key", "create", name, "-o", str(path))
    ok(set(key) == {"name", "fingerprint", "created_at", "public_key"} and key["name"] == name and
       key["public_key"].startswith("ssh-ed25519 ") and key["public_key"].endswith(" " + name),
       "a new pair shows its public half", key)
    ok(stat.S_IMODE(path.stat().st_mode) == 0o600, "the private one is the owner's alone")
    ok(key == ask("key", "show", name) and key in ask("key", "list"), "shown and listed the same")
    ok("PRIVATE" not in cloud("key", "show", name, "--output", "json").out and
       "PRIVATE" not in cloud("key", "list").out, "the private half is nowhere on the host")
    if shutil.which("ssh-keygen"):
        ok(keygen("-y", "-f", str(path)).split()[:2] == key["public_key"].split()[:2],
           "ssh-keygen derives the same public key")
        ok(keygen("-l", "-f", str(path)).split()[1] == key["fingerprint"], "and fingerprint")
    else:
        skip("ssh-keygen agrees", "there is no ssh-keygen")
    fails(cloud("key", "create", name, "-o", str(HOME / "other")), 6, "already", "a second of that name")
    ok(not (HOME / "other").exists(), "leaves no file")
    fails(cloud("key", "create", unique("k"), "-o", str(path)), 6, "exists already", "nor over a file")
    fails(cloud("key", "create", unique("k"), "-o", str(HOME / "no/such")), 2, "cannot write",
          "nor where none can be")


def test_import(name: str) -> None:
    key = ask("key", "import", name, written("rsa.pub", f"  {RSA}\t  me@home  \n"))
    ok(key["public_key"] == f"{RSA} me@home", "an imported key is kept", key)
    fails(cloud("key", "import", name, written("rsa.pub", RSA)), 6, "already", "not twice")
    for text, why in (("", "not a public SSH key"), ("hello world\n", "not a public SSH key"),
                      (f"{RSA} a\n{RSA} b\n", "several public keys"),
                      ("ssh-ed25519 " + RSA.split()[1], "not a complete public SSH key"),
                      (RSA[:99], "not a complete public SSH key"),
                      ('command="ls" ' + RSA, "options before a public key"),
                      *((RSA.encode(form), f"text in {form[:6]}; save it as UTF-8") for form in
                        ("UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32", "UTF-32-LE", "UTF-32-BE")),
                      ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "ssh-keygen -i -f FILE"),
                      ("ssh-rsa AAAA!!!!", "not a complete public SSH key"),
                      ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", "private key"),
                      (RSA + "\0", "not a small text file")):
        fails(cloud("key", "import", unique("bad"), written("bad.pub", text)), 2, why, f"refused: {text[:30]!r}")
    for text, comment in ((f"{RSA} J\u00f6rg\n".encode("latin-1"), ""),
                          (f"\ufeff{RSA} J\u00f6rg\r\n", " J\u00f6rg"),
                          (f"# mine\n\n{RSA} me\n\n", " me")):
        other = unique("clean")
        key = ask("key", "import", other, written("clean.pub", text))
        ok(key["public_key"] == RSA + comment and key == ask("key", "show", other) and
           key in ask("key", "list"), f"read, and reads back: {text[:12]!r}", key)
        is_fine(cloud("key", "delete", other), "forgotten", "")
    fails(cloud("key", "import", unique("k"), str(HOME / "none.pub")), 3, "none.pub", "no such file")


def test_unreadable() -> None:
    """What another program wrote, and we cannot read, is there all the same."""
    for value in '{"public_key":"nonsense"}', "nonsense":
        name = unique("theirs")
        ask("api", "IVirtualBox_setExtraData", f"key=libcloud/key/{name}", f"value={value}")
        key = ask("key", "show", name)
        ok(key["fingerprint"] is None and key["public_key"] is None, "it is shown, without what is not known",
           key)
        ok(key in ask("key", "list"), "and listed")
        fails(cloud("key", "import", name, written("rsa.pub", RSA)), 6, "already", "its name is taken")
        test_delete([name])


def test_delete(names: list[str]) -> None:
    is_fine(cloud("key", "delete", *names), "keys are forgotten", "")
    fails(cloud("key", "show", names[0]), 3, "there is no key", "then there are none")
    fails(cloud("key", "delete", names[0]), 3, "there is no key", "to forget either")


def main() -> None:
    before = ask("key", "list")
    first, second = unique("k\u00e9y \u6f22\u5b57/../x"), unique("rsa")
    test_create(first)
    test_import(second)
    names = [key["name"] for key in ask("key", "list")]
    ok(names == sorted(names, key=os.fsencode), "the list is sorted by name", names)
    test_delete([first, second])
    test_unreadable()
    ok(ask("key", "list") == before, "and all is as it was")
    done()


main()
