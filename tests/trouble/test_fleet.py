#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists over three hosts, each of which is in every trouble in turn: what the others have is told in
time, and what the one in trouble had is not forgotten."""
from __future__ import annotations

import json
import os
import shutil
import stat
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from trouble import HOME, Host, Proxy, Result, done, fails, ok, run

SECONDS, MOST = 2, 3.5  # what each host has, and when at the latest all is over
NAMES = ("vb1", "vb2", "vb3")
CACHE = HOME / ".cache/vboxcloud"
HANG = [{"do": "hang", "every": True}]
# What a host can be in, as rules of the proxy in front of it; whether it costs its deadline.
TROUBLES: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "hangs from the start": (HANG, True),
    "hangs after the logon": ([{"do": "hang", "nth": 2, "onward": True}], True),
    "hangs in the middle": ([{"do": "hang", "nth": 8, "onward": True}], True),
    "answers, and takes too long": ([{"do": "delay", "ms": 400, "every": True}], True),
    "answers 401": ([{"do": "reply", "status": 401, "every": True}], False),
    "is no vboxwebsrv": ([{"do": "reply", "body": "<html>Hello</html>", "content_type": "text/html", "every": True}], False),
    "hangs up": ([{"do": "close", "every": True}], False),
    "dies in the middle": ([{"do": "close", "nth": 6, "onward": True}], False),
    "dies in the middle of an answer": ([{"do": "half", "nth": 6, "onward": True}], False),
}


def configure(urls: dict[str, str]) -> None:
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"[host {name}]\nurl = {url}\n" for name, url in urls.items()) +
                    "[fleet lab]\nhosts = vb1 vb2, vb3\n")


def cloud(*words: str, host: str = "lab") -> Result:
    return run(*words, "--host-timeout", str(SECONDS), env={"VBOXCLOUD_HOST": host})


def listed(*words: str, host: str = "lab") -> tuple[list[dict[str, Any]], Result, float]:
    began = time.monotonic()
    result = cloud(*words, "-o", "json", host=host)
    return (json.loads(result.out) if result.out else []), result, time.monotonic() - began


def warned(result: Result, *names: str) -> bool:
    """One line for each of these hosts, and no other."""
    lines = result.err.splitlines()
    return len(lines) == len(names) and all(f"warning: {name}: " in line for name, line in zip(names, lines))


def test_all_well(urls: dict[str, str]) -> None:
    nodes, result, _ = listed("node", "list")
    ok([(node["host"], node["name"]) for node in nodes] ==
       [("vb1", "both"), ("vb2", "both"), ("vb1", "web-vb1"), ("vb2", "web-vb2"), ("vb3", "web-vb3")] and
       result.err == "" and result.status == 0, "the nodes of all hosts, by name", result)
    ok(all(node["seen_at"] is None and node["state"] == "stopped" for node in nodes), "as they are now", nodes)
    alone, _, _ = listed("node", "list", host="vb2")
    there = [{k: v for k, v in node.items() if k not in ("host", "seen_at")} for node in nodes if node["host"] == "vb2"]
    ok([{k: v for k, v in node.items() if k != "host"} for node in alone] == there and
       all(node["host"] == urls["vb2"] and "seen_at" not in node for node in alone),
       "are told as the host alone tells them", alone, there)
    for host in ("all", "vb1,vb2,vb3"):
        ok(listed("node", "list", host=host)[0] == nodes, f"{host} is the same", host)
    rows = cloud("node", "list", "--columns", "name,host", "--sort", "-host", "--filter", "host=vb1", "--filter", "host=vb3", "-o", "tsv")
    ok(rows.out == "web-vb3\tvb3\nboth\tvb1\nweb-vb1\tvb1\n", "columns, order and filters know the host", rows)
    table = cloud("node", "list").out.splitlines()
    ok(table[0].split()[:3] == ["HOST", "NAME", "ID"] and table[1].split()[:2] == ["vb1", "both"], "a table has it first", table)
    for words in (("image", "list"), ("volume", "list"), ("snapshot", "list"), ("network", "list"), ("forward", "list"),
                  ("key", "list"), ("size", "list"), ("location", "list")):
        things, result, _ = listed(*words)
        ok(result.status == 0 and {thing["host"] for thing in things} <= set(NAMES) and (things or words[0] not in ("size", "location")),
           f"{' '.join(words)} is of all hosts", result)
        head = cloud(*words).out.splitlines()[0]
        ok(head.startswith("HOST"), "with the host in its table", head)
    ok([(place["host"], place["id"]) for place in things] == [(name, name) for name in NAMES], "each host is a location", things)
    ok(stat.S_IMODE(CACHE.stat().st_mode) == 0o700 and len(list(CACHE.iterdir())) == 3 and
       all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in CACHE.iterdir()), "what was seen is noted for its owner alone",
       list(CACHE.iterdir()))


def test_trouble(victim: str, proxy: Proxy, what: str, rules: list[dict[str, Any]], waits: bool) -> None:
    """One host has it, and is well again."""
    before, _, _ = listed("node", "list")
    proxy.rules(rules)
    nodes, result, seconds = listed("node", "list")
    names = {(node["host"], node["name"]) for node in nodes}
    ok(result.status == 0 and warned(result, victim), f"{victim} {what}: a warning, and no failure", result)
    ok(names == {(node["host"], node["name"]) for node in before}, "no node is forgotten", nodes)
    ok(all((node["state"] == "unknown" and node["seen_at"] and node["addresses"] is None) if node["host"] == victim else
           (node["state"] == "stopped" and node["seen_at"] is None) for node in nodes),
       "those of the host in trouble are unknown, and no others", nodes)
    ok(seconds < MOST and (not waits or seconds >= SECONDS - 0.1), f"after {seconds:.1f} s", seconds)
    proxy.rules(rules)
    rest, result, seconds = listed("network", "list", "--strict")
    ok(result.status == 4 and {each["host"] for each in rest} == set(NAMES) - {victim} and warned(result, victim) and seconds < MOST,
       f"with --strict it fails, and tells what there is, after {seconds:.1f} s", result)
    proxy.reset()
    after, result, _ = listed("node", "list")
    ok(after == before and result.err == "", "when it comes back all is as before", result)


def test_refused(victim: str, urls: dict[str, str]) -> None:
    """Nothing listens there, or the name is nobody's."""
    key = urls[victim]
    with Proxy(key) as passing:
        configure(urls | {victim: passing.url})
        listed("node", "list")
    for what, url in (("refuses", passing.url), ("has no address", "http://nobody.invalid:18083")):
        configure(urls | {victim: url})
        nodes, result, seconds = listed("node", "list")
        ok(result.status == 0 and warned(result, victim) and seconds < MOST and
           len([node for node in nodes if node["host"] != victim]) == 5 - len([n for n in ("both",) if victim != "vb3"]) - 1,
           f"{victim} {what}: the others are there", result)
        seen = [node["state"] for node in nodes if node["host"] == victim]
        ok(seen == (["unknown"] * (1 if victim == "vb3" else 2) if what == "refuses" else []), "with what was seen at that address", seen)
    configure(urls)


