#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is on the disc that a node gets for its first boot, as other programs read it; that no
password leaves this machine; and what is refused. A guest takes one in test_guest.py.
"""
from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

from cli import HOME, done, fails, is_fine, ok, skip
from hosts import ask, cloud, contents, local_files, takes_uploads, tiny_image, unique

SIZE = "1_cpu-64_ram-1_disk"
PASSWORD = "correct horse \u00e9"
USER_DATA = "#!/bin/sh\necho '\u6f22' \"$HOME\"\n"
KEYS = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{32 * letter}{'A' * 10}A {name}"
        for letter, name in (("B", "one"), ("C", "two \"quoted\" \\o/"))]


def written(name: str, text: str | bytes) -> str:
    path = HOME / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def read_bytes(disc: Path, name: str) -> bytes:
    return subprocess.run(["bsdtar", "-xOf", str(disc), name], check=True,
                          stdout=subprocess.PIPE).stdout


def read(disc: Path, name: str) -> str:
    return read_bytes(disc, name).decode()


def hash_is_of(password: str, line: str) -> bool:
    found = re.search(r'^password: "(\$6\$(rounds=\d+\$.{16})\$.*)"$', line, re.MULTILINE)
    return bool(found) and subprocess.run(
        ["openssl", "passwd", "-6", "-salt", found[2], "-stdin"], check=True, input=password,
        text=True, stdout=subprocess.PIPE).stdout.strip() == found[1]


def test_disc(node: dict[str, object], disc: Path) -> None:
    told = subprocess.run(["/sbin/blkid", "-p", "-o", "export", str(disc)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()
    ok({"LABEL=CIDATA", "TYPE=iso9660"} <= set(told), "its label and file system", told)
    names = subprocess.run(["bsdtar", "-tf", str(disc)], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split()
    ok(set(names) - {"."} == {"meta-data", "network-config", "user-data", "vendor-data"},
       "its files", names)
    meta = read(disc, "meta-data")
    ok(f'instance-id: "{node["id"]}"\n' in meta, "the instance is the node", meta)
    ok('local-hostname: "first-boot-1"\n' in meta, "its host name is the node's, made valid", meta)
    ok(all(f'  - "{key}"\n'.replace("\\o", "\\\\o").replace('"quoted"', '\\"quoted\\"') in meta
           for key in KEYS), "both keys", meta)
    ok(read(disc, "user-data") == USER_DATA, "user data is as it was")
    vendor = read(disc, "vendor-data")
    ok(hash_is_of(PASSWORD, vendor) and PASSWORD not in vendor, "the password's hash", vendor)
    ok(re.search(r'macaddress: "08:00:27(:[0-9a-f]{2}){3}"', read(disc, "network-config")),
       "the adapter's address")


def test_secret(made: set[Path]) -> None:
    ok(all(PASSWORD.encode() not in path.read_bytes() for path in made), "no file has the password")


def test_replaced(node: dict[str, object], before: set[Path], disc: Path) -> None:
    is_fine(cloud("node", "seed", str(node["id"]), "--hostname", "other"), "another seed", "")
    discs = {path for path in local_files() - before if path.suffix == ".iso"}
    ok(len(discs) == 1 and disc not in discs, "takes the place of the first", discs)
    meta = read(discs.pop(), "meta-data")
    ok(f'instance-id: "{node["id"]}"\n' not in meta and f'"{node["id"]}-' in meta,
       "as a new instance", meta)
    ok('local-hostname: "other"' in meta and "public-keys" not in meta, "it is told anew", meta)


def test_bytes(node: dict[str, object], before: set[Path]) -> None:
    """User data of all kinds, and what editors leave in files, in one node's seed after the other."""
    def seed(*options: str) -> Path:
        is_fine(cloud("node", "seed", str(node["id"]), *options), f"seeded with {options[0]}", "")
        return next(path for path in local_files() - before if path.suffix == ".iso")

    for what, data in (("packed", gzip.compress(b"#cloud-config\nruncmd: [date]\n")),
                       ("with a BOM and CRLF", b"\xef\xbb\xbf#cloud-config\r\n\r\n"),
                       ("without a line end", b"#!/bin/sh\ntrue"), ("NULs", bytes(5000)),
                       ("empty", b""), ("large", bytes(range(256)) * (5 << 12))):
        disc = seed("--user-data", written("user-data", data))
        ok(read_bytes(disc, "user-data") == data, f"user data as it was: {what}", len(data))
    for what, text in (("a BOM", "\ufeff" + PASSWORD), ("CRLF", PASSWORD + "\r\n")):
        disc = seed("--password-file", written("password", text))
        ok(hash_is_of(PASSWORD, read(disc, "vendor-data")), f"a password's file with {what}")
    disc = seed("--ssh-key", written("latin.pub", KEYS[0].encode()[:-3] + b"J\xf6rg\r\n"))
    ok(f'  - "{KEYS[0][:-4]}"\n' in read(disc, "meta-data"), "a key without its comment's encoding")


