#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""New nodes on three hosts: which of them each gets, why not another, and that nobody is told of room
that somebody else has claimed."""
from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any

from trouble import HOME, IMAGE, Host, Proxy, Result, done, fails, finish, ok, run, start

NAMES = ("vb1", "vb2", "vb3")
CONFIG = HOME / ".config/vboxcloud/config.ini"
CPUS = 2  # of this machine, which all hosts are on; see main()
MUCH = "2000000"  # MiB of memory, which no machine has
NODE = ("--image", IMAGE, "--size", "1_cpu-64_ram-1_disk", "--no-start")
CLAIM = "libcloud/claim/5a0e7a2e-6d0b-4f0c-9d55-0a3a6c1f2b7d"


def configure(urls: dict[str, str], fleet: str = "", **hosts: str) -> None:
    """With more lines for the fleet, and for some of the hosts."""
    CONFIG.parent.mkdir(parents=True, exist_ok=True)
    CONFIG.write_text("".join(f"[host {name}]\nurl = {url}\n{hosts.get(name, '')}\n" for name, url in urls.items()) +
                      f"[fleet lab]\nhosts = vb1 vb2 vb3\nmemory_overcommit = 50\n{fleet}\n")


def cloud(*words: str, host: str = "lab") -> Result:
    return run(*words, "--host-timeout", "3", env={"VBOXCLOUD_HOST": host})


def placed(name: str, *words: str, host: str = "lab") -> str:
    """A new node; its host."""
    result = cloud("node", "create", name, *NODE, "-o", "json", *words, host=host)
    return json.loads(result.out)["host"] if ok(result.status == 0, f"a node with {words}", result) else ""


def rows(name: str, *words: str) -> tuple[dict[str, dict[str, Any]], Result]:
    """The table of a dry run, by host."""
    result = cloud("node", "create", name, *NODE, "--dry-run", "-o", "json", *words)
    return ({row["host"]: row for row in json.loads(result.out)} if result.out else {}), result


def clear(*names: str) -> None:
    result = cloud("node", "destroy", *names)
    ok(result.status == 0, "they are destroyed", result)


def burden(host: Host, memory: int, cpus: int = 1) -> None:
    """A machine of another program, which does not run."""
    host.manage("createvm", "--name", "other", "--register")
    host.manage("modifyvm", "other", "--memory", str(memory), "--cpus", str(cpus))


def relieve(host: Host) -> None:
    host.manage("unregistervm", "other", "--delete")


def test_chosen(hosts: dict[str, Host], urls: dict[str, str]) -> None:
    """By labels, by what is free, by neighbours."""
    configure(urls, vb1="labels = rack=a", vb2="labels = rack=b,ssd", vb3="labels = rack=b")
    ok(placed("l1", "--where", "rack=a") == "vb1" and placed("l2", "--where", "ssd") == "vb2" and
       placed("l3", "--where", "rack", "--where", "rack=b", "--where", "ssd") == "vb2", "the host with these labels")
    fails(cloud("node", "create", "x", *NODE, "--where", "rack=c"), 3,
          "no host can take it: vb1: it has no label rack=c; vb2: it has no label rack=c; vb3: it has no label rack=c", "a label that none has")
    clear("l1", "l2", "l3")
    # That counts only where it is a tenth: a fifth of what there is.
    memory = json.loads(cloud("host", "show", "-o", "json", host="vb1").out)["memory_mb"] * 50 // 5
    for name in ("vb1", "vb3"):
        burden(hosts[name], min(memory, 2000000))
    ok({placed(f"s{i}") for i in range(3)} == {"vb2"} and {placed(f"p{i}", "--pack") for i in range(3)} <= {"vb1", "vb3"},
       "the most free memory, or the most that is taken")
    configure(urls, "place = pack")
    ok(placed("p4") in ("vb1", "vb3") and placed("s4", "--spread") == "vb2", "as the fleet's section says, or the option")
    clear(*(f"{kind}{i}" for kind in "sp" for i in (0, 1, 2, 4)))
    configure(urls)
    ok(placed("db", "--tag", "app=db") == "vb2" and placed("near", "--pack", "--affinity", "app=db") == "vb2" and placed("near2", "--pack", "--affinity", "app") == "vb2" and
       placed("away", "--anti-affinity", "app=db") != "vb2" and placed("any", "--anti-affinity", "app=web") == "vb2", "beside or apart from a tag")
    clear("db", "near", "near2", "away", "any")
    for name in ("vb1", "vb3"):
        relieve(hosts[name])


def test_counted(urls: dict[str, str]) -> None:
    """Several by one command."""
    configure(urls)
    result = cloud("node", "create", "web", "--count", "6", *NODE, "--tag", "app=web", "--anti-affinity", "app=web", "-o", "json")
    made = json.loads(result.out) if result.out else []
    ok(result.status == 0 and sorted(node["name"] for node in made) == [f"web-{i}" for i in range(1, 7)] and
       Counter(node["host"] for node in made) == dict.fromkeys(NAMES, 2), "six are two on each", result)
    table = cloud("node", "create", "more", "--count", "3", *NODE)
    ok(table.status == 0 and table.out.splitlines()[0].split()[:2] == ["HOST", "NAME"] and
       {line.split()[0] for line in table.out.splitlines()[1:]} == set(NAMES), "a table has the host first", table)
    clear(*(f"web-{i}" for i in range(1, 7)), "more-1", "more-2", "more-3")
    configure(urls, f"cpu_overcommit = {1 / CPUS:.3f}")
    fails(cloud("node", "create", "web", "--count", "4", *NODE), 1, "the hosts have room for 3 of 4 such nodes", "more than fit")
    ok(cloud("node", "list", "-o", "tsv").out == "", "none of them is made")


def test_refused(hosts: dict[str, Host], urls: dict[str, str], proxies: dict[str, Proxy]) -> None:
    """Each host is named, with its figure."""
    configure(urls, vb2="labels = ssd\nmemory_overcommit = 1", vb1="cpu_overcommit = 1")
    burden(hosts["vb1"], 64, CPUS)
    proxies["vb3"].rules([{"do": "hang", "every": True}])
    words = ("node", "create", "x", "--image", IMAGE, "--cpus", "1", "--memory", MUCH, "--disk", "1", "--no-start")
    result = cloud(*words)
    lines = result.err.splitlines()
    ok(result.status == 1 and len(lines) == 2 and "warning: vb3: " in lines[0] and
       lines[1].startswith(f"vboxcloud: no host can take it: vb1: 0 of {CPUS} CPUs free, 1 asked; vb2: it has ") and
       lines[1].endswith(f" MiB, {MUCH} asked; vb3: did not answer"), "a sentence with the figures", result)
    table, dry = rows("x")
    ok(dry.status == 0 and {name: (row["fits"], row["reason"], row["why"]) for name, row in table.items()} ==
       {"vb1": (False, "cpus", f"0 of {CPUS} CPUs free, 1 asked"), "vb2": (True, "fits", None), "vb3": (False, "failed", "did not answer")} and
       table["vb2"]["rank"] == 1 and table["vb3"]["image"] is None and table["vb2"]["image"] is True and table["vb1"]["nodes"] == 1 and
       "would create node 'x' on vb2" in dry.err, "the table of a dry run", dry)
    dry = cloud(*words, "--dry-run")
    ok(dry.status == 1 and [line.split()[0] for line in dry.out.splitlines()] == ["HOST", *NAMES] and "no host can take it: vb1: " in dry.err,
       "also where none fits", dry)
    ok(placed("late") == "vb2", "a host that hangs costs its time, and nothing else")
    proxies["vb3"].reset()
    clear("late")
    relieve(hosts["vb1"])
    fails(cloud("node", "create", "x", "--image", "nothing", "--no-start"), 3, "vb2: no image 'nothing'", "an image that is nowhere")
    fails(cloud("node", "create", "x", *NODE, "--size", "nonsense"), 2, "'nonsense' is not a size", "a size that is none")
    fails(cloud("node", "create", "x", *NODE, "--spread", "--pack"), 2, "'--spread' cannot be used with '--pack'", "both ways at once")
    for option in (("--where", "ssd"), ("--pack",), ("--affinity", "a"), ("--anti-affinity", "a"), ("--spread",)):
        fails(cloud("node", "create", "x", *NODE, *option, host="vb1"), 2, f"'{option[0]}' chooses one of several hosts", f"{option[0]} with one host")
    ok(placed("here", host="vb1") == urls["vb1"], "who names one host gets that")
    result = cloud("node", "destroy", "vb1:here")
    ok(result.status == 0, "and can destroy it", result)
    for line in ("place = somewhere", "cpu_overcommit = 0", "cpu_overcommit = 1.", "cpu_overcommit = 101", "cpu_overcommit = -1"):
        configure(urls, line)
        fails(cloud("node", "list"), 2, "cannot be", f"'{line}' in the configuration")
    configure(urls)


def test_cordoned(urls: dict[str, str]) -> None:
    """A host that gets nothing new, and that is named all the same."""
    configure(urls, vb1="labels = ssd", vb2="labels = ssd")
    for name in ("vb1", "vb2"):
        ok(cloud("host", "cordon", name).status == 0, f"{name} is cordoned")
    table, result = rows("x")
    ok(result.status == 0 and {name: (row["reason"], row["why"]) for name, row in table.items()} ==
       {"vb1": ("cordoned", "cordoned"), "vb2": ("cordoned", "cordoned"), "vb3": ("fits", None)}, "a dry run says so", table)
    ok({placed(f"k{i}") for i in range(3)} == {"vb3"}, "the others get the nodes")
    fails(cloud("node", "create", "x", *NODE, "--where", "ssd"), 6, "vb1: cordoned; vb2: cordoned; vb3: it has no label ssd", "and where there is none, nobody")
    ok(placed("k3", host="vb1") == urls["vb1"], "who names a host gets it")
    for name in ("vb1", "vb2"):
        ok(cloud("host", "uncordon", name).status == 0, f"{name} is not cordoned any more")
    ok(rows("x")[0]["vb1"]["fits"], "and gets nodes again")
    clear("k0", "k1", "k2", "k3")


def claim(host: Host, cpus: int, **owner: object) -> None:
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=CLAIM, value=json.dumps(
        {"cpus": cpus, "memory_mb": 1, "tags": {"app": "db"}} | owner))


def claims(host: Host) -> list[str]:
    return [key for key in host.state().extra if key.startswith("libcloud/claim/")]


def elsewhere(seconds: float) -> dict[str, object]:
    """An owner on another machine, until then."""
    return {"where": "elsewhere pid:[1]", "pid": 1, "start": 1, "until": int((time.time() + seconds) * 1000)}


def test_claimed(hosts: dict[str, Host], urls: dict[str, str], proxies: dict[str, Proxy]) -> None:
    """What others are about to make counts, as long as they live."""
    configure(urls, "cpu_overcommit = 1")
    host = hosts["vb2"]
    claim(host, CPUS, **elsewhere(600))
    table, _ = rows("x")
    ok(table["vb2"]["why"] == f"0 of {CPUS} CPUs free, 1 asked" and table["vb1"]["fits"], "a claim of somebody elsewhere", table)
    ok(placed("c1", "--affinity", "app=db") != "vb2" and claims(host) == [CLAIM], "is left alone")
    claim(host, 0, **elsewhere(600))
    ok(placed("c2", "--affinity", "app=db") == "vb2" and claims(host) == [CLAIM], "its node is a neighbour already")
    claim(host, CPUS, where="gone", left="yes")
    table, _ = rows("x")
    ok(table["vb2"]["why"] is None and claims(host) == [CLAIM], "a claim that was given up is none, and a dry run leaves it", table)
    ok(cloud("gc", host="vb2").status == 0 and not claims(host), "gc removes it")
    claim(host, CPUS, **elsewhere(-10))
    began = time.monotonic()
    ok(cloud("node", "destroy", "c2", host="vb2").status == 0 and not claims(host), f"one whose lease is over goes after {time.monotonic() - began:.0f} s")
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key=CLAIM, value=json.dumps({"cpus": "x", "tags": [1], "where": "me", "until": "now"}))
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key="libcloud/claim/../x", value="nonsense")
    ok(rows("x", "--anti-affinity", "app=db")[0]["vb2"]["fits"], "nonsense takes no room")
    cloud("gc", host="vb2")
    host.soap.call("IVirtualBox_setExtraData", host.soap.vbox, key="libcloud/claim/../x", value="")
    ok(not claims(host), "and goes")
    clear("c1")


def test_overtaken(hosts: dict[str, Host], urls: dict[str, str], proxies: dict[str, Proxy]) -> None:
    """Somebody claims the room of the host between its choice and the claim: the next one has the node."""
    configure(urls, "cpu_overcommit = 1")
    burden(hosts["vb3"], 64, CPUS)
    memory = json.loads(cloud("host", "show", "-o", "json", host="vb1").out)["memory_mb"] * 50 // 5
    burden(hosts["vb1"], min(memory, 2000000))
    proxies["vb2"].rules([{"do": "delay", "ms": 2000, "method": "IVirtualBox_setExtraData", "nth": 1}])
    process = start("node", "create", "o1", *NODE, "-o", "json", env={"VBOXCLOUD_HOST": "lab"})
    while process.poll() is None and not proxies["vb2"].calls()["fired"][0]:
        time.sleep(0.05)
    claim(hosts["vb2"], CPUS, **elsewhere(600))
    result = finish(process)
    ok(result.status == 0 and json.loads(result.out)["host"] == "vb1" and claims(hosts["vb2"]) == [CLAIM], "the next host has the node", result)
    proxies["vb2"].reset()
    clear("o1")
    relieve(hosts["vb1"])
    burden(hosts["vb1"], 64, CPUS)
    hosts["vb2"].soap.call("IVirtualBox_setExtraData", hosts["vb2"].soap.vbox, key=CLAIM, value="")
    proxies["vb2"].rules([{"do": "delay", "ms": 2000, "method": "IVirtualBox_setExtraData", "nth": 1}])
    process = start("node", "create", "o2", *NODE, env={"VBOXCLOUD_HOST": "lab"})
    while process.poll() is None and not proxies["vb2"].calls()["fired"][0]:
        time.sleep(0.05)
    claim(hosts["vb2"], CPUS, **elsewhere(600))
    fails(finish(process), 1, f"cannot create node 'o2': no host can take it: vb1: 0 of {CPUS} CPUs free, 1 asked; "
          f"vb2: 0 of {CPUS} CPUs free, 1 asked; vb3: 0 of {CPUS} CPUs free, 1 asked", "or none, and each is named")
    proxies["vb2"].reset()
    hosts["vb2"].soap.call("IVirtualBox_setExtraData", hosts["vb2"].soap.vbox, key=CLAIM, value="")
    for name in ("vb1", "vb3"):
        relieve(hosts[name])


def main() -> None:
    with ExitStack() as stack:
        hosts = {name: stack.enter_context(Host(f"placement-{name}")) for name in NAMES}
        global CPUS
        CPUS = json.loads(hosts["vb1"].cloud("host", "show", "-o", "json").out)["cpus"]
        for host in hosts.values():
            host.put_image()
        clean = {name: host.state() for name, host in hosts.items()}
        proxies = {name: stack.enter_context(Proxy(host.url)) for name, host in hosts.items()}
        urls = {name: proxy.url for name, proxy in proxies.items()}
        test_chosen(hosts, urls)
        test_counted(urls)
        test_refused(hosts, urls, proxies)
        test_cordoned(urls)
        test_claimed(hosts, urls, proxies)
        test_overtaken(hosts, urls, proxies)
        for name, host in hosts.items():
            ok(host.state().extra == clean[name].extra and host.state().machines == {}, f"{name} is as it was",
               host.state().against(clean[name]))
    done()


main()