def test_several(proxies: dict[str, Proxy]) -> None:
    """All deadlines run at the same time."""
    for name in ("vb1", "vb3"):
        proxies[name].rules(HANG)
    nodes, result, seconds = listed("node", "list")
    ok(warned(result, "vb1", "vb3") and len(nodes) == 5 and seconds < MOST, f"two hang as long as one: {seconds:.1f} s", result)
    proxies["vb2"].rules(HANG)
    began = time.monotonic()
    result = cloud("node", "list")
    lines = result.err.splitlines()
    ok(result.status == 4 and result.out == "" and len(lines) == 4 and lines[3] == "vboxcloud: none of 3 hosts answered" and
       time.monotonic() - began < MOST, "none of them answers: that is a failure", result)
    for proxy in proxies.values():
        proxy.reset()


def test_notes(victim: Proxy) -> None:
    """What is noted may be anything, or nothing."""
    listed("node", "list")
    notes = sorted(CACHE.iterdir())
    victim.rules([{"do": "close", "every": True}])
    for what, spoil in (("is gone", lambda path: path.unlink()), ("is nonsense", lambda path: path.write_bytes(os.urandom(500))),
                        ("is cut", lambda path: path.write_bytes(path.read_bytes()[:-3])),
                        ("would be obeyed by a terminal", lambda path: path.write_text(path.read_text().replace("web", "w\033[2J"))),
                        ("is a folder", lambda path: (path.unlink(), path.mkdir()))):
        kept = {path: path.read_bytes() for path in notes}
        for path in notes:
            spoil(path)
        nodes, result, _ = listed("node", "list")
        ok(result.status == 0 and "vb2" not in {node["host"] for node in nodes} and len(nodes) == 3,
           f"a note that {what} is none", result)
        for path, text in kept.items():
            if path.is_dir():
                path.rmdir()
            path.write_bytes(text)
    shutil.rmtree(CACHE)
    CACHE.write_text("")
    nodes, result, _ = listed("node", "list")
    ok(result.status == 0 and len(nodes) == 3, "where none can be made there are none", result)
    CACHE.unlink()
    elsewhere = HOME / "elsewhere"
    run("node", "list", env={"VBOXCLOUD_HOST": "lab", "XDG_CACHE_HOME": str(elsewhere)})
    ok(len(list((elsewhere / "vboxcloud").iterdir())) == 2 and not CACHE.exists(), "they are where XDG_CACHE_HOME says", Path(elsewhere))
    victim.reset()


