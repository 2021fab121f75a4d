#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the host, the user and the password come from, seen by what listens there."""
from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import COMMAND, HOME, clean_env, config, done, fails, ok, run
from fakes import PAGE, free_port, listening, read_request, reply

LIST = ("node", "list")
SECRET = "geheim-\u00e9 &<"


class Heard:
    """What one listener was told at the last logon."""
    port = 0
    user: str | None = None
    password: str | None = None

    def forget(self) -> None:
        self.user = self.password = None


@contextmanager
def listener() -> Iterator[Heard]:
    heard = Heard()

    def text(tag: str, request: str) -> str:
        found = re.search(rf"<{tag}>(.*?)</{tag}>", request, re.DOTALL)
        plain = found[1] if found else ""
        for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
            plain = plain.replace(entity, char)
        return plain

    def answer(connection: socket.socket) -> None:
        request = read_request(connection).decode()
        if "logon" in request:
            heard.user, heard.password = text("username", request), text("password", request)
        reply(connection, PAGE)

    with listening(answer) as heard.port:
        yield heard


def secret(name: str, content: bytes, mode: int = 0o600) -> Path:
    path = HOME / ".config/vboxcloud" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_precedence() -> None:
    with listener() as a, listener() as b, listener() as c:
        def reached(what: str, want: Heard, *args: str, **env: str) -> None:
            for each in (a, b, c):
                each.forget()
            result = run(*LIST, *args, env=env)
            heard = [each.user is not None for each in (a, b, c)]
            ok(result.status == 4 and heard == [each is want for each in (a, b, c)], what, heard,
               result)

        url = "http://127.0.0.1:"
        config(f"[default]\nhost = one\n[host one]\nurl = {url}{a.port}\n"
               f"[host two]\nurl={url}{b.port}\n")
        reached("the default host of the configuration", a)
        reached("VBOXCLOUD_HOST with a name", b, VBOXCLOUD_HOST="two")
        reached("VBOXCLOUD_HOST with a URL", c, VBOXCLOUD_HOST=f"{url}{c.port}")
        reached("an empty VBOXCLOUD_HOST", a, VBOXCLOUD_HOST="")
        reached("--host with a URL", c, "--host", f"{url}{c.port}", VBOXCLOUD_HOST="two")
        reached("--host with a name", b, "--host=two", VBOXCLOUD_HOST=f"{url}{c.port}")
        elsewhere = HOME / "elsewhere"
        (elsewhere / "vboxcloud").mkdir(parents=True)
        (elsewhere / "vboxcloud/config.ini").write_text(f"[default]\nhost={url}{b.port}\n")
        reached("XDG_CONFIG_HOME", b, XDG_CONFIG_HOME=str(elsewhere))
        reached("a relative XDG_CONFIG_HOME is ignored", a, XDG_CONFIG_HOME="elsewhere")
        reached("--host with NAME:PORT", c, "--host", f"localhost:{c.port}")
        reached("VBOXCLOUD_HOST with HOST:PORT", c, VBOXCLOUD_HOST=f"127.0.0.1:{c.port}")
        config(f"[default]\nhost = 127.0.0.1:{b.port}\n[host 127.0.0.1:{c.port}]\n"
               f"url = 127.0.0.1:{a.port}\n[host one]\nurl = 127.0.0.1:{c.port}/\n"
               f"[host two]\nurl = HTTP://127.0.0.1:{a.port}\nuser =\npassword_file =\n")
        reached("the default with HOST:PORT", b)
        reached("a section's url with HOST:PORT", c, "--host", "one")
        reached("a scheme in capitals, and keys without a value", a, "--host", "two")
        reached("a section whose name is HOST:PORT", a, "--host", f"127.0.0.1:{c.port}")
        config("[default]\nhost =\n")
        reached("a default without a value", c, VBOXCLOUD_HOST=f"127.0.0.1:{c.port}")


@contextmanager
def account(home: str) -> Iterator[tuple[str, ...]]:
    """What to put before a command that shall see a list of users with the caller at `home`."""
    users = HOME / "passwd"
    users.write_text(f"someone:x:0:0::{home}:/bin/sh\n")
    script = 'mount --bind "$0" /etc/passwd && exec env -u HOME "$@"'
    as_root = () if os.getuid() == 0 else ("--map-root-user",)
    yield ("unshare", "--mount", *as_root, "sh", "-c", script, str(users))


