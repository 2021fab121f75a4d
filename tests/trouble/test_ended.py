#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program that ends properly just when another one has read what it is at, and looks whether it
lives: what it has made stays."""
from __future__ import annotations

from trouble import IMAGE, SIZE, Host, Proxy, done, finish, is_fine, ok

HELD_MS, LATE_MS = 3000, 6000
NODE = ("node", "create", "n", "--image", IMAGE, "--size", SIZE, "--no-start")
NETWORK = ("network", "create", "lab", "--cidr", "10.9.0.0/24")


def test(words: tuple[str, ...], held: str) -> None:
    """A list reads the entry while the command is held at that call, and hears of it too late."""
    looking.rules([{"method": "IVirtualBox_getExtraData", "do": "late", "ms": LATE_MS}])
    maker = host.start_at(making, {"method": held, "do": "delay", "ms": HELD_MS}, *words)
    looker = host.start("node", "list", url=looking.url)
    is_fine(finish(maker), " ".join(words[:2]))
    ok(looker.poll() is None, "has ended while another looks")
    is_fine(finish(looker), "which does so")
    shown = host.must(words[0], "list").out
    ok(words[2] in shown, "what was made is there", shown)


with Host("ended") as host, Proxy(host.url) as making, Proxy(host.url) as looking:
    host.put_image()
    host.must("node", "list")
    test(NODE, "IVirtualBox_registerMachine")
    test(NETWORK, "IVirtualBox_createNATNetwork")
done()
