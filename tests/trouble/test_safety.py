#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text that would crash vboxwebsrv, break its replies or name a file elsewhere.

Wherever the command takes text: it is kept exactly or refused, the service survives, and no file
lies outside a node's own folder. (An argument cannot hold NUL: the library's own tests pass that.)
"""
from __future__ import annotations

import json
import os

from trouble import HOME, IMAGE, SIZE, Host, Result, between, done, ok

TEXTS = {
    "U+FFFE": "a\ufffeb", "U+FFFF": "\uffff", "a lone surrogate": os.fsdecode(b"a\xed\xa0\x80b"),
    "bytes that are no UTF-8": os.fsdecode(b"\xff\xc0\xaf"), "U+0001": "a\x01b", "escape": "\x1b[2J",
    "delete": "a\x7fb", "U+0085": "a\x85b", "a newline": "a\nb", "a carriage return": "a\rb",
    "a way up": "../x", "a long way up": "../../../../../../tmp/vboxcloud-x", "a slash": "a/b",
    "a backslash": "..\\x", "255 characters": "x" * 255, "256 characters": "y" * 256,
    "a hundred thousand": "z" * 100000, "markup": "</x>]]>&amp;<!--", "the end of Unicode": "\U0010ffff",
}


def kept(result: Result, member: str, text: str) -> bool:
    """It succeeded and shows the text as it was given."""
    if result.status:
        return False
    shown = json.loads(result.out)
    return shown.get(member, shown.get("extra", {}).get(member)) == text


def refused(result: Result) -> bool:
    """It failed with one sentence, as wrong usage or as something that is not there."""
    return (result.status in (2, 3) and result.out == "" and result.err.startswith("vboxcloud: ")
            and result.err.count("\n") == 1)


def create(*words: str) -> tuple[str, ...]:
    return ("node", "create", "--no-start", "--image", IMAGE, "--size", SIZE, "--output", "json", *words)


def upload(*words: str) -> tuple[str, ...]:
    return ("image", "import", "--output", "json", str(small), *words)


def check(what: str, text: str) -> None:
    """Passes the text to all that takes any."""
    results = {
        "a node to show": (host.cloud("node", "show", "--", text), ""),
        "a node to destroy": (host.cloud("node", "destroy", "--", text), ""),
        "an image to show": (host.cloud("image", "show", "--", text), ""),
        "an image to create from": (host.cloud("node", "create", "n", f"--image={text}"), ""),
        "a size": (host.cloud(*create(f"--size={text}", "n")), ""),
        "a system": (host.cloud(*upload("--name", "s", f"--os-type={text}")), ""),
        "a path on the host": (host.cloud("image", "import", f"host:{text}", "--name", "p"), ""),
        "an absolute path on the host": (host.cloud("image", "import", f"host:/none/{text}",
                                                    "--name", "p"), ""),
        "a node's name": (host.cloud(*create("--", text)), "name"),
        "a node's description": (host.cloud(*create("--description", text, "n")), "description"),
        "an image's name": (host.cloud(*upload("--name", text)), "name"),
        "an image's description": (host.cloud(*upload("--name", "d", "--description", text)),
                                   "description"),
    }
    wrong = [(where, result) for where, (result, member) in results.items()
             if not (refused(result) or (member and kept(result, member, text)))]
    ok(not wrong, f"{what} is kept or refused everywhere", *wrong)
    if not between.HOW:
        ok(host.vboxhost("pids") == served_by, f"the host's service survives {what}",
           host.vboxhost("pids"), served_by)
    state = host.settled()
    strays = [path for path in state.files - clean.files
              if path.split("/")[0] not in {"images", *state.machines}]
    ok(not strays and set(os.listdir(host.folder.parent)) == around, "no file lies elsewhere", strays)


def clear() -> None:
    """Removes what came to be."""
    for noun, verb, keep in (("node", "destroy", ()), ("image", "delete", (IMAGE,))):
        for each in json.loads(host.must(noun, "list", "--output", "json").out):
            if each["name"] not in keep:
                host.must(noun, verb, each["id"])


with Host("safety") as host:
    small = HOME / "small.raw"
    small.write_bytes(bytes(1024))
    host.put_image()
    host.must(*upload("--name", "first"))
    clear()
    clean, served_by = host.settled(), host.vboxhost("pids")
    around = set(os.listdir(host.folder.parent))
    for each_what, each_text in TEXTS.items():
        check(each_what, each_text)
        clear()
    after = host.settled()
    ok(after == clean, "the host is as it was before", after.against(clean))
    host.restart()
    after = host.settled()
    ok(after == clean, "also when it has been restarted", after.against(clean))
done()
