#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hosts in the configuration: what adding, removing and choosing one does to a file that people write.
No host is needed: these are added without one that answers."""
from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
from pathlib import Path

from cli import HOME, Result, config, done, fails, finish, is_fine, ok, run, start
from fakes import free_port

FILE = HOME / ".config/vboxcloud/config.ini"
NOBODY = f"http://127.0.0.1:{free_port()}"
OURS = f"""# The machines of the lab, see the wiki.

[default]
; until the new one is there
host = old   ; not the lab
# nobody else's

# Ask Ada before you change this.
[host old]
  url: {NOBODY}
# its account
user = 'me'

# The fast one.
[host  "lab"]
URL_IS = no
""".replace("URL_IS = no", f"url={NOBODY}/")


def added(name: str, *words: str) -> Result:
    return run("host", "add", name, NOBODY, "--yes", *words)


def test_add() -> None:
    config("")
    result = added("one")
    ok(result.status == 0 and "the default" in result.err, "the first host", result)
    ok(FILE.read_text() == f"[default]\nhost = one\n\n[host one]\nurl = {NOBODY}\n",
       "makes the file, and is the default", FILE.read_text())
    ok(stat.S_IMODE(FILE.stat().st_mode) == 0o600, "which is its owner's alone", oct(FILE.stat().st_mode))
    ok(stat.S_IMODE(FILE.parent.stat().st_mode) & 0o077 == 0 or FILE.parent.exists(), "in its folder")
    fails(added("one"), 6, "there is a host 'one' in .*config.ini.*remove", "the same name again")
    certificate = HOME / "my certificates.pem"
    certificate.write_text("")
    result = run("host", "add", "two", "https://[::1]:9", "--yes", "--ca-file", certificate.name,
                 "--ssh", "me@lab.example", "--output", "json", cwd=HOME)
    shown = json.loads(result.out)
    ok((shown["url"], shown["ca_file"], shown["ssh"], shown["default"], shown["pinned"]) ==
       ("https://[::1]:9", str(certificate), "me@lab.example", False, False),
       "another one, with a path that is good from anywhere", shown)
    listed = json.loads(run("host", "list", "--output", "json").out)
    ok([each["name"] for each in listed] == ["one", "two"] and listed[1] == shown,
       "is listed as it was shown", listed)
    table = run("host", "list").out.splitlines()
    ok(table[0].split() == ["NAME", "URL", "USER", "DEFAULT", "PINNED", "LABELS"] and
       table[1].split() == ["one", NOBODY, "-", "yes", "no", "-"], "in a table, too", table)


def test_names() -> None:
    config("")
    for name in ("", "a:1", "http://a", "a/b", "lab.example", "10.0.0.1", "18083", "[::1]", "-a", "_a",
                 "a b", "a]", "a;b", "a\nb", "\u00e4", "x" * 64):
        result = run("host", "add", "--yes", "--", name, NOBODY)
        fails(result, 2, "cannot be the name of a host|empty", f"no host is called {name!r}")
    for words, why in ((("a", "http://me:secret@lab"), "must not contain a user"),
                       (("a", "ftp://lab"), "http"),
                       (("a", NOBODY, "--fingerprint", "ab" * 32), "needs https"),
                       (("a", NOBODY, "--ca-file", "/x"), "for https"),
                       (("a", "https://lab", "--ca-file", "/x", "--fingerprint", "ab" * 32), "not both"),
                       (("a", "https://lab", "--fingerprint", "ab"), "not the fingerprint"),
                       (("a", NOBODY, "--ssh", "-oProxyCommand=x"), "USER@HOST"),
                       (("a", NOBODY, "--ssh", "a b"), "USER@HOST"),
                       (("a", NOBODY, "--user", "me"), "password"),
                       (("a", NOBODY, "--password-file", "/x"), "needs --user")):
        result = run("host", "add", *words, "--yes")
        fails(result, 2, why, f"{' '.join(words[1:])} is refused: {why}")
        ok("secret" not in result.err, "without what may be a password")
    fails(run("host", "add", "a", NOBODY, "--yes", "--user", "me", "--password-file", "/no/such"), 3,
          "/no/such", "a password file that is not there")
    ok(not FILE.exists(), "nothing of this was written")


def test_kept() -> None:
    """What people wrote stays as it is, but for what was to be changed."""
    config(OURS)
    FILE.chmod(0o640)
    inode = FILE.stat().st_ino
    is_fine(added("new"), "a host is added to what is there")
    ok(FILE.read_text() == f"{OURS}\n[host new]\nurl = {NOBODY}\n", "at the end", FILE.read_text())
    ok(stat.S_IMODE(FILE.stat().st_mode) == 0o640 and FILE.stat().st_ino != inode,
       "in a new file with the same rights")
    is_fine(run("host", "remove", "new"), "it is removed")
    ok(FILE.read_text() == OURS, "and all is as before", FILE.read_text())
    is_fine(run("host", "use", "lab"), "another default")
    ok(FILE.read_text() == OURS.replace("host = old ", "host = lab "), "in its place, with the comment",
       FILE.read_text())
    is_fine(run("host", "remove", "old"), "the first one goes")
    want = OURS.replace("host = old ", "host = lab ")
    want = want[:want.index("[host old]")] + want[want.index("\n# The fast one."):]
    ok(FILE.read_text() == want, "with what was said in it, and nothing around it", FILE.read_text())
    result = run("host", "remove", "lab")
    ok(result.status == 0 and "it was the default" in result.err, "the default goes", result)
    ok("host =" not in FILE.read_text() and "# Ask Ada" in FILE.read_text() and
       "# The fast one." in FILE.read_text() and "; until the new" in FILE.read_text(),
       "and nothing is the default", FILE.read_text())
    ok(run("host", "list").out.splitlines()[1:] == [], "none is left")
    leftover = [path.name for path in FILE.parent.iterdir() if "config.ini." in path.name]
    ok(leftover in ([], ["config.ini.lock"]), "no file is left beside it", leftover)


def test_forms() -> None:
    """Line ends, a mark before the text, no end of the last line."""
    config("x")
    FILE.write_bytes(f"\ufeff[host old]\r\nurl = {NOBODY}\r\n".encode())
    is_fine(run("host", "use", "old"), "a file of another system")
    is_fine(added("new"), "and one more in it")
    ok(FILE.read_bytes() == f"\ufeff[default]\r\nhost = old\r\n\r\n[host old]\r\nurl = {NOBODY}\r\n\r\n"
       f"[host new]\r\nurl = {NOBODY}\r\n".encode(), "keeps its mark and line ends", FILE.read_bytes())
    FILE.write_text(f"[default]\n[host old]\nurl = {NOBODY}")
    is_fine(run("host", "use", "old"), "a section of defaults without a host")
    is_fine(added("new"), "a last line without an end")
    ok(FILE.read_text() == f"[default]\nhost = old\n[host old]\nurl = {NOBODY}\n\n[host new]\n"
       f"url = {NOBODY}\n", "both are gone on with", FILE.read_text())
    is_fine(run("host", "remove", "old", "new", "new"), "several are removed, one named twice")
    ok(FILE.read_text() == "", "and nothing is left", FILE.read_text())
    FILE.write_text(f"[host a]\nurl = {NOBODY}\n# between\n[host b]\nurl = {NOBODY}\n[host a]\nuser = me\n")
    is_fine(run("host", "remove", "a"), "a host with two sections")
    ok(FILE.read_text() == f"# between\n[host b]\nurl = {NOBODY}\n", "loses both", FILE.read_text())


def test_refused() -> None:
    for what, text in (("a section without meaning", "[hosts lab]\nurl = x\n"), ("no section", "hello\n"),
                       ("an unknown key", f"[host lab]\nurl = {NOBODY}\nURL = x\n")):
        config(text)
        for words in (("add", "new", NOBODY, "--yes"), ("remove", "lab"), ("use", "lab"), ("list",)):
            fails(run("host", *words), 2, "config.ini:", f"{words[0]}: {what}")
        ok(FILE.read_text() == text, "nothing is changed in it")
    config(OURS)
    for verb in ("use", "remove"):
        fails(run("host", verb, "nobody"), 3, "there is no host 'nobody' in .*host list", f"{verb} of nobody")
    (HOME / "password").write_text("secret\n")
    for words in (("--ssh", "a@b" + "c" * 300), ("--user", "a\x01b", "--password-file", str(HOME / "password"))):
        result = added("new", *words)
        ok(result.status == 2 and "host 'new' cannot be written in" in result.err,
           "what cannot stand in such a file", result)
    ok(FILE.read_text() == OURS, "nothing of that changed it")
    config(f"[host lab]\nurl = http://me:secret@lab\n[host new]\nuser = me\n")
    result = run("host", "list")
    ok("secret" not in result.out + result.err and result.out.splitlines()[1].split()[:2] == ["lab", "-"],
       "a password in a URL is not listed, nor a URL where there is none", result)


def test_links() -> None:
    """A file that is kept elsewhere, and a folder that nobody may write."""
    config("")
    elsewhere = HOME / "dotfiles"
    elsewhere.mkdir()
    (elsewhere / "vboxcloud.ini").write_text("# mine\n")
    FILE.symlink_to("../../dotfiles/vboxcloud.ini")
    is_fine(added("new"), "the file is a link")
    ok(FILE.is_symlink() and (elsewhere / "vboxcloud.ini").read_text() ==
       f"# mine\n\n[default]\nhost = new\n\n[host new]\nurl = {NOBODY}\n", "and stays one",
       (elsewhere / "vboxcloud.ini").read_text())
    (elsewhere / "vboxcloud.ini").unlink()
    result = added("new")
    ok(result.status == 2 and "link to a file that is not there" in result.err, "a link to nothing", result)
    FILE.unlink()
    other = HOME / "full"
    other.write_text("")
    result = run("host", "add", "new", NOBODY, "--yes", env={"XDG_CONFIG_HOME": str(other)})
    ok(result.status != 0 and "cannot write" in result.err, "a folder that cannot be made", result)


def test_together() -> None:
    config("")
    names = [f"h{i}" for i in range(12)]
    all_ = [start("host", "add", name, NOBODY, "--yes") for name in names]
    ends = [finish(each).status for each in all_]
    listed = json.loads(run("host", "list", "--output", "json").out)
    ok(ends == [0] * 12 and sorted(each["name"] for each in listed) == sorted(names) and
       sum(each["default"] for each in listed) == 1, "hosts that are added at once are all there, one is "
       "the default", ends, listed)
    with open(FILE.parent / "config.ini.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fails(run("host", "use", "h1"), 6, "another vboxcloud", "a file that somebody keeps is given up")


test_add()
test_names()
test_kept()
test_forms()
test_refused()
test_links()
test_together()
done()
