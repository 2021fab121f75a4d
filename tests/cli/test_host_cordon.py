#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A host on which nothing new is to be placed: every client knows, and all else goes on."""
from __future__ import annotations

import json
import time

from cli import HOME, Result, done, fails, host_env, is_fine, ok, run
from fakes import free_port
from hosts import ask, cloud

CONFIG = HOME / ".config/vboxcloud/config.ini"
NOBODY = f"http://127.0.0.1:{free_port()}"
KEY = "libcloud/host/cordon"


def own(*words: str) -> Result:
    """Hosts by their names in the configuration alone."""
    env = {key: value for key, value in host_env().items() if key != "VBOXCLOUD_HOST"}
    return run(*words, env=env, timeout=300)


def value() -> str:
    return str(ask("api", "IVirtualBox_getExtraData", f"key={KEY}")[0]["value"])


def status(*words: str) -> tuple[dict[str, str], Result]:
    result = own("host", "list", *words, "-o", "json")
    return {each["name"]: each["status"] for each in json.loads(result.out or "[]")}, result


def test_cordon() -> None:
    before = ask("host", "show")
    ok(before["cordoned"] is False and before["cordoned_at"] is None, "a host is not cordoned", before)
    result = own("host", "cordon", "lab", "--dry-run")
    ok(result.status == 0 and "would cordon host 'lab'" in result.err and value() == "", "--dry-run cordons nothing", result)
    is_fine(own("host", "cordon", "lab"), "cordon it")
    since = json.loads(value())["since_ms"]
    shown = ask("host", "show")
    ok(shown["cordoned"] is True and shown["cordoned_at"] and abs(since / 1000 - time.time()) < 120, "whoever asks knows, and since when", shown, since)
    ok({key: what for key, what in shown.items() if not key.startswith(("cordoned", "memory_available"))} ==
       {key: what for key, what in before.items() if not key.startswith(("cordoned", "memory_available"))}, "nothing else is changed")
    is_fine(own("host", "cordon", "lab"), "once more")
    ok(json.loads(value())["since_ms"] == since, "it is cordoned since the first time", value())
    is_fine(cloud("gc"), "gc leaves that alone")
    ok(json.loads(value())["since_ms"] == since, "as all that people want", value())
    is_fine(own("host", "uncordon", "lab", "--dry-run"), "uncordon it, with --dry-run")
    ok(value() != "", "which changes nothing")
    is_fine(own("host", "uncordon", "lab"), "uncordon it")
    ok(value() == "" and ask("host", "show")["cordoned"] is False, "leaves nothing on the host", value())
    is_fine(own("host", "uncordon", "lab"), "once more is no failure")
    fails(own("host", "cordon", "nobody"), 4, "", "a host that is not there")
    fails(own("host", "cordon"), 2, "NAME", "no host")
    result = own("host", "cordon", "away", "lab")
    ok(result.status == 4 and value() == "", "what cannot be used ends it, as ever", result)


def test_list() -> None:
    """Other programs may have written the key, with whatever value."""
    ok(status()[0] == {"lab": None, "away": None}, "nobody is asked", status())
    table = own("host", "list").out.splitlines()[0].split()
    ok("STATUS" not in table, "and a table has no such column", table)
    told, result = status("--status")
    ok(told == {"lab": "ready", "away": "away"} and result.status == 0 and "warning: away: " in result.err, "or all are", result)
    ok(status("--status", "--strict")[1].status == 4, "--strict")
    ok(cloud("api", "IVirtualBox_setExtraData", f"key={KEY}", "value=by hand").status == 0, "a value that is no JSON")
    told, result = status("--status")
    ok(told["lab"] == "cordoned" and ask("host", "show")["cordoned_at"] is None, "cordons it, nobody knows since when", result)
    rows = own("host", "list", "--status", "--filter", "status=cordoned", "-o", "tsv", "--columns", "name,status")
    ok(rows.out == "lab\tcordoned\n", "columns and filters know it", rows)
    table = own("host", "list", "--status").out.splitlines()
    ok("STATUS" in table[0].split() and "cordoned" in table[1], "and a table", table)
    is_fine(own("host", "uncordon", "lab"), "and it is ended like any other")
    ok(value() == "", "without a rest", value())


CONFIG.parent.mkdir(parents=True, exist_ok=True)
lines = [f"{key} = {host_env()[name]}" for key, name in (("user", "VBOXCLOUD_USER"), ("password_file", "VBOXCLOUD_PASSWORD_FILE"),
                                                         ("ca_file", "VBOXCLOUD_CA_FILE"), ("fingerprint", "VBOXCLOUD_FINGERPRINT"))
         if host_env().get(name)]
CONFIG.write_text("\n".join(["[host lab]", f"url = {host_env()['VBOXCLOUD_HOST']}", *lines, "[host away]", f"url = {NOBODY}", ""]))
test_cordon()
test_list()
done()