def test_no_home() -> None:
    with listener() as host:
        config(f"[default]\nhost = lab\n[host lab]\nurl = 127.0.0.1:{host.port}\nuser = me\n"
               "password_file = ~/.config/vboxcloud/found\n")
        secret("found", b"one\n")

        def reached(what: str, home: str, *words: str, user: str | None = "me") -> None:
            host.forget()
            with account(home) as before:
                result = subprocess.run([*before, *words, COMMAND, *LIST], env=clean_env(
                    {"VBOXCLOUD_HOST": ""} | ({} if user else {"VBOXCLOUD_HOST": address})),
                    capture_output=True, text=True, check=False)
            ok(host.user == user if user else host.user == "", what, host.user, result)

        address = f"127.0.0.1:{host.port}"
        reached("without HOME the list of users names the home directory", str(HOME))
        reached("with a relative HOME too", str(HOME), "env", "HOME=x")
        reached("and with an empty XDG_CONFIG_HOME", str(HOME), "env", "XDG_CONFIG_HOME=")
        reached("who has no home directory has no configuration", "", user=None)


def test_credentials() -> None:
    with listener() as host:
        def said(what: str, user: str, password: str, **env: str) -> None:
            host.forget()
            result = run(*LIST, "--verbose", env=env)
            ok((host.user, host.password) == (user, password), what, host.user, host.password, result)
            ok(SECRET not in result.err, "and the password is not shown", result.err)

        section = f"[default]\nhost = lab\n[host lab]\nurl = http://127.0.0.1:{host.port}\n"
        config(section)
        said("neither user nor password", "", "")
        secret("beside", f"{SECRET}\n".encode())
        other = secret("other", b"two\r\n")
        config(section + "user = me\npassword_file = beside\n")
        said("the configuration's, beside it", "me", SECRET)
        config(section + "user = me\npassword_file = ~/.config/vboxcloud/beside\n")
        said("the configuration's, at home", "me", SECRET)
        said("the environment's password file", "me", "two", VBOXCLOUD_PASSWORD_FILE=str(other))
        marked = secret("marked", b"\xef\xbb\xbftwo\n")
        said("a file with a byte order mark", "me", "two", VBOXCLOUD_PASSWORD_FILE=str(marked))
        said("the environment's user", "you", SECRET, VBOXCLOUD_USER="you")
        fifo = HOME / "fifo"
        os.mkfifo(fifo)
        if os.fork() == 0:
            fifo.write_text("piped")
            os._exit(0)
        said("a password from a pipe", "me", "piped", VBOXCLOUD_PASSWORD_FILE=str(fifo))
        os.wait()


def test_password_files() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    def refused(what: str, path: Path, pattern: str, status: int = 2) -> None:
        env = {"VBOXCLOUD_PASSWORD_FILE": str(path), "VBOXCLOUD_HOST": url}
        fails(run(*LIST, env=env), status, pattern, what)
        config(f"[default]\nhost = lab\n[host lab]\nurl = {url}\npassword_file = {path}\n")
        fails(run(*LIST), status, pattern, f"{what}, in the configuration")
        config("")

    config("")
    loop = HOME / "loop"
    loop.symlink_to(loop)
    refused("a password file that is not there", HOME / "nothing", "No such file", 3)
    refused("a folder that is not there", HOME / "nothing/x", "No such file", 3)
    refused("a file as a folder", secret("plain", b"x") / "x", "Not a directory", 3)
    refused("a link to itself", loop, "symbolic links")
    if os.getuid():
        refused("a file that may not be read", secret("closed", b"x", 0), "Permission denied")
    refused("a folder", HOME, "directory")
    refused("an empty file", secret("empty", b""), "is empty")
    refused("only a line end", secret("blank", b"\r\n"), "is empty")
    refused("two lines", secret("two", b"a\nb\n"), "more than one line")
    refused("binary data", secret("binary", b"a\0b"), "binary")
    for form in ("UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32", "UTF-32-LE", "UTF-32-BE"):
        refused(form, secret("wide", "word".encode(form)), f"{form[:6]}; save it as UTF-8")
    refused("no UTF-8", secret("latin", b"\xe9"), "not text")
    refused("a large file", secret("large", b"x" * 5000), "too large")
    refused("a file without end", Path("/dev/zero"), "too large")
    refused("a file others can change", secret("writable", b"x", 0o666), "chmod 600")
    result = run(*LIST, env={"VBOXCLOUD_HOST": url,
                             "VBOXCLOUD_PASSWORD_FILE": str(secret("readable", b"x", 0o644))})
    ok(result.status == 4 and result.err.count("\n") == 2 and
       result.err.startswith("vboxcloud: warning: others can read"),
       "a file others can read is used with a warning", result)
    fails(run(*LIST, env={"VBOXCLOUD_HOST": url, "VBOXCLOUD_USER": "me"}), 2,
          "no password for user 'me'", "a user without a password and without a terminal")


