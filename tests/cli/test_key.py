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


def written(name: str, text: str) -> str:
    path = HOME / name
    path.write_text(text)
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
    for text, why in (("", "no public SSH key"), ("hello world\n", "no public SSH key"),
                      (f"{RSA} a\n{RSA} b\n", "no public SSH key"),
                      ("ssh-ed25519 " + RSA.split()[1], "no public SSH key"),
                      ('command="ls" ' + RSA, "no public SSH key"),
                      ("ssh-rsa AAAA!!!!", "no public SSH key"),
                      ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", "private key"),
                      (RSA + "\0", "no small text file")):
        fails(cloud("key", "import", unique("bad"), written("bad.pub", text)), 2, why, f"refused: {text[:30]!r}")
    fails(cloud("key", "import", unique("k"), str(HOME / "none.pub")), 3, "none.pub", "no such file")


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
    ok(ask("key", "list") == before, "and all is as it was")
    done()


main()
