#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""First boot by DMI strings: what a machine's firmware is given, also by a host that takes no seeds,
that nothing else shows the password, and what is refused. A guest reads them in test_deploy.py.
"""
from __future__ import annotations

from pathlib import Path

from cli import HOME, Result, done, fails, is_fine, ok
from hosts import ask, cloud, contents, tiny_image, unique

SIZE = "1_cpu-64_ram-3_disk"
PASSWORD = " <c\u00f6rrect> \"horse\" & 'battery' "
CONFIG = "VBoxInternal/Devices/pcbios/0/Config/DmiOEMVBox"
MARK = "libcloud_initialization"
LONGEST = 255 - len("3 ")


def secret(password: str | bytes) -> str:
    path = HOME / "password"
    path.write_bytes(password.encode() if isinstance(password, str) else password)
    return str(path)


def strings(node: str) -> list[str]:
    """What the machine's settings have."""
    return [ask("api", "IVirtualBox_findMachine", f"nameOrId={node}", "IMachine_getExtraData",
                f"key={CONFIG}{name}")[0]["value"] for name in ("Ver", "Rev")]


def is_silent(result: Result, what: str) -> None:
    ok(result.status == 0 and "horse" not in result.out + result.err, f"no password in {what}", result)


def create(image: str, *options: str) -> tuple[str, Result]:
    name = unique("node")
    return name, cloud("node", "create", name, "--image", image, "--size", SIZE, *options)


def test_told(image: str) -> None:
    name, created = create(image, "--password-file", secret(PASSWORD + "\n"), "--verbose")
    is_silent(created, "what is printed of its creation, with all calls")
    ok(strings(name) == [MARK, f"3 {PASSWORD}"], "the mark; the size of the disk and the password")
    for words in (["list"], ["list", "--output", "json"], ["show", name], ["log", name]):
        is_silent(cloud("node", *words), f"node {words[0]}")
    is_silent(cloud("gc", "--dry-run", "--output", "json"), "gc")
    clone = ask("node", "clone", name, unique("clone"), "--no-start")["id"]
    ok(strings(clone) == ["", ""], "a clone is not told")
    is_fine(cloud("node", "seed", name), "told anew while it runs, without a password")
    ok(strings(name) == [MARK, "string:3"], "of which nothing is left in the settings")
    fails(cloud("node", "seed", name, "--hostname", "a"), 2, "which carry only a password",
          "a host name is refused then too")
    is_fine(cloud("node", "destroy", name, clone), "destroyed", "")


def test_starts(image: str) -> None:
    name, created = create(image)
    is_fine(created, "a node without a password starts")
    ok(strings(name) == [MARK, "string:3"], "it is told the size of its disk")
    is_fine(cloud("node", "destroy", name), "destroyed", "")
    for password in ("x" * LONGEST, "1234"):
        name, created = create(image, "--password-file", secret(password))
        is_fine(created, f"one with a password of {len(password)} bytes starts")
        ok(strings(name) == [MARK, f"3 {password}"], "it is told all of it")
        is_fine(cloud("node", "destroy", name), "destroyed", "")


def test_refused(image: str) -> None:
    def refused(pattern: str, what: str, *options: str) -> None:
        result = create(image, *options)[1]
        fails(result, 2, pattern, what)
        ok("horse" not in result.err, "without naming it", result)

    before = contents()
    data = Path(HOME, "user-data")
    data.write_text("#!/bin/sh\n")
    refused("which carry only a password", "user data", "--user-data", str(data))
    refused("which carry only a password", "a host name", "--hostname", "a")
    refused("which carry only a password", "a key", "--ssh-key", "any")
    refused("room for 253 bytes of it, not 254", "a password that is too long", "--password-file",
            secret("horse".ljust(LONGEST - 1, "x") + "\u00fc"))
    refused("without control characters", "a tab", "--password-file", secret("horse\tx"))
    refused("without control characters", "an escape", "--password-file", secret("horse\x1b"))
    ok(contents() == before, "no node is left of all that")


def main() -> None:
    plain, image = unique("plain"), unique("dmi")
    ask("image", "import", tiny_image(), "--name", plain)
    ask("image", "copy", plain, image, "--init", "dmi")
    is_fine(cloud("image", "delete", plain), "the image is marked in a copy")
    test_told(image)
    test_starts(image)
    test_refused(image)
    is_fine(cloud("image", "delete", image), "the image is deleted", "")
    done()


main()