def test_forms() -> None:
    """The same settings as people and their editors write them."""
    with listener() as host:
        plain = (f"[default]\nhost = lab\n[host lab]\nurl = 127.0.0.1:{host.port}\nuser = me\n"
                 "password_file = beside\n")
        secret("beside", b"one\n")
        for what, text in (
                ("a mark before it", "\ufeff" + plain), ("CRLF", plain.replace("\n", "\r\n")),
                ("CR", plain.replace("\n", "\r")), ("no line end", plain.rstrip()),
                ("quotes", plain.replace("= ", '= "').replace("\n", '"\n').replace(']"', "]")),
                ("other quotes", plain.replace("= lab", "= 'lab'").replace("host lab", "host 'lab'")),
                ("colons", plain.replace(" = ", ": ")), ("no spaces", plain.replace(" = ", "=")),
                ("indented lines", plain.replace("url", "\turl").replace("user", "  user")),
                ("spaces in a section", plain.replace("[host lab]", " [host \t lab ] ")),
                ("a long name", plain.replace("lab", "l" * 99)),
                ("comments", f"; a\n#{'b' * 999}\n" + plain.replace("b]", "b] # c").replace("me", "me ; d")),
                ("a section in two parts", plain.replace("user", "[default]\n[host lab]\nuser"))):
            host.forget()
            config(text)
            result = run(*LIST)
            ok((host.user, host.password) == ("me", "one"), f"{what} in the configuration", text, result)


def test_files() -> None:
    """What stands in the configuration's place, and is none."""
    path = HOME / ".config/vboxcloud/config.ini"
    url = f"http://127.0.0.1:{free_port()}"
    for form in ("UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32", "UTF-32-LE", "UTF-32-BE"):
        secret("config.ini", f"[default]\nhost = {url}\n".encode(form))
        fails(run(*LIST), 2, rf"config.ini: it is text in {form[:6]}; save it as UTF-8", form)
    for what, data in (("a NUL", b"[default]\nhost = a\0b\n"), ("a huge file", b"#\n" * 600_000)):
        secret("config.ini", data)
        fails(run(*LIST), 2, "config.ini: it is not a small text file", what)
    path.unlink()
    path.mkdir()
    fails(run(*LIST), 2, "cannot read .*config.ini: Is a directory", "a folder")
    path.rmdir()
    path.symlink_to(path)
    fails(run(*LIST), 2, "cannot read .*config.ini: Too many levels of symbolic links", "a loop")
    path.unlink()
    path.symlink_to("/nothing")
    fails(run(*LIST, env={"VBOXCLOUD_HOST": url}), 4, url, "a link to nothing is none")
    path.unlink()


def test_mistakes() -> None:
    def refused(what: str, text: str, pattern: str, *args: str) -> None:
        config(text)
        fails(run(*LIST, *args), 2, pattern, what)

    refused("no section", "host = x\n", r"config.ini:1: 'host' in section \[\]")
    refused("an unknown key", "[host a]\nurl = http://a\nuri = b\n", r"config.ini:3: 'uri'")
    refused("an unknown section", "[hosts]\na = b\n", r"config.ini:1: section \[hosts\] is unknown")
    refused("an unknown section without keys", "[host]\n", r"config.ini:1: section \[host\]")
    refused("a section without a name", "#\n[host  ]\n", r"config.ini:2: section \[host  \]")
    refused("a section that does not end", "[host a\n", "config.ini:1: ")
    refused("a key on the line of a section", "[host a] url = b\n", "config.ini:1: there is more")
    refused("a comment with # after a value", "[host a]\nuser = me # b\n", "config.ini:2: a comment with #")
    refused("a quote that does not end", "[host a]\nurl = \"b\n", "config.ini:2: the quotes of 'url'")
    refused("two quoted words", "[host a]\nurl = 'b' 'c'\n", "config.ini:2: the quotes of 'url'")
    refused("the host of an empty section", "[host lab]\n", r"\[host lab\] of .* has no url", "--host", "lab")
    refused("a default of an empty section", "[default]\nhost = lab\n[host lab]", r"has no url")
    refused("empty quotes", "[default]\nhost = b\n[host b]\nurl = ''\n", r"has no url")
    refused("a password", "[host a]\npassword = b\n", "'password'")
    refused("a key twice", "[host a]\nurl = http://a\nurl = http://b\n", "config.ini:3: .*twice")
    refused("no key at all", "[host a]\nnonsense\n", "config.ini:2: ")
    refused("a host without a URL", "[default]\nhost = b\n[host b]\nuser = c\n", "has no url")
    refused("a host with an empty URL", "[default]\nhost = b\n[host b]\nurl =\n",
            r"section \[host b\] of .*config.ini has no url: add one, like url = NAME:18083")
    refused("a default near a section", "[default]\nhost = lap\n[host lab]\nurl = x\n",
            "did you mean 'lab'.* http://lap$")
    refused("a line too long", f"[host a]\nurl = http://{'a' * 300}\n", "config.ini:2: this line is longer than")
    refused("a last line too long", f"[host a]\n{'a' * 300}", "config.ini:2: this line is longer than")


