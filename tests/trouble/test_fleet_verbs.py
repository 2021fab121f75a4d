#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is done on all of three hosts by one command: also while one of them is away."""
from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from trouble import HOME, Host, Proxy, Result, done, fails, ok, run

NAMES = ("vb1", "vb2", "vb3")
CLOSE, HANG = ([{"do": do, "every": True}] for do in ("close", "hang"))
LEFT = "libcloud/doing/5a0e7a2e-6d0b-4f0c-9d55-0a3a6c1f2b7d"
DEAD = json.dumps({"kind": "image-export", "where": "elsewhere pid:[1]", "pid": 1, "start": 1, "until": 1700000000000})


def configure(urls: dict[str, str], more: str = "") -> None:
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[default]\nhost = lab\n" + "".join(f"[host {name}]\nurl = {url}\n" for name, url in urls.items()) +
                    "[fleet lab]\nhosts = vb1 vb2 vb3\n" + more)


def cloud(*words: str) -> Result:
    """On the fleet, which is the default."""
    return run(*words)


def rows(*words: str) -> tuple[list[dict[str, Any]], Result]:
    result = cloud(*words, "-o", "json")
    return (json.loads(result.out) if result.out else []), result


def nodes() -> set[tuple[str, str]]:
    return {(node["host"], node["name"]) for node in rows("node", "list")[0]}


def warned(result: Result, name: str) -> bool:
    return sum("warning: " in line for line in result.err.splitlines()) == 1 and f"warning: {name}: " in result.err


def test_gc(hosts: dict[str, Host], proxies: dict[str, Proxy]) -> None:
    for name in ("vb1", "vb2"):
        hosts[name].soap.call("IVirtualBox_setExtraData", hosts[name].soap.vbox, key=LEFT, value=DEAD)
    found, result = rows("gc", "--dry-run")
    ok([(each["host"], each["kind"]) for each in found] == [("vb1", "image-export"), ("vb2", "image-export")] and result.err == "",
       "what is left on each host is listed with it", result)
    ok(cloud("gc", "--dry-run").out.splitlines()[0].split() == ["HOST", "KIND", "ID", "LEFTOVER"], "in a table, too")
    proxies["vb2"].rules(CLOSE)
    found, result = rows("gc", "--force")
    ok(result.status == 0 and [each["host"] for each in found] == ["vb1"] and warned(result, "vb2"), "one that is away keeps its own", result)
    ok(rows("gc", "--strict")[1].status == 4, "which --strict does not allow")
    proxies["vb2"].reset()
    ok(LEFT not in hosts["vb1"].state().extra and LEFT in hosts["vb2"].state().extra, "it is gone from the others")
    found, result = rows("gc")
    ok([each["host"] for each in found] == ["vb2"] and LEFT not in hosts["vb2"].state().extra, "and from that one when it is back", result)


def test_hosts(urls: dict[str, str], proxies: dict[str, Proxy]) -> None:
    found, result = rows("host", "show")
    alone = json.loads(run("host", "show", "-o", "json", env={"VBOXCLOUD_HOST": "vb2"}).out)
    there = [{key: value for key, value in each.items() if key not in ("host", "memory_available_mb")} for each in found if each["host"] == "vb2"]
    del alone["memory_available_mb"]
    ok([each["host"] for each in found] == list(NAMES) and there == [alone], "each host is shown as alone", result, alone)
    table = cloud("host", "show").out.splitlines()
    ok(len(table) == 4 and table[0].split()[:2] == ["HOST", "VERSION"] and table[2].startswith("vb2 "), "in a table with a row for each", table)
    found, result = rows("host", "check")
    ok(result.status == 0 and {each["host"] for each in found} == set(NAMES) and all(each["level"] != "error" for each in found), "all are checked", result)
    for what, rules in (("hangs up", CLOSE), ("hangs", HANG)):
        proxies["vb3"].rules(rules)
        found, result = rows("host", "check", "--host-timeout", "3")
        ok(result.status == 4 and {each["host"] for each in found} >= {"vb1", "vb2"} and ("vb3" in result.err or
           any(each["host"] == "vb3" and each["level"] == "error" for each in found)), f"one {what}: it cannot be used", result)
        found, result = rows("host", "show", "--host-timeout", "3")
        ok(result.status == 0 and [each["host"] for each in found] == ["vb1", "vb2"] and warned(result, "vb3"), "and is not shown", result)
        proxies["vb3"].reset()
    configure(urls, f"[host vb4]\nurl = {urls['vb3']}\nuser = me\npassword_file = missing\n")
    result = run("host", "check", env={"VBOXCLOUD_HOST": "vb1,vb4"})
    ok(result.status == 4 and "vb4: cannot read the password file" in result.err, "one whose password cannot be had cannot be used, either", result)
    configure(urls)