def test_one_only() -> None:
    """What is done on one host says so, and does nothing."""
    for words in (("image", "import", "/x"),
                  ("volume", "create", "x", "--size", "1"), ("node", "cp", "/x", "both:/y"),
                  ("network", "delete", "x"), ("snapshot", "delete", "x"), ("launch",)):
        fails(cloud(*words), 2, "'lab' is 3 hosts, and this is done on one: name it, like 'vb1'", f"{' '.join(words)} is done on one host")
    fails(cloud("node", "list", host="vb1,vb1"), 2, "names the host 'vb1' twice", "a host twice")
    fails(cloud("node", "list", host="vb1,lab"), 2, "'lab' is 3 hosts", "a fleet among hosts")
    fails(cloud("node", "list", host=","), 2, "',' names no host", "nothing but a comma")
    fails(cloud("node", "list", "--filter", "hast=vb1"), 2, "did you mean 'host'", "a column near the host's")
    fails(cloud("node", "list", host="vb1,ftp://x"), 2, "begin with http", "an address that is none")


def description(host: str, node: str) -> str:
    """As that host alone tells it."""
    shown: str = json.loads(run("node", "show", node, "-o", "json", env={"VBOXCLOUD_HOST": host}).out)["extra"]["description"]
    return shown


def test_found(urls: dict[str, str]) -> None:
    """A command finds the host of its object."""
    for name in NAMES:
        shown = json.loads(cloud("node", "show", f"web-{name}", "-o", "json").out)
        ok((shown["name"], shown["host"]) == (f"web-{name}", urls[name]), f"a node on {name} is found", shown)
        result = cloud("node", "describe", f"web-{name}", f"on {name}")
        ok(result.status == 0 and description(name, f"web-{name}") == f"on {name}", "and changed there", result)
        by_id = cloud("node", "show", shown["id"], "-o", "json")
        ok(json.loads(by_id.out)["name"] == f"web-{name}", "it is found by its id", by_id)
        ok(cloud("node", "show", shown["id"][:8], "-o", "json").status == 0, "and by the beginning of that")
    fails(cloud("node", "show", "both"), 2, "there is a node 'both' on vb1 and vb2: name the one that is meant, like 'vb1:both'", "one name on two hosts")
    result = cloud("node", "describe", "vb2:both", "the second")
    ok(result.status == 0 and (description("vb1", "both"), description("vb2", "both")) == ("", "the second"), "vb2:both is that of vb2", result)
    fails(cloud("node", "show", "vb3:both"), 3, "both", "which vb3 does not have")
    fails(cloud("node", "show", "nobody"), 3, "there is no node 'nobody' on any of 3 hosts", "one that is nowhere")
    for kind in ("image", "volume", "key"):
        fails(cloud(kind, "show", "nothing"), 3, f"there is no {kind} 'nothing' on any of 3 hosts", f"no {kind}, either")
    ok(cloud("forward", "list", "web-vb2").status == 0 and cloud("snapshot", "list", "--node", "web-vb3").status == 0, "what one node has is listed")
    result = cloud("snapshot", "create", "s1", "--node", "vb2:both")
    ok(result.status == 0 and [(s["host"], s["name"]) for s in listed("snapshot", "list")[0]] == [("vb2", "s1")], "an option may name it", result)
    result = cloud("snapshot", "delete", "s1", "--node", "vb2:both")
    ok(result.status == 0 and not listed("snapshot", "list")[0], "and is found for each of several words", result)