def test_fleets() -> None:
    """What is said of fleets and labels, and what stands in their place."""
    hosts = "[host a]\nurl = http://127.0.0.1:9\n[host b]\nurl = http://127.0.0.1:9\n"

    def refused(what: str, text: str, pattern: str) -> None:
        config(text)
        fails(run("host", "list"), 2, pattern, what)

    refused("a fleet without hosts", "[fleet lab]\n" + hosts, r"config.ini:1: section \[fleet lab\] has no hosts: add them")
    refused("a fleet with an empty list", hosts + "[fleet lab]\nhosts =\n", r"config.ini:6: section \[fleet lab\] has no hosts")
    refused("a fleet of nothing but commas", hosts + "[fleet lab]\nhosts = ,\n", r"has no hosts")
    refused("a host that is not there", hosts + "[fleet lab]\nhosts = a c\n",
            r"config.ini:6: fleet 'lab' has a host 'c', for which there is no section \[host c\]$")
    refused("a fleet in a fleet", hosts + "[fleet x]\nhosts = a\n[fleet lab]\nhosts = x\n", r"config.ini:8: .*\[host x\]")
    refused("a host twice", hosts + "[fleet lab]\nhosts = a b,a\n", "config.ini:6: fleet 'lab' has the host 'a' twice")
    refused("the name of a host", hosts + "[fleet a]\nhosts = b\n", "config.ini:6: there is a host 'a', too; rename one")
    refused("the name of all hosts", hosts + "[fleet all]\nhosts = b\n", "config.ini:5: a fleet cannot be called 'all'")
    refused("a name with a colon", hosts + "[fleet a:b]\nhosts = b\n", "config.ini:5: a fleet cannot be called 'a:b'")
    refused("no name", hosts + "[fleet ]\n", r"config.ini:5: section \[fleet \] is unknown")
    refused("another key", hosts + "[fleet lab]\nhost = a\n", r"config.ini:6: 'host' in section \[fleet lab\] is not a known key")
    refused("hosts twice", hosts + "[fleet lab]\nhosts = a\nhosts = b\n", "config.ini:7: 'hosts' in section .* is given twice")
    for value, says in (("rack=a,rack=b", "has 'rack' twice"), ("a b", "cannot have 'a b': a label is KEY or KEY=VALUE"),
                        (",ssd", "cannot have ''"), ("ssd,", "cannot have ''"), ("=a", "cannot have '=a'"),
                        ("a=", "cannot have 'a='"), ("a=b=c", "cannot have 'a=b=c'"), ("\u00e4", "cannot have")):
        refused(f"labels = {value}", hosts + f"labels = {value}\n", rf"config.ini:5: 'labels' in section \[host b\] {says}")


