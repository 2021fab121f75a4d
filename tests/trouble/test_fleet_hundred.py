#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A list over a hundred hosts, which are played: complete, and in little memory; and over two real ones, with the
calls for each that it takes alone."""
from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import ExitStack

from trouble import HOME, Host, Proxy, cli, done, ok, run
from played import playing  # where trouble.py has made it known

N, MIB, FINDING = 100, 100, 8
PATIENT = ("--host-timeout", "120")  # the machine may be busy; how long it takes is measured by bench/run


def configure(urls: list[str]) -> None:
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"[host h{i}]\nurl = {url}\n" for i, url in enumerate(urls)))


def measured(*words: str) -> tuple[str, str, int, int]:
    """What a command prints, on stdout and on stderr, its exit status, and the KiB of memory that it took."""
    out, err = HOME / "out", HOME / "err"
    with out.open("w") as to, err.open("w") as errors:
        process = subprocess.Popen([cli.COMMAND, "--host", "all", *words, *PATIENT], env=cli.clean_env(), stdin=subprocess.DEVNULL, stdout=to, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
    return out.read_text(), err.read_text(), os.waitstatus_to_exitcode(status), usage.ru_maxrss


def test_hundred() -> None:
    with ExitStack() as stack:
        configure([stack.enter_context(playing())["VBOXCLOUD_HOST"] for _ in range(N)])
        began = time.monotonic()
        out, err, status, kib = measured("node", "list", "-o", "json")
        seconds = time.monotonic() - began
        nodes = json.loads(out or "[]")
        ok(status == 0 and err == "" and [node["host"] for node in nodes] == sorted((f"h{i}" for i in range(N)), key=lambda name: int(name[1:])),
           f"the nodes of {N} hosts are listed, in {seconds:.1f} s", [node["host"] for node in nodes], err[:500])
        ok(kib <= MIB * 1024, f"in {kib // 1024} MiB of memory", kib)


def test_calls(host: Host) -> None:
    counts = []
    with Proxy(host.url) as one, Proxy(host.url) as two:
        configure([one.url, two.url])
        for words in (("--host", "h0"), ("--host", "all")):
            for proxy in (one, two):
                proxy.reset()
            run(*words, "node", "list", "--output", "tsv", *PATIENT)
            counts.append([len(proxy.calls()["order"]) for proxy in (one, two)])
    ok(counts[0][0] > 5 and counts[1] == [counts[0][0]] * 2, "a list over several takes of each host the calls that it takes alone", counts)


def test_finding(host: Host) -> None:
    """To ask whether a node is there costs less than to ask what it is."""
    counts = []
    with Proxy(host.url) as proxy:
        configure([proxy.url])
        for where in ("h0", "h0,"):
            proxy.reset()
            run("--host", where, "forward", "list", "own", *PATIENT)
            counts.append(len(proxy.calls()["order"]))
    ok(20 < counts[0] < counts[1] <= counts[0] + FINDING, f"a node is found among hosts with {counts[1] - counts[0]} calls", counts)


def main() -> None:
    test_hundred()
    with Host("hundred") as host:
        for name in ("web1", "web2", "web3"):
            host.manage("createvm", "--name", name, "--register")
        test_calls(host)
        host.put_image()
        host.create(name="own")
        test_finding(host)
    done()


main()