def test_many_found() -> None:
    """Several objects, each on its host."""
    result = cloud("node", "protect", "web-vb1", "vb2:both", "vb1:both", "web-vb3", "web-vb1")
    flags = {(node["host"], node["name"]): node["protected"] for node in listed("node", "list")[0]}
    ok(result.status == 0 and flags == {("vb1", "both"): True, ("vb2", "both"): True, ("vb1", "web-vb1"): True, ("vb2", "web-vb2"): False,
                                        ("vb3", "web-vb3"): True}, "each is done where it is", result, flags)
    result = cloud("node", "unprotect", "vb1:both", "nobody", "web-vb3")
    flags = {(node["host"], node["name"]): node["protected"] for node in listed("node", "list")[0]}
    ok(result.status == 3 and flags["vb1", "both"] and flags["vb3", "web-vb3"], "where one is nowhere, nothing is done", result)
    result = cloud("node", "destroy", "vb1:both", "vb3:gone", "web-vb3", "--dry-run")
    ok(result.status == 6 and len(listed("node", "list")[0]) == 5, "nor with --dry-run", result)
    result = cloud("node", "unprotect", "vb1:both", "vb3:gone", "vb2:both", "web-vb1", "web-vb3")
    flags = {(node["host"], node["name"]): node["protected"] for node in listed("node", "list")[0]}
    ok(result.status == 3 and "vboxcloud: vb3: " in result.err and not any(flags.values()), "what fails on one host is told with it", result)
    fails(cloud("volume", "attach", "vb1:data", "vb2:both"), 2, "'vb2:both' is not on vb1", "nor two objects on two hosts")


def test_colon(host: Host) -> None:
    """A node may be called as another is found: vb1:web-vb1."""
    host.manage("createvm", "--name", "vb1:web-vb1", "--register")
    ids = {node["name"]: node["id"] for node in listed("node", "list")[0]}
    fails(cloud("node", "destroy", "vb1:web-vb1"), 2, "'vb1:web-vb1' is a node's whole name on vb1, and a node 'web-vb1' is there, too: use the id",
          "two that may be meant")
    fails(cloud("snapshot", "list", "--node", "vb1:web-vb1"), 2, "use the id", "by an option, too")
    fails(cloud("volume", "attach", "vb1:data", "vb1:web-vb1"), 2, "use the id", "and beside another object")
    result = cloud("node", "destroy", ids["vb1:web-vb1"])
    ok(result.status == 0 and "web-vb1" in {node["name"] for node in listed("node", "list")[0]}, "the id tells them apart", result)
    host.manage("createvm", "--name", "vb1:alone", "--register")
    ok(json.loads(cloud("node", "show", "vb1:alone", "-o", "json").out)["name"] == "vb1:alone", "one alone is meant")
    result = cloud("node", "destroy", "vb1:vb1:alone")
    ok(result.status == 0 and len(listed("node", "list")[0]) == 5, "and may have its host before it", result)


def test_passwords(urls: dict[str, str]) -> None:
    """A password that cannot be had is that host's trouble, and nobody's who does not need it."""
    path = HOME / ".config/vboxcloud/config.ini"
    before = path.read_text()
    path.write_text(before + f"[host vb4]\nurl = {urls['vb3']}\nuser = me\npassword_file = missing\n")
    for words in (("node", "list"), ("network", "list")):
        things, result, _ = listed(*words, host="vb1,vb4")
        ok(result.status == 0 and {thing["host"] for thing in things} == {"vb1"} and warned(result, "vb4") and "password file" in result.err,
           f"{' '.join(words)} of the other", result)
        ok(listed(*words, "--strict", host="vb1,vb4")[1].status == 4, "but not with --strict")
    result = cloud("node", "list", host="vb4,")
    ok(result.status == 3 and result.out == "" and "none of 1 host could make the list" in result.err, "with no other that fails", result)
    result = cloud("node", "show", "vb1:web-vb1", host="vb1,vb4")
    ok(result.status == 0 and result.err == "", "where it is not needed it is not read", result)
    result = cloud("node", "show", "web-vb1", host="vb1,vb4")
    ok(result.status == 0 and warned(result, "vb4"), "what is found elsewhere is", result)
    fails(cloud("node", "show", "vb4:x", host="vb1,vb4"), 3, "vb4: cannot read the password file", "where it is needed that fails")
    result = cloud("node", "show", "x", host="vb1,vb4")
    ok(result.status == 4 and "on the hosts that answered, and vb4 does not" in result.err, "it may be there", result)
    fails(cloud("key", "show", "x" * 500), 2, "the key's name has 500 characters", "what no host can have")
    path.write_text(before)
    lines = cloud("network", "list", "--verbose").err.splitlines()
    ok(lines and all(line.startswith(tuple(f"vboxcloud: {name}: " for name in NAMES)) for line in lines), "what is traced has its host's name", lines)