def test_several() -> None:
    """Where one host is meant, several are none; what names several is seen by all who list them."""
    config("[default]\nhost = lab\n[fleet lab]\nhosts = a, b\n[host a]\nurl = http://127.0.0.1:9\nlabels = rack=a , ssd\n"
           "[host b]\nurl = http://127.0.0.1:9\n[fleet one]\nhosts = b\n")
    listed = json.loads(run("host", "list", "-o", "json").out)
    ok([(each["labels"], each["fleets"]) for each in listed] ==
       [(["rack=a", "ssd"], ["lab"]), ([], ["lab", "one"])], "labels and fleets are listed", listed)
    for what, words, env, says in (
            ("the default", (), {}, "'lab' is 2 hosts, and this is done on one: name it, like 'a'"),
            ("VBOXCLOUD_HOST", (), {"VBOXCLOUD_HOST": "one"}, "'one' is 1 host, and"),
            ("all", ("--host", "all"), {}, "'all' is 2 hosts"), ("a list", ("--host", "b,a"), {}, "'b,a' is 2 hosts.* like 'b'")):
        fails(run("image", "import", "/x", *words, env=env), 2, says, f"several hosts are not one: {what}")
    fails(run(*LIST, "--host", "lap"), 2, "did you mean 'lab'", "a name near a fleet's")
    both = run(*LIST, "--host", " a, b ,")
    ok(both.status == 4 and [line.split(": ")[2] for line in both.err.splitlines()[:2]] == ["a", "b"], "blanks around commas are none of a name", both)
    fails(run(*LIST, "--host", "a,ftp://x"), 2, "^vboxcloud: --host: ", "--host is blamed for an address in it")
    fails(run(*LIST, env={"VBOXCLOUD_HOST": "a,ftp://x"}), 2, "^vboxcloud: VBOXCLOUD_HOST: ", "VBOXCLOUD_HOST for that")
    fails(run("host", "remove", "b"), 6, "host 'b' is in the fleet 'lab': take it out", "a host that a fleet needs")
    fails(run("host", "add", "one", "http://127.0.0.1:9", "--yes"), 6, "there is a fleet 'one' in", "a host with the name of a fleet")
    fails(run("host", "add", "all", "http://127.0.0.1:9", "--yes"), 2, "'all' cannot be the name of a host: it means", "nor with that of all")
    used = run("host", "use", "one")
    ok(used.status == 0 and "host = one" in (HOME / ".config/vboxcloud/config.ini").read_text() and
       used.err == "vboxcloud: fleet 'one' is the default now\n", "a fleet can be the default", used)
    for words, offered in ((("node", "list", "--host"), ["all", "a", "b", "lab", "one"]), (("host", "use"), ["a", "b", "lab", "one"]),
                           (("host", "remove"), ["a", "b"]), (("node", "teleport", "x", "--to"), ["a", "b"])):
        lines = [line.partition("\t")[0] for line in run("__complete", *words, "").out.splitlines()]
        ok(lines == offered, f"completion after {' '.join(words)} offers what can stand there", lines)
    config("[default]\nhost = ftp://x, http://127.0.0.1:9\n")
    fails(run(*LIST), 2, r"config.ini:2: host of \[default\]: ", "and the file for what it says")
    config("")
    fails(run(*LIST, "--host", "all"), 2, "'all' is no host: none is configured", "all of none")


ADDRESSES = (  # that are none; what is said of it
    ("a b", "'a b' is not the address of a host: it looks like NAME, NAME:18083 or http://NAME:18083"),
    ("http://", "it looks like NAME"), ("/etc/x", "it looks like NAME"),
    ("http:lab", "it looks like NAME"), ("http:///lab", "it looks like NAME"),
    ("l%e9", "it looks like NAME"), ("x:-1", "between 1 and 65535"), ("x:65536", "between 1 and 65535"),
    ("//lab", "it looks like NAME"), ("x?y", "[?] or #"),
    ("<lab>", "it looks like NAME"), ("ftp://x", "begin with http:// or https://"),
    ("http://x:99999", "between 1 and 65535"), ("x:0", "between 1 and 65535"),
    ("x:port", "between 1 and 65535"), ("::1", r"in brackets, as in \[::1\]:18083"),
    ("[::1", "it looks like NAME"), (f"http://me:{SECRET}@x", "password_file|PASSWORD_FILE"),
    (f"me:{SECRET}@x:1", "PASSWORD_FILE"), (f"http:/me:{SECRET}@x", "given separately|looks like"),
)


def test_addresses() -> None:
    """Where the wrong address stands, what is wrong with it, and nothing that may be secret."""
    def refused(what: str, where: str, says: str, *args: str, **env: str) -> None:
        result = run(*LIST, *args, env=env)
        fails(result, 2, f"{where}: .*{says}", what)
        ok(SECRET not in result.err, "and no secret is shown", result)

    for value, says in ADDRESSES:
        shown = value.replace(SECRET, "SECRET")
        config("[host x]\n[default]\nhost = b\n[host b]\nuser = a\n\n" f"url = {value}\n")
        refused(f"url = {shown}", r"config.ini:7: url of \[host b\]", says)
        config(f"# no section\n[default]\nhost = {value}\n[host x]\nurl = x\n")
        refused(f"host = {shown}", r"config.ini:3: host of \[default\]", says)
        refused(f"--host {shown}", "--host", says, "--host", value)
        refused(f"VBOXCLOUD_HOST={shown}", "VBOXCLOUD_HOST", says, VBOXCLOUD_HOST=value)
    for value in ("", " ", " lab", "lab\t", "lab\nx"):
        refused(f"--host {value!r}", "--host", "it looks like NAME", "--host", value)


test_precedence()
test_no_home()
test_credentials()
test_password_files()
test_forms()
test_files()
test_mistakes()
test_fleets()
test_several()
test_addresses()
done()
