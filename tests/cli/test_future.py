#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A VirtualBox newer than all we know: the host emulates one (tests/proxylib/future.py)."""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from cli import Result, done, host_env, is_fine, ok, run
from hosts import ask, cloud, tiny_image, unique
from proxylib.client import Proxy

WARNING = ("vboxcloud: warning: VirtualBox 8.0.0 is newer than this program knows; it is treated "
           "as the newest known\n")


def there(proxy: Proxy, *words: str) -> Result:
    return run(*words, env=host_env() | {"VBOXCLOUD_HOST": proxy.url}, timeout=300)


def test_warning(proxy: Proxy) -> None:
    result = there(proxy, "host", "check", "--output", "json")
    release = json.loads(result.out)[2]
    ok(result.status == 0 and release["level"] == "warning" and "8.0.0" in release["text"] and
       "newer vboxcloud" in release["cure"], "the check warns", result)
    for words in (("host", "show"), ("node", "list"), ("size", "list"), ("gc",)):
        result = there(proxy, *words)
        ok(result.status == 0 and result.err == WARNING, f"{words[0]} warns, once", result)


def test_node(proxy: Proxy) -> None:
    """From an image to the end of a node, with unknown things in all replies."""
    name, image = unique("future"), unique("future")
    is_fine(there(proxy, "image", "import", tiny_image(), "--name", image), "an image")
    result = there(proxy, "node", "create", name, "--image", image, "--size",
                   "1_cpu-64_ram-1_disk", "--output", "json")
    ok(result.status == 0 and json.loads(result.out)["state"] == "running", "a node", result)
    is_fine(there(proxy, "node", "stop", name, "--force"), "stops", "")
    shown = ask("node", "show", name)
    proxy.rules([{"method": method, "do": "substitute", "every": True, "pattern": ">PoweredOff<",
                  "with": ">Hibernated<"}
                 for method in ("IMachine_getState", "IVirtualBox_getMachineStates")])
    result = there(proxy, "node", "show", name, "--output", "json")
    changed = {"state": "unknown", "host": proxy.url,
               "extra": shown["extra"] | {"machine_state": "Unknown"}}
    ok(result.status == 0 and json.loads(result.out) == shown | changed, "a state that nobody knows "
       "is unknown, and all else is shown", result, shown)
    result = there(proxy, "api", "IVirtualBox_findMachine", f"nameOrId={shown['id']}",
                   "IMachine_getState", "--output", "tsv")
    ok(result.out == "returnval\tUnknown\n", "in the bare call too", result)
    proxy.rules([])
    is_fine(there(proxy, "node", "destroy", name), "the node is destroyed", "")
    is_fine(there(proxy, "image", "delete", image), "and the image", "")


with Proxy(os.environ["VBOXCLOUD_HOST"], tls_ca=os.environ.get("VBOXCLOUD_CA_FILE"),
           release="future") as the_proxy:
    test_warning(the_proxy)
    test_node(the_proxy)
ok(cloud("host", "check").err == "", "the host itself is not newer")
done()
