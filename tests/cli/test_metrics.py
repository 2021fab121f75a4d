#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`vboxcloud metrics` on a real host, read by Prometheus' own parser."""
from __future__ import annotations

import re
import time
from pathlib import Path

from cli import HOME, done, fails, host_env, is_fine, ok, run
from hosts import ask, cloud, tiny_image, unique
from promtool import complaints

SIZE = "1_cpu-64_ram-1_disk"
Samples = "dict[tuple[str, frozenset[tuple[str, str]]], float]"


def unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value)


def samples(text: str) -> Samples:
    """By name and labels, without that of the host."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line).groups()  # type: ignore[union-attr]
            pairs = re.findall(r'(\w+)="((?:\\.|[^"\\])*)"', labels)
            found[name, frozenset((k, unescape(v)) for k, v in pairs if k != "host")] = float(value)
    return found


def value(found: Samples, metric: str, /, **labels: str) -> float | None:
    return found.get((f"vboxcloud_{metric}", frozenset(labels.items())))


def metrics(*words: str) -> Samples:
    result = cloud("metrics", *words)
    is_fine(result, f"metrics {' '.join(words)}")
    ok(not complaints(result.out), "promtool finds nothing wrong with it", complaints(result.out)[:500])
    return samples(result.out)


def test_host(found: Samples) -> None:
    ok(value(found, "up") == 1, "the host is up", found)
    modes = [value(found, "host_cpu_ratio", mode=mode) for mode in ("user", "kernel", "idle")]
    ok(None not in modes and 0.9 < sum(m or 0 for m in modes) < 1.1, "its CPUs' time adds up to 1", modes)
    kinds = {kind: value(found, "host_memory_bytes", kind=kind) or 0 for kind in ("total", "used", "free")}
    ok(kinds["total"] > 64 << 20 and kinds["used"] + kinds["free"] <= kinds["total"] * 1.01, "its memory", kinds)
    room = {kind: value(found, "host_filesystem_bytes", path="/", kind=kind) or 0 for kind in ("total", "free")}
    ok(room["total"] > room["free"] > 0, "its file system", room)


def test_nodes(found: Samples, up: dict[str, str], down: dict[str, str]) -> None:
    for node in (up, down):
        info = value(found, "node_info", uuid=node["id"], name=node["name"], size=SIZE, image=node["image"])
        ok(info == 1, f"what {node['name']} is", found)
        ok(value(found, "node_memory_configured_bytes", uuid=node["id"]) == 64 << 20, "its memory")
    ok(value(found, "node_state", uuid=up["id"], state="running") == 1, "one runs")
    ok(value(found, "node_state", uuid=up["id"], state="stopped") == 0, "and is not stopped")
    ok(value(found, "node_state", uuid=down["id"], state="stopped") == 1, "the other is stopped")
    ok((value(found, "node_memory_used_bytes", uuid=up["id"]) or 0) > 1 << 20, "the memory that one takes", found)
    cores = value(found, "node_cpu_cores_used", uuid=up["id"])
    ok(cores is not None and 0 <= cores <= (value(found, "host_cpus") or 0), "and its share of the CPUs", cores)
    ok(value(found, "node_memory_used_bytes", uuid=down["id"]) is None, "what a stopped node takes is not 0 but unknown")
    ok(value(found, "node_disk_read_bytes_total", uuid=up["id"]) is None, "counters are not asked for")


def test_collected_once() -> None:
    """What is collected already is asked for in one call, and nothing is set up again."""
    trace = cloud("metrics", "--verbose").err
    ok("setupMetrics" not in trace, "nothing is set up a second time", trace)
    ok(trace.count("queryMetricsData") == 1, "one query", trace)


def test_started_later(node: dict[str, str]) -> None:
    cloud("node", "start", node["id"])
    found = metrics("--detailed")
    ok((value(found, "node_memory_used_bytes", uuid=node["id"]) or 0) > 1 << 20, "a node that starts later is collected, too", found)
    for name in ("network_receive", "network_transmit", "disk_read", "disk_written"):
        counter = value(found, f"node_{name}_bytes_total", uuid=node["id"])
        ok(counter is not None and counter >= 0, f"{name} is counted", found)
    listing = cloud("node", "stop", node["id"], "--force")
    is_fine(listing, "no lock is left on it")


def test_textfile() -> None:
    path = HOME / "metrics.prom"
    result = cloud("metrics", "--textfile", str(path))
    is_fine(result, "metrics --textfile")
    ok(result.out == "" and not complaints(path.read_text()), "they are in the file alone", result)
    ok(not list(HOME.glob("metrics.prom?*")), "and no part of it lies beside", list(HOME.iterdir()))
    fails(cloud("metrics", "--textfile", "/nowhere/metrics.prom"), 1, "/nowhere", "a folder that is not there")


def test_away() -> None:
    env = host_env() | {"VBOXCLOUD_HOST": "http://127.0.0.1:9"}
    path = HOME / "away.prom"
    for words in ((), ("--textfile", str(path))):
        result = run("metrics", *words, env=env)
        ok(result.status == 4 and result.err.count("\n") == 1, "a host that is away: exit status 4, and why", result)
        text = path.read_text() if words else result.out
        ok(samples(text) == {("vboxcloud_up", frozenset()): 0.0} and not complaints(text), "up is 0", text)


def main() -> None:
    image = ask("image", "import", tiny_image(), "--name", unique("metrics"))["id"]
    names = unique('up "\\ ü\n'[:-1]), unique("down")
    up = ask("node", "create", names[0], "--image", image, "--size", SIZE)
    down = ask("node", "create", names[1], "--image", image, "--size", SIZE, "--no-start")
    began = time.monotonic()
    found = metrics()
    print(f"# the first metrics took {time.monotonic() - began:.1f} s")
    test_host(found)
    test_nodes(found, up, down)
    test_collected_once()
    is_fine(cloud("node", "stop", up["id"], "--force"), "one stops")
    test_started_later(down)
    test_textfile()
    test_away()
    for node in (up, down):
        is_fine(cloud("node", "destroy", node["id"]), "gone again")
    is_fine(cloud("image", "delete", image), "without the image")
    done()


main()
