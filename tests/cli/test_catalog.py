#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The catalog of images: the one in the tree, and users' beside it, from which images are imported by
name, with what it says of them."""
from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

from cli import HOME, done, fails, host_env, is_fine, ok, run
from fileserver import FileServer
from hosts import ask, cloud, contents, local_files, takes_uploads
from packed import Maker

CONFIG, DATA = HOME / ".config/vboxcloud/catalog.ini", HOME / ".local/share/vboxcloud/catalog.ini"
SYSTEMS = ("debian-12", "debian-13", "ubuntu", "alpine", "fedora", "rocky", "opensuse")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def listed() -> dict[str, dict[str, str]]:
    """The catalog, by name; no host is needed for it."""
    result = run("image", "catalog", "--output", "json", env={"VBOXCLOUD_HOST": "http://127.0.0.1:1"})
    ok(result.status == 0, "the catalog", result)
    return {each["name"]: each for each in json.loads(result.out or "[]")}


def test_ours() -> None:
    ours = listed()
    ok(all(any(name.startswith(system) for name in ours) for system in SYSTEMS),
       "well-known systems are in it", sorted(ours))
    bad = [each for each in ours.values() if not (
        each["url"].startswith("https://") and (each["checksum_url"] or "").startswith("https://") and
        each["title"] and each["firmware"] in ("bios", "efi") and each["init"] == "nocloud" and
        re.fullmatch("[a-z]+", each["username"]) and each["os_type"].endswith("_64"))]
    ok(not bad, "each with all that is needed", bad)
    table = run("image", "catalog").out.splitlines()
    ok(table[0].split()[:2] == ["NAME", "TITLE"] and len(table) == len(ours) + 1 and
       max(map(len, table)) <= 80, "a table of 80 columns", table)


def test_users() -> None:
    before = listed()
    write(DATA, "[mine]\nurl = http://a.invalid/a\n[debian-13]\nurl = http://b.invalid/b\n")
    write(CONFIG, "[mine]\nurl = http://c.invalid/c\nusername = me\n")
    now = listed()
    ok(set(now) == {*before, "mine"}, "a user's images are added", sorted(now))
    ok((now["mine"]["url"], now["mine"]["username"]) == ("http://c.invalid/c", "me"),
       "the configuration's come last", now["mine"])
    ok(now["debian-13"]["url"] == "http://b.invalid/b" and now["debian-13"]["checksum_url"] is None and
       now["debian-13"]["file"] == str(DATA), "a section replaces that of its name", now["debian-13"])
    for line, why in (("url = ftp://a/b", "'url' in section .a. cannot be 'ftp://a/b': it is a URL"),
                      ("sha256 = abc", "it is 64 hexadecimal digits"), ("init = cloudinit", "nocloud, dmi or none"),
                      ("firmware = uefi", "it is bios, efi or efi-secure"), ("default = maybe", "it is yes or no"),
                      ("checksum_url = SHA256SUMS", "it is a URL")):
        write(CONFIG, f"[a]\n{line}\n")
        fails(run("image", "catalog"), 2, f"{re.escape(str(CONFIG))}:2: .*{why}", f"'{line}'")
    for what, text, why in (("no section", "url = x\n", r"\[\] cannot be the name"),
                            ("no URL", "[a]\ntitle = x\n", r"section \[a\] has no url"),
                            ("another key", "[a]\nurls = x\n", "'urls' in section .a. is not a known key"),
                            ("twice", "[a]\nurl = http://x\nurl = http://y\n", "given twice"),
                            ("a path", "[a/b]\nurl = x\n", "cannot be the name of an image"),
                            ("nonsense", "[a]\nnonsense\n", "neither a section nor")):
        write(CONFIG, text)
        fails(run("image", "catalog"), 2, f"catalog.ini.*{why}", f"{what} is refused")
    CONFIG.unlink()
    DATA.unlink()


def test_import() -> None:
    sha = hashlib.sha256(make.disks["qcow2"]).hexdigest()
    write(CONFIG, f"[tiny-1]\ntitle = A tiny one\nurl = {server.url}/d.qcow2\nsha256 = {sha}\n"
                  "os_type = Debian_64\nusername = debian\nfirmware = efi\ninit = nocloud\n"
                  f"[listed]\nurl = {server.url}/d.qcow2\nchecksum_url = {server.url}/SUMS\n"
                  f"[wrong]\nurl = {server.url}/d.qcow2\nsha256 = {'0' * 64}\n")
    result = cloud("image", "import", "tiny-1")
    image = ask("image", "show", "tiny-1")
    ok(result.status == 0 and f"importing tiny-1 from {server.url}/d.qcow2" in result.err,
       "an image is imported by its name", result)
    ok([image[key] for key in ("os_type", "username", "firmware", "init", "description", "origin")] ==
       ["Debian_64", "debian", "efi", "nocloud", "A tiny one", f"{server.url}/d.qcow2"],
       "with what the catalog says of it", image)
    is_fine(cloud("image", "delete", "tiny-1"), "and deleted")
    is_fine(cloud("image", "import", "listed", "--name", "other", "--username", "me"),
            "what is said on the command line counts first")
    ok(ask("image", "show", "other")["username"] == "me", "as the user")
    is_fine(cloud("image", "delete", "other"), "and that is deleted")
    fails_after_note("wrong", 2, "its SHA256 is")
    fails(cloud("image", "import", "tiny1"), 3, "did you mean 'tiny-1'", "a slip of the pen")
    fails(cloud("image", "import", "quite-another"), 3, "cannot read 'quite-another'", "no such name")


def fails_after_note(word: str, status: int, why: str) -> None:
    result = run("image", "import", word, "--quiet", env=host_env())
    fails(result, status, why, f"{word} is refused")


def test_file_first() -> None:
    """A file of that name is what was meant before there was a catalog."""
    folder = make.files([("tiny-1", make.disks["vdi"])]).parent
    result = run("image", "import", "tiny-1", env=host_env(), cwd=folder)
    image = ask("image", "show", "tiny-1")
    ok(result.status == 0 and image["origin"] == "tiny-1" and image["username"] is None,
       "a file comes first", result, image)
    is_fine(cloud("image", "delete", "tiny-1"), "and it is deleted")


def test_completion() -> None:
    offered = run("__complete", "image", "import", "tin")
    ok(offered.out == "tiny-1\tA tiny one\n", "names are completed", offered)
    ok(run("__complete", "image", "import", "./x").out == ":file\n", "and files")


before_, left = contents(), local_files()
with tempfile.TemporaryDirectory() as folder_:
    make = Maker(Path(folder_))
    os.chmod(folder_, 0o755)
    line = f"{hashlib.sha512(make.disks['qcow2']).hexdigest()}  d.qcow2\n"
    server = FileServer({"d.qcow2": make.disks["qcow2"], "SUMS": line.encode()})
    test_ours()
    test_users()
    if takes_uploads():
        for test in (test_import, test_file_first, test_completion):
            test()
    server.close()
ok(contents() == before_ and local_files() == left, "nothing is left", local_files() ^ left)
done()
