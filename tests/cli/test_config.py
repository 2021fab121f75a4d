#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the host, the user and the password come from, seen by what listens there."""
from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import HOME, config, done, fails, ok, run
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

    def refused(what: str, path: Path, pattern: str) -> None:
        env = {"VBOXCLOUD_PASSWORD_FILE": str(path), "VBOXCLOUD_HOST": url}
        fails(run(*LIST, env=env), 4, pattern, what)

    config("")
    refused("a password file that is not there", HOME / "nothing", "No such file")
    refused("a folder", HOME, "directory")
    refused("an empty file", secret("empty", b""), "is empty")
    refused("only a line end", secret("blank", b"\r\n"), "is empty")
    refused("two lines", secret("two", b"a\nb\n"), "more than one line")
    refused("binary data", secret("binary", b"a\0b"), "binary")
    refused("UTF-16", secret("wide", "word".encode("utf-16")), "UTF-16; save it as UTF-8")
    refused("no UTF-8", secret("latin", b"\xe9"), "no text")
    refused("a large file", secret("large", b"x" * 5000), "too large")
    refused("a file others can change", secret("writable", b"x", 0o666), "chmod 600")
    result = run(*LIST, env={"VBOXCLOUD_HOST": url,
                             "VBOXCLOUD_PASSWORD_FILE": str(secret("readable", b"x", 0o644))})
    ok(result.status == 4 and result.err.count("\n") == 2 and
       result.err.startswith("vboxcloud: warning: others can read"),
       "a file others can read is used with a warning", result)
    fails(run(*LIST, env={"VBOXCLOUD_HOST": url, "VBOXCLOUD_USER": "me"}), 4,
          "no password for user 'me'", "a user without a password and without a terminal")


def test_mistakes() -> None:
    def refused(what: str, text: str, pattern: str) -> None:
        config(text)
        fails(run(*LIST), 2, pattern, what)

    refused("no section", "host = x\n", r"config.ini:1: 'host' in section \[\]")
    refused("an unknown key", "[host a]\nurl = http://a\nuri = b\n", r"config.ini:3: 'uri'")
    refused("an unknown section", "[hosts]\na = b\n", r"config.ini:2: .*\[hosts\]")
    refused("a password", "[host a]\npassword = b\n", "'password'")
    refused("a key twice", "[host a]\nurl = http://a\nurl = http://b\n", "config.ini:3: .*twice")
    refused("no key at all", "[host a]\nnonsense\n", "config.ini:2: ")
    refused("a default without a section", "[default]\nhost = b\n", "no host 'b'")
    refused("a host without a URL", "[default]\nhost = b\n[host b]\nuser = c\n", "has no url")
    refused("a line too long", f"[host a]\nurl = http://{'a' * 300}\n", "config.ini:2: ")


test_precedence()
test_credentials()
test_password_files()
test_mistakes()
done()