def test_create(image: str, key: str) -> None:
    before = local_files()
    node = ask("node", "create", "First Boot! 1", "--image", image, "--size", SIZE, "--no-start",
               "--ssh-key", key, "--ssh-key", written("two.pub", KEYS[1] + "\n"),
               "--password-file", written("password", PASSWORD + "\n"),
               "--user-data", written("user-data", USER_DATA))
    if not node:
        return
    discs = [path for path in local_files() - before if path.suffix == ".iso"]
    if discs and shutil.which("bsdtar"):
        test_disc(node, discs[0])
        test_secret(local_files() - before)
        test_replaced(node, before, discs[0])
        test_bytes(node, before)
    else:
        skip("the disc", "it lies on another machine, or there is no bsdtar here")
    is_fine(cloud("node", "destroy", node["id"]), "destroyed", "")
    ok(local_files() == before, "and all its files")


def test_refused(image: str) -> None:
    def create(status: int, pattern: str, what: str, *options: str) -> None:
        fails(cloud("node", "create", unique("no"), "--image", image, "--size", SIZE, *options),
              status, pattern, what)

    before = contents()
    create(3, "there is no key 'nobody'", "an unknown key", "--ssh-key", "nobody")
    create(3, "cannot read ./none", "a key file that is not there", "--ssh-key", "./none")
    create(2, "not a public SSH key", "a file without a key", "--ssh-key", written("x.pub", "hello"))
    create(2, "private key", "a private key", "--ssh-key",
           written("y.pub", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"))
    create(2, "one line of 1 to 255", "an empty password", "--password-file", written("p", "\n"))
    create(2, "cannot be a host name", "a wrong host name", "--hostname", "a_b")
    create(2, "more than 16777216 bytes.*gzip", "too much user data", "--user-data", "/dev/zero")
    create(2, "cannot read .*directory", "user data that is a folder", "--user-data", "/tmp")
    create(2, "text in UTF-8", "a password in Latin-1", "--password-file",
           written("p", b"w\xf6rd\n"))
    create(2, "UTF-16.*save it as UTF-8", "a password in UTF-16", "--password-file",
           written("p", "word".encode("utf-16")))
    create(2, "key 2 of 2: .*several public keys", "two keys in a file", "--ssh-key",
           written("one.pub", KEYS[0]), "--ssh-key", written("two.pub", "\n".join(KEYS)))
    broken = unique("broken")
    ask("api", "IVirtualBox_setExtraData", f"key=libcloud/key/{broken}", "value=nonsense")
    create(2, f"the key '{broken}' .*cannot be read; delete it", "a key that cannot be read",
           "--ssh-key", broken)
    is_fine(cloud("key", "delete", broken), "which is deleted", "")
    create(2, "options before a public key", "a key with options", "--ssh-key",
           written("options.pub", 'from="10.0.0.0/8" ' + KEYS[0]))
    create(2, "'--wait' cannot be used with '--no-start'", "nothing to wait for", "--wait", "ssh",
           "--no-start")
    fails(cloud("node", "seed", "no such node"), 3, "no such node", "a seed for no node")
    fails(cloud("node", "ssh", "no such node"), 3, "no such node", "nor a way to it")
    ok(contents() == before, "no node is left of all that")


def test_other_init(image: str) -> None:
    other = unique("none")
    ask("image", "copy", image, other, "--init", "none")
    fails(cloud("node", "create", unique("no"), "--image", other, "--size", SIZE, "--hostname", "a"),
          2, "`init` is .none", "an image whose guest reads no seed")
    is_fine(cloud("image", "delete", other), "that image is deleted", "")


def test_old_host(image: str) -> None:
    fails(cloud("node", "create", unique("no"), "--image", image, "--size", SIZE, "--hostname", "a"),
          1, "cannot take a seed for the first boot .*`init` .dmi",
          "a host that takes no uploads says so, and what to do")


def main() -> None:
    image, key = unique("first"), unique("key")
    ask("image", "import", tiny_image(), "--name", image)
    if takes_uploads():
        ask("key", "import", key, written("one.pub", KEYS[0] + "\n"))
        test_create(image, key)
        test_refused(image)
        test_other_init(image)
        is_fine(cloud("key", "delete", key), "the key is forgotten", "")
    else:
        test_old_host(image)
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