def test_dead_client(host: Host) -> None:
    """Whether a program elsewhere is dead takes longer to find out than a list may: it is left to others."""
    key = "libcloud/doing/5a0e7a2e-6d0b-4f0c-9d55-0a3a6c1f2b7d"
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=key, value=json.dumps(
        {"kind": "image-export", "where": "elsewhere pid:[1]", "pid": 1, "start": 1, "until": 1700000000000}))
    nodes, result, seconds = listed("node", "list")
    ok(result.err == "" and len(nodes) == 5 and all(node["seen_at"] is None for node in nodes), f"nodes are listed, after {seconds:.1f} s", result)
    things, result, seconds = listed("network", "list")
    ok(result.err == "" and {thing["host"] for thing in things} == set(NAMES), f"and what else there is, after {seconds:.1f} s", result)
    ok(key in host.state().extra, "its work is not undone by that")
    result = cloud("node", "describe", "vb2:both", "put right")
    ok(result.status == 0 and key not in host.state().extra, "but by what changes something there", result)


def test_found_in_trouble(proxies: dict[str, Proxy]) -> None:
    """What is not found may be where nobody answers."""
    for rules, bound in ((HANG, MOST), ([{"do": "close", "every": True}], 2.0)):
        proxies["vb2"].rules(rules)
        began = time.monotonic()
        result = cloud("node", "show", "web-vb2")
        lines = result.err.splitlines()
        ok(result.status == 4 and result.out == "" and len(lines) == 2 and "warning: vb2: " in lines[0] and
           lines[1] == "vboxcloud: no node 'web-vb2' was found on the hosts that answered, and vb2 does not" and
           time.monotonic() - began < bound, "that is not 'not found'", result)
        result = cloud("node", "describe", "web-vb1", "while vb2 is away")
        ok(result.status == 0 and "warning: vb2: " in result.err and description("vb1", "web-vb1") == "while vb2 is away", "what is found can be worked on", result)
        result = cloud("node", "describe", "web-vb1", "strictly", "--strict")
        ok(result.status == 4 and "is not known" in result.err and description("vb1", "web-vb1") == "while vb2 is away", "but not with --strict", result)
        result = cloud("node", "show", "vb1:both")
        ok(result.status == 0 and result.err == "", "who names the host needs no other", result)
    proxies["vb2"].rules([{"do": "close", "method": "IMachine_setExtraData", "every": True},
                          {"do": "close", "method": "IVirtualBox_setExtraData", "every": True},
                          {"do": "close", "method": "IMachine_lockMachine", "every": True}])
    result = cloud("node", "protect", "vb2:both", "vb2:web-vb2", "web-vb1")
    lines = result.err.splitlines()
    ok(result.status == 4 and len(lines) == 3 and lines[1] == "vboxcloud: vb2: 'web-vb2' was not tried, as the host could not be used before",
       "a host that is lost is not tried again", result)
    proxies["vb2"].reset()
    ok({node["name"] for node in listed("node", "list")[0] if node["protected"]} == {"web-vb1"} and
       cloud("node", "unprotect", "web-vb1").status == 0, "another is")


def main() -> None:
    with ExitStack() as stack:
        hosts = {name: stack.enter_context(Host(f"fleet-{name}")) for name in NAMES}
        for name, host in hosts.items():
            host.manage("createvm", "--name", f"web-{name}", "--register")
        for name in ("vb1", "vb2"):
            hosts[name].manage("createvm", "--name", "both", "--register")
        proxies = {name: stack.enter_context(Proxy(host.url)) for name, host in hosts.items()}
        urls = {name: proxy.url for name, proxy in proxies.items()}
        configure(urls)
        test_all_well(urls)
        test_found(urls)
        test_many_found()
        test_colon(hosts["vb1"])
        test_passwords(urls)
        test_dead_client(hosts["vb2"])
        test_found_in_trouble(proxies)
        for name, proxy in proxies.items():
            for what, (rules, waits) in TROUBLES.items():
                test_trouble(name, proxy, what, rules, waits)
            test_refused(name, urls)
        test_several(proxies)
        test_notes(proxies["vb2"])
        test_one_only()
    done()


main()