def test_chosen(hosts: dict[str, Host], proxies: dict[str, Proxy]) -> None:
    result = cloud("node", "destroy", "--filter", "host=vb2", "--dry-run")
    ok(result.status == 0 and "vb2:web" in result.err and "vb2:db" in result.err and "vb1" not in result.err, "a filter may name the host", result)
    fails(cloud("node", "destroy", "--all"), 2, "'--all' needs '--yes'", "without a question that takes --yes")
    result = cloud("node", "start", "--filter", "name=web", "--filter", "host=vb2")
    states = {(node["host"], node["name"]): node["state"] for node in rows("node", "list")[0]}
    ok(result.status == 0 and states.pop(("vb2", "web")) == "running" and set(states.values()) == {"stopped"}, "what is chosen is done where it is", result, states)
    result = cloud("node", "stop", "--all", "--force", "--yes")
    ok(result.status == 0 and {node["state"] for node in rows("node", "list")[0]} == {"stopped"}, "and undone", result)
    before = nodes()
    proxies["vb3"].rules(CLOSE)
    result = cloud("node", "destroy", "--filter", "name=db", "--yes", "--strict")
    ok(result.status == 4 and "nothing was done, as not all hosts answered" in result.err, "with --strict all hosts are needed", result)
    result = cloud("node", "destroy", "--filter", "name=db", "--yes")
    ok(result.status == 0 and warned(result, "vb3"), "without it those of the others are destroyed, and which was away is told", result)
    proxies["vb3"].reset()
    ok(nodes() == before - {("vb1", "db"), ("vb2", "db")}, "and no more than these", nodes())
    result = cloud("node", "destroy", "--filter", "name=db", "--yes")
    ok(result.status == 0 and nodes() == {(name, "web") for name in NAMES}, "the rest can be done later", result)
    for proxy in proxies.values():
        proxy.rules(CLOSE)
    result = cloud("node", "destroy", "--all", "--yes")
    ok(result.status == 4 and result.err.splitlines()[-1] == "vboxcloud: none of 3 hosts answered", "where none answers that fails", result)
    for proxy in proxies.values():
        proxy.reset()
    result = cloud("node", "destroy", "--all", "--yes")
    ok(result.status == 0 and not nodes() and not any(host.state().machines for host in hosts.values()), "all are all of all hosts", result)


def test_completed(urls: dict[str, str], proxies: dict[str, Proxy]) -> None:
    def offered(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in run("__complete", *words).out.splitlines()]

    ok(sorted(offered("node", "show", "")) == ["db", "web"], "nodes of all hosts are offered, each name once", offered("node", "show", ""))
    ok(offered("node", "show", "w") == ["web"], "those that begin so")  # no id begins with that
    proxies["vb1"].rules(HANG)
    ok(sorted(offered("node", "show", "")) == ["db", "web"], "also while one hangs")
    proxies["vb1"].reset()
    configure(urls, f"[host vb4]\nurl = {urls['vb1']}\nuser = me\n")
    ok("web" in offered("--host", "vb2,vb4", "node", "show", "") and offered("--host", "vb4,", "node", "show", "") == [], "and nobody is asked for a password")
    configure(urls)


def main() -> None:
    with ExitStack() as stack:
        hosts = {name: stack.enter_context(Host(f"verbs-{name}")) for name in NAMES}
        for host in hosts.values():
            for node in ("web", "db"):
                host.manage("createvm", "--name", node, "--register")
        proxies = {name: stack.enter_context(Proxy(host.url)) for name, host in hosts.items()}
        urls = {name: proxy.url for name, proxy in proxies.items()}
        configure(urls)
        test_completed(urls, proxies)
        test_hosts(urls, proxies)
        test_gc(hosts, proxies)
        test_chosen(hosts, proxies)
    done()


main()
