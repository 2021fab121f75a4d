#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What three hosts tell in one stream, and what they use in one text: also while one of them is away."""
from __future__ import annotations

import json
import re
import signal
import threading
import time
from contextlib import ExitStack
from typing import Any

from trouble import HOME, Host, Proxy, Result, done, fails, finish, ok, run, start

from promtool import complaints  # where trouble.py has made it known

NAMES = ("vb1", "vb2", "vb3")
SECONDS = "3"
CLOSE, HANG = ([{"do": do, "every": True}] for do in ("close", "hang"))
REFUSE = [{"do": "reply", "status": 401, "every": True}]
ENV = {"VBOXCLOUD_HOST": "lab"}


def configure(urls: dict[str, str], more: str = "") -> None:
    path = HOME / ".config/vboxcloud/config.ini"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"[host {name}]\nurl = {url}\n" for name, url in urls.items()) + "[fleet lab]\nhosts = vb1 vb2 vb3\n" + more)


def cloud(*words: str, host: str = "lab") -> Result:
    return run(*words, "--host-timeout", SECONDS, env={"VBOXCLOUD_HOST": host})


class Watch:
    """A watch that runs, and what it has told."""

    def __init__(self, *words: str):
        self.process = start("watch", "--host-timeout", SECONDS, *words, env=ENV)
        self.events: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.news = threading.Condition()
        for stream, keep in ((self.process.stdout, lambda line: self.events.append(json.loads(line))), (self.process.stderr, self.said.append)):
            threading.Thread(target=self.read, args=(stream, keep), daemon=True).start()

    def read(self, stream: Any, keep: Any) -> None:
        for line in stream:
            with self.news:
                keep(line)
                self.news.notify_all()

    def told(self, seconds: float = 30, **wanted: str) -> bool:
        """Whether there is an event like that in time; what was told before it is forgotten."""
        def place() -> int | None:
            return next((i for i, event in enumerate(self.events) if wanted.items() <= event.items()), None)

        with self.news:
            self.news.wait_for(lambda: place() is not None, seconds)
            at = place()
            if at is not None:
                del self.events[:at + 1]
            return at is not None

    def warned(self, pattern: str, seconds: float = 30) -> bool:
        with self.news:
            return self.news.wait_for(lambda: any(re.search(pattern, line) for line in self.said), seconds)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def test_watched(hosts: dict[str, Host], proxies: dict[str, Proxy]) -> None:
    watch = Watch()
    with watch.news:
        watch.news.wait_for(lambda: len(watch.events) >= len(NAMES), 30)
    begun = {event["host"] for event in watch.events if event["event"] == "watching"}
    ok(begun == set(NAMES), "each host is watched", watch.events, watch.said)
    for name in NAMES:
        cloud("node", "describe", f"web-{name}", f"seen on {name}")
        ok(watch.told(event="node.changed", host=name), f"what happens on {name} is told with its name", watch.events)
    for what, rules in (("hangs up", CLOSE), ("hangs", HANG)):
        watch.said.clear()
        proxies["vb2"].rules(rules)
        ok(watch.warned("warning: vb2: the watch was interrupted"), f"one {what}: a warning", watch.said)
        began = time.monotonic()
        cloud("node", "describe", "vb1:web-vb1", f"while vb2 {what}")
        ok(watch.told(event="node.changed", host="vb1") and time.monotonic() - began < 10, "the others go on", watch.events)
        hosts["vb2"].manage("createvm", "--name", f"while it {what}", "--register")
        proxies["vb2"].reset()
        ok(watch.told(event="watching", host="vb2", seconds=60), "it comes back, and that is told of it", watch.events, watch.said)
        cloud("node", "describe", "vb2:web-vb2", f"after it {what}")
        ok(watch.told(event="node.changed", host="vb2"), "as is what follows", watch.events)
    ok(watch.process.poll() is None and watch.end() == 5, "Ctrl-C ends it", watch.said)


def test_away_at_first(proxies: dict[str, Proxy], urls: dict[str, str]) -> None:
    for what, rules in (("hangs up", CLOSE), ("hangs", HANG)):
        proxies["vb3"].rules(rules)
        watch = Watch()
        ok(watch.told(event="watching"), f"one {what} from the start: another is watched", watch.said)
        ok(watch.warned("warning: vb3: "), "and a warning says which is not", watch.said)
        proxies["vb3"].reset()
        ok(watch.told(event="watching", host="vb3", seconds=60), "until it is", watch.events, watch.said)
        ok(watch.end() == 5 and len([line for line in watch.said if "vb3" in line]) == 1, "it is warned of once", watch.said)
    proxies["vb3"].rules(CLOSE)
    result = run("watch", "--strict", env=ENV)
    ok(result.status == 4 and "warning: vb3: " in result.err, "with --strict it is needed", result)
    for proxy in proxies.values():
        proxy.rules(REFUSE)
    result = run("watch", env=ENV)
    ok(result.status == 4 and result.out == "" and result.err.splitlines()[-1] == "vboxcloud: none of 3 hosts could be watched" and
       result.err.count("warning") == 3, "without any it fails", result)
    for proxy in proxies.values():
        proxy.reset()
    configure(urls, f"[host vb4]\nurl = {urls['vb3']}\nuser = me\npassword_file = missing\n")
    result = run("watch", "--count", "1", env={"VBOXCLOUD_HOST": "vb1,vb4"})
    ok(result.status == 0 and json.loads(result.out)["host"] == "vb1", "one whose password cannot be had costs the other nothing", result)
    configure(urls)
    result = run("watch", "--count", "3", env=ENV)
    ok(result.status == 0 and len(result.out.splitlines()) == 3 and result.err == "", "it ends after so many events", result)
    result = run("watch", "--timeout", "2", env=ENV)
    ok(result.status == 5 and '"host": "vb' in result.out, "or so many seconds", result)
    with open("/dev/full", "w", encoding="ascii") as full:
        result = finish(start("watch", env=ENV, stdout=full))
    ok(result.status == 1 and "cannot write" in result.err, "or where nothing can be written", result)


def samples(text: str) -> dict[tuple[str, str], list[str]]:
    """Values by name and host."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, host, value = re.fullmatch(r'(\w+)\{host="([^"]*)".*\} (\S+)', line).groups()  # type: ignore[union-attr]
            found.setdefault((name, host), []).append(value)
    return found


def ups(found: dict[tuple[str, str], list[str]]) -> dict[str, str]:
    return {host: values[0] for (name, host), values in found.items() if name == "vboxcloud_up"}


def test_metrics(proxies: dict[str, Proxy]) -> None:
    result = run("metrics", "--detailed", env=ENV)
    found = samples(result.out)
    ok(result.status == 0 and result.err == "" and not complaints(result.out), "promtool finds nothing wrong with it", result, complaints(result.out)[:500])
    ok(ups(found) == {name: "1" for name in NAMES}, "all hosts are up", ups(found))
    ok(all(len(found["vboxcloud_node_info", name]) == len(json.loads(run("node", "list", "-o", "json", env={"VBOXCLOUD_HOST": name}).out)) and
           ("vboxcloud_host_memory_bytes", name) in found for name in NAMES), "with the nodes and figures of each", found.keys())
    ok(("vboxcloud_node_memory_used_bytes", "vb1") in found and ("vboxcloud_node_memory_used_bytes", "vb2") not in found,
       "and what the node takes that runs", found.keys())
    path = HOME / "lab.prom"
    for what, rules in (("hangs up", CLOSE), ("hangs", HANG), ("refuses", REFUSE)):
        proxies["vb2"].rules(rules)
        began = time.monotonic()
        result = cloud("metrics", "--textfile", str(path))
        text = path.read_text()
        found = samples(text)
        ok(result.status == 0 and result.out == "" and result.err.count("\n") == 1 and "warning: vb2: " in result.err, f"one {what}: a warning", result)
        ok(ups(found) == {"vb1": "1", "vb2": "0", "vb3": "1"} and {host for _, host in found} == set(NAMES) and not complaints(text) and
           not any(host == "vb2" for name, host in found if name != "vboxcloud_up"), "it is not up, and no more is said of it", found.keys())
        ok(time.monotonic() - began < 10, "in time", time.monotonic() - began)
        ok(cloud("metrics", "--strict").status == 4, "with --strict that is a failure")
        proxies["vb2"].reset()
    for proxy in proxies.values():
        proxy.rules(CLOSE)
    result = cloud("metrics")
    ok(result.status == 4 and samples(result.out) == {("vboxcloud_up", name): ["0"] for name in NAMES}, "none is up: that is one, and told", result)
    for proxy in proxies.values():
        proxy.reset()
    fails(cloud("metrics", "--textfile", "/nowhere/x.prom"), 1, "/nowhere", "a folder that is not there")


def main() -> None:
    with ExitStack() as stack:
        hosts = {name: stack.enter_context(Host(f"stream-{name}")) for name in NAMES}
        for name, host in hosts.items():
            host.manage("createvm", "--name", f"web-{name}", "--register")
        hosts["vb1"].manage("createvm", "--name", "up", "--register")
        proxies = {name: stack.enter_context(Proxy(host.url)) for name, host in hosts.items()}
        urls = {name: proxy.url for name, proxy in proxies.items()}
        configure(urls)
        test_watched(hosts, proxies)
        test_away_at_first(proxies, urls)
        result = cloud("node", "start", "vb1:up")
        ok(result.status == 0, "a node is started", result)
        test_metrics(proxies)
        cloud("node", "stop", "--force", "vb1:up")
    done()


main()
